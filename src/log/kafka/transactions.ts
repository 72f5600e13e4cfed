/**
 * The transactions of one task. Whoever opens the task's transactional id fences the holder before; after any other fault the
 * producer cannot be used again, and the task begins anew from the journal.
 */
import { ForewarnError } from '../../errors.ts'
import { minuteMs } from '../../limits.ts'
import { chunks, type Placed } from './chunks.ts'
import type { KafkaConnection } from './connection.ts'
import { coordinatorFault } from './coordinator.ts'
import { isOfType, kafkaFault, missingRight } from './faults.ts'
import { placeKey } from './place.ts'
import { RecordProducer, send, type Written } from './producer.ts'

/** Kafka's own largest: a beat of any size may be sent while it is folded. */
const transactionTimeoutMs = 15 * minuteMs

export class Transactions {
  readonly #producer: RecordProducer
  readonly #log: string
  readonly #task: string
  #dead: unknown

  /** Fences the earlier holder of the id, and ends a transaction that it left open. */
  static async open(
    connection: KafkaConnection,
    of: { log: string; task: string; transactionalId: string },
  ): Promise<Transactions> {
    const { transactionalId: id } = of
    try {
      return new Transactions(await RecordProducer.open(connection, { transactionalId: id, transactionTimeoutMs }), of)
    } catch (error) {
      const why = await coordinatorFault(connection, error, { kind: 'transactions', id })
      const mayWriteNothing = isOfType(why, 'CLUSTER_AUTHORIZATION_FAILED') // it may write no topic at all
      const right = mayWriteNothing ? 'Write on the topics to be written' : `Write on the transactional id ${id}`
      throw kafkaFault(missingRight(why, of.log, right), of.log, of.task)
    }
  }

  private constructor(producer: RecordProducer, { log, task }: { log: string; task: string }) {
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
    this.#producer.begin()
    try {
      await work(async (records, timeMs) => {
        const written = await this.#guard(() => send(this.#producer, chunks(records), { log: this.#log, timeMs }))
        for (const one of written) last.set(placeKey(one), one)
        return written
      })
    } catch (error) {
      if (this.#dead === undefined) await this.#guard(() => this.#producer.abort())
      throw error
    }
    await this.#guard(() => this.#producer.commit())
    return [...last.values()]
  }

  async close(): Promise<void> {
    this.#dead ??= new ForewarnError('FW_LOG_UNAVAILABLE', [this.#log, `task ${this.#task} was closed`])
    await this.#producer.close()
  }

  async #guard<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      this.#dead = kafkaFault(error, this.#log, this.#task)
      void this.#producer.close()
      throw this.#dead
    }
  }
}
