/** `node bareRead.ts HOST TOPIC RECORDS`: reads a topic as kafkajs does it by itself, and does nothing with the records. */
import { Kafka, logLevel } from 'kafkajs'

const [host, topic, records] = process.argv.slice(2)
const consumer = new Kafka({ brokers: [host], logLevel: logLevel.NOTHING }).consumer({ groupId: `bare-${topic}` })
await consumer.connect()
await consumer.subscribe({ topics: [topic], fromBeginning: true })
const all = Promise.withResolvers<void>()
let [seen, bytes] = [0, 0]
await consumer.run({
  autoCommit: false,
  eachBatch: async ({ batch }) => {
    seen += batch.messages.length
    for (const { value } of batch.messages) bytes += value?.length ?? 0
    if (seen >= Number(records)) all.resolve()
  },
})
await all.promise
await consumer.disconnect()
console.log(JSON.stringify({ seen, bytes }))
