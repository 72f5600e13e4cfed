/** How many training rows a second are taken and written as Parquet, once a history is folded up to their date. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { featureChoice } from '../../src/chosenFeatures.ts'
import type { ReplayedBeat } from '../../src/fold/replay.ts'
import { loadProfile } from '../../src/settings/profiles.ts'
import { trainingRows } from '../../src/training/extract/rows.ts'
import { writeRows } from '../../src/training/extract/writeRows.ts'
import type { Profile } from '../../streams/profile.ts'
import { beatMs, eventBeats, startMs, tableRecords } from '../market.ts'

const enterprises = 200_000
const [days, perDay] = [200, 5_000]
/** Rows of this day: there is a history before it, and time for outcomes behind it. */
const rowDay = 60
const beatsPerDay = (24 * 3_600_000) / beatMs

export async function extractRowsPerSecond(): Promise<number> {
  const profile = await loadProfile('cn')
  const choice = featureChoice(profile, undefined)
  const tick = profile.calendar.tickOf(startMs + rowDay * 24 * 3_600_000)
  const found = await trainingRows({
    profile,
    beatMs,
    partitions: 1,
    beats: () => beatsOf(profile),
    lastClosedTick: profile.calendar.tickOf(startMs) + days,
    features: choice.features,
    fromTick: tick,
    toTick: tick,
    progress: () => {},
  })
  const folder = mkdtempSync(path.join(tmpdir(), 'forewarn-bench-'))
  try {
    const startedMs = performance.now()
    const { dictionary } = await writeRows(folder, found, { profile, choice })
    return (dictionary.rows * 1_000) / (performance.now() - startedMs)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** The market of the fold bench, a beat a day. */
async function* beatsOf(profile: Profile): AsyncGenerator<ReplayedBeat> {
  let beat = Math.floor(startMs / beatMs)
  const tables = tableRecords(profile, enterprises)
  yield { beat, records: tables }
  for (const { records } of eventBeats(profile, { enterprises, events: days * perDay, perBeat: perDay })) {
    beat += beatsPerDay
    yield { beat, records: { events: records } }
  }
}
