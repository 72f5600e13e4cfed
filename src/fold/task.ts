/**
 * A task is a fold over its inputs, beat by beat. It is pure: records and beat numbers come in, outputs go out through `emit`,
 * and there is no clock, no randomness and no I/O inside. The runner (runner.ts) gives it beats live and replays them from the
 * journal; the task cannot tell which.
 */
import type { Profile } from '../../streams/profile.ts'
import type { Output } from '../log/port.ts'
import type { TaskId } from '../log/tasks.ts'
import type { Input } from '../log/topology.ts'
import type { BeatRecords } from './beatRecords.ts'
import type { StatePart } from './state.ts'

export type Emit = (output: Output) => void

export interface FoldTask {
  readonly id: TaskId
  /** The one in force: another may take its place with a beat. */
  readonly profile: Profile
  /** Those of its kind (`taskInputs`), or fewer. */
  readonly inputs: readonly Input[]
  /** Folds one beat as an epoch of its own. Beats come in ascending order. */
  fold(beat: number, records: BeatRecords, emit: Emit): void
  /** The same in slices of some milliseconds: the beat is folded when the iteration is done, and before that the state is that of no beat. */
  foldInSlices(beat: number, records: BeatRecords, emit: Emit): Iterable<void>
  /** After the last beat of an epoch: what it says of all of its beats together. Nothing of it is state. */
  endEpoch(emit: Emit): Iterable<void>
  /** The first beat after `beat` that must be folded even when it is empty (it ends a tick, or grades begin with it); undefined before the first record. */
  nextTickEnd(beat: number): number | undefined
  /** For a task that one of its inputs leads: the last beat that it may fold when the leader has folded through a beat. */
  readonly reach?: ((leaderThrough: number) => number) | undefined
  /** All of it, in the order in which it is loaded. */
  readonly state: readonly StatePart[]
}
