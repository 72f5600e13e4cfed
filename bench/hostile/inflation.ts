/** `node inflation.ts SECONDS HOST TOPIC`: sends batches of some kilobytes to a broker that inflate to as much as the bound, or to more; says how many. */
import kafkajs from 'kafkajs'
import { inflatedBytesMax, MiB } from '../../src/limits.ts'

const [seconds, host, topic] = process.argv.slice(2)
const sizes = [inflatedBytesMax - MiB, inflatedBytesMax + 11 * MiB]
const producer = new kafkajs.Kafka({ brokers: [host], logLevel: kafkajs.logLevel.NOTHING }).producer({
  createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
})
await producer.connect()
const untilMs = performance.now() + Number(seconds) * 1_000
let done = 0
for (; performance.now() < untilMs; done++)
  await producer.send({
    topic,
    compression: kafkajs.CompressionTypes.GZIP,
    messages: [{ key: 'bomb', value: Buffer.alloc(sizes[done % sizes.length]) }],
  })
await producer.disconnect()
process.stdout.write(`${JSON.stringify({ done, taken: 0 })}\n`)
