/**
 * When is a beat closed? When each input has shown a record of a later beat, or has been read to an end that was looked up late
 * enough (docs/fold.md rules 2-4). What "late enough" means differs:
 *
 *   clock   live: the look was made after end(b) + slack
 *   mark    inside an import: the importer has written a mark with through >= end(b), and the look came after it
 *   writers a task that folds what tasks write: all that they wrote up to b is in, since an epoch is whole beats
 *   end     --until-end: by the greatest log time in the log, never by the clock
 */
import { isRecordTopic, type TopicName, topicFlow } from '../../streams/topics.ts'
import { commandAheadMsMax } from '../limits.ts'
import type { Input } from '../log/topology.ts'

export type Closing = (
  | { by: 'clock'; lookMs: number; slackMs: number }
  | { by: 'mark'; throughMs: number | undefined }
  | { by: 'writers' }
  | { by: 'end'; beat: number }
) & { latest?: Latest | undefined }

/** The latest log times that count, milliseconds since 1970: a live record that says a later one joins the beat of this instant. */
export type Latest = { records: number; commands: number }

/**
 * `importedMs`: how far the imports of the log go; what is up to there keeps the time that it brought. Commands and artefacts are decided by
 * their own log times, whatever beat they join (docs/fold.md rule 19): one that leads must not keep those behind it from their tick.
 */
export function latestOf(nowMs: number, aheadMsMax: number, importedMs: number): Latest {
  return {
    records: Math.max(nowMs + aheadMsMax, importedMs),
    commands: Math.max(nowMs + Math.min(aheadMsMax, commandAheadMsMax), importedMs),
  }
}

/** What counts of an input: what tasks write never led the clock by itself. */
export function latestIn(topic: TopicName, latest: Latest | undefined): number {
  if (latest === undefined || topicFlow(topic) !== 'in') return Number.POSITIVE_INFINITY
  return isRecordTopic(topic) ? latest.records : latest.commands
}

export type InputState = {
  /** Whether everything up to the look was read. */ readToEnd: boolean /** Beat of the latest record seen; -Infinity before the first. */
  lastBeat: number
  closedBy: Input['closedBy']
  /** How far the leader of the input lets the task go. */
  reach: number
}

/** The last beat of which an input can show no further record; -Infinity when it cannot tell. */
export function completeThrough(input: InputState, closing: Closing, beatMs: number): number {
  if (typeof input.closedBy === 'object') return input.reach
  const byRecords = input.lastBeat - 1
  if (!input.readToEnd) return byRecords
  return Math.max(byRecords, byLook(input, closing, beatMs))
}

function byLook(input: InputState, closing: Closing, beatMs: number): number {
  switch (closing.by) {
    case 'clock':
      return lastBeatEndingBy(closing.lookMs - closing.slackMs, beatMs)
    case 'mark':
      return closing.throughMs === undefined ? Number.NEGATIVE_INFINITY : lastBeatEndingBy(closing.throughMs, beatMs)
    case 'writers':
      return input.closedBy === 'writers' ? input.lastBeat : Number.POSITIVE_INFINITY
    case 'end':
      return closing.beat
  }
}

/** The last beat whose end is at or before an instant. */
export function lastBeatEndingBy(ms: number, beatMs: number): number {
  return Math.floor(ms / beatMs) - 1
}
