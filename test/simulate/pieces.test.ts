/** The small pieces: random numbers, alias tables, the calendar queue, ids. */
import { describe, expect, test } from 'vitest'
import { dayMs } from '../../src/limits.ts'
import { AliasTable } from '../../src/simulate/flaws/alias.ts'
import { checkFails, enterpriseIds } from '../../src/simulate/ids.ts'
import { kinds, PendingQueue, type Row } from '../../src/simulate/queue.ts'
import { Random } from '../../src/simulate/random.ts'
import { isoSeconds } from '../../src/simulate/render.ts'
import { dayFactor, localDay } from '../../src/simulate/rhythm.ts'
import { usccValid } from '../../streams/uscc.ts'
import { profile } from './collect.ts'

const row = (knownAtMs: number, kind: number, sequence: number): Row => ({
  knownAtMs,
  kind,
  sequence,
  enterprise: 3,
  type: 200,
  severity: 5,
  flags: 17,
  target: 4_000_000_000,
  occurredSec: 1_735_660_800,
  amount: 3_999_999_999,
  region: 8190,
  industry: 8189,
})

describe('random numbers', () => {
  test('one generator a purpose: the same again, and unlike its neighbours', () => {
    const draw = (purpose: string, at: number): number[] => {
      const random = new Random(1, purpose, at)
      return Array.from({ length: 4 }, () => random.next())
    }
    expect(draw('events', 3)).toEqual(draw('events', 3))
    expect(draw('events', 3)).not.toEqual(draw('events', 4))
    expect(draw('events', 3)).not.toEqual(draw('delays', 3))
  })

  test.each([[0.3], [8], [1700]])('Poisson numbers of mean %d have that mean and variance', (mean) => {
    const random = new Random(5, 'poisson')
    const draws = Array.from({ length: 4000 }, () => random.poisson(mean))
    const average = draws.reduce((a, b) => a + b, 0) / draws.length
    const variance = draws.reduce((a, b) => a + (b - average) ** 2, 0) / draws.length
    expect(Math.abs(average - mean)).toBeLessThan(4 * Math.sqrt(mean / draws.length))
    expect(variance / mean).toBeGreaterThan(0.9)
    expect(variance / mean).toBeLessThan(1.1)
  })

  test('an alias table draws in proportion to its weights', () => {
    const table = new AliasTable([1, 0, 3, 6])
    const random = new Random(2, 'alias')
    const counts = [0, 0, 0, 0]
    for (let one = 0; one < 100_000; one++) counts[table.pick(random)]++
    expect(counts[1]).toBe(0)
    for (const [at, share] of [
      [0, 0.1],
      [2, 0.3],
      [3, 0.6],
    ] as const) {
      expect(Math.abs(counts[at] / 100_000 - share)).toBeLessThan(0.01)
    }
  })
})

describe('the queue', () => {
  test('gives a day by time, then topic, then arrival, with every field as it was', () => {
    const queue = new PendingQueue(0)
    const rows = [
      row(500, kinds.event, 1),
      row(500, kinds.grade, 2),
      row(500, kinds.move, 3),
      row(20, kinds.event, 4),
      row(20, kinds.event, 5),
    ]
    for (const one of rows) queue.push(one)
    queue.push(row(dayMs, kinds.event, 6))
    const first = [...queue.take(0)]
    expect(first.map((one) => one.sequence)).toEqual([4, 5, 3, 2, 1])
    expect(first[4]).toEqual(rows[0])
    expect(queue.size).toBe(1)
    expect([...queue.take(1)].map((one) => one.knownAtMs)).toEqual([dayMs])
  })

  test('leaves out what was known before the start', () => {
    const queue = new PendingQueue(dayMs)
    queue.push(row(dayMs - 1, kinds.event, 1))
    expect(queue.size).toBe(0)
  })
})

test('ids are different, well-formed, and fail their check only where meant', () => {
  const idOf = enterpriseIds(profile, 7)
  const ids = Array.from({ length: 5000 }, (_, enterprise) => idOf(enterprise, '310101'))
  expect(new Set(ids).size).toBe(ids.length)
  for (const [enterprise, id] of ids.entries()) {
    expect(profile.idPattern.test(id)).toBe(true)
    expect(usccValid(id)).toBe(!checkFails(enterprise))
  }
})

test('seconds are written as Date writes them', () => {
  const iso = isoSeconds()
  for (const sec of [0, 1_735_660_799, 1_735_660_800, 1_709_210_096]) {
    expect(iso(sec)).toBe(new Date(sec * 1000).toISOString().replace('.000', ''))
  }
})

test('lists of abnormal operation burst after 30 June; weekends are quiet', () => {
  const factor = (date: string, code = 'REG.ABNORMAL_LIST'): number =>
    dayFactor(code, 'neutral', localDay(Date.parse(`${date}T00:00:00+08:00`), 480))
  expect(factor('2025-07-01') / factor('2025-06-30')).toBeGreaterThan(5)
  expect(factor('2025-06-14', 'REG.CHANGE')).toBeLessThan(0.3 * factor('2025-06-13', 'REG.CHANGE'))
})
