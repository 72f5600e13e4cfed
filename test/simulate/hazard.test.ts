/** The hidden hazard: outcomes are as frequent as meant, and the hazard ranks them. */
import { expect, test } from 'vitest'
import { dayMs } from '../../src/limits.ts'
import { calibrate, HazardSums, hazard90d, hazardParameters, logHazard } from '../../src/simulate/hazard.ts'
import type { SimulatedHazard } from '../../src/simulate/simulate.ts'
import { eventsOf, profile, run, sum } from './collect.ts'

const simulation = run({ enterprises: 3000, days: 180, seed: 5 })
const hazards: SimulatedHazard[] = []
for (const step of simulation.steps()) if (step.topic === 'hazard') hazards.push(step)

const outcomesOf = new Map<string, number[]>()
for (const event of eventsOf(simulation)) {
  const type = profile.typeIndex.get(event.type)
  if (type === undefined || !profile.types[type].outcome || event.retracts !== undefined) continue
  outcomesOf.set(event.enterpriseId, [...(outcomesOf.get(event.enterpriseId) ?? []), Date.parse(event.occurredAt)])
}

function rowsAt(day: number): { hazard: number; outcome: boolean }[] {
  const fromMs = Date.parse(simulation.truth.start) + day * dayMs
  const date = new Date(fromMs).toISOString()
  const within = (ms: number): boolean => ms >= fromMs && ms < fromMs + 90 * dayMs
  return hazards
    .filter((row) => row.date === date)
    .map((row) => ({ hazard: row.hazard90d, outcome: (outcomesOf.get(row.enterpriseId) ?? []).some(within) }))
}

/** Area under the ROC curve by ranks (Mann and Whitney 1947). */
function auc(rows: readonly { hazard: number; outcome: boolean }[]): number {
  const sorted = [...rows].sort((a, b) => a.hazard - b.hazard)
  const ranks = [...sorted.entries()].filter(([, row]) => row.outcome).map(([at]) => at + 1)
  return (sum(ranks) - (ranks.length * (ranks.length + 1)) / 2) / (ranks.length * (rows.length - ranks.length))
}

test.each([30, 60])('on day %d: 1 to 6 %% meet an outcome within 90 days, and the hazard ranks them', (day) => {
  const rows = rowsAt(day)
  const share = rows.filter((row) => row.outcome).length / rows.length
  expect(rows.length).toBeGreaterThan(2900)
  expect(share).toBeGreaterThan(0.01)
  expect(share).toBeLessThan(0.06)
  expect(auc(rows)).toBeGreaterThan(0.7)
})

test('there are hazards on every thirtieth day, between 0 and .7', () => {
  expect(new Set(hazards.map((row) => row.date)).size).toBe(6)
  expect(hazards.every((row) => row.hazard90d > 0 && row.hazard90d <= hazardParameters.max90d)).toBe(true)
})

test('wage arrears and judgments together say more than their sum', () => {
  const at = (wages: number, judgments: number): number => logHazard([0, 0, wages, judgments, 0], 0, 0.3, 0)
  expect(at(2, 2) - at(0, 0)).toBeGreaterThan(at(2, 0) - at(0, 0) + at(0, 2) - at(0, 0) + 0.5)
})

test('sums fade with a half-life of 30 days and never fall below zero', () => {
  const sums = new HazardSums(2)
  sums.add(1, 3, 10, 1)
  const at = sums.settle(1, 40)
  expect(sums.values[at + 3]).toBeCloseTo(0.5, 6)
  sums.add(1, 3, 40, -1)
  expect(sums.values[at + 3]).toBe(0)
})

test('calibration meets the mean asked for', () => {
  const logarithms = [-1, 0, 0.5, 2]
  const level = calibrate(logarithms)
  expect(sum(logarithms.map((one) => hazard90d(one, level))) / 4).toBeCloseTo(hazardParameters.mean90d, 6)
})
