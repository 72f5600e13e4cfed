/**
 * What a cell with little history is compared with: its own counts, shrunk towards its parent and siblings.
 * The cell's rate relative to the prior is Gamma(shape, shape); after counts Y where E were expected it is
 * Gamma(shape + Y, shape + E), and the next count is negative binomial of size shape + Y. E and Y are discounted alike, so a
 * cell too rare ever to gather ten expected events within the memory stays here for ever.
 * Source: empirical Bayes for Poisson rates, Clayton & Kaldor (1987); discounting, West & Harrison (1997).
 */
import { boundMean, type CountContext, type Expectation } from './detector.ts'

/** Below this many events the cold start alone speaks; at twice as many it is silent. */
export const warmFrom = 10

export type Gathered = {
  /** Events that the prior expected so far, discounted, >= 0. */
  readonly expected: number
  /** Events counted so far, outbreaks cut, discounted, >= 0. */
  readonly counted: number
  /** Dispersion found so far, >= 1; 1 is Poisson. */
  readonly phi: number
}

/**
 * The predictive distribution of the next count, wider by (phi - 1) mean where counts proved overdispersed.
 * `priorMean` = prior rate * exposure * week factor, > 0.
 */
export function coldExpectation(context: CountContext, priorMean: number, gathered: Gathered): Expectation {
  const size = context.prior.shape + gathered.counted
  const mean = (priorMean * size) / (context.prior.shape + gathered.expected)
  return { mean, variance: gathered.phi * mean + (mean * mean) / size }
}

/**
 * The mean of a tick once its count is known: the Gamma posterior that includes it. `calm`: the count, an outbreak cut, >= 0.
 * coldPosterior with a prior of { rate: 2, shape: 3 }, nothing gathered and 9 counted is 2 (3 + 9) / (3 + 2) = 4.8.
 */
export function coldPosterior(
  { prior }: CountContext,
  priorMean: number,
  { expected, counted }: Gathered,
  calm: number,
): number {
  return boundMean((priorMean * (prior.shape + counted + calm)) / (prior.shape + expected + priorMean))
}

/**
 * How far the cell's own regression is trusted: 0 below 10 events, 1 from 20, a straight line between. Events expected or
 * counted, whichever are more: a cell far busier than its prior has a history of its own soon.
 */
export function warmShare({ expected, counted }: Gathered): number {
  return Math.min(Math.max(0, Math.max(expected, counted) / warmFrom - 1), 1)
}

/** Mean and variance of a mixture: `share` of the warm expectation, the rest of the cold one. */
export function blend(cold: Expectation, warm: Expectation, share: number): Expectation {
  if (share <= 0) return cold
  if (share >= 1) return warm
  const gap = warm.mean - cold.mean
  return {
    mean: (1 - share) * cold.mean + share * warm.mean,
    variance: (1 - share) * cold.variance + share * warm.variance + share * (1 - share) * gap * gap,
  }
}
