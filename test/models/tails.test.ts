import { describe, expect, it } from 'vitest'
import {
  exp,
  lowerGamma,
  negativeBinomialLogPmf,
  negativeBinomialTail,
  poissonTail,
  upperGamma,
} from '../../models/math.ts'
import { seeded } from './random.ts'
import { negativeBinomialTails, poissonTails, upperGammas } from './tails.fixtures.ts'

function expectNear(actual: number, reference: number): void {
  expect(Math.abs(actual - reference)).toBeLessThanOrEqual(1e-12 * Math.abs(reference))
}

describe('tails agree with 50-digit arithmetic to 1e-12', () => {
  it.each(negativeBinomialTails)('P(NB >= %d), mean %d, size %d', (y, mean, size, p) => {
    expectNear(negativeBinomialTail(y, mean, size), p)
  })
  it.each(poissonTails)('P(Poisson >= %d), mean %d', (y, mean, p) => {
    expectNear(poissonTail(y, mean), p)
    expectNear(negativeBinomialTail(y, mean, Number.POSITIVE_INFINITY), p)
  })
  it.each(upperGammas)('P(Gamma(%d) > %d)', (shape, x, p) => {
    expectNear(upperGamma(shape, x), p)
    expect(lowerGamma(shape, x) + upperGamma(shape, x)).toBeCloseTo(1, 14)
  })
})

const random = seeded(5)
const cases = Array.from({ length: 60 }, () => ({ mean: 10 ** (random() * 5 - 3), size: 10 ** (random() * 5 - 2) }))

describe('for any mean and size', () => {
  it('the tail begins at 1, never rises, and steps by the probability', () => {
    for (const { mean, size } of cases) {
      expect(negativeBinomialTail(0, mean, size)).toBe(1)
      for (let y = 0; y < 60; y++) {
        const here = negativeBinomialTail(y, mean, size)
        const next = negativeBinomialTail(y + 1, mean, size)
        expect(next).toBeLessThanOrEqual(here)
        expect(Math.abs(here - next - exp(negativeBinomialLogPmf(y, mean, size)))).toBeLessThan(1e-13)
      }
    }
  })

  it('the probabilities sum to 1', () => {
    for (const { mean, size } of cases.filter((each) => each.mean < 20 && each.size > 0.1)) {
      let sum = 0
      for (let y = 0; y < 6000; y++) sum += Math.exp(negativeBinomialLogPmf(y, mean, size))
      expect(Math.abs(sum - 1)).toBeLessThan(1e-10)
    }
  })

  it('a large size approaches Poisson', () => {
    expect(negativeBinomialTail(9, 4, 1e12)).toBeCloseTo(poissonTail(9, 4), 10)
    expect(negativeBinomialLogPmf(9, 4, 1e12)).toBeCloseTo(negativeBinomialLogPmf(9, 4, Number.POSITIVE_INFINITY), 9)
  })

  it('a mean of 0 brings no events', () => {
    expect([negativeBinomialTail(0, 0, 2), negativeBinomialTail(3, 0, 2), poissonTail(1, 0)]).toEqual([1, 0, 0])
    expect([negativeBinomialLogPmf(0, 0, 2), negativeBinomialLogPmf(1, 0, 2)]).toEqual([0, -Infinity])
  })
})
