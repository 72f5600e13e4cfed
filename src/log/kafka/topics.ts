/** Makes the topics of a log in a Kafka cluster, and describes those that are there. */
import { setTimeout as sleep } from 'node:timers/promises'
import kafkajs, { type Admin } from 'kafkajs'
import { type TopicName, type TopicPrefixes, topicNames, wireName, wireNames } from '../../../streams/topics.ts'
import { secondMs } from '../../limits.ts'
import { existing, withAdmin } from './admin.ts'
import { type KafkaConnection, logName } from './connection.ts'
import { missingRight, needing, someOf } from './faults.ts'
import { type FoundTopic, isTooNarrow, type TopicPlan, type WantedTopic, wantedTopics } from './topicSettings.ts'

const ledMsMax = 30 * secondMs

/** Makes what is missing, partitions of newer tasks too, and leaves what is there as it is. Gives the names of topics made. */
export function createTopics(connection: KafkaConnection, plan: TopicPlan): Promise<string[]> {
  return withAdmin(connection, async (admin) => {
    const there = await existing(admin, wireNames(plan.prefixes))
    const { topics } = there.length === 0 ? { topics: [] } : await admin.fetchTopicMetadata({ topics: there })
    const widths = new Map(topics.map(({ name, partitions }) => [name, partitions.length]))
    const inputs = widths.get(wireName('risk-events', plan.prefixes)) ?? plan.partitions
    const wanted = wantedTopics({ ...plan, partitions: inputs })
    const narrow = wanted.filter((one) => isTooNarrow(one, widths.get(one.name) ?? one.partitions))
    if (narrow.length > 0) {
      const topicPartitions = narrow.map(({ name, partitions }) => ({ topic: name, count: partitions }))
      const widened = admin.createPartitions({ topicPartitions })
      await needing(`Alter on ${someOf(narrow.map(({ name }) => name))}`, logName(connection), widened)
    }
    const missing = wanted.filter(({ name }) => !widths.has(name))
    const names = missing.map(({ name }) => name)
    if (missing.length > 0) {
      const made = admin.createTopics({
        waitForLeaders: false, // kafkajs gives up when a broker does not know the new topic at once
        topics: missing.map(({ name, partitions, replication, settings }) => ({
          topic: name,
          numPartitions: partitions,
          replicationFactor: replication,
          configEntries: Object.entries(settings).map(([setting, value]) => ({ name: setting, value })),
        })),
      })
      await needing(`Create on ${someOf(names)}`, logName(connection), made)
    }
    await untilLed(admin, [...narrow, ...missing], logName(connection))
    return names
  })
}

/** A broker hears of what is new a moment later than the controller. */
export async function untilLed(
  admin: Admin,
  made: readonly Pick<WantedTopic, 'name' | 'partitions'>[],
  log: string,
): Promise<void> {
  const topics = made.map(({ name }) => name)
  const giveUpMs = performance.now() + ledMsMax
  while (topics.length > 0) {
    try {
      const found = await admin.fetchTopicMetadata({ topics })
      const led = new Map(found.topics.map(({ name, partitions }) => [name, partitions.filter(isLed).length]))
      if (made.every(({ name, partitions }) => led.get(name) === partitions)) return
    } catch (error) {
      const fault = missingRight(error, log, `Describe on ${someOf(topics)}`)
      if (fault !== error || performance.now() > giveUpMs) throw fault
    }
    await sleep(50)
  }
}

const isLed = ({ leader }: { leader: number }): boolean => leader >= 0

/** The topics that are there, by their short names. */
export function describeTopics(
  connection: KafkaConnection,
  prefixes: TopicPrefixes,
): Promise<Map<TopicName, FoundTopic>> {
  return withAdmin(connection, async (admin) => {
    const names = await existing(admin, wireNames(prefixes))
    if (names.length === 0) return new Map()
    const { topics } = await admin.fetchTopicMetadata({ topics: names })
    const asked = admin.describeConfigs({
      includeSynonyms: false,
      resources: names.map((name) => ({ type: kafkajs.ConfigResourceTypes.TOPIC, name })),
    })
    const { resources } = await needing(`DescribeConfigs on ${someOf(names)}`, logName(connection), asked)
    const found = new Map<TopicName, FoundTopic>()
    for (const topic of topicNames) {
      const name = wireName(topic, prefixes)
      const partitions = topics.find((one) => one.name === name)?.partitions
      const entries = resources.find(({ resourceName }) => resourceName === name)?.configEntries
      if (partitions === undefined || entries === undefined) continue
      found.set(topic, {
        partitions: partitions.length,
        replication: Math.min(...partitions.map(({ replicas }) => replicas.length)),
        settings: Object.fromEntries(entries.map(({ configName, configValue }) => [configName, configValue])),
      })
    }
    return found
  })
}
