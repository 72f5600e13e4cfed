/** Topics made by the client alone, as somebody else would make them. */
import type { Admin } from 'kafkajs'
import { untilLed } from '../../src/log/kafka/topics.ts'
import { until } from '../support/patience.ts'

/** Until each partition is led: kafkajs by itself gives up when a broker does not know a new topic at once. */
export async function makeTopics(admin: Admin, topics: { topic: string; numPartitions: number }[]): Promise<void> {
  await until('the topics', async () => (await admin.createTopics({ waitForLeaders: false, topics })) || undefined)
  const made = topics.map(({ topic, numPartitions }) => ({ name: topic, partitions: numPartitions }))
  await untilLed(admin, made, 'the topics')
}
