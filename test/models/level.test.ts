import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { millionthsOfProbability, thousandthsOfLogOdds } from '../../models/level/counted.ts'
import { allowance, averageRunLength, type Cusum, calmCusum, limitOf, nextCusums } from '../../models/level/cusum.ts'
import { type GradeSums, riskLevels } from '../../models/level/gradeSums.ts'
import { clippedMeansOfOthers, mediansOfOthers } from '../../models/level/siblings.ts'
import { Sfc32 } from '../../streams/sfc32.ts'
import { plainCusum, plainLevel, type Scored } from '../support/levelOracle.ts'

const seed = 20_261_130
const grades = 5

const enterprise = fc.record({
  grade: fc.nat(grades - 1),
  probability: fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true }),
})
const family = fc.array(fc.array(enterprise, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 8 })
const change = fc.record({
  value: fc.double({ min: -5, max: 5, noNaN: true }),
  n: fc.integer({ min: 1, max: 100_000 }),
  variance: fc.oneof(fc.constant(0), fc.double({ min: 1e-9, max: 100, noNaN: true })),
  sum: fc.double({ min: 0, max: 50, noNaN: true }),
})
const changes = fc.array(change, { minLength: 2, maxLength: 12 })
const stepOf = (cells: readonly { value: number; n: number; variance: number; sum: number }[], counts = true) =>
  nextCusums(cells.map(({ value, n, variance, sum }) => ({ value, n, before: { variance, sum }, counts })))

function sumsOf(cell: readonly Scored[]): GradeSums {
  const zeros = (): number[] => new Array<number>(grades).fill(0)
  const sums = { enterprises: zeros(), logOdds: zeros(), probability: zeros() }
  for (const { grade, probability } of cell) {
    const logOdds = thousandthsOfLogOdds(probability)
    sums.enterprises[grade]++
    sums.logOdds[grade] += logOdds
    sums.probability[grade] += millionthsOfProbability(logOdds)
  }
  return sums
}

describe('what an enterprise is counted with', () => {
  it.each([
    [0.5, 0, 500_000],
    [0.1, -2_197, 100_020],
    [0.02, -3_892, 19_996],
    [0.9999, 9_210, 999_900],
    [0, -36_044, 0],
    [1, 36_044, 1_000_000],
  ])('p = %d is %d thousandths and %d millionths', (p, logOdds, millionths) => {
    expect(thousandthsOfLogOdds(p)).toBe(logOdds)
    expect(millionthsOfProbability(logOdds)).toBe(millionths)
  })

  it('says the probability to within 126 millionths, and keeps the order of probabilities', () => {
    const probability = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(probability, probability, (p, q) => {
        const [a, b] = [thousandthsOfLogOdds(p), thousandthsOfLogOdds(q)]
        expect(Math.abs(millionthsOfProbability(a) - 1e6 * p)).toBeLessThanOrEqual(126)
        if (p < q) expect(a).toBeLessThanOrEqual(b)
      }),
      { seed },
    )
  })
})

describe('levels of siblings', () => {
  it('are those of a plain look at every enterprise', () => {
    fc.assert(
      fc.property(family, (cells) => {
        for (const [at, level] of riskLevels(cells.map(sumsOf)).entries()) {
          const plain = plainLevel(cells, at)
          expect(level.n).toBe(cells[at].length)
          expect(level.meanLogOdds).toBeCloseTo(plain.a, 9)
          expect(level.atSameGrades).toBeCloseTo(plain.b, 9)
          expect(level.risky).toBeCloseTo(plain.risky, 9)
          expect(level.expected).toBeCloseTo(plain.expected, 9)
          expect(level.standardError).toBeCloseTo(plain.standardError, 6)
        }
      }),
      { seed },
    )
  })

  it('are as expected where every grade is alike everywhere, whatever the mix of grades', () => {
    const alike = (mix: readonly number[]): Scored[] =>
      mix.flatMap((n, grade) => Array.from({ length: n }, () => ({ grade, probability: 0.01 + 0.1 * grade })))
    const [good, bad] = riskLevels([alike([0, 50, 3, 2, 1]), alike([0, 10, 10, 20, 20])].map(sumsOf))
    expect(bad.meanLogOdds - good.meanLogOdds).toBeGreaterThan(1)
    expect(bad.atSameGrades).toBeCloseTo(0, 9)
    expect(good.atSameGrades).toBeCloseTo(0, 9)
    expect(bad.risky / bad.expected).toBeCloseTo(1, 9)
  })
})

describe('siblings', () => {
  it('a clipped mean of the others lies between their quantiles, and leaves the cell itself out', () => {
    expect(clippedMeansOfOthers([1, 2, 3, 4, 100].map((value) => ({ value, weight: 1 })))).toEqual([
      expect.closeTo((2.6 + 3 + 4 + 42.4) / 4, 9),
      expect.closeTo((2.2 + 3 + 4 + 42.4) / 4, 9),
      expect.closeTo((1.6 + 2 + 4 + 42.4) / 4, 9),
      expect.closeTo((1.6 + 2 + 3 + 41.8) / 4, 9),
      expect.closeTo((1.6 + 2 + 3 + 3.4) / 4, 9),
    ])
    expect(mediansOfOthers([1, 2, 3, 4, 100])).toEqual([3.5, 3.5, 3, 2.5, 2.5])
  })
})

describe('a tick of the cumulative sums', () => {
  it('is that of a plain look at every sibling', () => {
    fc.assert(
      fc.property(changes, (cells) => {
        for (const [at, { variance, sum }] of stepOf(cells).entries()) {
          const plain = plainCusum(cells, at, allowance)
          expect(Math.abs(variance - plain.variance)).toBeLessThanOrEqual(1e-9 * Math.max(1, plain.variance))
          expect(Math.abs(sum - plain.sum)).toBeLessThanOrEqual(1e-6 * Math.max(1, plain.sum))
        }
      }),
      { seed },
    )
  })

  it('takes out what moves for everybody', () => {
    fc.assert(
      fc.property(changes, fc.double({ min: -3, max: 3, noNaN: true }), (cells, shift) => {
        const moved = stepOf(cells.map((cell) => ({ ...cell, value: cell.value + shift })))
        for (const [at, { own }] of stepOf(cells).entries()) expect(moved[at].own).toBeCloseTo(own, 9)
      }),
      { seed },
    )
  })

  it('sums nothing while it is told not to', () => {
    fc.assert(
      fc.property(changes, (cells) => {
        expect(stepOf(cells, false).map(({ sum }) => sum)).toEqual(cells.map(({ sum }) => sum))
      }),
      { seed },
    )
  })

  it('is finite, and no sum is below 0, after any ticks: of nothing, of leaps and of calm', () => {
    const leap = fc.constantFrom(0, 0, 1e-12, 0.01, -0.01, 72, -72)
    const ticks = fc.array(fc.array(leap, { minLength: 9, maxLength: 9 }), { minLength: 1, maxLength: 40 })
    fc.assert(
      fc.property(ticks, fc.array(fc.integer({ min: 50, max: 1e9 }), { minLength: 9, maxLength: 9 }), (values, n) => {
        let standing: readonly Cusum[] = n.map(() => calmCusum)
        for (const tick of values) {
          standing = nextCusums(tick.map((value, at) => ({ value, n: n[at], before: standing[at], counts: true })))
          for (const { variance, sum } of standing) {
            expect(Number.isFinite(variance) && variance >= 0).toBe(true)
            expect(Number.isFinite(sum) && sum >= 0).toBe(true)
          }
        }
      }),
      { seed },
    )
  })
})

describe('the limit', () => {
  it.each([
    [0.35, 5.33, 0.0193],
    [0.2, 7.27, 0.0226],
  ])("is Siegmund's: k = %d and h = %d give %d false alarms a week", (k, limit, aWeek) => {
    expect(7 / averageRunLength(limit, k)).toBeCloseTo(aWeek, 4)
    expect(limitOf(7 / aWeek, k)).toBeCloseTo(limit, 1)
  })

  it('is what gives the run length asked for, and 0 where any does', () => {
    for (const runLength of [10, 100, 1e4, 1e8])
      expect(averageRunLength(limitOf(runLength)) / runLength).toBeCloseTo(1, 9)
    expect(limitOf(1)).toBe(0)
    expect(limitOf(Number.NaN)).toBe(0)
  })

  it('has about so many false alarms among 31 siblings of independent normal changes', () => {
    const random = new Sfc32(7, 'normal')
    const normal = (): number => {
      let sum = -6
      for (let draw = 0; draw < 12; draw++) sum += random.next()
      return sum
    }
    const [cells, ticks, warm] = [31, 3_000, 60]
    const limit = limitOf(200)
    let standing: readonly Cusum[] = Array.from({ length: cells }, () => calmCusum)
    let alarms = 0
    for (let tick = 0; tick < ticks; tick++) {
      const before = standing
      standing = nextCusums(
        before.map((one, at) => ({
          value: normal() / Math.sqrt(50 + at),
          n: 50 + at,
          before: one,
          counts: tick >= warm,
        })),
      ).map((one) => {
        if (one.sum < limit) return one
        alarms++
        return { ...one, sum: 0 }
      })
    }
    const ratio = (alarms / (cells * (ticks - warm))) * 200
    expect(ratio).toBeGreaterThan(0.7)
    expect(ratio).toBeLessThan(1.3)
  })
})
