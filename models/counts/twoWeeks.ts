/**
 * Evidence for an outbreak of one or two ticks, for ticks so long that few outbreaks last three: the likelihood ratio over two weeks
 * beside the p value of one.
 *
 *     r_k(t)   = P(NB + Poisson(1.1 k sqrt(V) / 2) = y) / P(NB = y)                  k in {3, 6}: sizes in standard deviations
 *     evidence = max(mean_k [r_k(t) + r_k(t) r_k(t-1)], 31 x 0.001 / p)
 *
 * NB is the count that is expected, V its variance, p = P(NB >= y). The outbreak begins in this tick, or began in the one before, with half
 * of its excess in each. The ratio saturates for one huge count, p does not. Evidence above 31 comes in 1 tick of 100 where
 * nothing happens, whatever the mean and the dispersion (docs/science.md, section 7).
 *
 * A state is `twoWeeksLength` doubles (r_3, r_6, evidence) at an offset of a shared Float64Array, 0 where nothing was seen.
 */
import { exp, ln, negativeBinomialLogPmf, negativeBinomialTail } from '../math.ts'
import { checkCount, checkPositive, type Expectation, sizeOf } from './detector.ts'

/** Evidence above it comes by chance in 1 tick of 100. */
export const evidenceOfOnePercent = 31
export const twoWeeksLength = 3
const at = { ratio3: 0, ratio6: 1, evidence: 2 } as const

const halfExcess = 1.1 / 2
const sizes = [3, 6] as const
const lnRatioMax = 30
const pOfLimit = 0.001
const pMin = 1e-30
/** Above this count the excess is taken as its mean: its own scatter is small beside V then, and a sum of so many terms slow. */
const summedMax = 4096

export function startTwoWeeks(state: Float64Array, offset: number): void {
  state.fill(0, offset, offset + twoWeeksLength)
}

/** The evidence of the tick that was learnt last, >= 0. */
export function twoWeeksEvidenceIn(state: Float64Array, offset: number): number {
  return state[offset + at.evidence]
}

/** The evidence that this count would be; the state stays. RangeError for a count or an expectation that is out of range. */
export function twoWeeksEvidence(state: Float64Array, offset: number, expectation: Expectation, y: number): number {
  checkCount(y)
  checkPositive('mean', expectation.mean)
  const ratio3 = excessRatio(expectation, y, sizes[0])
  const ratio6 = excessRatio(expectation, y, sizes[1])
  const both = (ratio3 * (1 + state[offset + at.ratio3]) + ratio6 * (1 + state[offset + at.ratio6])) / sizes.length
  if (y <= expectation.mean) return both
  const p = negativeBinomialTail(y, expectation.mean, sizeOf(expectation))
  return Math.max(both, (evidenceOfOnePercent * pOfLimit) / Math.max(p, pMin))
}

/** Takes the tick's count into the state. RangeError, and the state untouched, as twoWeeksEvidence. */
export function addWeek(state: Float64Array, offset: number, expectation: Expectation, y: number): void {
  const evidence = twoWeeksEvidence(state, offset, expectation, y)
  state[offset + at.ratio3] = excessRatio(expectation, y, sizes[0])
  state[offset + at.ratio6] = excessRatio(expectation, y, sizes[1])
  state[offset + at.evidence] = evidence
}

/** P(NB + Poisson(1.1 size sqrt(V) / 2) = y) / P(NB = y), at most e^30. */
export function excessRatio(expectation: Expectation, y: number, size: number): number {
  const excess = halfExcess * size * Math.sqrt(expectation.variance)
  const lnRatio = y > summedMax ? lnShiftedRatio(expectation, y, excess) : lnSummedRatio(expectation, y, excess)
  return exp(Math.min(lnRatio, lnRatioMax))
}

function lnShiftedRatio(expectation: Expectation, y: number, excess: number): number {
  const size = sizeOf(expectation)
  const calm = Math.max(0, y - Math.round(excess))
  return negativeBinomialLogPmf(calm, expectation.mean, size) - negativeBinomialLogPmf(y, expectation.mean, size)
}

const rescaleAbove = 1e100
const lnRescale = ln(rescaleAbove)

/** ln sum_n P(Poisson = n) P(NB = y - n) / P(NB = y): each term from the one before, scaled down before they overflow. */
function lnSummedRatio(expectation: Expectation, y: number, excess: number): number {
  const size = sizeOf(expectation)
  const isPoisson = size === Number.POSITIVE_INFINITY
  const step = (excess * (isPoisson ? 1 : size + expectation.mean)) / expectation.mean
  let [term, sum, lnScale] = [1, 1, 0]
  for (let n = 0; n < y; n++) {
    const left = y - n
    term *= (step * left) / ((n + 1) * (isPoisson ? 1 : left - 1 + size))
    sum += term
    if (sum > rescaleAbove) {
      term /= rescaleAbove
      sum /= rescaleAbove
      lnScale += lnRescale
    }
  }
  return ln(sum) + lnScale - excess
}
