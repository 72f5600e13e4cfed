/** Outbreaks do what the truth says: so many more events, in that cell, in that time, of several enterprises. */
import { describe, expect, test } from 'vitest'
import { dayMs } from '../../src/limits.ts'
import { type Outbreak, Truth } from '../../src/simulate/truth.ts'
import { Enterprise } from '../../streams/contracts.ts'
import type { CodeTree } from '../../streams/tree.ts'
import { eventsOf, type KnownEvent, profile, run, sum } from './collect.ts'

const options = { enterprises: 3000, days: 75, seed: 11 }
const withOutbreaks = run(options)
const without = run({ ...options, outbreaks: false })
const { outbreaks } = withOutbreaks.truth

const placeOf = new Map<string, Enterprise>()
for (const { topic, text } of withOutbreaks.records()) {
  if (topic !== 'enterprises') continue
  const enterprise = Enterprise.parse(JSON.parse(text))
  if (!placeOf.has(enterprise.id)) placeOf.set(enterprise.id, enterprise)
}

function isUnder(tree: CodeTree, code: string | undefined, top: string): boolean {
  return top === '' || tree.pathOf(tree.leafOf[tree.find(code ?? '')]).includes(tree.find(top))
}

function hits(outbreak: Outbreak, event: KnownEvent): boolean {
  const place = placeOf.get(event.enterpriseId)
  const inTime = event.knownAtMs >= Date.parse(outbreak.start) && event.knownAtMs < Date.parse(outbreak.end)
  return (
    inTime &&
    place !== undefined &&
    event.retracts === undefined &&
    outbreak.types.includes(event.type) &&
    isUnder(profile.regions, place.region, outbreak.region) &&
    isUnder(profile.industries, place.industry, outbreak.industry)
  )
}

const all = [...eventsOf(withOutbreaks)]
const usual = [...eventsOf(without)]

describe('the plan', () => {
  test('has one outbreak every five to seven days, from day 25 on, of every kind', () => {
    expect(outbreaks.length).toBeGreaterThanOrEqual(6)
    expect(new Set(outbreaks.map((outbreak) => outbreak.kind)).size).toBe(3)
    for (const outbreak of outbreaks) {
      const days = (Date.parse(outbreak.end) - Date.parse(outbreak.start)) / dayMs
      expect(days).toBeGreaterThanOrEqual(3)
      expect(days).toBeLessThanOrEqual(15)
      expect(outbreak.factor).toBeLessThanOrEqual(10)
      expect(outbreak.baseEventsPerDay * (outbreak.factor - 1)).toBeGreaterThanOrEqual(2.9)
      expect(outbreak.startTick).toBe(profile.calendar.tickOf(Date.parse(outbreak.start)))
      expect(outbreak.endTick - outbreak.startTick + 1).toBe(days)
      expect(Date.parse(outbreak.start)).toBeGreaterThanOrEqual(Date.parse(withOutbreaks.truth.start) + 25 * dayMs)
      expect(Date.parse(outbreak.end)).toBeLessThanOrEqual(Date.parse(withOutbreaks.truth.end))
    }
  })

  test('survives JSON and keeps its contract', () => {
    expect(Truth.parse(JSON.parse(JSON.stringify(withOutbreaks.truth)))).toEqual(withOutbreaks.truth)
    expect(without.truth.outbreaks).toEqual([])
  })
})

test('a clear outbreak comes on top: large, sudden, in one place; the others stay', () => {
  const { truth } = run({ ...options, clearOutbreak: { fromDay: 8, toDay: 13 } })
  const [clear, ...others] = truth.outbreaks
  expect(others).toEqual(outbreaks)
  expect(clear).toMatchObject({ kind: 'both', shape: 'jump', start: '2025-01-08T16:00:00.000Z' })
  expect(Date.parse(clear.end) - Date.parse(clear.start)).toBe(5 * dayMs)
  expect(clear.extraEvents).toBeGreaterThan(50)
  expect(run({ ...options, days: 12, clearOutbreak: { fromDay: 8, toDay: 13 } }).truth.outbreaks).toEqual([])
})

describe('halves', () => {
  const { truth } = run({ ...options, halves: true })
  test('are pairs beside each other, at the same time, each of half the strength', () => {
    expect(truth.outbreaks.length).toBeGreaterThan(3)
    expect(Truth.parse(JSON.parse(JSON.stringify(truth)))).toEqual(truth)
    for (const one of truth.outbreaks) {
      const twin = truth.outbreaks.find(({ id }) => id === one.twin)
      expect(twin?.twin).toBe(one.id)
      expect([twin?.start, twin?.end, twin?.types]).toEqual([one.start, one.end, one.types])
      const parentOf = (tree: CodeTree, code: string): number => tree.nodes[tree.find(code)].parent
      expect(parentOf(profile.regions, twin?.region ?? '')).toBe(parentOf(profile.regions, one.region))
      expect(parentOf(profile.industries, twin?.industry ?? '')).toBe(parentOf(profile.industries, one.industry))
      expect(`${twin?.region} ${twin?.industry}`).not.toBe(`${one.region} ${one.industry}`)
    }
  })
  test('the first half stands where the whole would', () => {
    for (const [at, half] of truth.outbreaks.filter(({ id }) => id.endsWith('a')).entries()) {
      const whole = outbreaks.find(({ id }) => id === half.id.slice(0, -1))
      expect(whole, String(at)).toBeDefined()
      expect([half.region, half.industry, half.start]).toEqual([whole?.region, whole?.industry, whole?.start])
      expect(half.extraEvents / (whole?.extraEvents ?? 0)).toBeCloseTo(0.5, 1)
    }
  })
})

describe.each(outbreaks)('$id: $kind $region $industry, $shape x $factor', (outbreak) => {
  const seen = all.filter((event) => hits(outbreak, event))
  const before = usual.filter((event) => hits(outbreak, event))

  test('adds about the events that it promises', () => {
    const others = outbreaks.filter((other) => other !== outbreak)
    const shared = seen.filter((event) => others.some((other) => hits(other, event))).length
    const extra = seen.length - before.length
    const tolerance = 4 * Math.sqrt(outbreak.extraEvents) + 0.1 * outbreak.extraEvents + shared
    expect(Math.abs(extra - outbreak.extraEvents)).toBeLessThan(tolerance + 3)
  })

  test('hits several enterprises', () => {
    expect(new Set(seen.map((event) => event.enterpriseId)).size).toBeGreaterThanOrEqual(5)
  })
})

test('jumps multiply the count of their cells by about their factors', () => {
  const jumps = outbreaks.filter((outbreak) => outbreak.shape === 'jump' && outbreak.baseEventsPerDay > 1)
  expect(jumps.length).toBeGreaterThan(0)
  const expected = sum(jumps.map((jump) => jump.baseEventsPerDay * lengthDays(jump) + jump.extraEvents))
  const counted = sum(jumps.map((jump) => all.filter((event) => hits(jump, event)).length))
  const countedBefore = sum(jumps.map((jump) => usual.filter((event) => hits(jump, event)).length))
  expect(counted / expected).toBeGreaterThan(0.75)
  expect(counted / expected).toBeLessThan(1.35)
  expect(counted / countedBefore).toBeGreaterThan(2)
})

function lengthDays(outbreak: Outbreak): number {
  return (Date.parse(outbreak.end) - Date.parse(outbreak.start)) / dayMs
}

test('outside of their windows the two markets are alike', () => {
  const first = Math.min(...outbreaks.map((outbreak) => Date.parse(outbreak.start)))
  const early = (events: readonly KnownEvent[]): KnownEvent[] => events.filter((event) => event.knownAtMs < first)
  expect(early(all)).toEqual(early(usual))
})
