/** Appends of records that no task commits: commands, live records and imports. */
import type { TopicName } from '../../../streams/topics.ts'
import type { NewRecord } from '../port.ts'
import { stampAfter } from '../stamp.ts'
import { chunks } from './chunks.ts'
import type { KafkaConnection } from './connection.ts'
import { kafkaFault, missingRight } from './faults.ts'
import { type Place, placeKey } from './place.ts'
import { RecordProducer, send, type Written } from './producer.ts'
import type { Transactions } from './transactions.ts'

export type AppenderOptions = {
  /** Milliseconds since 1970, the time of records that bring none. */
  /** What is stamped here leads the clock by at most so many milliseconds. */
  aheadMsMax: number
  /** For messages. */
  log: string
  /** Log time of the last record of a partition, if it has one. */
  lastTime: (topic: TopicName, partition: number) => Promise<number | undefined>
  transactions: (name: string) => Promise<Transactions>
}

export class Appender {
  readonly #connection: KafkaConnection
  readonly #options: AppenderOptions
  /** Log time of the last record appended from here. */
  readonly #lastTimes = new Map<string, number>()
  #producer: Promise<RecordProducer> | undefined

  constructor(connection: KafkaConnection, options: AppenderOptions) {
    this.#connection = connection
    this.#options = options
  }

  /** All or none: one batch is whole by itself, more than one go through a transaction. */
  async append(topic: TopicName, place: Place, records: readonly NewRecord[]): Promise<Written[]> {
    const placed = (await this.#stamp(topic, place, records)).map((record) => ({ place, record }))
    const calls = [...chunks(placed)]
    if (calls.length === 1) {
      const producer = await this.#connected(place)
      return send(producer, calls, { log: this.#options.log, timeMs: 0 }).catch((error: unknown) => this.#drop(error))
    }
    const transactions = await this.#options.transactions(`append-${crypto.randomUUID()}`)
    try {
      return await transactions.run(async (add) => void (await add(placed, 0)))
    } finally {
      await transactions.close()
    }
  }

  async close(): Promise<void> {
    await (await this.#producer)?.close()
  }

  async #stamp(topic: TopicName, place: Place, records: readonly NewRecord[]): Promise<NewRecord[]> {
    const { aheadMsMax, lastTime } = this.#options
    const key = placeKey(place)
    let lastMs = this.#lastTimes.get(key)
    if (lastMs === undefined && records.some(({ timeMs }) => timeMs === undefined))
      lastMs = await lastTime(topic, place.partition)
    const timed = records.map((record) => {
      lastMs = record.timeMs ?? stampAfter(lastMs ?? Number.NEGATIVE_INFINITY, { nowMs: Date.now(), aheadMsMax })
      return { ...record, timeMs: lastMs }
    })
    if (lastMs !== undefined) this.#lastTimes.set(key, lastMs)
    return timed
  }

  #connected(place: Place): Promise<RecordProducer> {
    this.#producer ??= this.#connect(place)
    return this.#producer
  }

  /** Whoever may write no topic at all gets no producer. */
  async #connect({ topic }: Place): Promise<RecordProducer> {
    try {
      return await RecordProducer.open(this.#connection)
    } catch (error) {
      this.#drop(missingRight(error, this.#options.log, `Write on ${topic}`))
    }
  }

  #drop(error: unknown): never {
    void this.#producer?.then((producer) => producer.close()).catch(() => {})
    this.#producer = undefined
    throw kafkaFault(error, this.#options.log)
  }
}
