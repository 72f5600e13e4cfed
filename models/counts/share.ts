/**
 * The share of high-risk enterprises in a cell, grades taken into account: a cell full of D-graded firms does not warn for
 * ever, and one whose A-graded firms start to burn does.
 * Sources: indirect standardisation, Breslow & Day (1987); Gamma-Poisson shrinkage, Clayton & Kaldor (1987).
 */
import { upperGamma } from '../math.ts'
import { checkCount, checkPositive } from './detector.ts'

/**
 * High-risk enterprises expected in a cell: the sum over grades of its enterprises times the parent's high-risk rate of that
 * grade. Both by grade in the same order ("no grade" is one of them); enterprises whole >= 0, rates 0..1.
 */
export function expectedHighRisk(enterprisesByGrade: ArrayLike<number>, rateByGrade: ArrayLike<number>): number {
  if (enterprisesByGrade.length !== rateByGrade.length) {
    throw new RangeError(`${enterprisesByGrade.length} grades of enterprises, but ${rateByGrade.length} of rates`)
  }
  let expected = 0
  for (let grade = 0; grade < rateByGrade.length; grade++) {
    checkCount(enterprisesByGrade[grade])
    checkRate(rateByGrade[grade])
    expected += enterprisesByGrade[grade] * rateByGrade[grade]
  }
  return expected
}

/** The parent's high-risk rate of each grade, 0 for a grade without enterprises. Counts whole >= 0, high-risk <= all. */
export function ratesByGrade(highRiskByGrade: ArrayLike<number>, enterprisesByGrade: ArrayLike<number>): Float64Array {
  return Float64Array.from(highRiskByGrade, (highRisk, grade) => {
    const enterprises = enterprisesByGrade[grade]
    checkCount(highRisk)
    checkCount(enterprises)
    const rate = enterprises === 0 ? 0 : highRisk / enterprises
    checkRate(rate)
    return rate
  })
}

export type Standardised = {
  /** High-risk enterprises seen, whole >= 0. */
  readonly observed: number
  /** High-risk enterprises expected at the parent's rates, >= 0. */
  readonly expected: number
  /** Gamma shape of the ratios, > 0: how alike the parent's cells are (prior.ts, rates relative to the parent). */
  readonly shape: number
}

/** Observed over expected, shrunk towards the parent's 1: (observed + shape) / (expected + shape). */
export function standardisedRatio(cell: Standardised): number {
  checkCell(cell)
  return (cell.observed + cell.shape) / (cell.expected + cell.shape)
}

/** P(true ratio > reference), reference > 0: the true ratio is Gamma(shape + observed, rate shape + expected). */
export function probabilityRatioAbove(reference: number, cell: Standardised): number {
  checkPositive('reference', reference)
  checkCell(cell)
  return upperGamma(cell.shape + cell.observed, (cell.shape + cell.expected) * reference)
}

function checkCell({ observed, expected, shape }: Standardised): void {
  checkCount(observed)
  if (!(expected >= 0 && expected < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`expected must be >= 0 and finite, not ${expected}`)
  }
  checkPositive('shape', shape)
}

function checkRate(rate: number): void {
  if (!(rate >= 0 && rate <= 1)) throw new RangeError(`rate of a grade must lie in 0..1, not ${rate}`)
}
