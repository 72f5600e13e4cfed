/** Makes the topics of a log in a Kafka cluster, and describes those that are there. */
import { setTimeout as sleep } from 'node:timers/promises'
import kafkajs, { type Admin } from 'kafkajs'
import { type TopicName, type TopicPrefixes, topicNames, wireName, wireNames } from '../../../streams/topics.ts'
import { secondMs } from '../../limits.ts'
import { existing, withAdmin } from './admin.ts'
import { type KafkaConnection, logName } from './connection.ts'
import { missingRight, needing, someOf } from './faults.ts'
import { type FoundTopic, type TopicPlan, wantedTopics } from './topicSettings.ts'

const ledMsMax = 30 * secondMs

/** Makes what is missing, and leaves what is there as it is. Gives the names made. */
export function createTopics(connection: KafkaConnection, plan: TopicPlan): Promise<string[]> {
  return withAdmin(connection, async (admin) => {
    const wanted = wantedTopics(plan)
    const there = await existing(
      admin,
      wanted.map(({ name }) => name),
    )
    const missing = wanted.filter(({ name }) => !there.includes(name))
    if (missing.length === 0) return []
    const names = missing.map(({ name }) => name)
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
    await untilLed(admin, names, logName(connection))
    return names
  })
}

/** Removes the topics that are there, with all they hold. */
export function deleteTopics(connection: KafkaConnection, prefixes: TopicPrefixes): Promise<void> {
  return withAdmin(connection, async (admin) => {
    const names = await existing(admin, wireNames(prefixes))
    if (names.length > 0) await admin.deleteTopics({ topics: names })
  })
}

/** A broker hears of a new topic a moment later than the controller. */
async function untilLed(admin: Admin, topics: string[], log: string): Promise<void> {
  const giveUpMs = performance.now() + ledMsMax
  for (;;) {
    try {
      const found = await admin.fetchTopicMetadata({ topics })
      if (found.topics.every(({ partitions }) => partitions.every(({ leader }) => leader >= 0))) return
    } catch (error) {
      const fault = missingRight(error, log, `Describe on ${someOf(topics)}`)
      if (fault !== error || performance.now() > giveUpMs) throw fault
    }
    await sleep(50)
  }
}

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
