/** The log in a Kafka cluster: committed records by offset, one transaction an epoch. Topics are made by `forewarn topics create`. */
import { setTimeout as sleep } from 'node:timers/promises'
import kafkajs from 'kafkajs'
import type Cluster from 'kafkajs/src/cluster/index.js'
import {
  defaultPrefixes,
  type TopicName,
  type TopicPrefixes,
  topicNames,
  wireName,
  wireNames,
} from '../../../streams/topics.ts'
import { atMost } from '../../atMost.ts'
import { ForewarnError } from '../../errors.ts'
import { aheadMsMaxDefault, partingMsMax, secondMs } from '../../limits.ts'
import { greatestTimeRead, lastRecord } from '../lastRecord.ts'
import type { Batch, Cut, KeptTask, Log, NewRecord, Range, TaskLog } from '../port.ts'
import { type TaskId, taskName } from '../tasks.ts'
import { partitionsOf } from '../topology.ts'
import { existing, withAdmin } from './admin.ts'
import { Appender } from './appender.ts'
import { Changes } from './changes.ts'
import { innerCluster, type KafkaConnection, logName } from './connection.ts'

import { isOfType, kafkaFault, missingRight, needing, someOf } from './faults.ts'
import { forgetRecords } from './forget.ts'
import { type Place, placeKey } from './place.ts'
import type { Written } from './producer.ts'
import { KafkaReader } from './reader.ts'
import { KafkaKeptTask, KafkaTaskLog } from './taskLog.ts'
import { Transactions } from './transactions.ts'
import { unwritable } from './writable.ts'

export type KafkaLogOptions = {
  connection: KafkaConnection
  prefixes?: TopicPrefixes
  /** What is stamped here leads the clock by at most so many milliseconds. */
  aheadMsMax?: number | undefined
}

const startKeptMs = 10 * secondMs

/** @throws ForewarnError FW_KAFKA_TOPICS when a topic is missing or has another number of partitions, FW_KAFKA_REFUSED, FW_LOG_UNAVAILABLE. */
export async function openKafkaLog(options: KafkaLogOptions): Promise<Log> {
  const { connection, prefixes = defaultPrefixes, aheadMsMax = aheadMsMaxDefault } = options
  const cluster = innerCluster(connection)
  try {
    const partitions = await inputPartitions(cluster, connection, prefixes)
    return new KafkaLog({ connection, cluster, prefixes, partitions, aheadMsMax })
  } catch (error) {
    await cluster.disconnect().catch(() => {})
    throw kafkaFault(error, logName(connection))
  }
}

/** Looks at every topic. */
async function inputPartitions(
  cluster: Cluster,
  connection: KafkaConnection,
  prefixes: TopicPrefixes,
): Promise<number> {
  const misfit = (what: string, cause?: unknown): ForewarnError =>
    new ForewarnError('FW_KAFKA_TOPICS', [logName(connection), what], { cause })
  const names = wireNames(prefixes)
  await cluster.connect()
  await cluster.addMultipleTargetTopics(names).catch(async (error: unknown) => {
    const isRefused = isOfType(error, 'TOPIC_AUTHORIZATION_FAILED')
    if (!isRefused && !isOfType(error, 'UNKNOWN_TOPIC_OR_PARTITION')) throw error
    const seen = await withAdmin(connection, (admin) => existing(admin, names))
    const missing = names.filter((name) => !seen.includes(name))
    throw isRefused
      ? missingRight(error, logName(connection), `Describe on ${someOf(missing)}`)
      : misfit(`there is no topic ${missing.join(', ')}`, error)
  })
  const widthOf = (topic: TopicName): number => cluster.findTopicPartitionMetadata(wireName(topic, prefixes)).length
  const partitions = widthOf('risk-events')
  for (const topic of topicNames) {
    const [wanted, found] = [partitionsOf(topic, partitions), widthOf(topic)]
    if (found !== wanted) throw misfit(`${wireName(topic, prefixes)} has ${found} partitions, not ${wanted}`)
  }
  return partitions
}

class KafkaLog implements Log {
  readonly name: string
  readonly #connection: KafkaConnection
  readonly #cluster: Cluster
  readonly #prefixes: TopicPrefixes
  readonly #partitions: number
  readonly #reader: KafkaReader
  readonly #appender: Appender
  readonly #changes: Changes
  readonly #followed = new Map<string, Place>()
  readonly #starts = new Map<string, { offset: number; untilMs: number }>()
  readonly #places = new Map<TopicName, Place[]>()
  readonly #tasks = new Set<KafkaTaskLog>()

  constructor(of: {
    connection: KafkaConnection
    cluster: Cluster
    prefixes: TopicPrefixes
    partitions: number
    aheadMsMax: number
  }) {
    this.name = logName(of.connection)
    this.#connection = of.connection
    this.#cluster = of.cluster
    this.#prefixes = of.prefixes
    this.#partitions = of.partitions
    this.#reader = new KafkaReader(of.cluster, this.name, of.connection.listener)
    this.#appender = new Appender(of.connection, {
      aheadMsMax: of.aheadMsMax,
      log: this.name,
      lastTime: async (topic, partition) => (await lastRecord(this, topic, partition))?.timeMs,
      transactions: (task) => this.#transactions(task),
    })
    this.#changes = new Changes(() => Promise.all([...this.#followed.values()].map((place) => this.#reader.end(place))))
  }

  partitions(topic: TopicName): number {
    return partitionsOf(topic, this.#partitions)
  }

  async range(topic: TopicName, partition: number): Promise<Range> {
    const place = this.#place(topic, partition)
    const key = placeKey(place)
    this.#followed.set(key, place)
    const end = this.#reader.end(place)
    const kept = this.#starts.get(key)
    if (kept !== undefined && kept.untilMs > performance.now()) return { start: kept.offset, end: await end }
    const [offset, at] = await Promise.all([this.#reader.start(place), end])
    this.#starts.set(key, { offset, untilMs: performance.now() + startKeptMs })
    return { start: offset, end: at }
  }

  writtenEnd(topic: TopicName, partition: number): Promise<number> {
    return this.#reader.writtenEnd(this.#place(topic, partition))
  }

  read(topic: TopicName, partition: number, from: number, bytesMax: number): Promise<Batch> {
    return this.#reader.read(this.#place(topic, partition), from, bytesMax)
  }

  async greatestTimeMs(topic: TopicName, partition: number, from: number): Promise<number | undefined> {
    const latest = await this.#reader.latestTime(this.#place(topic, partition))
    if (latest !== undefined && latest.offset >= from) {
      const { records } = await this.read(topic, partition, latest.offset, 1)
      if (records[0]?.offset === latest.offset && records[0].timeMs === latest.timeMs) return latest.timeMs
    }
    return greatestTimeRead(this, topic, partition, from) // the latest lies before, or is a marker or a record that nobody committed
  }

  keepsTimes(topic: TopicName): Promise<boolean> {
    const configNames = ['message.timestamp.type']
    const resource = { type: kafkajs.ConfigResourceTypes.TOPIC, name: wireName(topic, this.#prefixes), configNames }
    return withAdmin(this.#connection, async (admin) => {
      const asked = admin.describeConfigs({ includeSynonyms: false, resources: [resource] })
      const { resources } = await needing(`DescribeConfigs on ${resource.name}`, this.name, asked)
      const values = resources.flatMap(({ configEntries }) => configEntries.map(({ configValue }) => configValue))
      return !values.includes('LogAppendTime')
    })
  }

  async append(topic: TopicName, partition: number, records: readonly NewRecord[]): Promise<void> {
    if (records.length === 0) return
    await this.#seen(await this.#appender.append(topic, this.#place(topic, partition), records))
  }

  async checkAppend(topics: readonly TopicName[]): Promise<void> {
    const names = topics.map((topic) => wireName(topic, this.#prefixes))
    const refused = await unwritable(this.#cluster, names).catch((error: unknown) => {
      throw kafkaFault(error, this.name)
    })
    if (refused.length === 0) return
    const says = `the right Write on ${refused.join(', ')} is missing (the work has not begun)`
    throw new ForewarnError('FW_KAFKA_REFUSED', [this.name, says])
  }

  async openTask(task: TaskId): Promise<TaskLog> {
    const taskLog = new KafkaTaskLog({
      log: this,
      task,
      transactions: await this.#transactions(taskName(task)),
      place: (topic, partition) => this.#place(topic, partition),
      closed: (one) => this.#tasks.delete(one),
      seen: (written) => this.#seen(written),
    })
    this.#tasks.add(taskLog)
    return taskLog
  }

  readTask(task: TaskId): KeptTask {
    return new KafkaKeptTask(this, task)
  }

  async forget(cuts: readonly Cut[], told: (records: number) => void = () => {}): Promise<void> {
    await forgetRecords(this.#connection, { log: this.name, prefixes: this.#prefixes }, cuts)
    this.#starts.clear()
    for (const { topic, partition, before } of cuts) {
      const { start } = await this.range(topic, partition)
      if (start < before)
        throw new ForewarnError('FW_LOG_UNAVAILABLE', [this.name, `${topic} still begins at ${start}`])
      told(before)
    }
  }

  changed(timeoutMs: number): Promise<void> {
    return this.#changes.wait(timeoutMs)
  }

  async close(): Promise<void> {
    this.#changes.close()
    this.#reader.close()
    await atMost(partingMsMax, this.#disconnect()) // kafkajs waits for answers that may never come
  }

  async #disconnect(): Promise<void> {
    await Promise.all([...this.#tasks].map((task) => task.close()))
    await this.#appender.close()
    await this.#cluster.disconnect()
  }

  #transactions(task: string): Promise<Transactions> {
    const transactionalId = `${this.#prefixes.output}-${task}`
    return Transactions.open(this.#connection, { log: this.name, task, transactionalId })
  }

  /** A commit is answered before its markers are written; what follows must read what was committed. */
  async #seen(written: readonly Written[]): Promise<void> {
    for (let waitMs = 1; ; waitMs = Math.min(waitMs * 2, 50)) {
      const ends = await Promise.all(written.map((place) => this.#reader.end(place)))
      if (written.every(({ offset }, at) => ends[at] > offset)) break
      await sleep(waitMs)
    }
    this.#changes.mark()
  }

  #place(topic: TopicName, partition: number): Place {
    let places = this.#places.get(topic)
    if (places === undefined) {
      const wire = wireName(topic, this.#prefixes)
      places = Array.from({ length: this.partitions(topic) }, (_, at) => ({ topic: wire, partition: at }))
      this.#places.set(topic, places)
    }
    const place = places[partition]
    if (place === undefined) throw new ForewarnError('FW_INTERNAL', [`the log has no partition ${topic}#${partition}`])
    return place
  }
}
