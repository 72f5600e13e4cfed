/** A history with outbreaks: early red (docs/fold.md rule 15), amendments (rule 13), the archive (rule 17), and verify on every warning. */
import { beforeAll, describe, expect, it } from 'vitest'
import { cellKeys } from '../../src/cells.ts'
import { foldVersion } from '../../src/fold/version.ts'
import { type Archive, verifyWarning } from '../../src/watch/verify.ts'
import type { ArchiveRecord, StateRecord, TickRecord } from '../../streams/ticks.ts'
import type { Warning } from '../../streams/warnings.ts'
import { archiveBefore, archiveIn } from '../support/archive.ts'
import { foldRecords, type TestRecord } from '../support/fold.ts'
import { generatedHistory } from '../support/generated.ts'
import { historyStartMs } from '../support/histories.ts'
import { type CountWarning, ofCounts } from '../support/ofCounts.ts'
import { warningsOf } from '../support/readFold.ts'
import { tinyModel } from '../support/tinyModel.ts'
import { tinyProfile } from '../support/tinyProfile.ts'

const day = 86_400_000
const model = tinyModel(tinyProfile)
const setting = { profileOf: () => tinyProfile, model: model.hash, foldVersion, beatMs: 1_000 }
let warnings: Warning[] = []
let ticks: TickRecord[] = []
let states: StateRecord[] = []
let archive: ArchiveRecord[] = []

/** A market of 70 days with an outbreak, the beginning of which is taken back on its second day. */
function history(): TestRecord[] {
  const outbreakDays = [50, 51, 52]
  const records = generatedHistory({
    seed: 3,
    days: 70,
    enterprises: 60,
    eventsPerDay: 15,
    outbreakDays,
    outbreakEvents: 80,
  })
  const isOutbreak = ({ topic, timeMs }: TestRecord): boolean =>
    topic === 'risk-events' && timeMs >= historyStartMs + 50 * day && timeMs < historyStartMs + 51 * day
  const back = records.filter(isOutbreak).map(({ key, value }, at): TestRecord => {
    const timeMs = historyStartMs + 51 * day + 18 * 3_600_000 + at * 1_000
    const id = typeof value === 'object' && 'id' in value ? String(value.id) : ''
    return {
      topic: 'risk-events',
      key,
      timeMs,
      value: {
        id: `back-${id}`,
        enterpriseId: key,
        type: 'PEN.NOTE',
        occurredAt: new Date(timeMs).toISOString(),
        retracts: id,
      },
    }
  })
  return [...records, ...back].sort((a, b) => a.timeMs - b.timeMs)
}

beforeAll(async () => {
  const { log } = await foldRecords(history(), { profile: tinyProfile, model })
  warnings = await warningsOf(log)
  archive = await archiveIn(log)
  ticks = archive.flatMap((record) => (record.kind === 'tick' ? [record] : []))
  states = archive.flatMap((record) => (record.kind === 'state' ? [record] : []))
})

const archiveFor = (warning: Warning): Archive => archiveBefore(archive, warning.tick)

const early = (): CountWarning => {
  const found = ofCounts(warnings).find((one) => one.early)
  if (found === undefined) throw new Error('no early warning')
  return found
}

describe('verify', () => {
  it('agrees on every warning: raised, level, cleared, early, amended', () => {
    expect(new Set(warnings.map(({ change }) => change))).toEqual(new Set(['raised', 'level', 'cleared', 'amended']))
    expect(warnings.some((one) => one.early)).toBe(true)
    for (const warning of warnings)
      expect(
        verifyWarning(warning, archiveFor(warning), setting).differences,
        `${warning.id} ${warning.change}`,
      ).toEqual([])
  })

  it('disagrees when the warning says anything else', () => {
    const warning = early()
    const { expected } = warning.evidence
    const table: [what: string, change: Partial<CountWarning>, named: string][] = [
      ['count', { evidence: { ...warning.evidence, count: warning.evidence.count + 1 } }, 'evidence.count'],
      ['level', { level: 'calm' }, 'level'],
      ['expected', { evidence: { ...warning.evidence, expected: expected * 1.0000001 } }, 'evidence.expected'],
      ['sentence', { sentences: { en: 'All is well.' } }, 'sentences'],
      ['profile', { profile: 'f'.repeat(64) }, 'profile'],
      ['model', { model: null }, 'model'],
      ['fold version', { foldVersion: 0 }, 'foldVersion'],
      ['an explanation made up', { explainedBy: { region: 'P', industry: 'X' } }, 'explainedBy'],
    ]
    for (const [what, change, named] of table) {
      const { agrees, differences } = verifyWarning({ ...warning, ...change }, archiveFor(warning), setting)
      expect(agrees, what).toBe(false)
      expect(
        differences.map((line) => line.split(':')[0]),
        what,
      ).toEqual([named])
    }
    expect(
      verifyWarning({ ...warning, id: 'count.region.Q.2026-01-01' }, archiveFor(warning), setting).differences,
    ).toEqual(['the archive does not lead to this warning'])
  })

  it('disagrees when a number of the archive was changed', () => {
    const changed = (ticksOf: readonly TickRecord[], at: number): TickRecord[] =>
      ticksOf.map((record, index) =>
        index === at
          ? { ...record, nodes: { ...record.nodes, events: record.nodes.events.map((events) => events + 1) } }
          : record,
      )
    const found = (change: string): Warning => {
      const one = warnings.find((warning) => warning.change === change)
      if (one === undefined) throw new Error(`no warning was ${change}`)
      return one
    }
    // What is raised stands on the ticks before, what falls on its own.
    const [raised, cleared] = [found('raised'), found('cleared')]
    const [before, last] = [archiveFor(raised), archiveFor(cleared)]
    const agrees = (warning: Warning, archive: Archive): boolean => verifyWarning(warning, archive, setting).agrees
    expect(agrees(raised, { ...before, ticks: changed(before.ticks, 0) })).toBe(false)
    expect(agrees(raised, { ...before, ticks: before.ticks.slice(1) })).toBe(false)
    expect(agrees(raised, { ...before, state: [] })).toBe(false)
    expect(agrees(cleared, { ...last, ticks: changed(last.ticks, last.ticks.length - 1) })).toBe(false)
  })
})

it('verify knows a cell whose only event was taken back within its tick', async () => {
  const withoutP2 = history().flatMap((record): TestRecord[] => {
    if (record.key === 'place:P2') return []
    if (record.topic !== 'enterprises' || typeof record.value === 'string') return [record]
    return [{ ...record, value: { ...record.value, region: 'P1' } }]
  })
  const timeMs = historyStartMs + 49 * day + 3_600_000
  const once = { enterpriseId: 'E1', type: 'CMP.COMPLAINT', occurredAt: new Date(timeMs).toISOString(), region: 'P2' }
  const event = { topic: 'risk-events', key: 'E1', timeMs, value: { ...once, id: 'once' } } as const
  const back = { ...event, timeMs: timeMs + 60_000, value: { ...once, id: 'never mind', retracts: 'once' } }
  const records = [...withoutP2, event, back].sort((x, y) => x.timeMs - y.timeMs)
  const { log } = await foldRecords(records, { profile: tinyProfile, model })
  const of = await archiveIn(log)
  const said = await warningsOf(log)
  expect(said.length).toBeGreaterThan(0)
  for (const warning of said)
    expect(verifyWarning(warning, archiveBefore(of, warning.tick), setting).differences, warning.id).toEqual([])
})

it('rule 15: a warning within the tick is raised in the beat that made it so, by evidence, ratio and breadth', () => {
  for (const warning of ofCounts(warnings).filter((one) => one.early)) {
    const { value = 0, limit = 0, rateRatio, enterprises, effectiveEnterprises } = warning.evidence
    expect(value).toBeGreaterThan(limit)
    expect(rateRatio).toBeGreaterThanOrEqual(1.5)
    expect(enterprises).toBeGreaterThanOrEqual(3)
    expect(effectiveEnterprises).toBeGreaterThanOrEqual(2)
    expect(warning.beat).toBeLessThan(tinyProfile.calendar.endMs(warning.tick) / 1_000 - 1)
    expect(ticks.find(({ tick }) => tick === warning.tick)?.early.some(({ beat }) => beat === warning.beat)).toBe(true)
  }
})

it('the archive has all stock beside each full state, and what every tick changed of it', () => {
  const standing = new Map<number, number>()
  const taken = (keys: readonly number[], sums: readonly number[]): void => {
    for (const [at, key] of keys.entries()) standing.set(key, (standing.get(key) ?? 0) + sums[at])
  }
  let compared = 0
  for (const record of archive) {
    if (record.kind === 'tick') taken(record.stock?.keys ?? [], record.stock?.sums ?? [])
    if (record.kind !== 'stock') continue
    compared++
    const wanted = [...standing].filter(([, count]) => count !== 0).sort(([a], [b]) => a - b)
    expect(record.stock.keys.map((key, at) => [key, record.stock.sums[at]])).toEqual(wanted)
  }
  expect(compared).toBe(states.length)
  expect(standing.size).toBeGreaterThan(10)
})

it('the archive has what was expected of a cell, as its warning says it', () => {
  const expected = archive.flatMap((one) => (one.kind === 'expected' ? [one] : []))
  expect(new Set(expected.map(({ tick }) => tick))).toEqual(new Set(ticks.map(({ tick }) => tick)))
  const keys = cellKeys(tinyProfile)
  const column = (text: string): ArrayBuffer => new Uint8Array(Buffer.from(text, 'base64')).buffer
  for (const { tick, region, industry, change, evidence } of ofCounts(warnings)) {
    const record = expected.find((one) => one.tick === tick)
    if (record === undefined || change === 'amended') continue
    const { expected: mean } = evidence.all ?? evidence
    const at = new Uint32Array(column(record.keys)).indexOf(
      keys.cell(tinyProfile.regions.find(region), tinyProfile.industries.find(industry)),
    )
    expect(new Float32Array(column(record.means))[at]).toBe(Math.fround(mean))
    if (evidence.all === undefined)
      expect(new Float32Array(column(record.variances))[at]).toBe(Math.fround(evidence.variance))
  }
})

it('rule 17: the archive has every tick, and the full state at the first and every 24th', () => {
  const numbers = [...new Set(ticks.map(({ tick }) => tick))]
  expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, at) => numbers[0] + at))
  expect([...new Set(states.map(({ tick }) => tick))]).toEqual(
    numbers.filter((tick) => tick === numbers[0] || tick % 24 === 0),
  )
  for (const state of states) expect(JSON.stringify(state).length).toBeLessThan(1024 * 1024)
})
