/** How far a log reaches, and how far the tasks are in it. */
import { foldedTopics } from '../../streams/topics.ts'
import { firstRecord, greatestTimeMs, lastRecord } from '../log/lastRecord.ts'
import type { Log } from '../log/port.ts'
import { type Place, placesOf } from '../log/recordsOf.ts'
import { type TaskId, taskNumber, tasksOf } from '../log/tasks.ts'
import { inputsOf } from '../log/topology.ts'
import { decodeEntry, type FoldedBeat } from './journal.ts'

/** The last beat that a task has folded, whoever runs it, and where it cut its inputs. */
export async function lastFolded(log: Log, task: TaskId): Promise<FoldedBeat | undefined> {
  const entry = await lastRecord(log, 'journal', taskNumber(task, log.partitions('risk-events')))
  return entry === undefined ? undefined : decodeEntry(entry.value).at(-1)
}

export async function foldedThrough(log: Log, task: TaskId): Promise<number | undefined> {
  return (await lastFolded(log, task))?.beat
}

type Through = { journalEnd: number; beat: number | undefined }

/**
 * How far a leader has folded, by what its journal says and what of it can be read in the inputs that it leads: an entry may be seen before what was
 * committed with it. Asked again and again: the journal is read when it has grown.
 */
export class LeaderThrough {
  readonly #log: Log
  readonly #leader: TaskId
  readonly #led: readonly Place[]
  #through: Through | undefined
  /** What the journal says, until all that had been written by then can be read. */
  #coming: (Through & { ends: readonly number[] }) | undefined

  constructor(log: Log, leader: TaskId, led: readonly Place[]) {
    this.#log = log
    this.#leader = leader
    this.#led = led
  }

  async now(): Promise<number | undefined> {
    const { end } = await this.#log.range('journal', taskNumber(this.#leader, this.#log.partitions('risk-events')))
    if (this.#coming === undefined && this.#through?.journalEnd !== end) {
      const beat = await foldedThrough(this.#log, this.#leader)
      this.#coming = { journalEnd: end, beat, ends: await this.#writtenEnds() }
    }
    if (this.#coming !== undefined && (await this.#canRead(this.#coming.ends))) {
      this.#through = this.#coming
      this.#coming = undefined
    }
    return this.#through?.beat
  }

  /** None where whatever is committed is seen at once. */
  #writtenEnds(): Promise<number[]> {
    const log = this.#log
    return Promise.all(this.#led.flatMap(({ topic, partition }) => log.writtenEnd?.(topic, partition) ?? []))
  }

  async #canRead(ends: readonly number[]): Promise<boolean> {
    const looks = ends.map(async (end, at) => {
      const { topic, partition } = this.#led[at]
      return (await this.#log.range(topic, partition)).end >= end
    })
    return (await Promise.all(looks)).every(Boolean)
  }
}

/**
 * How far a task is by the log alone, milliseconds since 1970: the end of the last beat that it has folded, or where the log begins. Undefined
 * for an empty log.
 */
export async function standsAt(log: Log, task: TaskId, beatMs: number): Promise<number | undefined> {
  const folded = await foldedThrough(log, task)
  if (folded !== undefined) return (folded + 1) * beatMs
  const first = await earliestBeat(log, beatMs)
  return first === undefined ? undefined : first * beatMs
}

/** The last beat that any task has folded; undefined where none has begun. */
export async function greatestFolded(log: Log): Promise<number | undefined> {
  let greatest: number | undefined
  for (const { topic, partition } of placesOf(log, ['journal'])) {
    const entry = await lastRecord(log, topic, partition)
    const beat = entry === undefined ? undefined : decodeEntry(entry.value).at(-1)?.beat
    if (beat !== undefined && beat > (greatest ?? Number.NEGATIVE_INFINITY)) greatest = beat
  }
  return greatest
}

/** Whether every task of the log has folded through a beat. */
export async function allThrough(log: Log, beat: number): Promise<boolean> {
  for (const task of tasksOf(log.partitions('risk-events'))) {
    const through = await foldedThrough(log, task)
    if (through === undefined || through < beat) return false
  }
  return true
}

/** The beat of the earliest log time that begins an input; undefined for an empty log. */
export async function earliestBeat(log: Log, beatMs: number): Promise<number | undefined> {
  let earliestMs = Number.POSITIVE_INFINITY
  for (const { topic, partition } of placesOf(log, foldedTopics))
    earliestMs = Math.min(earliestMs, (await firstRecord(log, topic, partition))?.timeMs ?? earliestMs)
  return Number.isFinite(earliestMs) ? Math.floor(earliestMs / beatMs) : undefined
}

/** The log time of the last record of an input, of that which has the greatest; -Infinity for an empty log. An import's last mark counts too. */
export async function greatestLogMs(log: Log): Promise<number> {
  let greatestMs = Number.NEGATIVE_INFINITY
  for (const { topic, partition } of placesOf(log, foldedTopics))
    greatestMs = Math.max(greatestMs, (await lastRecord(log, topic, partition))?.timeMs ?? greatestMs)
  return greatestMs
}

/** The beat in which that lies; undefined for an empty log. */
export async function greatestBeat(log: Log, beatMs: number): Promise<number | undefined> {
  const greatestMs = await greatestLogMs(log)
  return Number.isFinite(greatestMs) ? Math.floor(greatestMs / beatMs) : undefined
}

/**
 * The beat with which a fold to the end ends: everything that the log holds now is folded by then, also where log time runs back. Undefined
 * for an empty log.
 */
export async function endBeatOf(log: Log, beatMs: number): Promise<number | undefined> {
  const greatest = await greatestBeat(log, beatMs)
  if (greatest === undefined) return undefined
  let end = greatest
  for (const task of tasksOf(log.partitions('risk-events'))) end = Math.max(end, await lastBeatOf(log, task, beatMs))
  return end
}

/** The last beat of a task when it has folded what the log holds now: by the times of the records that it has not folded yet. */
async function lastBeatOf(log: Log, task: TaskId, beatMs: number): Promise<number> {
  const folded = await lastFolded(log, task)
  const next = folded === undefined ? Number.NEGATIVE_INFINITY : folded.beat + 1
  let last = folded?.beat ?? next
  for (const [at, { topic, partition, closedBy }] of inputsOf(task, log.partitions('risk-events')).entries()) {
    if (closedBy !== 'looks') continue
    const latestMs = await greatestTimeMs(log, topic, partition, folded?.cuts[at] ?? 0)
    if (latestMs !== undefined) last = Math.max(last, next, Math.floor(latestMs / beatMs))
  }
  return last
}
