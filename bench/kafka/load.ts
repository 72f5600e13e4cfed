/** Puts the market of market.ts into the topics of a Kafka log, before anything is measured. */

import { chunks } from '../../src/log/kafka/chunks.ts'
import { logName } from '../../src/log/kafka/connection.ts'
import { RecordProducer, send } from '../../src/log/kafka/producer.ts'
import type { Times } from '../../src/log/kafka/topicSettings.ts'
import { createTopics } from '../../src/log/kafka/topics.ts'

import type { LogRecord } from '../../src/log/port.ts'
import { partitionOf } from '../../streams/partition.ts'
import type { Profile } from '../../streams/profile.ts'
import { type RecordTopic, wireName } from '../../streams/topics.ts'
import type { Broker } from '../../test/kafka/broker.ts'
import type { KafkaPlace } from '../../test/kafka/logs.ts'
import { beatMs, startMs, tableRecords } from '../market.ts'

export const partitions = 4
/** Before the first event, and in one tick with it: a first tick without events would have the judge expect none. */
const tableBeats = 7

export async function newPlace({ host }: Broker, prefix: string, times: Times): Promise<KafkaPlace> {
  const place = {
    connection: { brokers: [host], clientId: 'forewarn-bench' },
    prefixes: { input: prefix, output: prefix },
  }
  await createTopics(place.connection, { prefixes: place.prefixes, partitions, replication: 1, times })
  return place
}

/** The same inputs, to be folded once more into outputs of their own. */
export async function placeWithInputsOf({ connection, prefixes }: KafkaPlace, output: string): Promise<KafkaPlace> {
  const place = { connection, prefixes: { input: prefixes.input, output } }
  await createTopics(connection, { prefixes: place.prefixes, partitions, replication: 1, times: 'create' })
  return place
}

/** Appends records with the log times that they bring, each to the partition of its key. */
export type Loader = (topic: RecordTopic, records: readonly LogRecord[]) => Promise<void>

export async function withLoader<T>(
  { connection, prefixes }: KafkaPlace,
  work: (load: Loader) => Promise<T>,
): Promise<T> {
  const producer = await RecordProducer.open(connection)
  try {
    return await work(async (topic, records) => {
      const wire = wireName(topic, prefixes)
      const placed = records.map(({ key, value, timeMs }) => ({
        place: { topic: wire, partition: partitionOf(key ?? '', partitions) },
        record: { key, value, timeMs },
      }))
      await send(producer, chunks(placed), { log: logName(connection), timeMs: 0 })
    })
  } finally {
    await producer.close()
  }
}

/** A place and a grade for every enterprise, in beats of their own before the first event. */
export async function loadTables(load: Loader, profile: Profile, enterprises: number): Promise<void> {
  const tables = tableRecords(profile, enterprises)
  for (const [topic, records] of [
    ['enterprises', tables.enterprises],
    ['credit-grades', tables.grades],
  ] as const) {
    await load(
      topic,
      records.map((record, at) => ({
        ...record,
        timeMs: startMs - (tableBeats - Math.floor((at * tableBeats) / enterprises)) * beatMs,
      })),
    )
  }
}
