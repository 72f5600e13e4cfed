/**
 * Sends batches that are written here (wire/produce.ts), idempotently, each exactly once however often it is tried. Connections, ids of
 * producers and transactions are kafkajs's. One call at a time: all of them are written into one buffer.
 */
import type Cluster from 'kafkajs/src/cluster/index.js'
import type { CoordinatorOf, InnerBroker } from 'kafkajs/src/cluster/index.js'
import type { InnerLogger } from 'kafkajs/src/loggers/index.js'
import createEosManager, { type EosManager } from 'kafkajs/src/producer/eosManager/index.js'
import { createErrorFromCode, staleMetadata } from 'kafkajs/src/protocol/error.js'
import createRetry, { type Retrier } from 'kafkajs/src/retry/index.js'
import { kafkaCallBytesMax, MiB } from '../../limits.ts'
import { innerCluster, innerLogger, type KafkaConnection, sendRetry, transactionRetry } from './connection.ts'
import { isNamed, isOfType, needing } from './faults.ts'
import { type Place, placeKey } from './place.ts'
import { type Numbered, type PartitionRecords, type ProduceHead, produce, writeProduce } from './wire/produce.ts'
import { WireWriter } from './wire/writer.ts'

export type Written = Place & { offset: number }

/** In `transactionTimeoutMs` after its begin the broker aborts a transaction by itself. */
export type TransactionalOptions = { transactionalId: string; transactionTimeoutMs: number }

/** Numbers of records have 31 bits, and begin anew at 0. */
const sequences = 2 ** 31
const bufferBytes = kafkaCallBytesMax + MiB

export class RecordProducer {
  readonly #cluster: Cluster
  readonly #logger: InnerLogger
  readonly #retrier: Retrier
  readonly #transactionalId: string | undefined
  readonly #ids: EosManager
  /** The number of the next record, by place. */
  readonly #sequences = new Map<string, number>()
  #buffer = new WireWriter(bufferBytes)
  #sending: Promise<unknown> = Promise.resolve()
  /** Of transactions, since the id was given: kafkajs asks for it before each of its calls. Found anew after an error. */
  #coordinator: InnerBroker | undefined
  #isOpen = false
  #isClosed = false

  /** Connects, and asks for an id; of a transactional one that fences the earlier holder, and ends a transaction that it left open. @throws what kafkajs throws. */
  static async open(connection: KafkaConnection, transactional?: TransactionalOptions): Promise<RecordProducer> {
    const producer = new RecordProducer(connection, transactional)
    try {
      await producer.#cluster.connect()
      await producer.#ids.initProducerId()
      producer.#isOpen = true
      return producer
    } catch (error) {
      await producer.close()
      throw error
    }
  }

  private constructor(connection: KafkaConnection, transactional?: TransactionalOptions) {
    this.#cluster = innerCluster(connection)
    this.#logger = innerLogger(connection).namespace('Producer')
    this.#retrier = createRetry(transactional === undefined ? sendRetry : transactionRetry)
    this.#transactionalId = transactional?.transactionalId
    this.#ids = createEosManager({
      logger: this.#logger,
      cluster: {
        refreshMetadataIfNecessary: () => this.#cluster.refreshMetadataIfNecessary(),
        findControllerBroker: () => this.#cluster.findControllerBroker(),
        findGroupCoordinator: (of) => this.#findCoordinator(of),
      },
      transactional: transactional !== undefined,
      ...(transactional === undefined
        ? {}
        : { transactionalId: transactional.transactionalId, transactionTimeout: transactional.transactionTimeoutMs }),
    })
  }

  begin(): void {
    this.#ids.beginTransaction()
  }

  commit(): Promise<void> {
    return this.#ids.commit()
  }

  abort(): Promise<void> {
    return this.#ids.abort()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#cluster.disconnect().catch(() => {}) // there is nothing left to be lost
  }

  /**
   * The last offset of each batch, acknowledged by all replicas in sync. After an error the producer is used no more: what the broker has
   * of the call is not known. `timeMs`: of records that bring none. @throws what kafkajs throws, WireError.
   */
  send(call: readonly PartitionRecords[], timeMs: number): Promise<Written[]> {
    const sent = this.#sending.then(() => this.#send(call, timeMs))
    this.#sending = sent.catch(() => {}) // whoever sent it hears of it
    return sent
  }

  async #send(call: readonly PartitionRecords[], timeMs: number): Promise<Written[]> {
    const left = new Set(call.map((batch) => ({ ...batch, sequence: this.#number(batch) })))
    const written: Written[] = []
    await this.#retrier(async (bail) => {
      try {
        await this.#try(left, timeMs, (done, offset) => {
          left.delete(done)
          written.push({ ...done.place, offset })
        })
      } catch (error) {
        if (!(await this.#isWorthATry(error))) return bail(error)
        throw error
      }
    })
    return written
  }

  async #findCoordinator(of: CoordinatorOf): Promise<InnerBroker> {
    if (this.#coordinator !== undefined) return this.#coordinator
    const found = await this.#cluster.findGroupCoordinator(of)
    if (this.#isOpen) this.#coordinator = found
    return found
  }

  #number({ place, records }: PartitionRecords): number {
    const key = placeKey(place)
    const first = this.#sequences.get(key) ?? 0
    this.#sequences.set(key, (first + records.length) % sequences)
    return first
  }

  /** Each batch to its leader; those that were taken are told, and the first error of the others is thrown. */
  async #try(
    left: ReadonlySet<Numbered>,
    timeMs: number,
    taken: (batch: Numbered, lastOffset: number) => void,
  ): Promise<void> {
    const byLeader = await this.#byLeader(left)
    if (this.#transactionalId !== undefined)
      await this.#ids.addPartitionsToTransaction(
        [...left].map(({ place: { topic, partition } }) => ({ topic, partitions: [{ partition }] })),
      )
    const head: ProduceHead = {
      transactionalId: this.#transactionalId,
      id: Number(this.#ids.getProducerId()),
      epoch: this.#ids.getProducerEpoch(),
      timeMs,
    }
    this.#buffer.reset()
    const calls = [...byLeader].map(([broker, batches]) => this.#ask(broker, batches, head, taken))
    const failed = (await Promise.allSettled(calls)).find((one) => one.status === 'rejected')
    if (failed === undefined) return
    this.#buffer = new WireWriter(bufferBytes) // the socket may still be reading the one before
    throw failed.reason
  }

  async #byLeader(left: ReadonlySet<Numbered>): Promise<Map<InnerBroker, Numbered[]>> {
    const cluster = this.#cluster
    await cluster.addMultipleTargetTopics([...new Set([...left].map(({ place }) => place.topic))])
    await cluster.refreshMetadataIfNecessary()
    const byNode = Map.groupBy(left, ({ place: { topic, partition } }) => {
      const [nodeId] = Object.keys(cluster.findLeaderForPartitions(topic, [partition]))
      if (nodeId === undefined) throw createErrorFromCode(leaderNotAvailable)
      return nodeId
    })
    const byLeader = new Map<InnerBroker, Numbered[]>()
    for (const [nodeId, batches] of byNode) byLeader.set(await cluster.findBroker({ nodeId }), batches)
    return byLeader
  }

  async #ask(
    broker: InnerBroker,
    batches: readonly Numbered[],
    head: ProduceHead,
    taken: (batch: Numbered, lastOffset: number) => void,
  ): Promise<void> {
    const answers = await produce(broker, writeProduce(this.#buffer, head, batches))
    const byPlace = new Map(answers.map((answer) => [placeKey(answer), answer]))
    let refused: Error | undefined
    for (const batch of batches) {
      const { errorCode, baseOffset } = byPlace.get(placeKey(batch.place)) ?? unanswered
      if (errorCode === 0) taken(batch, baseOffset + batch.records.length - 1)
      else refused ??= createErrorFromCode(errorCode)
    }
    if (refused !== undefined) throw refused
  }

  /** By the rules of kafkajs's own sends. What is worth one gets fresh metadata first. */
  async #isWorthATry(error: unknown): Promise<boolean> {
    if (this.#isClosed) return false
    if (isOfType(error, 'CONCURRENT_TRANSACTIONS')) return true // the markers of the one before are still being written
    this.#coordinator = undefined
    if (isClosed(error)) this.#cluster.removeBroker(error)
    const isOfTheNet = isNamed(error, 'KafkaJSConnectionError') || isNamed(error, 'KafkaJSConnectionClosedError')
    const isPassing = isOfTheNet || isNamed(error, 'KafkaJSMetadataNotLoaded') || staleMetadata(error)
    const message = error instanceof Error ? error.message : String(error)
    this.#logger.error(`Failed to send records: ${message}`, {})
    if (!this.#cluster.isConnected()) await this.#cluster.connect()
    else if (!isPassing && !isRetriable(error)) return false
    await this.#cluster.refreshMetadata()
    return true
  }
}

const leaderNotAvailable = 5
/** Of a partition of which the answer does not speak: UNKNOWN_SERVER_ERROR. */
const unanswered = { errorCode: -1, baseOffset: 0 }

function isRetriable(error: unknown): boolean {
  return error instanceof Error && 'retriable' in error && error.retriable === true
}

function isClosed(error: unknown): error is Error & { host: string; port: number } {
  return (
    isNamed(error, 'KafkaJSConnectionClosedError') &&
    error instanceof Error &&
    'host' in error &&
    typeof error.host === 'string' &&
    'port' in error &&
    typeof error.port === 'number'
  )
}

/** Sends call by call; the last offset of each batch. Refused for want of a right, it names the right. */
export async function send(
  producer: RecordProducer,
  calls: Iterable<PartitionRecords[]>,
  { log, timeMs }: { log: string; timeMs: number },
): Promise<Written[]> {
  const written: Written[] = []
  for (const call of calls) {
    const right = `Write on ${[...new Set(call.map(({ place }) => place.topic))].join(', ')}`
    written.push(...(await needing(right, log, producer.send(call, timeMs))))
  }
  return written
}
