/** Training rows of a log in memory, all at once. */
import { featureNames } from '../../models/features.ts'
import { ForewarnError } from '../../src/errors.ts'
import { featureProfile } from '../../src/featureProfile.ts'
import type { Log, LogRecord } from '../../src/log/port.ts'
import { pastOf } from '../../src/training/extract/pastTasks.ts'
import { type ExtractOptions, lastClosedTick, type TrainingRow, trainingRows } from '../../src/training/extract/rows.ts'
import type { Profile } from '../../streams/profile.ts'
import { append, bytesOf, foldToEnd, memoryLog, type TestRecord } from './fold.ts'

export type KeptRow = Omit<TrainingRow, 'features'> & { features: number[] }

/** All that is known of a folded log: every tick, every feature. */
export async function sourceOf(log: Log, profile: Profile, beatMs: number): Promise<ExtractOptions> {
  return {
    ...pastOf(log, profile, beatMs),
    lastClosedTick: await lastClosedTick(log, profile, beatMs),
    fromTick: undefined,
    toTick: undefined,
    features: featureNames(featureProfile(profile)),
    progress: () => {},
  }
}

export async function rowsOf(options: ExtractOptions): Promise<KeptRow[]> {
  const { rows } = await trainingRows(options)
  const kept: KeptRow[] = []
  for await (const row of rows) kept.push({ ...row, features: [...row.features] })
  return kept
}

/** The same; none where there is none. */
export async function rowsOrNone(options: ExtractOptions): Promise<KeptRow[]> {
  try {
    return await rowsOf(options)
  } catch (error) {
    if (error instanceof ForewarnError && error.code === 'FW_NO_ROWS') return []
    throw error
  }
}

/** The same of records that are in no log: the beats that a log would be cut into, with those that end a tick. Nothing is known of what is nearby. */
export function sourceOfRecords(records: readonly TestRecord[], profile: Profile, beatMs: number): ExtractOptions {
  const { calendar } = profile
  const beatOf = ({ timeMs }: TestRecord): number => Math.floor(timeMs / beatMs)
  const byBeat = Map.groupBy(records, beatOf)
  const [first, last] = [beatOf(records[0]), beatOf(records[records.length - 1])]
  const endOf = (tick: number): number => calendar.endMs(tick) / beatMs - 1
  const firstTick = calendar.tickOf(first * beatMs)
  const beats = new Set(byBeat.keys())
  for (let tick = firstTick; endOf(tick) <= last; tick++) beats.add(endOf(tick))
  const of = (beat: number, topic: TestRecord['topic']): LogRecord[] =>
    (byBeat.get(beat) ?? []).filter((one) => one.topic === topic).map(logRecord)
  return {
    profile,
    beatMs,
    partitions: 1,
    lastClosedTick: calendar.tickOf((last + 1) * beatMs) - 1,
    fromTick: undefined,
    toTick: undefined,
    features: featureNames(featureProfile(profile)),
    progress: () => {},
    beats: async function* () {
      for (const beat of [...beats].sort((a, b) => a - b))
        yield {
          beat,
          records: {
            enterprises: of(beat, 'enterprises'),
            grades: of(beat, 'credit-grades'),
            events: of(beat, 'risk-events'),
          },
        }
    },
  }
}

function logRecord({ key, timeMs, value }: TestRecord): LogRecord {
  return { offset: 0, timeMs, key, value: bytesOf(value), headers: null }
}

/** A log of these records, folded to its end. */
export async function foldedLog(
  records: readonly TestRecord[],
  { profile, beatMs, partitions = 1 }: { profile: Profile; beatMs: number; partitions?: number },
): Promise<Log> {
  const log = await memoryLog(partitions)
  await append(log, records)
  await foldToEnd(log, { profile, model: null, beatMs })
  return log
}
