/** Trains in a process of its own, on the backend named first: its output is the weights, and nothing else. */
import { trainNetwork } from '../../models/learn/network.ts'
import { backends, loadTensorFlow } from '../../src/training/tensorflow.ts'
import { childSettings, curvedRows } from './rows.ts'

const tf = await loadTensorFlow(backends.find((backend) => backend === process.argv[2]))
const { weights } = await trainNetwork(tf, { fit: curvedRows(500, 1) }, childSettings)
process.stdout.write(JSON.stringify(weights))
