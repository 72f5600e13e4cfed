/**
 * What begins later than the log, through the whole fold: no flood of warnings, and none the less what happens beside it or after it is
 * found; the same with any partitions and restarts; every warning is judged again from the archive (docs/fold.md rule 24).
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { foldVersion } from '../../src/fold/version.ts'
import { type Digest, digest } from '../../src/log/digest.ts'
import type { Log } from '../../src/log/port.ts'
import { verifyWarning } from '../../src/watch/verify.ts'
import { compileProfile } from '../../streams/profile.ts'
import type { Warning } from '../../streams/warnings.ts'
import { archiveBefore, archiveIn } from '../support/archive.ts'
import { append, foldInSessions, foldRecords, memoryLog, type TestRecord } from '../support/fold.ts'
import { generatedHistory } from '../support/generated.ts'
import { historyStartMs } from '../support/histories.ts'
import { ofCounts } from '../support/ofCounts.ts'
import { warningsOf } from '../support/readFold.ts'
import { tinySource } from '../support/tinyProfile.ts'

const dayMs = 86_400_000
/** A country of a few cells, in which a false alarm is rare. */
const { warnings: policy } = tinySource.file
const warnings = { ...policy, budget: { ...policy.budget, counts: 0.024 }, historyTicksMin: 14 }
const profile = compileProfile({ ...tinySource, file: { ...tinySource.file, warnings } })
const setting = { profile, model: null }
const market = generatedHistory({ seed: 5, days: 66, enterprises: 90, eventsPerDay: 90 })
const [begins, outbreaks] = [30, [36, 37, 56, 57]] as const
const troubled = generatedHistory({
  seed: 5,
  days: 66,
  enterprises: 90,
  eventsPerDay: 90,
  outbreakDays: outbreaks,
  outbreakEvents: 160,
})

const regionOf = new Map(
  market.flatMap(({ topic, key, value }) =>
    topic === 'enterprises' && typeof value === 'object' && 'region' in value ? [[key, String(value.region)]] : [],
  ),
)
const dayOf = ({ timeMs }: TestRecord): number => (timeMs - historyStartMs) / dayMs
const sourceOf = ({ value }: TestRecord): string =>
  typeof value === 'object' && 'source' in value ? String(value.source) : ''
const isEvent = ({ topic }: TestRecord): boolean => topic === 'risk-events'
/** E1 moves about. */
const isOfP = ({ key }: TestRecord): boolean =>
  key === 'place:P2' || key === 'E1' || regionOf.get(key)?.startsWith('P') === true

const without = (records: readonly TestRecord[], isGone: (event: TestRecord, day: number) => boolean): TestRecord[] =>
  records.filter((record) => !isEvent(record) || !isGone(record, dayOf(record)))

/** The hotline is away for a week, and sends all of it on the two days after. */
function keptBack(records: readonly TestRecord[]): TestRecord[] {
  const moved = records.map((record): TestRecord => {
    const away = dayOf(record) - begins
    if (!isEvent(record) || sourceOf(record) !== 'hotline' || away < 0 || away >= 7) return record
    return { ...record, timeMs: historyStartMs + (begins + 7) * dayMs + Math.floor((away * dayMs) / 3_500) * 1_000 }
  })
  return moved.sort((a, b) => a.timeMs - b.timeMs)
}

function stray(records: readonly TestRecord[]): TestRecord[] {
  const timeMs = historyStartMs - 800 * dayMs
  const occurredAt = new Date(timeMs).toISOString()
  const value = { id: 'stray', enterpriseId: 'E3', type: 'CMP.COMPLAINT', source: 'hotline', occurredAt }
  return [{ topic: 'risk-events', key: 'E3', timeMs, value }, ...records]
}

const late = (records: readonly TestRecord[]): TestRecord[] =>
  without(records, (event, day) => sourceOf(event) === 'hotline' && day < begins)

const histories: Record<string, TestRecord[]> = {
  'all begins with the log': market,
  'a source begins later': late(market),
  'a source begins later in a province': without(
    market,
    (event, day) => sourceOf(event) === 'hotline' && isOfP(event) && day < begins,
  ),
  'a province begins later': without(market, (event, day) => isOfP(event) && day < begins),
  'a record strayed there two years before': stray(market),
  'a source comes back with what it kept': keptBack(market),
  'a source begins later, and there is trouble': late(troubled),
}

type Said = { log: Log; digest: Digest; warnings: Warning[] }
const said = new Map<string, Said>()

beforeAll(async () => {
  for (const [what, records] of Object.entries(histories)) said.set(what, await folded(records))
})

async function folded(records: readonly TestRecord[]): Promise<Said> {
  const { log, digest: found } = await foldRecords(records, setting)
  return { log, digest: found, warnings: await warningsOf(log) }
}

function of(what: string): Said {
  const found = said.get(what)
  if (found === undefined) throw new Error(what)
  return found
}

const raised = ({ warnings }: Said): string[] =>
  warnings
    .filter(({ change }) => change === 'raised')
    .map(({ tick, axis, region, industry }) => {
      const day = tick - profile.calendar.tickOf(historyStartMs)
      return `${day} ${[axis, region, industry].filter((part) => part !== '').join(' ')}`
    })
    .sort()

describe.each(Object.keys(histories))('%s', (what) => {
  it('raises no flood', () => {
    const days = new Set(raised(of(what)).map((line) => line.split(' ')[0]))
    if (what.endsWith('trouble'))
      expect(days).toEqual(new Set(outbreaks.map(String))) // on the days of the trouble, and no other
    else expect(raised(of(what))).toEqual([])
  })

  it('is the same with other partitions, and through restarts in the middle of ticks', async () => {
    const records = histories[what]
    const log = await memoryLog(3)
    await append(log, records)
    const last = records[records.length - 1].timeMs
    const cuts = [-790, 3.4, 16.6, 29.9, 30.2, 36.6, 37.5, 38.5, 40.2, 44.01].map((day) => historyStartMs + day * dayMs)
    const sessions = [...cuts.filter((ms) => ms > records[0].timeMs), last].map((ms, at) => ({
      throughBeats: [Math.floor(ms / 1_000)],
      checkpoint: at % 3 !== 2,
    }))
    await foldInSessions(log, setting, sessions)
    expect(await digest(log)).toEqual(of(what).digest)
  })
})

it('what is not judged yet is told beside the count, and what happens beside it is found', () => {
  const { warnings } = of('a source begins later, and there is trouble')
  const found = ofCounts(warnings).filter(
    ({ change, evidence }) => change === 'raised' && Object.keys(evidence.byType).length > 0,
  )
  expect(found.length).toBeGreaterThan(0)
  for (const { byType, count, all, withheld = 0 } of found.map((one) => one.evidence))
    expect(Object.values(byType).reduce((sum, events) => sum + events, 0)).toBe((all?.count ?? count) + withheld)
  expect(found.some(({ evidence: { count, withheld = 0 } }) => withheld > count / 4)).toBe(true)
})

it('every warning is judged again from the archive', async () => {
  const { log, warnings } = of('a source begins later, and there is trouble')
  const archive = await archiveIn(log)
  expect(warnings.length).toBeGreaterThan(5)
  const states = archive.flatMap((one) => (one.kind === 'state' ? [one] : []))
  for (const warning of warnings) {
    for (const from of new Set(states.filter(({ tick }) => tick < warning.tick).map(({ tick }) => tick))) {
      const known = archive.filter(({ kind, tick }) => kind === 'tick' || tick <= from)
      const { differences } = verifyWarning(warning, archiveBefore(known, warning.tick), {
        profileOf: () => profile,
        model: null,
        foldVersion,
        beatMs: 1_000,
      })
      expect(differences, `${warning.id} from ${from}`).toEqual([])
    }
  }
})
