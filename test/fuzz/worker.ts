/** Reads inputs in a thread of its own, whose memory is bounded: `begun` says at which one it is, for whoever watches. */
import { parentPort, workerData } from 'node:worker_threads'
import { z } from 'zod'
import { fuzz } from './fuzzer.ts'
import { fuzzers } from './fuzzers.ts'

/** Places in `begun`: which fuzzer, and the number of its input. */
export const begunAt = { fuzzer: 0, number: 1 } as const

const Work = z.object({
  seed: z.int(),
  /** Of each fuzzer, by its place among all. */
  inputs: z.array(z.int()),
  begun: z.instanceof(Int32Array),
})

/** This file is read by the thread that starts it, too. */
const port = parentPort
if (port !== null) {
  const { seed, inputs, begun } = Work.parse(workerData)
  for (const [at, fuzzer] of fuzzers.entries()) {
    const begins = (number: number): void => {
      Atomics.store(begun, begunAt.number, number)
      Atomics.store(begun, begunAt.fuzzer, at)
    }
    const crash = await fuzz(fuzzer, { seed, inputs: inputs[at], begins })
    port.postMessage({ read: crash === undefined ? inputs[at] : crash.number + 1, crash })
  }
}
