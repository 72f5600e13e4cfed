/** How far a log reaches, and how far the tasks are in it. */
import { foldedTopics } from '../../streams/topics.ts'
import { lastRecord } from '../log/lastRecord.ts'
import type { Log, TaskId } from '../log/port.ts'
import { recordsOf } from '../log/recordsOf.ts'
import { journalPartition } from '../log/topology.ts'
import { decodeEntry } from './journal.ts'

/** The last beat that a task has folded, whoever runs it. */
export async function foldedThrough(log: Log, task: TaskId): Promise<number | undefined> {
  const entry = await lastRecord(log, 'journal', journalPartition(task, log.partitions('risk-events')))
  return entry === undefined ? undefined : decodeEntry(entry.value).at(-1)?.beat
}

/** The last beat that any task has folded; undefined where none has begun. */
export async function greatestFolded(log: Log): Promise<number | undefined> {
  let greatest: number | undefined
  for (let partition = 0; partition < log.partitions('journal'); partition++) {
    const entry = await lastRecord(log, 'journal', partition)
    const beat = entry === undefined ? undefined : decodeEntry(entry.value).at(-1)?.beat
    if (beat !== undefined && beat > (greatest ?? Number.NEGATIVE_INFINITY)) greatest = beat
  }
  return greatest
}

/** Whether every task of the log has folded through a beat. */
export async function allThrough(log: Log, beat: number): Promise<boolean> {
  const tasks: TaskId[] = [{ kind: 'watch' }]
  for (let partition = 0; partition < log.partitions('risk-events'); partition++)
    tasks.push({ kind: 'enterprise', partition })
  for (const task of tasks) {
    const through = await foldedThrough(log, task)
    if (through === undefined || through < beat) return false
  }
  return true
}

/** The beat of the earliest log time that begins an input; undefined for an empty log. */
export async function earliestBeat(log: Log, beatMs: number): Promise<number | undefined> {
  let earliestMs = Number.POSITIVE_INFINITY
  for (const topic of foldedTopics) {
    for (let partition = 0; partition < log.partitions(topic); partition++) {
      for await (const { timeMs } of recordsOf(log, topic, partition)) {
        earliestMs = Math.min(earliestMs, timeMs)
        break
      }
    }
  }
  return Number.isFinite(earliestMs) ? Math.floor(earliestMs / beatMs) : undefined
}

/** The beat of the greatest log time in the inputs; undefined for an empty log. An import's last mark counts too. */
export async function greatestBeat(log: Log, beatMs: number): Promise<number | undefined> {
  let greatestMs = Number.NEGATIVE_INFINITY
  for (const topic of foldedTopics) {
    for (let partition = 0; partition < log.partitions(topic); partition++)
      greatestMs = Math.max(greatestMs, (await lastRecord(log, topic, partition))?.timeMs ?? greatestMs)
  }
  return Number.isFinite(greatestMs) ? Math.floor(greatestMs / beatMs) : undefined
}
