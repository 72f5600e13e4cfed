/** Committed records, and no others: our filter against a model of a partition, our reader against Java's consumer. */
import fc from 'fast-check'
import { Kafka, logLevel, type Producer, type Transaction } from 'kafkajs'
import { expect, it } from 'vitest'
import { Fetched } from '../../src/log/kafka/wire/fetched.ts'
import { recordsOf } from '../../src/log/recordsOf.ts'
import { wireName } from '../../streams/topics.ts'
import { consoleConsume } from './consoleTools.ts'
import { newKafkaLog } from './logs.ts'
import { ModelPartition } from './modelPartition.ts'
import { describeWithKafka, sharedBroker } from './support.ts'

const noCodec = (): Promise<Buffer> => Promise.reject(new Error('nothing is compressed here'))

const act = fc.record({
  producer: fc.nat(3), // 0 writes plain records
  what: fc.constantFrom('send', 'send', 'send', 'commit', 'abort', 'skip'),
  count: fc.integer({ min: 1, max: 4 }),
})

it('gives the committed records and nothing else, in whatever pieces a partition is fetched and read', async () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1 })
  const run = fc.asyncProperty(fc.array(act, { maxLength: 60 }), fc.nat(40), sizes, async (acts, begin, batches) => {
    const partition = new ModelPartition()
    for (const { producer, what, count } of acts) {
      if (what === 'send') partition.send(producer, count)
      else if (what === 'skip') partition.skip(count)
      else partition.end(producer, what === 'commit')
    }
    for (const producer of [1, 2, 3]) partition.end(producer, producer === 2)
    const found: number[] = []
    let from = begin
    for (let round = 0; from < partition.stableEnd; round++) {
      const { bytes, aborted, end } = partition.fetch(from, batches[round % batches.length])
      const fetched = new Fetched(bytes, aborted, from, noCodec)
      while (fetched.hasMore) {
        const { records, next } = await fetched.take(1 + round, 1 + (round % 3))
        found.push(...records.map(({ offset }) => offset))
        from = next
      }
      expect(from).toBe(end)
    }
    expect(found).toEqual(partition.committed().filter((offset) => offset >= begin))
  })
  await fc.assert(run, { numRuns: 500 })
})

type Step = readonly [producer: 'a' | 'b' | 'c' | 'plain', what: 'send' | 'commit' | 'abort']

/** Two that interleave and both abort: first the one that began first, then the other way round; between them others commit. */
const script: readonly Step[] = [
  ['a', 'send'],
  ['b', 'send'],
  ['c', 'send'],
  ['a', 'send'],
  ['a', 'abort'],
  ['b', 'send'],
  ['plain', 'send'],
  ['b', 'abort'],
  ['c', 'commit'],
  ['b', 'send'],
  ['a', 'send'],
  ['c', 'send'],
  ['a', 'abort'],
  ['plain', 'send'],
  ['b', 'send'],
  ['a', 'send'],
  ['b', 'abort'],
  ['a', 'commit'],
  ['b', 'send'],
  ['c', 'commit'],
  ['b', 'commit'],
]

describeWithKafka('a partition that transactions share', () => {
  it('reads as Java reads it', async () => {
    const { host } = await sharedBroker()
    const { log, prefixes, dispose } = await newKafkaLog(host, 1)
    try {
      const topic = wireName('risk-events', prefixes)
      await play(host, topic)
      const ours: string[] = []
      for await (const { offset, key, value } of recordsOf(log, 'risk-events', 0))
        ours.push(`Offset:${offset}\t${key}\t${Buffer.from(value).toString()}`)
      const sent = valuesOf(script)
      const kept = valuesOf(script, 'abort')
      const properties = { 'print.offset': 'true', 'print.key': 'true' }
      const of = { host, topic, partition: 0, properties }
      const committedOnly = await consoleConsume({ ...of, recordsMax: kept.length })
      const everything = await consoleConsume({ ...of, recordsMax: sent.length, isolation: 'read_uncommitted' })
      expect(committedOnly.map((line) => line.split('\t')[2])).toEqual(kept)
      expect(everything.map((line) => line.split('\t')[2])).toEqual(sent) // the aborted records do lie there
      expect(ours).toEqual(committedOnly)
    } finally {
      await dispose()
    }
  })
})

describeWithKafka('a partition with a transaction under way', () => {
  it('ends before it for readers, and behind it for whoever asks what is written', async () => {
    const { host } = await sharedBroker()
    const { log, prefixes, dispose } = await newKafkaLog(host, 1)
    const topic = wireName('risk-levels', prefixes)
    const kafka = new Kafka({ brokers: [host], logLevel: logLevel.NOTHING })
    const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, transactionalId: `${topic}-open` })
    const ends = async () => [(await log.range('risk-levels', 0)).end, await log.writtenEnd?.('risk-levels', 0)]
    try {
      await producer.connect()
      const transaction = await producer.transaction()
      await transaction.send({ topic, messages: [{ key: 'a', value: '1' }] })
      expect(await ends()).toEqual([0, 1])
      await transaction.commit()
      await expect.poll(ends).toEqual([2, 2]) // with its marker
    } finally {
      await producer.disconnect()
      await dispose()
    }
  })
})

/** Plays the script with the producers of kafkajs; each record's value is the number of its step. */
async function play(host: string, topic: string): Promise<void> {
  const kafka = new Kafka({ brokers: [host], logLevel: logLevel.NOTHING, retry: { initialRetryTime: 20, retries: 50 } })
  const producers = new Map<string, Producer>()
  const open = new Map<string, Transaction>()
  const producerOf = async (name: string): Promise<Producer> => {
    const known = producers.get(name)
    if (known !== undefined) return known
    const settings = { idempotent: true, maxInFlightRequests: 1, transactionalId: `${topic}-${name}` }
    const made = kafka.producer(name === 'plain' ? {} : settings)
    producers.set(name, made)
    await made.connect()
    return made
  }
  try {
    for (const [step, [name, what]] of script.entries()) {
      const producer = await producerOf(name)
      const transaction = open.get(name) ?? (name === 'plain' ? undefined : await producer.transaction())
      if (what === 'send') {
        await (transaction ?? producer).send({ topic, messages: [{ key: name, value: String(step), partition: 0 }] })
        if (transaction !== undefined) open.set(name, transaction)
        continue
      }
      await (what === 'commit' ? transaction?.commit() : transaction?.abort())
      open.delete(name)
    }
  } finally {
    for (const producer of producers.values()) await producer.disconnect()
  }
}

/** Values that the script sends, in its order; without those of transactions that end in `without`. */
function valuesOf(steps: readonly Step[], without?: 'abort'): string[] {
  return steps.flatMap(([name, what], step) => {
    if (what !== 'send') return []
    const end = steps.slice(step).find(([other, act]) => other === name && act !== 'send')
    return end === undefined || end[1] !== without ? [String(step)] : []
  })
}
