/** A label hangs on what became known within its own window and delay, and on nothing later. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { featureChoice } from '../../src/chosenFeatures.ts'
import { factsPerRowMax } from '../../src/limits.ts'
import { trainingRows } from '../../src/training/extract/rows.ts'
import { writeRows } from '../../src/training/extract/writeRows.ts'
import { compileProfile, type Profile, ProfileFile } from '../../streams/profile.ts'
import { foldedLog, rowsOrNone, sourceOf, sourceOfRecords } from '../support/extracted.ts'
import type { TestRecord } from '../support/fold.ts'
import { type Continued, continuedHistories, firstCommand, historyStartMs } from '../support/histories.ts'
import { wantedRows } from '../support/outcomes.ts'
import { tinySource } from '../support/tinyProfile.ts'

const beatMs = 3_600_000
const [hour, day] = [3_600_000, 86_400_000]
const prior = { rate: 0.2, events: 2 }

function labelled(label: object, unit: 'day' | 'week' = 'day'): Profile {
  const near = { name: 'near', kind: 'nearby', axis: 'region', of: ['PEN.FINE'], halfLifeDays: 5, prior }
  return compileProfile({
    ...tinySource,
    file: ProfileFile.parse({ ...tinySource.file, label, features: [near], tick: { unit, utcOffsetMinutes: 480 } }),
  })
}

const within = { kind: 'outcome-within', days: 10, delayDays: 5 } as const
const ofEvents = { kind: 'result-of-event', of: ['PEN.FINE', 'CMP.COMPLAINT'], positive: ['PEN.FINE'] } as const
const results = labelled({ ...ofEvents, delayDays: 4 })
const short = { kind: 'outcome-within', days: 5, delayDays: 3 } as const
const profiles = [labelled({ ...short, gridTicks: 1 }, 'week'), labelled({ ...short, gridTicks: 3 }), results]

describe('the rows of a closed window', () => {
  it('are the same bytes whatever becomes known later', async () => {
    const histories = continuedHistories(100, { laterMax: 8 })
    let rows = 0
    const same = async ({ whole, continued }: Continued, profile: Profile, partitions: number): Promise<void> => {
      const [short, long] = await Promise.all(
        [whole, continued].map(async (records) => {
          const log = await foldedLog(records, { profile, beatMs, partitions })
          return { log, source: await sourceOf(log, profile, beatMs) }
        }),
      )
      const wanted = await rowsOrNone(short.source)
      const toTick = wanted.at(-1)?.tick ?? 0
      expect(await rowsOrNone({ ...long.source, toTick })).toEqual(wanted)
      rows += wanted.length
    }
    const setting = [histories, fc.constantFrom(...profiles), fc.constantFrom(1, 3)] as const
    await fc.assert(fc.asyncProperty(...setting, same), { seed: 20_260_411, numRuns: 5 })
    expect(rows).toBeGreaterThan(50)
  })

  it('are those that a plain look at all records gives', async () => {
    let positives = 0
    const same = async ({ continued }: Continued, profile: Profile): Promise<void> => {
      const rows = await rowsOrNone(sourceOfRecords(continued, profile, beatMs))
      const told = rows.map(({ tick, id, label, event }) => ({ tick, id, label, event: event?.id }))
      expect(told).toEqual(wantedRows(continued, profile, { beatMs }))
      positives += told.filter(({ label }) => label === 1).length
    }
    const setting = [continuedHistories(80, { laterMax: 12 }), fc.constantFrom(...profiles)] as const
    await fc.assert(fc.asyncProperty(...setting, same), { seed: 20_260_412, numRuns: 15 })
    expect(positives).toBeGreaterThan(80)
  })

  it('are the same files, seven years later', async () => {
    const profile = labelled({ ...within, gridTicks: 1 }, 'week')
    const history = [...enterprises('E1', 'E2'), fine('a', 'E1', 20), fine('b', 'E2', 30), end(60)]
    const folder = await mkdtemp(path.join(tmpdir(), 'forewarn-rows-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const later = [fine('c', 'E2', 7 * 365), retraction('r', 'E1', 'a', 7 * 365), end(7 * 365 + 20)]
    const choice = featureChoice(profile, ['*'])
    const files: Buffer[][] = []
    for (const [at, records] of [history, [...history, ...later]].entries()) {
      const source = await sourceOf(await foldedLog(records, { profile, beatMs }), profile, beatMs)
      const rows = await trainingRows({ ...source, toTick: profile.calendar.tickOf(historyStartMs + 28 * day) })
      const out = path.join(folder, String(at))
      const { dictionary } = await writeRows(out, rows, { profile, choice })
      expect(dictionary.positives).toBe(3)
      files.push(await Promise.all(['rows.parquet', 'columns.json'].map((name) => readFile(path.join(out, name)))))
    }
    expect(files[1].map((file, at) => file.equals(files[0][at]))).toEqual([true, true])
  })
})

describe('what makes a label', () => {
  const profile = labelled({ ...within, gridTicks: 1 })
  /** Labels of E1 at the ends of some days. Its outcome occurs on day 20: the windows that hold it are of days 10 to 19. */
  const labels = async (days: readonly number[], ...records: TestRecord[]): Promise<(0 | 1 | undefined)[]> => {
    const all = [...enterprises('E1'), ...records].toSorted((a, b) => a.timeMs - b.timeMs)
    const rows = await rowsOrNone(sourceOfRecords(all, profile, beatMs))
    const tickOf = (at: number): number => profile.calendar.tickOf(historyStartMs + at * day)
    return days.map((at) => rows.find(({ id, tick }) => id === 'E1' && tick === tickOf(at))?.label)
  }
  const around = [9, 10, 19, 20]
  const sixYears = 6 * 365

  it('is an outcome within the window, though the log goes on for years, to the hour', async () => {
    const long = [fine('z', 'E2', sixYears), end(sixYears + 1)]
    expect(await labels(around, fine('a', 'E1', 20), end(60))).toEqual([0, 1, 1, 0])
    expect(await labels(around, fine('a', 'E1', 20), ...long)).toEqual([0, 1, 1, 0])
  })

  it('is none that was taken back by the end of the delay; one that was taken back later stays', async () => {
    // The label of the row of day 10 is settled at the end of day 25, that of day 19 at the end of day 34.
    const taken = (at: number) => labels([10, 19], fine('a', 'E1', 20), retraction('r', 'E1', 'a', at), end(80))
    expect(await taken(21)).toEqual([0, 0])
    expect(await taken(26)).toEqual([1, 0])
    expect(await taken(34)).toEqual([1, 0])
    expect(await taken(35)).toEqual([1, 1])
  })

  it('is none that became known after the delay', async () => {
    const late = (at: number) =>
      labels([10, 19], { ...fine('a', 'E1', 20), timeMs: historyStartMs + at * day }, end(80))
    expect(await late(25)).toEqual([1, 1])
    expect(await late(26)).toEqual([0, 1])
    expect(await late(35)).toEqual([0, 0])
  })

  it('stands though its fact fell to the limit of the row, and goes with it though it is taken back only then', async () => {
    const flood = Array.from({ length: factsPerRowMax + 10 }, (_, at) =>
      event(`f${at}`, 'E1', 'CMP.COMPLAINT', 22 + at / factsPerRowMax),
    )
    const outcomes = [fine('b', 'E1', 15), fine('a', 'E1', 20)]
    expect(await labels([14, 18], ...outcomes, ...flood, retraction('r', 'E1', 'a', 24), end(60))).toEqual([1, 0])
  })
})

describe('rows of results', () => {
  it('name the first positive event of their tick, and are of enterprises that were known before', async () => {
    const records = [
      ...enterprises('E1'),
      event('a', 'E1', 'CMP.COMPLAINT', 20),
      fine('c', 'E1', 20.1),
      fine('b', 'E1', 20.1),
      event('d', 'E2', 'CMP.COMPLAINT', 20),
      event('e', 'E2', 'CMP.COMPLAINT', 22),
      event('f', 'place:P1', 'CMP.COMPLAINT', 20),
      event('g', 'place:P1', 'CMP.COMPLAINT', 22),
      end(60),
    ].toSorted((x, y) => x.timeMs - y.timeMs)
    const { rows, unasked } = await trainingRows(sourceOfRecords(records, results, beatMs))
    const told: unknown[] = []
    for await (const { id, label, event: of } of rows) told.push([id, label, of?.id])
    expect(told).toEqual([
      ['E1', 1, 'b'],
      ['E2', 0, 'e'],
    ])
    expect(unasked).toEqual({ unregistered: 0, unknown: 1 })
  })

  it('of a frozen list are of the enterprises of which they are, though events that make others known are left out', async () => {
    const records = [
      ...enterprises('E1'),
      ...['E5', 'E6'].map((id) => event(`x${id}`, id, 'CMP.COMPLAINT', 12)),
      ...enterprises('E2')
        .slice(1)
        .map((one) => ({ ...one, timeMs: historyStartMs + 14 * day })),
      fine('a', 'E2', 20),
      event('b', 'E1', 'CMP.COMPLAINT', 20),
      end(60),
    ]
    const source = sourceOfRecords(records, results, beatMs)
    const frozenTick = results.calendar.tickOf(historyStartMs + 10 * day)
    const told = (await rowsOrNone({ ...source, frozenTick })).map(({ id, label }) => [id, label])
    expect(told).toEqual([
      ['E1', 0],
      ['E2', 1],
    ])
  })
})

function enterprises(...ids: string[]): TestRecord[] {
  const records = ids.map((id): TestRecord => {
    const value = { id, region: 'P1', industry: 'X1' }
    return { topic: 'enterprises', key: id, timeMs: historyStartMs, value }
  })
  return [firstCommand, ...records]
}

/** Known an hour after it occurred, on the n-th day of the history. */
function event(id: string, enterpriseId: string, type: string, onDay: number): TestRecord {
  const occurredMs = historyStartMs + Math.round(onDay * day)
  const value = { id, enterpriseId, type, occurredAt: new Date(occurredMs).toISOString() }
  return { topic: 'risk-events', key: enterpriseId, timeMs: occurredMs + hour, value }
}

const fine = (id: string, enterpriseId: string, onDay: number) => event(id, enterpriseId, 'PEN.FINE', onDay)

function retraction(id: string, enterpriseId: string, retracts: string, onDay: number): TestRecord {
  const one = event(id, enterpriseId, 'PEN.NOTE', onDay)
  return { ...one, value: { ...(typeof one.value === 'object' ? one.value : {}), retracts } }
}

function end(onDay: number): TestRecord {
  const timeMs = historyStartMs + onDay * day
  return { topic: 'commands', key: null, timeMs, value: { id: `end${onDay}`, actor: 'test', kind: 'import.end' } }
}
