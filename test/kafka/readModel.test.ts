/** The read model follows a real broker: it folds what was committed and nothing else, and holds the rows of one over the embedded log. */
import fc from 'fast-check'
import { Kafka, logLevel } from 'kafkajs'
import { expect, it } from 'vitest'
import type { Log } from '../../src/log/port.ts'
import { Follower } from '../../src/readmodel/follower.ts'
import { Store } from '../../src/readmodel/store.ts'
import { wireName } from '../../streams/topics.ts'
import { memoryLog } from '../support/fold.ts'
import { type Said, sayings } from '../support/sayings.ts'
import { stateOf } from '../support/served.ts'
import { contentOf } from '../support/storeContent.ts'
import { tinyProfile } from '../support/tinyProfile.ts'
import { newKafkaLog, type TestLog } from './logs.ts'
import { describeWithKafka, sharedBroker } from './support.ts'

const [said] = fc.sample(sayings(12), { seed: 5, numRuns: 1 })

describeWithKafka('the read model on Kafka', () => {
  it('follows what is committed, in steps, and never what is open or was aborted', async () => {
    const { host } = await sharedBroker()
    const kafka = await newKafkaLog(host, 1)
    const store = Store.open(':memory:', 'test')
    const follower = followerOf(kafka.log, store)
    try {
      const half = Math.floor(said.length / 2)
      const [committed, aborted] = [await transaction(host, kafka, 'a'), await transaction(host, kafka, 'b')]
      await committed.send(said.slice(0, half))
      await aborted.send(said.slice(half)) // said once more below, by one that commits
      await follower.round()
      expect(store.all('SELECT * FROM warning_change')).toEqual([]) // neither is over
      await committed.end('commit')
      await aborted.end('abort')
      await expect.poll(() => followed(follower), patience).toEqual(await embedded(said.slice(0, half)))
      const rest = await transaction(host, kafka, 'c')
      await rest.send(said.slice(half))
      await rest.end('commit')
      await expect.poll(() => followed(follower), patience).toEqual(await embedded(said))
    } finally {
      store.close()
      await kafka.dispose()
    }
  })
})

function followerOf(log: Log, store: Store): Follower {
  return new Follower({
    openLog: async () => log,
    store,
    reopen: () => store,
    readSetting: async () => stateOf(tinyProfile),
  })
}

/** What the broker has committed it shows a little later. */
const patience = { timeout: 20_000, interval: 200 }

async function followed(follower: Follower): Promise<Record<string, string[]>> {
  await follower.round()
  return rowsIn(follower.store)
}

/** Without positions, which are offsets, of which transactions take some for themselves. */
function rowsIn(store: Store): Record<string, string[]> {
  const { position, ...rows } = contentOf(store)
  return rows
}

async function embedded(records: readonly Said[]): Promise<Record<string, string[]>> {
  const log = await memoryLog()
  for (const { topic, value, timeMs } of records)
    await log.append(topic, 0, [{ key: null, timeMs, value: Buffer.from(JSON.stringify(value)) }])
  const store = Store.open(':memory:', 'test')
  await followerOf(log, store).round()
  const rows = rowsIn(store)
  store.close()
  return rows
}

type Writing = { send(records: readonly Said[]): Promise<void>; end(how: 'commit' | 'abort'): Promise<void> }

async function transaction(host: string, { prefixes }: TestLog, name: string): Promise<Writing> {
  const client = new Kafka({
    brokers: [host],
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 20, retries: 50 },
  })
  const producer = client.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    transactionalId: `${prefixes.output}-${name}`,
  })
  await producer.connect()
  const open = await producer.transaction()
  return {
    send: async (records) => {
      for (const { topic, value, timeMs } of records) {
        const message = { key: '', value: JSON.stringify(value), partition: 0, timestamp: String(timeMs) }
        await open.send({ topic: wireName(topic, prefixes), messages: [message] })
      }
    },
    end: async (how) => {
      await (how === 'commit' ? open.commit() : open.abort())
      await producer.disconnect()
    },
  }
}
