/**
 * Cumulative sum of log likelihood ratios for a negative binomial count: finds a small lasting rise that no single tick shows.
 * Source: Höhle & Paul (2008), "Count data regression charts for the monitoring of surveillance time series".
 */
import { ln } from '../math.ts'

/** The rise that the recursion's CUSUM looks for: half as many again. */
export const cusumRateRatio = 1.5

const cusumMax = 1e12

export type CusumStep = {
  /** Mean while all is calm, > 0. */
  readonly mean: number
  /** Negative binomial size, > 0: variance = mean + mean^2 / size. Infinity: Poisson. */
  readonly size: number
  /** The rise looked for, > 1: the out-of-control mean is rateRatio * mean. */
  readonly rateRatio: number
}

/** max(0, cusum + y ln k - (size + y) ln((size + k mean) / (size + mean))); Poisson: max(0, cusum + y ln k - (k - 1) mean). */
export function cusumNext(cusum: number, y: number, step: CusumStep): number {
  return Math.min(Math.max(0, cusum + logLikelihoodRatio(y, step)), cusumMax)
}

function logLikelihoodRatio(y: number, { mean, size, rateRatio }: CusumStep): number {
  if (size > 1e12 * mean) return y * ln(rateRatio) - (rateRatio - 1) * mean
  return y * ln(rateRatio) - (size + y) * ln((size + rateRatio * mean) / (size + mean))
}
