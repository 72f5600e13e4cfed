/** The two-week likelihood ratio against the sum written out, and its bounds whatever comes. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Expectation, sizeOf } from '../../models/counts/detector.ts'
import {
  addWeek,
  evidenceOfOnePercent,
  excessRatio,
  startTwoWeeks,
  twoWeeksEvidence,
  twoWeeksEvidenceIn,
  twoWeeksLength,
} from '../../models/counts/twoWeeks.ts'
import { negativeBinomialLogPmf, negativeBinomialTail } from '../../models/math.ts'
import { poisson, seeded } from './random.ts'

/** P(NB + Poisson = y) / P(NB = y), every term a probability. */
function plainRatio(expectation: Expectation, y: number, size: number): number {
  const lnNb = (count: number): number => negativeBinomialLogPmf(count, expectation.mean, sizeOf(expectation))
  const excess = (1.1 * size * Math.sqrt(expectation.variance)) / 2
  let sum = 0
  for (let n = 0; n <= y; n++)
    sum += Math.exp(negativeBinomialLogPmf(n, excess, Number.POSITIVE_INFINITY) + lnNb(y - n))
  return sum / Math.exp(lnNb(y))
}

const expectations = fc
  .record({
    mean: fc.double({ min: -9, max: 9, noNaN: true }).map((power) => 10 ** power),
    phi: fc.double({ min: 1, max: 1000, noNaN: true }),
    isPoisson: fc.boolean(),
  })
  .map(({ mean, phi, isPoisson }): Expectation => ({ mean, variance: isPoisson ? mean : phi * mean }))

describe('the two-week likelihood ratio', () => {
  it.each([
    [{ mean: 3, variance: 3 }, [0, 1, 3, 8, 20]],
    [{ mean: 3, variance: 9 }, [0, 1, 3, 8, 20, 60]],
    [{ mean: 0.2, variance: 0.3 }, [0, 1, 2, 5]],
    [{ mean: 150, variance: 400 }, [0, 120, 150, 200, 260]],
  ])('of %j is the sum over all ways in which a count comes about: %j', (expectation, counts) => {
    for (const y of counts)
      for (const size of [3, 6])
        expect(excessRatio(expectation, y, size) / plainRatio(expectation, y, size)).toBeCloseTo(1, 9)
  })

  it('changes little where the sum ends and the mean of the excess takes its place', () => {
    for (const mean of [3900, 4090]) {
      const expectation = { mean, variance: 3 * mean }
      const [summed, shifted] = [4096, 4097].map((y) => Math.log(excessRatio(expectation, y, 3)))
      expect(Math.abs(summed - shifted)).toBeLessThan(0.1)
    }
  })

  it('remembers one week, and no more', () => {
    const expectation = { mean: 4, variance: 6 }
    const state = Float64Array.from([77, 0, 0, 0, 77])
    const r = (y: number): number[] => [3, 6].map((size) => excessRatio(expectation, y, size))
    let before = [0, 0]
    for (const y of [9, 10, 3, 0, 8]) {
      const now = r(y)
      const both = now.reduce((sum, ratio, at) => sum + ratio * (1 + before[at]), 0) / 2
      const p = negativeBinomialTail(y, 4, sizeOf(expectation))
      const wanted = Math.max(both, y > 4 ? (evidenceOfOnePercent * 0.001) / p : 0)
      expect(twoWeeksEvidence(state, 1, expectation, y)).toBeCloseTo(wanted, 9)
      addWeek(state, 1, expectation, y)
      expect(twoWeeksEvidenceIn(state, 1)).toBeCloseTo(wanted, 9)
      before = now
    }
    startTwoWeeks(state, 1)
    expect([...state]).toEqual([77, ...Array(twoWeeksLength).fill(0), 77])
  })

  it('lets a single week of p < .001 exceed the limit, where the ratio has long been saturated', () => {
    const expectation = { mean: 5, variance: 200 } // size .13: any count might come
    const state = new Float64Array(twoWeeksLength)
    const huge = 200
    expect(negativeBinomialTail(huge, 5, sizeOf(expectation))).toBeLessThan(0.001)
    expect(twoWeeksEvidence(state, 0, expectation, huge)).toBeGreaterThan(evidenceOfOnePercent)
    expect(excessRatio(expectation, huge, 3)).toBeLessThan(evidenceOfOnePercent)
  })

  it('exceeds the limit in about 1 calm week of 100, and in most weeks of an outbreak of two', () => {
    const [random, state] = [seeded(8), new Float64Array(twoWeeksLength)]
    const expectation = { mean: 12, variance: 12 }
    const exceeds = (mean: number): boolean => {
      addWeek(state, 0, expectation, poisson(random, mean))
      return twoWeeksEvidenceIn(state, 0) > evidenceOfOnePercent
    }
    const calm = Array.from({ length: 20_000 }, () => exceeds(12)).filter(Boolean).length
    expect(calm / 20_000).toBeLessThan(0.014)
    expect(calm / 20_000).toBeGreaterThan(0.005)
    const second = Array.from({ length: 200 }, () => {
      startTwoWeeks(state, 0)
      exceeds(21)
      return exceeds(21)
    }).filter(Boolean).length
    expect(second / 200).toBeGreaterThan(0.7)
  })

  it('is finite and never negative, whatever comes', () => {
    const counts = fc.oneof(fc.nat(5), fc.nat(5000), fc.nat(2 ** 31 - 1))
    fc.assert(
      fc.property(expectations, fc.array(counts, { minLength: 1, maxLength: 3 }), (expectation, ys) => {
        const state = new Float64Array(twoWeeksLength)
        for (const y of ys) {
          addWeek(state, 0, expectation, y)
          for (const value of state) {
            expect(value).toBeGreaterThanOrEqual(0)
            expect(value).toBeLessThan(Number.POSITIVE_INFINITY)
          }
        }
      }),
    )
  })

  it('refuses counts and expectations that cannot be, and keeps its state', () => {
    const state = Float64Array.from([1, 2, 3])
    expect(() => addWeek(state, 0, { mean: 2, variance: 2 }, 1.5)).toThrow(RangeError)
    expect(() => addWeek(state, 0, { mean: Number.NaN, variance: 2 }, 1)).toThrow(/mean/)
    expect([...state]).toEqual([1, 2, 3])
  })
})
