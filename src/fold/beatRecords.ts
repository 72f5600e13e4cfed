/** The records of one beat, as a task is given them. */
import type { LogRecord } from '../log/port.ts'
import { type TaskId, taskInputs } from '../log/tasks.ts'
import type { Input } from '../log/topology.ts'

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
  for (let at = 0; at < inputs.length; at++) {
    const { name } = inputs[at]
    if (taken[at].length > 0) records[name] = records[name].length === 0 ? taken[at] : [...records[name], ...taken[at]]
  }
  return records
}

const none: readonly LogRecord[] = []
