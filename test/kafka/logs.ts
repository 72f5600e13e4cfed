/** Kafka logs for tests: topics under a prefix of their own in the shared broker, gone at the end. */
import { randomUUID } from 'node:crypto'
import { existing, withAdmin } from '../../src/log/kafka/admin.ts'
import type { KafkaConnection } from '../../src/log/kafka/connection.ts'
import { openKafkaLog } from '../../src/log/kafka/kafkaLog.ts'
import type { Times } from '../../src/log/kafka/topicSettings.ts'
import { createTopics } from '../../src/log/kafka/topics.ts'
import type { Log } from '../../src/log/port.ts'
import { type TopicPrefixes, wireNames } from '../../streams/topics.ts'

export type KafkaPlace = { connection: KafkaConnection; prefixes: TopicPrefixes }
export type TestLog = KafkaPlace & { log: Log; dispose: () => Promise<void> }

export async function newKafkaPlace(host: string, partitions: number, times: Times = 'create'): Promise<KafkaPlace> {
  const prefix = `test-${randomUUID().slice(0, 8)}`
  const place = {
    connection: { brokers: [host], clientId: 'forewarn-test' },
    prefixes: { input: prefix, output: prefix },
  }
  await createTopics(place.connection, { prefixes: place.prefixes, partitions, replication: 1, times })
  return place
}

/** Removes the topics that are there, with all they hold. */
export function deleteTopics(connection: KafkaConnection, prefixes: TopicPrefixes): Promise<void> {
  return withAdmin(connection, async (admin) => {
    const names = await existing(admin, wireNames(prefixes))
    if (names.length > 0) await admin.deleteTopics({ topics: names })
  })
}

export async function newKafkaLog(host: string, partitions: number, times: Times = 'create'): Promise<TestLog> {
  const place = await newKafkaPlace(host, partitions, times)
  const log = await openKafkaLog(place)
  return {
    ...place,
    log,
    dispose: async () => {
      await log.close()
      await deleteTopics(place.connection, place.prefixes)
    },
  }
}

/** The options by which the program finds such a log. */
export function logArgs({ connection, prefixes }: KafkaPlace): string[] {
  return [
    '--log',
    `kafka://${connection.brokers.join(',')}`,
    '--input-prefix',
    prefixes.input,
    '--output-prefix',
    prefixes.output,
  ]
}
