/**
 * The embedded log: one SQLite file in a folder (WAL, one writer, any number of readers in this and other processes).
 * Appends and commits are on disk before their promise resolves (synchronous=FULL).
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { defaultPrefixes, type TopicName, type TopicPrefixes } from '../../../streams/topics.ts'
import { aheadMsMaxDefault, prunedAtOnce } from '../../limits.ts'
import type { Batch, Cut, KeptTask, Log, LogSpace, NewRecord, Range, TaskLog } from '../port.ts'
import type { Stamp } from '../stamp.ts'
import type { TaskId } from '../tasks.ts'
import { partitionsOf } from '../topology.ts'
import { DiskReserve, spaceOf } from './diskReserve.ts'
import { openFault } from './faults.ts'
import { databaseFile, makeLogFolder } from './folder.ts'
import { recordBytes } from './partitionTable.ts'
import { type Mode, Store } from './store.ts'
import { EmbeddedKeptTask, EmbeddedTaskLog } from './taskLog.ts'
import { WriteAheadFile } from './writeAheadFile.ts'
import { WriterLock } from './writerLock.ts'

export type EmbeddedLogOptions = {
  /** A folder, made by the first writer, or `:memory:` for a log that lives as long as it is open. */
  path: string
  mode: Mode
  /** Partitions of the enterprise inputs: 1 by default, fixed when the log is made. */
  partitions?: number
  prefixes?: TopicPrefixes
  /** Where the writer serves HTTP, for other processes that find the log held. */
  http?: string
  /** Milliseconds since 1970. */
  now?: () => number
  /** What is stamped here leads the clock by at most so many milliseconds. */
  aheadMsMax?: number | undefined
}

export interface EmbeddedLog extends Log {
  /** Tells other processes where this writer serves HTTP (see `readWriter`). A log in memory or opened for reading has nobody to tell. */
  announce(http: string): void
}

/**
 * Opens the log. Errors: FW_LOG_HELD when another process writes it, FW_LOG_NOT_FOUND when there is none to read, FW_LOG_FORMAT,
 * FW_CONFIG_CHANGED when it has another number of partitions than asked for, FW_LOG_FULL when there is no space to make it.
 */
export async function openEmbeddedLog(options: EmbeddedLogOptions): Promise<EmbeddedLog> {
  const { path, mode, partitions, prefixes = defaultPrefixes, now = Date.now } = options
  const { aheadMsMax = aheadMsMaxDefault } = options
  const onDisk = mode === 'write' && path !== ':memory:'
  let lock: WriterLock | null = null
  try {
    lock = onDisk ? takeLock(path, options.http ?? null, now) : null
    const store = new Store({ path, mode, partitions, prefixes })
    const reserve = onDisk ? reserveFor(store, path, now) : null
    return new SqliteLog({ path, store, lock, reserve }, () => ({ nowMs: now(), aheadMsMax }))
  } catch (error) {
    lock?.release()
    throw openFault(path, error)
  }
}

function takeLock(path: string, http: string | null, now: () => number): WriterLock {
  makeLogFolder(path)
  return new WriterLock(path, `embedded:${path}`, { pid: process.pid, http, since: new Date(now()).toISOString() })
}

function reserveFor(store: Store, path: string, now: () => number): DiskReserve {
  return new DiskReserve(path, new WriteAheadFile(store, databaseFile(path)), now)
}

type Held = { path: string; store: Store; lock: WriterLock | null; reserve: DiskReserve | null }

class SqliteLog implements EmbeddedLog {
  readonly name: string
  readonly #path: string
  readonly #store: Store
  readonly #lock: WriterLock | null
  readonly #reserve: DiskReserve | null
  readonly #stamp: () => Stamp

  constructor({ path, store, lock, reserve }: Held, stamp: () => Stamp) {
    this.name = store.name
    this.#path = path
    this.#store = store
    this.#lock = lock
    this.#reserve = reserve
    this.#stamp = stamp
  }

  partitions(topic: TopicName): number {
    return partitionsOf(topic, this.#store.partitions)
  }

  async range(topic: TopicName, partition: number): Promise<Range> {
    return this.#store.whenSettled(() => this.#store.table(topic, partition).range())
  }

  async read(topic: TopicName, partition: number, from: number, bytesMax: number): Promise<Batch> {
    return this.#store.whenSettled(() => this.#store.table(topic, partition).read(from, bytesMax))
  }

  async greatestTimeMs(topic: TopicName, partition: number, from: number): Promise<number | undefined> {
    return this.#store.whenSettled(() => this.#store.table(topic, partition).greatestTimeMs(from))
  }

  async append(topic: TopicName, partition: number, records: readonly NewRecord[]): Promise<void> {
    if (records.length === 0) return
    const table = this.#store.table(topic, partition)
    await this.#store.whenSettled(() => {
      this.#reserve?.take(records.reduce((bytes, record) => bytes + recordBytes(record), 0))
      this.#store.write(() => {
        const stamp = this.#stamp()
        for (const record of records) table.append(record, stamp)
      })
    })
  }

  async keepsTimes(): Promise<boolean> {
    return true
  }

  async openTask(task: TaskId): Promise<TaskLog> {
    return this.#store.whenSettled(() => new EmbeddedTaskLog(this.#store, task, this.#stamp))
  }

  async forget(cuts: readonly Cut[], told: (records: number) => void = () => {}): Promise<void> {
    for (const { topic, partition, before } of cuts) {
      const table = this.#store.table(topic, partition)
      const { start, end } = table.range()
      const to = Math.min(before, end - 1)
      for (let from = start; from < to; from += prunedAtOnce) {
        const some = Math.min(to, from + prunedAtOnce)
        await this.#store.whenSettled(() => this.#store.write(() => table.forgetBefore(some)))
        told(some - from)
        await nextTurn()
      }
    }
  }

  async shrink(): Promise<void> {
    await this.#store.whenSettled(() => this.#store.vacuum())
  }

  space(): LogSpace | undefined {
    return this.#lock === null ? undefined : spaceOf(this.#path)
  }

  readTask(task: TaskId): KeptTask {
    return new EmbeddedKeptTask(this.#store, task)
  }

  changed(timeoutMs: number): Promise<void> {
    return this.#store.changes.wait(timeoutMs)
  }

  announce(http: string): void {
    this.#lock?.announce(http)
  }

  async close(): Promise<void> {
    await this.#store.whenSettled(() => this.#store.close())
    this.#lock?.release() // last: the next writer finds the file at rest
  }
}
