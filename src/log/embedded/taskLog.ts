/** What one task alone may do: commit its epochs and keep its checkpoints, until another holder takes the task over. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { ForewarnError } from '../../errors.ts'
import { fetchBytes, MiB } from '../../limits.ts'
import { endsSlice } from '../../slices.ts'
import type { KeptTask, Output, TaskLog } from '../port.ts'
import type { Stamp } from '../stamp.ts'
import { type TaskId, taskName, taskNumber } from '../tasks.ts'
import { Checkpoints } from './checkpoints.ts'
import type { PartitionTable } from './partitionTable.ts'
import { columnsOf, integerOf } from './rows.ts'
import type { Store } from './store.ts'

/** What a task has kept, to be read by anybody. */
export class EmbeddedKeptTask implements KeptTask {
  readonly store: Store
  readonly name: string
  readonly table: PartitionTable
  readonly checkpoints: Checkpoints

  constructor(store: Store, task: TaskId) {
    this.store = store
    this.name = taskName(task)
    this.table = store.table('journal', taskNumber(task, store.partitions))
    this.checkpoints = new Checkpoints(store, this.name)
  }

  async *journal(from: number): AsyncIterable<{ offset: number; entry: Uint8Array }> {
    for (;;) {
      const { records, next } = await this.store.whenSettled(() => this.table.read(from, fetchBytes))
      if (records.length === 0) return
      for (const record of records) yield { offset: record.offset, entry: record.value }
      from = next
    }
  }

  async journalEnd(): Promise<number> {
    return this.store.whenSettled(() => this.table.range().end)
  }

  async readManifest(slot: number): Promise<Uint8Array | undefined> {
    return this.store.whenSettled(() => this.checkpoints.manifest(slot))
  }

  async readPage(slot: number, page: number): Promise<Uint8Array | undefined> {
    return this.store.whenSettled(() => this.checkpoints.page(slot, page))
  }
}

export class EmbeddedTaskLog extends EmbeddedKeptTask implements TaskLog {
  readonly #stamp: () => Stamp
  /** The number of this taking over; the task belongs to the holder of the highest. */
  readonly #holder: number

  /** Takes the task over. */
  constructor(store: Store, task: TaskId, stamp: () => Stamp) {
    super(store, task)
    this.#stamp = stamp
    this.#holder = store.write(() => takeOver(store, this.name))
  }

  async commit(epoch: { outputs: readonly Output[]; journal: Uint8Array; timeMs: number }): Promise<void> {
    await this.store.writeInSlices(() => this.#written(epoch))
  }

  *#written({ outputs, journal, timeMs }: Parameters<TaskLog['commit']>[0]): Iterable<void> {
    this.#checkHolder()
    const stamp = this.#stamp()
    let bytes = 0
    for (const [at, { topic, partition, record }] of outputs.entries()) {
      this.store.table(topic, partition).append(record, stamp)
      bytes += record.value.byteLength
      if (!endsSlice(at) && bytes < MiB) continue
      bytes = 0
      yield
    }
    this.table.append({ key: this.name, value: journal, timeMs }, stamp)
  }

  async writeCheckpoint(
    slot: number,
    pages: Iterable<Uint8Array | undefined>,
    manifest: () => Uint8Array,
  ): Promise<void> {
    const checkpoints = this.checkpoints
    await this.#writeAsHolder(() => checkpoints.break(slot))
    let count = 0
    for (const bytes of pages) {
      if (bytes !== undefined) await this.#writeAsHolder(() => checkpoints.put(slot, count, bytes))
      count++
      await nextTurn() // a large state is written in slices: the server goes on between them
    }
    await this.#writeAsHolder(() => checkpoints.seal(slot, count, manifest()))
  }

  async close(): Promise<void> {
    // holds nothing of its own
  }

  #writeAsHolder(work: () => void): Promise<void> {
    return this.store.whenSettled(() =>
      this.store.write(() => {
        this.#checkHolder()
        work()
      }),
    )
  }

  /** Stands in the transaction of the write itself, so nobody can take the task over between the two. */
  #checkHolder(): void {
    const current = this.store.statement('SELECT epoch FROM task_epochs WHERE task = ?').get(this.name)
    if (integerOf(columnsOf(current)[0]) !== this.#holder) throw new ForewarnError('FW_TASK_FENCED', [this.name])
  }
}

function takeOver(store: Store, task: string): number {
  const row = store
    .statement(
      'INSERT INTO task_epochs (task, epoch) VALUES (?, 1) ON CONFLICT DO UPDATE SET epoch = epoch + 1 RETURNING epoch',
    )
    .get(task)
  return integerOf(columnsOf(row)[0])
}
