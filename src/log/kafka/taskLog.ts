/** What one task alone may do in Kafka: commit its epochs and keep its checkpoints, through its own transactions. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { TopicName } from '../../../streams/topics.ts'
import { fetchBytes } from '../../limits.ts'
import type { KeptTask, Log, NewRecord, Output, TaskLog } from '../port.ts'
import { recordsOf } from '../recordsOf.ts'
import { type TaskId, taskName, taskNumber } from '../tasks.ts'
import { newestSlots, pageKey, pagesHeader, pagesText, type Slot } from './checkpointSlots.ts'
import type { Placed } from './chunks.ts'
import type { Place } from './place.ts'
import type { Written } from './producer.ts'
import type { Transactions } from './transactions.ts'

export type KafkaTaskOptions = {
  log: Log
  task: TaskId
  transactions: Transactions
  /** The partition on the wire, the same object each time. @throws ForewarnError FW_INTERNAL when the log has none such. */
  place: (topic: TopicName, partition: number) => Place
  /** Lets go of what the log keeps for the task. */
  closed: (task: KafkaTaskLog) => void
  /** Resolves when readers of committed records see what was written. */
  seen: (written: readonly Written[]) => Promise<void>
}

/** What a task has kept, to be read by anybody. */
export class KafkaKeptTask implements KeptTask {
  readonly name: string
  /** The partition of the topics that have one a task. */
  readonly partition: number
  readonly #log: Log
  #slots: Map<number, Slot> | undefined

  constructor(log: Log, task: TaskId) {
    this.#log = log
    this.name = taskName(task)
    this.partition = taskNumber(task, log.partitions('risk-events'))
  }

  async *journal(from: number): AsyncIterable<{ offset: number; entry: Uint8Array }> {
    for await (const { offset, value } of recordsOf(this.#log, 'journal', this.partition, from))
      yield { offset, entry: value }
  }

  async journalEnd(): Promise<number> {
    return (await this.#log.range('journal', this.partition)).end
  }

  async readManifest(slot: number): Promise<Uint8Array | undefined> {
    const manifest = (await this.found()).get(slot)?.manifest
    return manifest === undefined ? undefined : viewOf(manifest)
  }

  async readPage(slot: number, page: number): Promise<Uint8Array | undefined> {
    const offset = (await this.found()).get(slot)?.pages[page]
    if (offset === undefined) return undefined
    const { records } = await this.#log.read('checkpoints', this.partition, offset, fetchBytes)
    return records[0]?.key === pageKey(this.name, slot, page) ? viewOf(records[0].value) : undefined
  }

  /** As they were when they were first asked for. */
  protected async found(): Promise<Map<number, Slot>> {
    this.#slots ??= await newestSlots(this.#log, this.partition, this.name)
    return this.#slots
  }
}

export class KafkaTaskLog extends KafkaKeptTask implements TaskLog {
  readonly #options: KafkaTaskOptions

  constructor(options: KafkaTaskOptions) {
    super(options.log, options.task)
    this.#options = options
  }

  async commit({
    outputs,
    journal,
    timeMs,
  }: {
    outputs: readonly Output[]
    journal: Uint8Array
    timeMs: number
  }): Promise<void> {
    const { transactions, place, seen } = this.#options
    const records: Placed[] = outputs.map(({ topic, partition, record }) => ({
      place: place(topic, partition),
      record,
    }))
    records.push(this.#placed('journal', { key: this.name, value: journal }))
    await seen(
      await transactions.run(async (send) => {
        await send(records, timeMs)
      }),
    )
  }

  async writeCheckpoint(
    slot: number,
    pages: Iterable<Uint8Array | undefined>,
    manifest: () => Uint8Array,
  ): Promise<void> {
    const { transactions, seen } = this.#options
    const slots = await this.found()
    const before = slots.get(slot)?.pages ?? []
    const offsets: number[] = []
    let bytes = new Uint8Array(0)
    const written = await transactions.run(async (send) => {
      const sent = async (record: NewRecord): Promise<number> => {
        const [{ offset }] = await send([this.#placed('checkpoints', record)], 0)
        return offset
      }
      for (const value of pages) {
        const page = offsets.length
        offsets.push(value === undefined ? before[page] : await sent({ key: pageKey(this.name, slot, page), value }))
        await nextTurn() // a large state is written in slices: heartbeats go on between them
      }
      bytes = Uint8Array.from(manifest())
      const headers = { [pagesHeader]: pagesText(offsets) }
      await sent({ key: pageKey(this.name, slot, 'manifest'), value: bytes, headers })
    })
    await seen(written)
    slots.set(slot, { manifest: bytes, pages: offsets })
  }

  close(): Promise<void> {
    this.#options.closed(this)
    return this.#options.transactions.close()
  }

  #placed(topic: 'journal' | 'checkpoints', record: NewRecord): Placed {
    return { place: this.#options.place(topic, this.partition), record }
  }
}

/** A Buffer of kafkajs as the plain bytes that the port promises. */
function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}
