/** The stream as a whole: same seed same bytes, order, shares, dirt, bounded memory. */
import { describe, expect, test } from 'vitest'
import { dayMs } from '../../src/limits.ts'
import { checkFails } from '../../src/simulate/ids.ts'
import { CreditGrade, Enterprise, placePrefix, RiskEvent } from '../../streams/contracts.ts'
import { usccValid } from '../../streams/uscc.ts'
import { digestOf, eventsOf, profile, run } from './collect.ts'
import { newYear2025 } from './smallProfile.ts'

const simulation = run()
const records = [...simulation.records()]
const known = [...eventsOf(simulation)]

describe('bytes', () => {
  test('the same seed gives the same bytes, in one simulation and in two', () => {
    const digest = digestOf(simulation)
    expect(digestOf(simulation)).toBe(digest)
    expect(digestOf(run())).toBe(digest)
  })

  test('another seed gives other bytes', () => {
    expect(digestOf(run({ seed: 8 }))).not.toBe(digestOf(simulation))
  })

  test('a longer run begins like a shorter one, apart from enterprises that are registered later', () => {
    const of = (days: number): Set<string> =>
      new Set(
        [...eventsOf(run({ days, outbreaks: false }))]
          .filter((event) => event.knownAtMs < newYear2025 + 5 * dayMs)
          .map((event) => `${event.enterpriseId} ${event.occurredAt}`),
      )
    const short = of(20)
    const shared = [...of(30)].filter((event) => short.has(event))
    expect(shared.length / short.size).toBeGreaterThan(0.95)
  })
})

describe('order', () => {
  test('records come in the order of knownAt, inside the run', () => {
    let last = newYear2025
    for (const { knownAtMs } of records) {
      expect(knownAtMs >= last).toBe(true)
      last = knownAtMs
    }
    expect(last).toBeLessThan(newYear2025 + 40 * dayMs)
  })

  test('nothing is known before it occurs, except what is meant as broken', () => {
    for (const event of known) {
      const ahead = Date.parse(event.occurredAt) - event.knownAtMs
      expect(ahead <= 0 || ahead > 2 * dayMs).toBe(true)
    }
  })

  test('enterprises are known before their events', () => {
    const first = records.findIndex((record) => record.topic === 'risk-events')
    const registered = records.slice(0, first).filter((record) => record.topic === 'enterprises').length
    expect(registered).toBe(4000 - 40)
    expect(records.filter((record) => record.topic === 'enterprises').length).toBeGreaterThanOrEqual(4000)
  })
})

describe('shares', () => {
  test('register and grades keep their contracts; first grades have the shares asked for', () => {
    const firstGrade = new Map<string, string>()
    for (const { topic, text, key } of records) {
      if (topic === 'enterprises') expect(Enterprise.parse(JSON.parse(text)).id).toBe(key)
      if (topic !== 'credit-grades') continue
      const { enterpriseId, grade } = CreditGrade.parse(JSON.parse(text))
      if (!firstGrade.has(enterpriseId)) firstGrade.set(enterpriseId, grade)
    }
    for (const [grade, share] of Object.entries(simulation.truth.parameters.gradeShares)) {
      const count = [...firstGrade.values()].filter((one) => one === grade).length
      expect(Math.abs(count / firstGrade.size - share)).toBeLessThan(
        4 * Math.sqrt((share * (1 - share)) / firstGrade.size),
      )
    }
    expect(firstGrade.size).toBeLessThan(4000)
  })

  test('problems rise with the grade', () => {
    const gradeOf = new Map<string, string>()
    const rates = new Map<string, { enterprises: number; events: number }>()
    for (const { topic, text } of records.slice(0, 2 * 4000)) {
      if (topic !== 'credit-grades') continue
      const { enterpriseId, grade } = CreditGrade.parse(JSON.parse(text))
      gradeOf.set(enterpriseId, grade)
      const rate = rates.get(grade) ?? { enterprises: 0, events: 0 }
      rates.set(grade, { ...rate, enterprises: rate.enterprises + 1 })
    }
    for (const event of known) {
      const rate = rates.get(gradeOf.get(event.enterpriseId) ?? '')
      if (rate && event.type !== 'REG.CHANGE' && !event.type.startsWith('CMP.')) rate.events++
    }
    const perEnterprise = ['A', 'B', 'D'].map(
      (grade) => (rates.get(grade)?.events ?? 0) / (rates.get(grade)?.enterprises ?? 1),
    )
    expect(perEnterprise).toEqual([...perEnterprise].sort((a, b) => a - b))
    expect(perEnterprise[1]).toBeGreaterThan(1.5 * perEnterprise[0])
  })

  test('about 200 events a day of a thousand enterprises; a few enterprises have very many', () => {
    expect(known.length / 40 / 4).toBeGreaterThan(150)
    expect(known.length / 40 / 4).toBeLessThan(300)
    const counts = new Map<string, number>()
    for (const event of known) counts.set(event.enterpriseId, (counts.get(event.enterpriseId) ?? 0) + 1)
    const sorted = [...counts.values()].sort((a, b) => b - a)
    expect(sorted[0]).toBeGreaterThan(40 * sorted[Math.floor(sorted.length / 2)])
  })

  test('weekends are quieter', () => {
    const byDay = new Map<number, number>()
    for (const event of known) {
      const day = new Date(event.knownAtMs + 8 * 3_600_000).getUTCDay()
      byDay.set(day, (byDay.get(day) ?? 0) + 1)
    }
    expect((byDay.get(0) ?? 0) / 5).toBeLessThan((0.85 * (byDay.get(3) ?? 0)) / 6)
  })
})

describe('dirt', () => {
  const valid = (text: string): boolean => {
    try {
      return RiskEvent.safeParse(JSON.parse(text)).success
    } catch {
      return false
    }
  }
  const seen = new Map<string, string>()
  const found = { duplicate: 0, conflict: 0, early: 0, stray: 0, twice: 0, retraction: 0 }
  const retracted = new Set<string>()
  const eventIds = new Set(known.filter((event) => event.retracts === undefined).map((event) => event.id))
  for (const { knownAtMs: _, ...event } of known) {
    const text = JSON.stringify(event)
    const before = seen.get(event.id)
    if (before !== undefined) found[before === text ? 'duplicate' : 'conflict']++
    seen.set(event.id, text)
    if (event.retracts === undefined) continue
    found.retraction++
    if (retracted.has(event.retracts)) found.twice++
    retracted.add(event.retracts)
    if (!seen.has(event.retracts)) found[eventIds.has(event.retracts) ? 'early' : 'stray']++
  }

  test.each(Object.entries(found))('there are records of the kind %s', (_, count) => {
    expect(count).toBeGreaterThan(0)
  })

  test('duplicates and retractions have about their share; conflicts are rare', () => {
    expect(found.duplicate / known.length).toBeGreaterThan(0.004)
    expect(found.duplicate / known.length).toBeLessThan(0.012)
    expect(found.conflict).toBeLessThan(found.duplicate / 5)
  })

  test('some records are malformed, and none of them by accident', () => {
    const broken = records.filter((record) => record.topic === 'risk-events' && !valid(record.text))
    expect(broken.length).toBeGreaterThan(0)
    expect(broken.length / records.length).toBeLessThan(0.003)
    for (const { text, isObject } of records) expect(isObject).toBe(text.startsWith('{') && text.endsWith('}'))
  })

  test('unlisted types and regions, events of places, own places, stale events', () => {
    expect(known.some((event) => !profile.typeIndex.has(event.type))).toBe(true)
    expect(known.some((event) => event.region !== undefined && !profile.regions.has(event.region))).toBe(true)
    expect(known.some((event) => event.region !== undefined && profile.regions.has(event.region))).toBe(true)
    expect(known.some((event) => event.enterpriseId.startsWith(placePrefix))).toBe(true)
    const stale = known.filter((event) => {
      const type = profile.types[profile.typeIndex.get(event.type) ?? 0]
      return event.retracts === undefined && event.knownAtMs - Date.parse(event.occurredAt) > type.freshMsMax
    })
    expect(stale.length / known.length).toBeGreaterThan(0.002)
    expect(stale.length / known.length).toBeLessThan(0.1)
  })

  test('ids are valid except the flagged ones; some events are of enterprises that no register lists', () => {
    const ids = new Set(records.filter((record) => record.topic === 'enterprises').map((record) => record.key ?? ''))
    const failing = [...ids].filter((id) => !usccValid(id))
    expect(failing.length).toBe(Array.from({ length: 4000 }, (_, one) => one).filter(checkFails).length)
    const strangers = known.filter(({ enterpriseId }) => !ids.has(enterpriseId) && profile.idPattern.test(enterpriseId))
    expect(strangers.length / known.length).toBeGreaterThan(0.001)
  })

  test('moves, closures, late grades and grades from a day to come', () => {
    const gaps = records
      .filter((record) => record.topic === 'credit-grades')
      .map((record) => Date.parse(CreditGrade.parse(JSON.parse(record.text)).effectiveAt) - record.knownAtMs)
    expect(gaps.some((gap) => gap > dayMs)).toBe(true)
    expect(gaps.some((gap) => gap < -30 * dayMs)).toBe(true)
    expect(records.some((record) => record.text.includes('"status":"closed"'))).toBe(true)
    const regions = new Map<string | null, Set<string>>()
    for (const { topic, key, text } of records) {
      if (topic !== 'enterprises') continue
      regions.set(key, (regions.get(key) ?? new Set()).add(Enterprise.parse(JSON.parse(text)).region))
    }
    expect([...regions.values()].some((places) => places.size > 1)).toBe(true)
  })
})

test('what waits depends on enterprises and delays, not on days', () => {
  const peak = (simulated: ReturnType<typeof run>, fromDay: number, toDay: number): number => {
    let most = 0
    for (const { knownAtMs } of simulated.records()) {
      const day = (knownAtMs - newYear2025) / dayMs
      if (day >= fromDay && day < toDay) most = Math.max(most, simulated.pending())
    }
    return most
  }
  const long = run({ enterprises: 300, days: 360, outbreaks: false })
  expect(peak(long, 300, 360)).toBeLessThan(1.6 * peak(long, 60, 120))
  expect(peak(long, 0, 360)).toBeLessThan(300 * 10)
})

test.each([{ enterprises: 0 }, { days: 1.5 }, { seed: -1 }, { start: Number.NaN }])('refuses %o', (options) => {
  expect(() => run(options)).toThrow(expect.objectContaining({ code: 'FW_USAGE' }))
})
