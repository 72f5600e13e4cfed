/**
 * Whether labels are right, however long a log goes on: random logs of up to eight years through import of their records, fold and
 * extract, against a plain look at all records (test/support/outcomes.ts), which shares nothing with src/. Each log is also cut off
 * where its first weeks end: the rows of those weeks must be the same, features included.
 */
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { compileProfile, type Profile, ProfileFile } from '../streams/profile.ts'
import { foldedLog, type KeptRow, rowsOrNone, sourceOf } from '../test/support/extracted.ts'
import type { TestRecord } from '../test/support/fold.ts'
import { continuedHistories } from '../test/support/histories.ts'
import { wantedRows } from '../test/support/outcomes.ts'
import { tinySource } from '../test/support/tinyProfile.ts'
import { type BenchOptions, printResult, progress } from './options.ts'

const [logs, seed, beatMs] = [120, 20_150_630, 3_600_000]

const ofEvents = { kind: 'result-of-event', of: ['PEN.FINE', 'CMP.COMPLAINT'], positive: ['PEN.FINE'] }
const profiles: readonly Profile[] = [
  labelled({ kind: 'outcome-within', days: 10, delayDays: 5, gridTicks: 3 }, 'day'),
  labelled({ kind: 'outcome-within', days: 30, delayDays: 20, gridTicks: 1 }, 'week'),
  labelled({ ...ofEvents, delayDays: 4 }, 'day'),
  labelled({ ...ofEvents, delayDays: 0 }, 'week'),
]

function labelled(label: object, unit: 'day' | 'week'): Profile {
  const file = ProfileFile.parse({ ...tinySource.file, label, tick: { unit, utcOffsetMinutes: 480 } })
  return compileProfile({ ...tinySource, file })
}

export async function benchLabels(options: BenchOptions): Promise<void> {
  const histories = fc.sample(continuedHistories(120, { laterMax: 25 }), { seed, numRuns: logs })
  const counts = { logs, rows: 0, positives: 0, mismatches: 0, changed: 0, yearsMax: 0 }
  for (const [at, { whole, continued }] of histories.entries()) {
    const profile = profiles[at % profiles.length]
    const partitions = at % 3 === 2 ? 3 : 1
    const rows = await extracted(continued, profile, partitions)
    const wanted = wantedRows(continued, profile, { beatMs })
    counts.rows += wanted.length
    counts.positives += wanted.filter(({ label }) => label === 1).length
    counts.mismatches += differences(
      rows.map(({ tick, id, label, event }) => `${tick} ${id} ${label} ${event?.id}`),
      wanted.map(({ tick, id, label, event }) => `${tick} ${id} ${label} ${event}`),
    )
    const early = await extracted(whole, profile, partitions)
    counts.changed += early.filter((row, of) => !isDeepStrictEqual(row, rows[of])).length
    const years = (continued[continued.length - 1].timeMs - continued[0].timeMs) / (365 * 86_400_000)
    counts.yearsMax = Math.max(counts.yearsMax, Number(years.toFixed(1)))
    if (at % 10 === 9) progress(`${at + 1} logs, ${counts.rows} rows, ${counts.mismatches} mismatches`)
  }
  printResult(counts, options)
}

async function extracted(records: readonly TestRecord[], profile: Profile, partitions: number): Promise<KeptRow[]> {
  const log = await foldedLog(records, { profile, beatMs, partitions })
  try {
    return await rowsOrNone(await sourceOf(log, profile, beatMs))
  } finally {
    await log.close()
  }
}

/** Rows that stand in one list and not in the other. */
function differences(a: readonly string[], b: readonly string[]): number {
  const [inA, inB] = [new Set(a), new Set(b)]
  return inA.symmetricDifference(inB).size
}
