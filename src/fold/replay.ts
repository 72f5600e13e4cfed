/** The beats that a task has folded, once more: by its journal, from the first, without taking the task over. */

import { ForewarnError } from '../errors.ts'
import { fetchBytes } from '../limits.ts'
import type { Log, LogRecord } from '../log/port.ts'
import { recordsOf } from '../log/recordsOf.ts'
import { taskNumber } from '../log/tasks.ts'
import { InputQueue } from './inputQueue.ts'
import { decodeEntry, type FoldedBeat } from './journal.ts'
import { type BeatRecords, type FoldTask, recordsByName } from './task.ts'
import type { Turns } from './turns.ts'

export type ReplayedBeat = { beat: number; records: BeatRecords }

/** @throws ForewarnError FW_LOG_TRUNCATED when the log no longer begins where the task did. */
export async function* replayedBeats(
  log: Log,
  { id, inputs }: Pick<FoldTask, 'id' | 'inputs'>,
  beatMs: number,
): AsyncGenerator<ReplayedBeat> {
  const queues: InputQueue[] = []
  for (const input of inputs) {
    const { start } = await log.range(input.topic, input.partition)
    if (start > 0) throw new ForewarnError('FW_LOG_TRUNCATED', [log.name, 0])
    queues.push(new InputQueue(log, input, beatMs, 0, Number.NEGATIVE_INFINITY))
  }
  const partition = taskNumber(id, log.partitions('risk-events'))
  for await (const { value } of recordsOf(log, 'journal', partition)) {
    for (const folded of decodeEntry(value))
      yield { beat: folded.beat, records: recordsByName(id, inputs, await takenBefore(queues, folded)) }
  }
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
    while (!queue.readTo(cut)) {
      await queue.fetch(fetchBytes, Number.POSITIVE_INFINITY)
      if (turns?.over) await turns.next()
    }
    records.push(queue.takeBefore(cut, beat))
  }
  return records
}
