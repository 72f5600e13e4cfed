/**
 * 'recursive-glm': a quasi-Poisson regression on level and season, updated once a tick in constant time and memory.
 *
 * It forgets exponentially (memory.ts; West & Harrison 1997), is held by a stabilising prior at the parent's rate, weighs
 * past outbreaks down by their Anscombe residuals (Farrington et al. 1996; Noufaily et al. 2013) and starts as empirical
 * Bayes (coldStart.ts). Beside it runs a CUSUM (cusum.ts).
 *
 *     expect:  b = Omega^-1 xi    mean = exp(x'b) exposure week    variance = phi mean + mean^2 min(phi x' Omega^-1 x, 1)
 *     learn:   Omega <- l Omega + (1-l) Omega0    + w mean x x'
 *              xi    <- l xi    + (1-l) Omega0 b0 + w mean x (eta + r),   r = (y - mean) / mean, bounded
 *
 * with x = (1, cos, sin) of the year (until a whole year has been seen, expectations use the level alone), and
 * eta = ln(mean / (exposure week)) of the expectation in force. While the cold start has a say, V / mean stands for phi in what cuts and
 * weighs a count down, and the regression is taught the Gamma posterior that includes the tick's count (coldStart.ts): its mean, with
 * r = 0. So a cell that is far busier than its siblings from its first tick on is expected to be so from the second.
 *
 * r is bounded where y exceeds calmMax, the count whose residual is 2.58 and at least one event (workingResidual). A fixed bound
 * of 3 fails at both ends: with small means single events are lost (at 0.14 events an hour the rate settled at 0.14 of the
 * truth, and the false positive rate at p < .01 reached .12); with large ones a young cell overshoots to e^3 times its mean.
 */
import { cos2pi, exp, ln, sin2pi } from '../math.ts'
import { baselineWeight, calmMax, winsorise } from './anscombe.ts'
import { blend, coldExpectation, coldPosterior, type Gathered, warmShare } from './coldStart.ts'
import { cusumNext, cusumRateRatio } from './cusum.ts'
import {
  boundMean,
  type CountContext,
  type CountDetector,
  checkContext,
  checkCount,
  type Expectation,
  sizeOf,
} from './detector.ts'
import { gather, informationLength, type Solved, solve } from './information.ts'
import { formerWays, type Ways, waysOfNow } from './memory.ts'

const at = { omega: 0, xi: 6, squares: 9, weight: 10, cusum: 11, expected: 12, counted: 13 } as const
const stateLength = 14

const omega0 = [5, 10, 10] as const
const workingResidualMax = 3
const lnRateMax = 20

const squareMax = 100

// Scratch: written before it is read in every call, so nothing passes from one cell to another.
const basis = new Float64Array(3)
/** The place in the year for which the basis is set: all cells of a tick share it. */
let basisPhase = Number.NaN
const solved: Solved = { linear: 0, quadratic: 0 }

export const recursiveGlm = recursion(waysOfNow)
/** As it was judged by before: for what was judged then. */
export const formerRecursiveGlm = recursion(formerWays)

function recursion(ways: Ways): CountDetector {
  return {
    name: 'recursive-glm',
    stateLength,
    start,
    expect(state, offset, context) {
      checkContext(context)
      return expectation(state, offset, context, ways)
    },
    learn(state, offset, context, y, known) {
      checkCount(y)
      checkContext(context)
      const expected = known ?? expectation(state, offset, context, ways)
      learn(state, offset, context, { y, expected, ways })
    },
  }
}

function start(state: Float64Array, offset: number): void {
  state.fill(0, offset, offset + stateLength)
}

function expectation(state: Float64Array, offset: number, context: CountContext, ways: Ways): Expectation {
  const scale = context.exposure * context.weekFactor
  const phi = dispersion(state, offset, context, ways)
  const gathered = gatheredIn(state, offset, phi)
  const cold = coldExpectation(context, boundMean(context.prior.rate * scale), gathered)
  const share = warmShare(gathered)
  return bounded(share > 0 ? blend(cold, warmExpectation(state, offset, context, { scale, phi }), share) : cold)
}

function gatheredIn(state: Float64Array, offset: number, phi: number): Gathered {
  return { expected: state[offset + at.expected], counted: state[offset + at.counted], phi }
}

function warmExpectation(
  state: Float64Array,
  offset: number,
  context: CountContext,
  { scale, phi }: { scale: number; phi: number },
): Expectation {
  if (context.seasonKnown === false) {
    solved.linear = state[offset + at.xi] / state[offset + at.omega]
    solved.quadratic = 1 / state[offset + at.omega]
  } else {
    setBasis(context.yearPhase)
    solve(state, offset + at.omega, offset + at.xi, basis, solved)
  }
  const mean = boundMean(exp(boundLnRate(solved.linear)) * scale)
  return { mean, variance: phi * mean + mean * mean * Math.min(phi * solved.quadratic, 1) }
}

function setBasis(yearPhase: number): void {
  if (yearPhase === basisPhase) return
  basisPhase = yearPhase
  basis[0] = 1
  basis[1] = cos2pi(yearPhase)
  basis[2] = sin2pi(yearPhase)
}

function boundLnRate(lnRate: number): number {
  return Math.min(Math.max(lnRate, -lnRateMax), lnRateMax)
}

function bounded({ mean, variance }: Expectation): Expectation {
  const bound = boundMean(mean)
  return { mean: bound, variance: Math.max(variance, bound) }
}

/** phi: the discounted mean of squared Pearson residuals, >= 1. */
function dispersion(state: Float64Array, offset: number, context: CountContext, ways: Ways): number {
  const { phiPriorTicks, phiPriorEvents } = ways.memoryOf(context.tickDays)
  const { rate, shape } = context.prior
  const mean = boundMean(
    (rate * context.exposure * (shape + state[offset + at.counted])) / (shape + state[offset + at.expected]),
  )
  const calmTicks = phiPriorTicks + phiPriorEvents / mean
  return Math.max(1, (state[offset + at.squares] + calmTicks) / (state[offset + at.weight] + calmTicks))
}

function learn(
  state: Float64Array,
  offset: number,
  context: CountContext,
  { y, expected, ways }: { y: number; expected: Expectation; ways: Ways },
): void {
  const { keep, keepSquares } = ways.keepOf(context.tickDays)
  const phi = dispersion(state, offset, context, ways)
  const gathered = gatheredIn(state, offset, phi)
  const isYoung = ways.isTaughtPosterior && warmShare(gathered) < 1
  const spread = isYoung ? expected.variance / expected.mean : phi
  const calm = winsorise(y, expected.mean, spread)
  const priorMean = boundMean(context.prior.rate * context.exposure * context.weekFactor)
  const mean = isYoung ? coldPosterior(context, priorMean, gathered, calm) : expected.mean
  learnRates(state, offset, context, {
    mean,
    weight: mean * baselineWeight(y, expected.mean, spread),
    residual: isYoung ? 0 : workingResidual(y, mean, calmMax(mean, phi)),
    keep,
  })
  const square = (phi * (calm - expected.mean) * (calm - expected.mean)) / expected.variance
  state[offset + at.squares] = keepSquares * state[offset + at.squares] + Math.min(square, squareMax)
  state[offset + at.weight] = keepSquares * state[offset + at.weight] + 1
  state[offset + at.expected] = keep * state[offset + at.expected] + priorMean
  state[offset + at.counted] = keep * state[offset + at.counted] + calm
  const step = { mean: expected.mean, size: sizeOf(expected), rateRatio: cusumRateRatio }
  state[offset + at.cusum] = cusumNext(state[offset + at.cusum], y, step)
}

/** What one tick teaches the regression: mean, w mean and r; and what it forgets. */
type Lesson = { readonly mean: number; readonly weight: number; readonly residual: number; readonly keep: number }

/** The regression's own update: Omega and xi. */
function learnRates(
  state: Float64Array,
  offset: number,
  context: CountContext,
  { mean, weight, residual, keep }: Lesson,
): void {
  setBasis(context.yearPhase)
  const priorPull = omega0[0] * boundLnRate(ln(context.prior.rate))
  if (state[offset + at.omega] === 0) startRates(state, offset, priorPull)
  const eta = boundLnRate(ln(mean / (context.exposure * context.weekFactor)))
  const response = weight * (eta + residual)
  gather(state, offset + at.omega, { keep, prior: omega0, weight }, basis)
  const xi = offset + at.xi
  state[xi] = keep * state[xi] + (1 - keep) * priorPull + response
  state[xi + 1] = keep * state[xi + 1] + response * basis[1]
  state[xi + 2] = keep * state[xi + 2] + response * basis[2]
}

/**
 * (y - mean) / mean up to the calm limit; beyond it the excess counts by its logarithm. A young cell takes a step of the whole
 * residual: taken straight, six times the mean would raise it to e^3 times.
 */
function workingResidual(y: number, mean: number, calm: number): number {
  if (y <= calm) return y / mean - 1
  return Math.min(Math.max(workingResidualMax, calm / mean - 1), calm / mean - 1 + ln(y / calm))
}

function startRates(state: Float64Array, offset: number, priorPull: number): void {
  state.fill(0, offset + at.omega, offset + at.omega + informationLength)
  state[offset + at.omega] = omega0[0]
  state[offset + at.omega + 3] = omega0[1]
  state[offset + at.omega + 5] = omega0[2]
  state[offset + at.xi] = priorPull
}

/** The CUSUM of a cell, >= 0: compare it with the limit calibrated for the cell's class. */
export function cusumOf(state: Float64Array, offset: number): number {
  return state[offset + at.cusum]
}

/** Sets a cell's CUSUM back to 0, as after each of its alarms. */
export function resetCusum(state: Float64Array, offset: number): void {
  state[offset + at.cusum] = 0
}
