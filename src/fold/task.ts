/**
 * A task is a fold over its inputs, beat by beat. It is pure: records and beat numbers come in, outputs go out through `emit`,
 * and there is no clock, no randomness and no I/O inside. The runner (runner.ts) gives it beats live and replays them from the
 * journal; the task cannot tell which.
 */
import type { LogRecord, Output } from '../log/port.ts'
import { type TaskId, taskInputs } from '../log/tasks.ts'
import type { Input } from '../log/topology.ts'

export type Emit = (output: Output) => void

/** The records of a beat by the name of their input, in log order, and partition after partition where a task reads several. */
export type BeatRecords = Readonly<Record<string, readonly LogRecord[]>>
/** Those of a kind of task. */
export type RecordsOf<K extends TaskId['kind']> = Readonly<Record<keyof (typeof taskInputs)[K], readonly LogRecord[]>>

/** What was taken from each input, by name; nothing of an input that the task does without. */
export function recordsByName(
  { kind }: TaskId,
  inputs: readonly Input[],
  taken: readonly (readonly LogRecord[])[],
): BeatRecords {
  const records: Record<string, readonly LogRecord[]> = {}
  for (const name in taskInputs[kind]) records[name] = none
  for (const [at, { name }] of inputs.entries())
    records[name] = records[name].length === 0 ? taken[at] : [...records[name], ...taken[at]]
  return records
}

const none: readonly LogRecord[] = []

export interface FoldTask {
  readonly id: TaskId
  /** Those of its kind (`taskInputs`), or fewer. */
  readonly inputs: readonly Input[]
  /** Folds one beat. Beats come in ascending order. */
  fold(beat: number, records: BeatRecords, emit: Emit): void
  /** The same in slices of some milliseconds: the beat is folded when the iteration is done, and before that the state is that of no beat. */
  foldInSlices(beat: number, records: BeatRecords, emit: Emit): Iterable<void>
  /** The first beat after `beat` that must be folded even when it is empty (it ends a tick, or grades begin with it); undefined before the first record. */
  nextTickEnd(beat: number): number | undefined
  /** For a task that one of its inputs leads: the last beat that it may fold when the leader has folded through a beat. */
  readonly reach?: ((leaderThrough: number) => number) | undefined
  /** All state as bytes, in pages under the limit. */
  save(): Iterable<Uint8Array>
  /** Sets the state from pages written by `save`, slice by slice: done when the iteration is. Once, before the first beat. */
  load(pages: Iterable<Uint8Array>): Iterable<void>
}
