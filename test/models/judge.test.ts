import { describe, expect, it } from 'vitest'
import { judge } from '../../models/counts/detector.ts'
import { leastCount } from '../../models/counts/leastCount.ts'
import { seeded } from './random.ts'

describe('judge', () => {
  it('gives the tail and the ratio', () => {
    const { p, rateRatio } = judge({ mean: 2, variance: 2 }, 10)
    expect(p).toBeCloseTo(4.6498075017263805e-5, 17)
    expect(rateRatio).toBe(5)
    expect(judge({ mean: 5, variance: 5.5 }, 10).p).toBeCloseTo(0.03899266084877705, 13)
    expect(judge({ mean: 5, variance: 9 }, 0)).toEqual({ p: 1, rateRatio: 0 })
  })

  it.each([
    [{ mean: 2, variance: 2 }, -1, /count/],
    [{ mean: 2, variance: 2 }, 1.5, /count/],
    [{ mean: 2, variance: 2 }, Number.NaN, /count/],
    [{ mean: 0, variance: 2 }, 1, /mean/],
    [{ mean: 2, variance: 1 }, 1, /variance/],
    [{ mean: 2, variance: Number.NaN }, 1, /variance/],
  ])('refuses %o with count %d', (expectation, y, what) => {
    expect(() => judge(expectation, y)).toThrow(RangeError)
    expect(() => judge(expectation, y)).toThrow(what)
  })
})

describe('leastCount', () => {
  it('is the smallest count that judge lets through', () => {
    const random = seeded(3)
    for (let i = 0; i < 300; i++) {
      const mean = 10 ** (random() * 8 - 4)
      const expectation = { mean, variance: mean * (1 + random() * 5) + mean * mean * random() }
      const limits = { pMax: 10 ** (-1 - random() * 8), rateRatioMin: random() * 5 }
      const warns = (y: number) => {
        const { p, rateRatio } = judge(expectation, y)
        return p <= limits.pMax && rateRatio >= limits.rateRatioMin
      }
      const least = leastCount(expectation, limits)
      expect(warns(least)).toBe(true)
      expect(least === 0 || !warns(least - 1)).toBe(true)
    }
  })

  it('refuses limits out of range', () => {
    expect(() => leastCount({ mean: 1, variance: 1 }, { pMax: 0, rateRatioMin: 1 })).toThrow(/pMax/)
    expect(() => leastCount({ mean: 1, variance: 1 }, { pMax: 0.1, rateRatioMin: -1 })).toThrow(/rateRatioMin/)
    expect(leastCount({ mean: 1, variance: 1 }, { pMax: 1, rateRatioMin: 0 })).toBe(0)
  })
})
