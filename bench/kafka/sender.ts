/** `node sender.ts HOST TOPIC ENTERPRISES EVENTS`: sends events at an even pace. One that falls behind sends more at once: each has its due time. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Kafka, logLevel, Partitioners } from 'kafkajs'
import { enterpriseIdOf, generator } from '../market.ts'
import { graveEvery, graveType, pacedEvent, perSecond } from './paced.ts'

const [host, topic] = process.argv.slice(2)
const [enterprises, events] = process.argv.slice(4).map(Number)
const sendEveryMs = 5
const producer = new Kafka({ brokers: [host], logLevel: logLevel.NOTHING }).producer({
  createPartitioner: Partitioners.DefaultPartitioner,
})
const next = generator(13)
const ordinary = enterprises - events / graveEvery
const now = (): number => performance.timeOrigin + performance.now()

await producer.connect()
const startMs = Math.ceil(now()) + 200
process.stderr.write(`start ${startMs}\n`)
const sending = new Set<Promise<unknown>>()
for (let sent = 0; sent < events; ) {
  const due = Math.min(events, Math.floor(((now() - startMs) * perSecond) / 1_000) + 1)
  const messages = []
  for (; sent < due; sent++) messages.push(message(sent))
  if (messages.length > 0) {
    const one = producer.send({ topic, acks: 1, messages }).finally(() => sending.delete(one))
    sending.add(one)
  }
  await sleep(sendEveryMs)
}
await Promise.all(sending)
await producer.disconnect()

function message(number: number): { key: string; value: string } {
  const grave = number % graveEvery === 0
  const enterpriseId = enterpriseIdOf(grave ? enterprises - 1 - number / graveEvery : next(ordinary))
  const type = grave ? graveType : 'CMP.COMPLAINT'
  return {
    key: enterpriseId,
    value: pacedEvent({ number, enterpriseId, type, dueMs: startMs + (number / perSecond) * 1_000 }),
  }
}
