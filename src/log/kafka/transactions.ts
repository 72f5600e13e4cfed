/**
 * The transactions of one task. Whoever opens the task's transactional id fences the holder before; after any other fault the
 * producer cannot be used again, and the task begins anew from the journal.
 */
import type { Kafka, PartitionerArgs, Producer, TopicMessages, Transaction } from 'kafkajs'
import { ForewarnError } from '../../errors.ts'
import { minuteMs } from '../../limits.ts'
import { chunks, type Placed } from './chunks.ts'
import { type KafkaConnection, transactionRetry } from './connection.ts'
import { coordinatorFault } from './coordinator.ts'
import { isOfType, kafkaFault, missingRight, needing } from './faults.ts'
import { type Place, placeKey } from './place.ts'

/** Kafka's own largest: a beat of any size may be sent while it is folded. */
const transactionTimeoutMs = 15 * minuteMs

export type Written = Place & { offset: number }

export class Transactions {
  readonly #producer: Producer
  readonly #log: string
  readonly #task: string
  #dead: unknown

  /** Fences the earlier holder of the id, and ends a transaction that it left open. */
  static async open(
    kafka: Kafka,
    connection: KafkaConnection,
    of: { log: string; task: string; transactionalId: string },
  ): Promise<Transactions> {
    const { transactionalId: id } = of
    const producer = producerOf(kafka, id)
    try {
      await producer.connect()
      await (await producer.transaction()).abort()
    } catch (error) {
      await producer.disconnect().catch(() => {})
      const why = await coordinatorFault(connection, error, { kind: 'transactions', id })
      const mayWriteNothing = isOfType(why, 'CLUSTER_AUTHORIZATION_FAILED') // it may write no topic at all
      const right = mayWriteNothing ? 'Write on the topics to be written' : `Write on the transactional id ${id}`
      throw kafkaFault(missingRight(why, of.log, right), of.log, of.task)
    }
    return new Transactions(producer, of)
  }

  private constructor(producer: Producer, { log, task }: { log: string; task: string }) {
    this.#producer = producer
    this.#log = log
    this.#task = task
  }

  /**
   * Everything that `work` sends is there together, or not at all. Gives the last offset written to each partition.
   * @throws ForewarnError FW_TASK_FENCED, FW_LOG_UNAVAILABLE (whether it took, the journal says); whatever `work` throws.
   */
  async run(
    work: (send: (records: Iterable<Placed>, timeMs: number) => Promise<Written[]>) => Promise<void>,
  ): Promise<Written[]> {
    if (this.#dead !== undefined) throw this.#dead
    const last = new Map<string, Written>()
    const transaction = await this.#guard(() => this.#producer.transaction())
    try {
      await work(async (records, timeMs) => {
        const written = await this.#guard(() => send(transaction, chunks(records, timeMs), this.#log))
        for (const one of written) last.set(placeKey(one), one)
        return written
      })
    } catch (error) {
      if (this.#dead === undefined) await this.#guard(() => transaction.abort())
      throw error
    }
    await this.#guard(() => transaction.commit())
    return [...last.values()]
  }

  async close(): Promise<void> {
    this.#dead ??= new ForewarnError('FW_LOG_UNAVAILABLE', [this.#log, `task ${this.#task} was closed`])
    await this.#producer.disconnect().catch(() => {})
  }

  async #guard<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      this.#dead = kafkaFault(error, this.#log, this.#task)
      void this.#producer.disconnect().catch(() => {})
      throw this.#dead
    }
  }
}

function producerOf(kafka: Kafka, transactionalId: string): Producer {
  return kafka.producer({
    transactionalId,
    idempotent: true,
    maxInFlightRequests: 1,
    transactionTimeout: transactionTimeoutMs,
    allowAutoTopicCreation: false,
    createPartitioner: givenPartition,
    retry: transactionRetry,
  })
}

/** Every record says itself where it goes. */
export const givenPartition =
  () =>
  ({ message }: PartitionerArgs): number => {
    if (message.partition !== undefined) return message.partition
    throw new ForewarnError('FW_INTERNAL', ['a record without a partition was sent to Kafka'])
  }

/** Sends call by call; the last offset of each call and partition. */
export async function send(
  target: Pick<Producer | Transaction, 'sendBatch'>,
  calls: Iterable<TopicMessages[]>,
  log: string,
): Promise<Written[]> {
  const written: Written[] = []
  for (const topicMessages of calls) {
    const right = `Write on ${topicMessages.map(({ topic }) => topic).join(', ')}`
    const sent = await needing(right, log, target.sendBatch({ acks: -1, topicMessages }))
    for (const { topicName: topic, partition, baseOffset } of sent) {
      const messages = topicMessages.find((one) => one.topic === topic)?.messages
      const count = messages?.filter((message) => message.partition === partition).length ?? 0
      written.push({ topic, partition, offset: Number(baseOffset) + count - 1 })
    }
  }
  return written
}
