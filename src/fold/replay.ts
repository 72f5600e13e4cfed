/** The beats that a task has folded, once more: by its journal, from the first, without taking the task over. */

import { ForewarnError } from '../errors.ts'
import type { Log, LogRecord } from '../log/port.ts'
import { recordsOf } from '../log/recordsOf.ts'
import { taskNumber } from '../log/tasks.ts'
import { type BeatRecords, recordsByName } from './beatRecords.ts'
import { InputQueue } from './inputQueue.ts'
import { decodeEntry, type FoldedBeat } from './journal.ts'
import type { StatePart } from './state.ts'
import type { FoldTask } from './task.ts'
import type { Turns } from './turns.ts'

export type ReplayedBeat = { beat: number; records: BeatRecords }

/**
 * The inputs whose records are asked for, and the entry of the journal before which to end: all of both, unless given. `pruned`: inputs that
 * may begin later than the task did, which then says nothing before that.
 */
export type Replay = { asked?: readonly string[]; end?: number; pruned?: readonly string[] }

/** @throws ForewarnError FW_LOG_TRUNCATED when the log no longer begins where the task did. */
export async function* replayedBeats(
  log: Log,
  { id, inputs }: Pick<FoldTask, 'id' | 'inputs'>,
  beatMs: number,
  { asked, end = Number.POSITIVE_INFINITY, pruned = [] }: Replay = {},
): AsyncGenerator<ReplayedBeat> {
  const places = [...inputs.keys()].filter((at) => asked?.includes(inputs[at].name) ?? true)
  const chosen = places.map((at) => inputs[at])
  const queues: InputQueue[] = []
  for (const input of chosen) {
    const { start } = await log.range(input.topic, input.partition)
    if (start > 0 && !pruned.includes(input.name)) throw new ForewarnError('FW_LOG_TRUNCATED', [log.name, 0])
    queues.push(new InputQueue(log, input, beatMs, { position: start, maxTimeMs: Number.NEGATIVE_INFINITY }))
  }
  const partition = taskNumber(id, log.partitions('risk-events'))
  if ((await log.range('journal', partition)).start > 0) throw new ForewarnError('FW_LOG_TRUNCATED', [log.name, 0])
  for await (const { offset, value } of recordsOf(log, 'journal', partition)) {
    if (offset >= end) return
    for (const { beat, cuts } of decodeEntry(value)) {
      const taken = await takenBefore(queues, { beat, cuts: places.map((at) => cuts[at]) })
      yield { beat, records: recordsByName(id, chosen, taken) }
    }
  }
}

/** Folds parts of a task's state from their inputs alone, beat by beat of its journal, up to an entry. */
export async function refold(
  log: Log,
  task: FoldTask,
  parts: readonly StatePart[],
  { beatMs, end, turns }: { beatMs: number; end: number; turns: Turns },
): Promise<void> {
  const asked = parts.flatMap((part) => part.refold?.inputs ?? [])
  for await (const { beat, records } of replayedBeats(log, task, beatMs, { asked, end })) {
    for (const part of parts) part.refold?.fold(beat, records)
    if (turns.over) await turns.next()
  }
  for (const part of parts) part.refold?.done?.()
}

/** The records of one beat: of each input those up to its cut. An entry of an older version has fewer inputs. */
export async function takenBefore(
  queues: readonly InputQueue[],
  { beat, cuts }: FoldedBeat,
  turns?: Turns,
): Promise<(readonly LogRecord[])[]> {
  const records: (readonly LogRecord[])[] = []
  for (const [at, queue] of queues.entries()) {
    const cut = cuts[at] ?? queue.position
    await queue.fetchThrough(cut, async () => {
      if (turns?.over) await turns.next()
    })
    records.push(queue.takeBefore(cut, beat))
  }
  return records
}
