/**
 * The load: a process of its own that sends a simulated market to the inputs at a steady rate, and knows nothing of forewarn but its
 * topics. It goes on through broker restarts; whatever it could send is the truth.
 *
 *   node test/kafka/chaos/sender.ts HOST:PORT PREFIX RATE SEED
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { Kafka, logLevel, type Message, Partitioners } from 'kafkajs'
import { loadProfile } from '../../../src/settings/profiles.ts'
import { simulate } from '../../../src/simulate/simulate.ts'
import { wireName } from '../../../streams/topics.ts'

const [host, prefix, rate, seed] = process.argv.slice(2)
const everyMs = 50
const days = 60
const prefixes = { input: prefix, output: prefix }

const profile = await loadProfile('cn')
const kafka = new Kafka({
  brokers: [host],
  clientId: 'sender',
  logLevel: logLevel.NOTHING,
  retry: { retries: 30, maxRetryTime: 1_000 },
})
const producer = kafka.producer({
  idempotent: true,
  maxInFlightRequests: 1,
  createPartitioner: Partitioners.DefaultPartitioner,
})
let stopping = false
process.once('SIGTERM', () => {
  stopping = true
})

await producer.connect()
const records = market()
let sent = 0
for (let dueMs = Date.now(); !stopping; dueMs += everyMs) {
  const byTopic = new Map<string, Message[]>()
  for (let at = 0; at < (Number(rate) * everyMs) / 1_000; at++) {
    const { topic, key, text } = records.next().value
    const messages = byTopic.get(topic)
    if (messages === undefined) byTopic.set(topic, [{ key, value: text }])
    else messages.push({ key, value: text })
    sent++
  }
  await producer
    .sendBatch({ acks: -1, topicMessages: [...byTopic].map(([topic, messages]) => ({ topic, messages })) })
    .catch(() => {}) // in the log or not, the log tells
  await sleep(Math.max(0, dueMs + everyMs - Date.now()))
}
await producer.disconnect()
process.stdout.write(`${JSON.stringify({ sent })}\n`)

/** One market after another, each of the last sixty days. */
function* market(): Generator<{ topic: string; key: string | null; text: string }, never> {
  for (let round = Number(seed); ; round++) {
    const start = Math.floor(Date.now() / 86_400_000 - days) * 86_400_000
    for (const { topic, key, text } of simulate(profile, { enterprises: 5_000, days, seed: round, start }).records())
      yield { topic: wireName(topic, prefixes), key, text }
  }
}
