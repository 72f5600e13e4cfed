/** The count at which a cell would warn: lets a beat be compared with one number instead of a distribution. */
import { checkPositive, type Expectation, judge } from './detector.ts'
import { leastBetween } from './leastBetween.ts'

export type CountLimits = {
  /** Largest p that warns, in (0, 1]. */
  readonly pMax: number
  /** Smallest count over mean that warns, >= 0. */
  readonly rateRatioMin: number
}

/**
 * The smallest y with p <= pMax and y / mean >= rateRatioMin, by bisection (p falls and the ratio grows with y).
 * RangeError for limits or an expectation out of range, or if no count below 2^52 reaches the limits.
 */
export function leastCount(expectation: Expectation, limits: CountLimits): number {
  checkPositive('pMax', limits.pMax)
  if (!(limits.rateRatioMin >= 0)) throw new RangeError(`rateRatioMin must be >= 0, not ${limits.rateRatioMin}`)
  if (reaches(expectation, limits, 0)) return 0
  let below = 0
  let above = Math.max(1, Math.floor(expectation.mean * Math.max(1, limits.rateRatioMin)))
  while (!reaches(expectation, limits, above)) {
    below = above
    above *= 2
    if (!(above < 4503599627370496))
      throw new RangeError(`no count reaches pMax ${limits.pMax}, rateRatioMin ${limits.rateRatioMin}`)
  }
  return leastBetween((y) => reaches(expectation, limits, y), below, above)
}

function reaches(expectation: Expectation, limits: CountLimits, y: number): boolean {
  const { p, rateRatio } = judge(expectation, y)
  return p <= limits.pMax && rateRatio >= limits.rateRatioMin
}
