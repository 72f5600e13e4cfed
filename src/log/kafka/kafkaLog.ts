/** The log in a Kafka cluster: committed records by offset, one transaction an epoch. Topics are made by `forewarn topics create`. */
import { setTimeout as sleep } from 'node:timers/promises'
import kafkajs, { type Producer } from 'kafkajs'
import { defaultPrefixes, type TopicName, type TopicPrefixes, topicNames, wireName } from '../../../streams/topics.ts'
import { ForewarnError } from '../../errors.ts'
import { secondMs } from '../../limits.ts'
import type { Tell } from '../../notices.ts'
import { lastRecord } from '../lastRecord.ts'
import type { Batch, Log, NewRecord, Range, TaskId, TaskLog } from '../port.ts'
import { taskName } from '../tasks.ts'
import { partitionsOf } from '../topology.ts'
import { withAdmin } from './admin.ts'
import { Changes } from './changes.ts'
import { chunks } from './chunks.ts'
import { type KafkaClients, type KafkaConnection, kafkaClients } from './connection.ts'
import { causesOf, kafkaFault, typeOf } from './faults.ts'
import { KafkaReader } from './reader.ts'
import { KafkaTaskLog } from './taskLog.ts'
import { givenPartition, send, Transactions, type Written } from './transactions.ts'

export type KafkaLogOptions = {
  connection: KafkaConnection
  prefixes?: TopicPrefixes
  /** Milliseconds since 1970, the time of records that bring none. */
  now?: () => number
}

const startKeptMs = 10 * secondMs

/** @throws ForewarnError FW_KAFKA_TOPICS when a topic is missing or has another number of partitions, FW_KAFKA_REFUSED, FW_LOG_UNAVAILABLE. */
export async function openKafkaLog({
  connection,
  prefixes = defaultPrefixes,
  now = Date.now,
}: KafkaLogOptions): Promise<Log> {
  const name = `kafka://${connection.brokers.join(',')}`
  const clients = kafkaClients(connection)
  try {
    const partitions = await inputPartitions(clients, name, prefixes)
    return new KafkaLog({ name, clients, prefixes, partitions, now, tell: connection.tell })
  } catch (error) {
    await clients.cluster.disconnect().catch(() => {})
    throw kafkaFault(error, name)
  }
}

/** Looks at every topic. */
async function inputPartitions(clients: KafkaClients, name: string, prefixes: TopicPrefixes): Promise<number> {
  const { cluster } = clients
  await cluster.connect()
  const names = topicNames.map((topic) => wireName(topic, prefixes))
  await cluster.addMultipleTargetTopics(names).catch(async (error: unknown) => {
    if (!causesOf(error).some((one) => typeOf(one) === 'UNKNOWN_TOPIC_OR_PARTITION')) throw error
    const missing = await withAdmin(clients, name, async (admin) => {
      const there = new Set(await admin.listTopics())
      return names.filter((topic) => !there.has(topic))
    })
    throw new ForewarnError('FW_KAFKA_TOPICS', [name, `there is no topic ${missing.join(', ')}`], { cause: error })
  })
  const widthOf = (topic: TopicName): number => cluster.findTopicPartitionMetadata(wireName(topic, prefixes)).length
  const partitions = widthOf('risk-events')
  for (const topic of topicNames) {
    const wanted = partitionsOf(topic, partitions)
    const found = widthOf(topic)
    if (found !== wanted)
      throw new ForewarnError('FW_KAFKA_TOPICS', [
        name,
        found === 0
          ? `there is no topic ${wireName(topic, prefixes)}`
          : `${wireName(topic, prefixes)} has ${found} partitions, not ${wanted}`,
      ])
  }
  return partitions
}

class KafkaLog implements Log {
  readonly name: string
  readonly #clients: KafkaClients
  readonly #prefixes: TopicPrefixes
  readonly #partitions: number
  readonly #now: () => number
  readonly #reader: KafkaReader
  readonly #changes: Changes
  readonly #followed = new Map<string, { topic: string; partition: number }>()
  readonly #starts = new Map<string, { offset: number; untilMs: number }>()
  readonly #tasks = new Set<KafkaTaskLog>()
  /** Log time of the last record appended from here: what is stamped here is never earlier. */
  readonly #lastTimes = new Map<string, number>()
  #producer: Promise<Producer> | undefined

  constructor(of: {
    name: string
    clients: KafkaClients
    prefixes: TopicPrefixes
    partitions: number
    now: () => number
    tell: Tell | undefined
  }) {
    this.name = of.name
    this.#clients = of.clients
    this.#prefixes = of.prefixes
    this.#partitions = of.partitions
    this.#now = of.now
    this.#reader = new KafkaReader(of.clients.cluster, of.name, of.tell)
    this.#changes = new Changes(() => Promise.all([...this.#followed.values()].map((place) => this.#reader.end(place))))
  }

  partitions(topic: TopicName): number {
    return partitionsOf(topic, this.#partitions)
  }

  async range(topic: TopicName, partition: number): Promise<Range> {
    const place = { topic: this.#wire(topic, partition), partition }
    const key = `${topic}#${partition}`
    this.#followed.set(key, place)
    const end = this.#reader.end(place)
    const kept = this.#starts.get(key)
    if (kept !== undefined && kept.untilMs > performance.now()) return { start: kept.offset, end: await end }
    const [offset, at] = await Promise.all([this.#reader.start(place), end])
    this.#starts.set(key, { offset, untilMs: performance.now() + startKeptMs })
    return { start: offset, end: at }
  }

  read(topic: TopicName, partition: number, from: number, bytesMax: number): Promise<Batch> {
    return this.#reader.read({ topic: this.#wire(topic, partition), partition }, from, bytesMax)
  }

  keepsTimes(topic: TopicName): Promise<boolean> {
    const configNames = ['message.timestamp.type']
    const resource = { type: kafkajs.ConfigResourceTypes.TOPIC, name: wireName(topic, this.#prefixes), configNames }
    return withAdmin(this.#clients, this.name, async (admin) => {
      const { resources } = await admin.describeConfigs({ includeSynonyms: false, resources: [resource] })
      const values = resources.flatMap(({ configEntries }) => configEntries.map(({ configValue }) => configValue))
      return !values.includes('LogAppendTime')
    })
  }

  /** One batch is whole by itself; more than one go through a transaction. */
  async append(topic: TopicName, partition: number, records: readonly NewRecord[]): Promise<void> {
    if (records.length === 0) return
    const wire = this.#wire(topic, partition)
    const timed = await this.#stamp(topic, partition, records)
    const placed = timed.map((record) => ({ topic: wire, partition, record }))
    const calls = chunks(placed, 0)[Symbol.iterator]()
    calls.next()
    if (calls.next().done === true) {
      const producer = await this.#appender()
      await this.#seen(await send(producer, placed, 0).catch((error) => this.#dropAppender(error)))
    } else {
      const name = `append-${crypto.randomUUID()}`
      const transactions = await Transactions.open(this.#clients, {
        log: this.name,
        task: name,
        transactionalId: `${this.#prefixes.output}-${name}`,
      })
      try {
        await this.#seen(await transactions.run(async (add) => void (await add(placed, 0))))
      } finally {
        await transactions.close()
      }
    }
  }

  async openTask(task: TaskId): Promise<TaskLog> {
    const name = taskName(task)
    const transactions = await Transactions.open(this.#clients, {
      log: this.name,
      task: name,
      transactionalId: `${this.#prefixes.output}-${name}`,
    })
    const taskLog = new KafkaTaskLog({
      log: this,
      task,
      transactions,
      placeOf: (topic, partition) => this.#wire(topic, partition),
      seen: (written) => this.#seen(written),
    })
    this.#tasks.add(taskLog)
    return taskLog
  }

  changed(timeoutMs: number): Promise<void> {
    return this.#changes.wait(timeoutMs)
  }

  async close(): Promise<void> {
    this.#changes.close()
    this.#reader.close()
    await Promise.all([...this.#tasks].map((task) => task.close()))
    await (await this.#producer)?.disconnect()
    await this.#clients.cluster.disconnect()
  }

  async #stamp(
    topic: TopicName,
    partition: number,
    records: readonly NewRecord[],
  ): Promise<(NewRecord & { timeMs: number })[]> {
    const key = `${topic}#${partition}`
    let lastMs = this.#lastTimes.get(key)
    if (lastMs === undefined && records.some(({ timeMs }) => timeMs === undefined))
      lastMs = (await lastRecord(this, topic, partition))?.timeMs
    const timed = records.map((record) => {
      lastMs = record.timeMs ?? Math.max(this.#now(), lastMs ?? Number.NEGATIVE_INFINITY)
      return { ...record, timeMs: lastMs }
    })
    if (lastMs !== undefined) this.#lastTimes.set(key, lastMs)
    return timed
  }

  #appender(): Promise<Producer> {
    this.#producer ??= this.#newAppender()
    return this.#producer
  }

  async #newAppender(): Promise<Producer> {
    const producer = this.#clients.kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: givenPartition,
    })
    try {
      await producer.connect()
    } catch (error) {
      this.#dropAppender(error)
    }
    return producer
  }

  #dropAppender(error: unknown): never {
    void this.#producer?.then((producer) => producer.disconnect()).catch(() => {})
    this.#producer = undefined
    throw kafkaFault(error, this.name)
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

  #wire(topic: TopicName, partition: number): string {
    if (!(partition >= 0 && partition < this.partitions(topic)))
      throw new ForewarnError('FW_INTERNAL', [`the log has no partition ${topic}#${partition}`])
    return wireName(topic, this.#prefixes)
  }
}
