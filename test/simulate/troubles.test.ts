/** Trouble and artefacts do what the truth says, where and when it says so, and touch nothing else. */
import { describe, expect, test } from 'vitest'
import { dayMs } from '../../src/limits.ts'
import type { SimulateOptions } from '../../src/simulate/simulate.ts'
import { Truth } from '../../src/simulate/truth.ts'
import { truthText } from '../../src/simulate/write.ts'
import { CreditGrade, Enterprise } from '../../streams/contracts.ts'
import { digestOf, eventsOf, type KnownEvent, profile, run, sum } from './collect.ts'
import { newYear2025 } from './smallProfile.ts'

const options = { enterprises: 4000, days: 61, outbreaks: false, silences: false }
const plain = run(options)
const usual = [...eventsOf(plain)]

const provinceOf = new Map<string, string>()
const gradesBefore = new Map<string, string>()
for (const { topic, text } of plain.records()) {
  if (topic === 'enterprises') {
    const { id, region } = Enterprise.parse(JSON.parse(text))
    if (!provinceOf.has(id)) provinceOf.set(id, `${region.slice(0, 2)}0000`)
  }
  if (topic === 'credit-grades') {
    const { enterpriseId, grade } = CreditGrade.parse(JSON.parse(text))
    gradesBefore.set(enterpriseId, grade)
  }
}

function withTrouble(kind: 'swap' | 'grades' | 'sick', more: Partial<SimulateOptions> = {}) {
  const simulation = run({ ...options, ...more, troubles: [{ kind, fromDay: 20 }] })
  const [trouble, ...others] = simulation.truth.troubles
  expect(others).toEqual([])
  const events = [...eventsOf(simulation)]
  const isHere = (event: KnownEvent): boolean => provinceOf.get(event.enterpriseId) === trouble.region
  return { simulation, trouble, events, isHere, fromMs: newYear2025 + 20 * dayMs }
}

/** Mean hidden hazard in the region of a trouble over that of the same market without, on a day when hazards are told. */
function hazardRatio(kind: 'swap' | 'grades' | 'sick', day: number): number {
  const simulation = run({ ...options, troubles: [{ kind, fromDay: 20 }] })
  const date = new Date(newYear2025 + day * dayMs).toISOString()
  const mean = (of: ReturnType<typeof run>): number => {
    const found: number[] = []
    for (const step of of.steps()) {
      if (step.topic !== 'hazard' || step.date !== date) continue
      if (provinceOf.get(step.enterpriseId) === simulation.truth.troubles[0].region) found.push(step.hazard90d)
    }
    return sum(found) / found.length
  }
  return mean(simulation) / mean(plain)
}

test('trouble is planned on demand alone, in regions of its own, and survives JSON', () => {
  expect(plain.truth.troubles).toEqual([])
  expect(truthText(plain.truth)).not.toMatch(/troubles|artefacts/)
  const { truth } = run({
    ...options,
    troubles: [{ kind: 'swap' }, { kind: 'sick', fromDay: 3, toDay: 9, regions: 2 }],
  })
  expect(truth.troubles.map(({ kind }) => kind)).toEqual(['swap', 'sick', 'sick'])
  expect(new Set(truth.troubles.map(({ region }) => region)).size).toBe(3)
  expect(truth.troubles[0].start).toBe(new Date(newYear2025 + 35 * dayMs).toISOString()) // 7 of 12 parts of 61 days
  expect(truth.troubles[1].endTick - truth.troubles[1].startTick).toBe(5)
  expect(Truth.parse(JSON.parse(truthText(truth)))).toEqual(truth)
})

describe('swap', () => {
  const { events, isHere, fromMs, simulation } = withTrouble('swap')
  const soft = new Set(['CMP.COMPLAINT', 'CMP.REPORT', 'OPN.NEGATIVE', 'REG.CHANGE', 'TAX.ABNORMAL', 'JUD.SUIT'])
  const softOf = (all: readonly KnownEvent[]): number =>
    all.filter((event) => isHere(event) && event.knownAtMs >= fromMs && soft.has(event.type)).length

  test('as many events as before become known, at the same times', () => {
    const within = (all: readonly KnownEvent[], toMs: number): number[] =>
      all.filter((event) => event.knownAtMs < toMs).map((event) => event.knownAtMs)
    expect(within(events, fromMs)).toEqual(within(usual, fromMs))
    expect(events.length / usual.length).toBeGreaterThan(0.999)
    expect(events.length / usual.length).toBeLessThan(1.005)
  })

  test('about 15 % of the soft events of the region are grave', () => {
    expect(1 - softOf(events) / softOf(usual)).toBeGreaterThan(0.12)
    expect(1 - softOf(events) / softOf(usual)).toBeLessThan(0.18)
  })

  test('nothing else is drawn differently before outcomes follow', () => {
    const elsewhere = (all: readonly KnownEvent[]): KnownEvent[] =>
      all.filter((event) => !isHere(event) && event.knownAtMs < fromMs + 5 * dayMs)
    const ids = new Set(elsewhere(events).map((event) => JSON.stringify({ ...event, id: '', retracts: '' })))
    const before = elsewhere(usual)
    const kept = before.filter((event) => ids.has(JSON.stringify({ ...event, id: '', retracts: '' })))
    expect(kept.length / before.length).toBeGreaterThan(0.999)
  })

  test('a copy of a swapped record is a copy, so conflicts stay rare', () => {
    const conflicts = (all: readonly KnownEvent[]): number => {
      const types = new Map<string, string>()
      return all.filter(({ id, type }) => {
        const before = types.get(id)
        types.set(id, type)
        return before !== undefined && before !== type
      }).length
    }
    expect(conflicts(usual)).toBe(0)
    expect(conflicts(events) / events.length).toBeLessThan(0.0003) // one known before the day, its copy after
  })

  test('the same seed gives the same bytes', () => {
    expect(digestOf(simulation)).toBe(digestOf(withTrouble('swap').simulation))
  })
})

test('grades: about so many enterprises of the region get worse, elsewhere none', () => {
  const { simulation, trouble } = withTrouble('grades')
  const last = new Map<string, string>()
  for (const { topic, text } of simulation.records()) {
    if (topic !== 'credit-grades') continue
    const { enterpriseId, grade } = CreditGrade.parse(JSON.parse(text))
    last.set(enterpriseId, grade)
  }
  const worse = (isHere: boolean): number => {
    const ids = [...last.keys()].filter((id) => (provinceOf.get(id) === trouble.region) === isHere)
    return ids.filter((id) => (last.get(id) ?? '') > (gradesBefore.get(id) ?? '')).length / ids.length
  }
  expect(worse(true)).toBeGreaterThan(0.2)
  expect(worse(false)).toBeLessThan(0.02)
})

test('sick: few enterprises have the events on top', () => {
  const { events, isHere, fromMs, trouble } = withTrouble('sick')
  const graveOf = (all: readonly KnownEvent[]): Map<string, number> => {
    const counts = new Map<string, number>()
    for (const event of all) {
      const type = profile.types[profile.typeIndex.get(event.type) ?? 0]
      if (isHere(event) && event.knownAtMs >= fromMs && type.severity >= 3 && !type.outcome)
        counts.set(event.enterpriseId, (counts.get(event.enterpriseId) ?? 0) + 1)
    }
    return counts
  }
  const [before, after] = [graveOf(usual), graveOf(events)]
  const risen = [...after].filter(([id, count]) => count >= (before.get(id) ?? 0) + 2).length
  expect(risen / trouble.enterprises).toBeGreaterThan(0.025)
  expect(risen / trouble.enterprises).toBeLessThan(0.06)
  const added =
    (sum(after.values()) - sum(before.values())) /
    usual.filter((event) => isHere(event) && event.knownAtMs >= fromMs).length
  expect(added).toBeGreaterThan(0)
  expect(added).toBeLessThan(0.06)
})

test.for([
  ['swap', 60, 1.25, 1.8],
  ['grades', 60, 1.15, 1.6],
  ['sick', 60, 1.02, 1.25],
] as const)(
  '%s: on day %d the hidden hazard of the region is %d to %d times as large',
  ([kind, day, from, to], { expect }) => {
    const ratio = hazardRatio(kind, day)
    expect(ratio).toBeGreaterThan(from)
    expect(ratio).toBeLessThan(to)
  },
)

describe('artefacts', () => {
  const wanted = ['batch', 'return', 'enterprise'] as const
  const simulation = run({ ...options, artefacts: wanted.map((kind, at) => ({ kind, fromDay: 10 + 15 * at })) })
  const [batch, comeback, enterprise] = simulation.truth.artefacts
  const events = [...eventsOf(simulation)]
  const during = ({ start, end }: { start: string; end: string }): KnownEvent[] =>
    events.filter(({ knownAtMs }) => knownAtMs >= Date.parse(start) && knownAtMs < Date.parse(end))

  test('each is in the truth, with its kind, in its time', () => {
    expect(simulation.truth.artefacts.map(({ kind }) => kind)).toEqual(wanted)
    expect(Truth.parse(JSON.parse(truthText(simulation.truth)))).toEqual(simulation.truth)
    expect(simulation.truth.silences).toHaveLength(1)
  })

  test('a batch comes in one second from one source, half of it long past', () => {
    const bySecond = new Map<number, KnownEvent[]>()
    for (const event of during(batch)) bySecond.set(event.knownAtMs, [...(bySecond.get(event.knownAtMs) ?? []), event])
    const [most] = [...bySecond.values()].sort((a, b) => b.length - a.length)
    expect(most.length).toBeGreaterThan(0.7 * batch.records)
    expect(new Set(most.flatMap(({ source }) => source ?? [])).size).toBe(1)
    expect(most.find(({ source }) => source !== undefined)?.source).toBe(batch.source)
    const stale = most.filter(({ type, occurredAt, knownAtMs }) => {
      const { freshMsMax } = profile.types[profile.typeIndex.get(type) ?? 0]
      return knownAtMs - Date.parse(occurredAt) > freshMsMax
    })
    expect(stale.length / most.length).toBeGreaterThan(0.3)
    expect(stale.length / most.length).toBeLessThan(0.7)
  })

  test('a source that comes back was silent before, and sends at once', () => {
    const of = (fromMs: number, toMs: number): number =>
      events.filter(
        ({ knownAtMs, source, region, enterpriseId }) =>
          knownAtMs >= fromMs &&
          knownAtMs < toMs &&
          source === comeback.source &&
          region === undefined &&
          provinceOf.get(enterpriseId) === comeback.region,
      ).length
    const [silentMs, backMs] = [Date.parse(comeback.silentFrom ?? ''), Date.parse(simulation.truth.silences[0].end)]
    const before = of(silentMs - 5 * dayMs, silentMs)
    expect(before).toBeGreaterThan(10)
    expect(of(silentMs, backMs)).toBeLessThan(0.1 * before) // those that moved away
    expect(of(backMs, backMs + dayMs / 24)).toBeGreaterThan(0.5 * before)
  })

  test('one enterprise has so many events', () => {
    const own = during(enterprise).filter(({ enterpriseId }) => enterpriseId === enterprise.enterpriseId)
    expect(own.length).toBeGreaterThan(enterprise.records - 4 * Math.sqrt(enterprise.records))
    expect(own.length).toBeLessThan(enterprise.records + 5 * Math.sqrt(enterprise.records))
  })
})

test.each([
  { troubles: [{ kind: 'swap', fromDay: 61 }] },
  { troubles: [{ kind: 'sick', fromDay: 5, toDay: 5 }] },
  { artefacts: [{ kind: 'return', fromDay: 58 }] },
] as const)('refuses what lies outside of the run: %o', (asked) => {
  expect(() => run({ ...options, ...asked })).toThrow(expect.objectContaining({ code: 'FW_USAGE' }))
})
