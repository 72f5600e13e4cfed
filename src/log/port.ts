/**
 * The log port: the only way in which the rest of the program reads or writes records. Two things implement it, the embedded log
 * (SQLite) and Kafka, and one conformance suite holds both to the same behaviour (test/log/conformance.ts).
 *
 * Readers see committed records only. Offsets are positions in one partition; they grow, and may have gaps.
 */
import type { TopicName } from '../../streams/topics.ts'
import type { TaskId } from './tasks.ts'

export type Headers = Readonly<Record<string, string>>

export type LogRecord = {
  offset: number
  /** Log time, milliseconds since 1970: when the log took the record, or for imports when the source made it known. */
  timeMs: number
  key: string | null
  value: Uint8Array
  headers: Headers | null
}

/** `timeMs` absent: the log stamps its own time (`stampAfter`, stamp.ts). */
export type NewRecord = { key: string | null; value: Uint8Array; headers?: Headers; timeMs?: number }

export type Output = { topic: TopicName; partition: number; record: NewRecord }

/** `start`: the first offset still kept. `end`: one past the last committed record (where the next read begins). */
export type Range = { start: number; end: number }

/** Bytes. */
export type LogSpace = { usedBytes: number; freeBytes: number }

/** Records of a partition before an offset. */
export type Cut = { topic: TopicName; partition: number; before: number }

export type Batch = { records: LogRecord[] /** Where to read on; past gaps. */; next: number }

export interface Log {
  /** For messages: `embedded:/var/lib/forewarn`. */
  readonly name: string
  partitions(topic: TopicName): number
  range(topic: TopicName, partition: number): Promise<Range>
  /** Where a partition ends with what is not committed yet, of a log whose commits are seen in one partition before they are in another. */
  writtenEnd?(topic: TopicName, partition: number): Promise<number>
  /** Records from `from` on, in order, at most about `bytesMax` bytes and at least one record if there is any. FW_LOG_TRUNCATED when `from` is no longer kept. */
  read(topic: TopicName, partition: number, from: number, bytesMax: number): Promise<Batch>
  /** The greatest log time from an offset on, of a log that can tell it without giving the records; undefined where there are none. */
  greatestTimeMs?(topic: TopicName, partition: number, from: number): Promise<number | undefined>
  /** Appends to one partition: all or none, durable when the promise resolves. FW_LOG_FULL when there is no space. */
  append(topic: TopicName, partition: number, records: readonly NewRecord[]): Promise<void>
  /** Asked before long work whose end is appended there. FW_KAFKA_REFUSED names the right that is missing; a log of one user has nobody to ask. */
  checkAppend?(topics: readonly TopicName[]): Promise<void>
  /** Whether records keep the log time that they bring; a topic of Kafka may stamp its own. */
  keepsTimes(topic: TopicName): Promise<boolean>
  /** Takes over a task: from now on every earlier holder of the same task is fenced (FW_TASK_FENCED at its next commit). */
  openTask(task: TaskId): Promise<TaskLog>
  /** What a task has kept, for whoever only reads: nobody is fenced. */
  readTask(task: TaskId): KeptTask
  /**
   * Takes records away for good; the last of a partition stays. `told` hears how many are gone. Nobody else may write an embedded log
   * meanwhile. FW_KAFKA_REFUSED names the right that is missing.
   */
  forget(cuts: readonly Cut[], told?: (records: number) => void): Promise<void>
  /** Gives the room of records that are gone back to the disk. FW_LOG_FULL when there is too little of it for that. */
  shrink?(): Promise<void>
  /** Resolves when something was appended since the last call, or after `timeoutMs`. */
  changed(timeoutMs: number): Promise<void>
  /** What the log takes of its disk, and what is free there; a log that lies elsewhere does not say. */
  space?(): LogSpace | undefined
  /** Tells other processes of this machine where the one writer serves HTTP. A log that many write has nobody to tell. */
  announce?(http: string): void
  close(): Promise<void>
}

/** The journal and the checkpoints of a task. */
export interface KeptTask {
  /** Journal entries with their offsets from `from` on. */
  journal(from: number): AsyncIterable<{ offset: number; entry: Uint8Array }>
  /** Offset of the next journal entry. */
  journalEnd(): Promise<number>
  /** The manifest of a slot, if there is one. */
  readManifest(slot: number): Promise<Uint8Array | undefined>
  readPage(slot: number, page: number): Promise<Uint8Array | undefined>
}

/** What one task may do that nobody else may: commit its epochs and keep its checkpoints. */
export interface TaskLog extends KeptTask {
  /** Outputs and journal entry together: both are there, or neither. */
  commit(epoch: { outputs: readonly Output[]; journal: Uint8Array; timeMs: number }): Promise<void>
  /** Replaces what stands in `slot` (0 or 1), page by page; undefined for a page that stands there as this holder wrote it last. `manifest` is called when all of them are written. One that was cut leaves the slot empty or as it was. */
  writeCheckpoint(slot: number, pages: Iterable<Uint8Array | undefined>, manifest: () => Uint8Array): Promise<void>
  /** Lets go of what the task holds open; it is not used after that. */
  close(): Promise<void>
}
