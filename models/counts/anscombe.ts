/**
 * Anscombe residuals of a count, and what follows from them: an outbreak must not teach the baseline.
 * Source: Farrington et al. (1996) for the re-weighting of past outbreaks; Noufaily et al. (2013) for the limit 2.58.
 */
import { exp, ln } from '../math.ts'

export const anscombeLimit = 2.58

/** 1.5 (y^(2/3) mean^(-1/6) - sqrt(mean)) / sqrt(phi): about standard normal. y >= 0, mean > 0, phi >= 1 (dispersion). */
export function anscombeResidual(y: number, mean: number, phi: number): number {
  if (y === 0) return -1.5 * Math.sqrt(mean / phi)
  return (1.5 * (exp((2 / 3) * ln(y) - ln(mean) / 6) - Math.sqrt(mean))) / Math.sqrt(phi)
}

/** The weight of a tick in the baseline, 0..1: 1 up to a residual of 2.58 or one event, then (2.58 / residual)^2. */
export function baselineWeight(y: number, mean: number, phi: number): number {
  if (y <= 1) return 1
  const residual = anscombeResidual(y, mean, phi)
  return residual > anscombeLimit ? (anscombeLimit / residual) * (anscombeLimit / residual) : 1
}

/**
 * The largest count that is believed whole: its residual is 2.58, but it is never below 1, since a single event is no
 * outbreak, however rare the cell. mean > 0, phi >= 1.
 */
export function calmMax(mean: number, phi: number): number {
  const root = Math.sqrt(mean) + (anscombeLimit / 1.5) * Math.sqrt(phi)
  return Math.max(1, exp(1.5 * ln(root) + 0.25 * ln(mean)))
}

/** y, cut to the largest count that is believed whole. */
export function winsorise(y: number, mean: number, phi: number): number {
  return y <= 1 ? y : Math.min(y, calmMax(mean, phi))
}
