import { describe, expect, it } from 'vitest'
import { cusumNext } from '../../models/counts/cusum.ts'

describe('negative binomial CUSUM', () => {
  it('follows the fixture of R surveillance 1.20.3 (mean 3, size 5, ratio 2)', () => {
    const counts = [3, 2, 4, 6, 7, 9, 5, 12]
    const reference = [0, 0, 0, 0.655892, 1.686478, 3.46645, 3.747649, 6.651701]
    let cusum = 0
    counts.forEach((y, i) => {
      cusum = cusumNext(cusum, y, { mean: 3, size: 5, rateRatio: 2 })
      expect(cusum).toBeCloseTo(reference[i], 6)
    })
  })

  it('becomes the Poisson CUSUM where the size is unbounded', () => {
    const poisson = cusumNext(0, 9, { mean: 3, size: Number.POSITIVE_INFINITY, rateRatio: 2 })
    expect(poisson).toBeCloseTo(9 * Math.LN2 - 3, 12)
    expect(cusumNext(0, 9, { mean: 3, size: 1e9, rateRatio: 2 })).toBeCloseTo(poisson, 6)
  })
})
