/** Topics made by the client alone, as somebody else would make them. */
import type { Admin, ITopicConfig } from 'kafkajs'
import { until } from '../support/patience.ts'

/** Until each partition is led: kafkajs by itself gives up when a broker does not know a new topic at once. */
export async function makeTopics(admin: Admin, topics: ITopicConfig[]): Promise<void> {
  await until('the topics', async () => (await admin.createTopics({ waitForLeaders: false, topics })) || undefined)
  await until('their leaders', async () => {
    const found = await admin.fetchTopicMetadata({ topics: topics.map(({ topic }) => topic) })
    const led = new Map(found.topics.map(({ name, partitions }) => [name, partitions.filter(isLed).length]))
    return topics.every(({ topic, numPartitions }) => led.get(topic) === numPartitions) ? true : undefined
  })
}

const isLed = ({ leader }: { leader: number }): boolean => leader >= 0
