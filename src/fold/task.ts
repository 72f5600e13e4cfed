/**
 * A task is a fold over its inputs, beat by beat. It is pure: records and beat numbers come in, outputs go out through `emit`,
 * and there is no clock, no randomness and no I/O inside. The runner (runner.ts) gives it beats live and replays them from the
 * journal; the task cannot tell which.
 */
import type { TopicName } from '../../streams/topics.ts'
import type { LogRecord, Output, TaskId } from '../log/port.ts'

export type Input = { topic: TopicName; partition: number }
export type Emit = (output: Output) => void

export interface FoldTask {
  readonly id: TaskId
  /** In this order records of one beat come to `fold`. */
  readonly inputs: readonly Input[]
  /** Folds one beat: the records of each input, in log order. Beats come in ascending order. */
  fold(beat: number, records: readonly (readonly LogRecord[])[], emit: Emit): void
  /** The same in slices of some milliseconds: the beat is folded when the iteration is done, and before that the state is that of no beat. */
  foldInSlices(beat: number, records: readonly (readonly LogRecord[])[], emit: Emit): Iterable<void>
  /** The first beat after `beat` that must be folded even when it is empty (it ends a tick, or grades begin with it); undefined before the first record. */
  nextTickEnd(beat: number): number | undefined
  /** For a task that reads the tick archive: the last beat that it may fold when the watch has folded through a beat. */
  readonly archiveReach?: ((watchedThrough: number) => number) | undefined
  /** All state as bytes, in pages under the limit. */
  save(): Iterable<Uint8Array>
  /** Sets the state from pages written by `save`, slice by slice: done when the iteration is. Once, before the first beat. */
  load(pages: Iterable<Uint8Array>): Iterable<void>
}
