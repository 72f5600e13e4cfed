/**
 * The port of the count detectors: what a cell's count should be, and how surprising the count is that came.
 *
 * A cell's state is `stateLength` numbers at an offset of a shared Float64Array, so that tens of thousands of cells are one
 * array, copied and stored as bytes. A detector is pure: the same state, context and count give the same bytes.
 */
import { negativeBinomialTail } from '../math.ts'

export type CountContext = {
  /** The tick in which the count falls: a whole number. */
  readonly tick: number
  /** Place in the year, 0..1. */
  readonly yearPhase: number
  /** Pooled index of the weekday or hour, > 0, mean 1 (weekday.ts). */
  readonly weekFactor: number
  /** Size of the cell, > 0; 1 when unknown. */
  readonly exposure: number
  readonly prior: CountPrior
  /** Whether a whole year has been seen: before that a season cannot be told from a trend, and is held at zero. Default true. */
  readonly seasonKnown?: boolean
  /** Length of a tick in days, > 0: 1/24, 1 or 7. */
  readonly tickDays: number
}

/** What the parent and the siblings say about a cell that has no history of its own (prior.ts). */
export type CountPrior = {
  /** Expected count a tick per exposure, > 0. */
  readonly rate: number
  /** Gamma shape, > 0: how alike the siblings are. */
  readonly shape: number
}

/** The distribution of the next count: negative binomial, Poisson where variance = mean. mean > 0, variance >= mean. */
export type Expectation = { readonly mean: number; readonly variance: number }

/** p = P(Y >= y) under the expectation; rateRatio = y / mean. */
export type Judgement = { readonly p: number; readonly rateRatio: number }

export interface CountDetector {
  readonly name: string
  /** Numbers a cell takes in the state array. */
  readonly stateLength: number
  /** Sets a cell that has seen nothing yet. */
  start(state: Float64Array, offset: number): void
  /** What the context's tick should bring. Reads the state only. RangeError for a context that is out of range. */
  expect(state: Float64Array, offset: number, context: CountContext): Expectation
  /**
   * Takes the tick's count y into the state. `expected`: what `expect` says of the same state and context, where that is at hand: it is not
   * worked out again then. RangeError, and the state untouched, if y or the context is out of range.
   */
  learn(state: Float64Array, offset: number, context: CountContext, y: number, expected?: Expectation): void
}

const meanMin = 1e-9
const meanMax = 1e9

/** Keeps an expected count inside 1e-9..1e9, where all later arithmetic is finite. */
export function boundMean(mean: number): number {
  return Math.min(Math.max(mean, meanMin), meanMax)
}

/** Throws a RangeError unless y is a whole number >= 0. */
export function checkCount(y: number): void {
  if (!(Number.isSafeInteger(y) && y >= 0)) throw new RangeError(`count must be a whole number >= 0, not ${y}`)
}

/** Throws a RangeError that names the first part of the context that is out of range. */
export function checkContext(context: CountContext): void {
  if (!Number.isSafeInteger(context.tick)) throw new RangeError(`tick must be a whole number, not ${context.tick}`)
  if (!(context.yearPhase >= 0 && context.yearPhase <= 1)) {
    throw new RangeError(`yearPhase must lie in 0..1, not ${context.yearPhase}`)
  }
  checkPositive('weekFactor', context.weekFactor)
  checkPositive('exposure', context.exposure)
  checkPositive('prior.rate', context.prior.rate)
  checkPositive('prior.shape', context.prior.shape)
  checkPositive('tickDays', context.tickDays)
}

/** Throws a RangeError unless the value is finite and > 0. */
export function checkPositive(what: string, value: number): void {
  if (!(value > 0 && value < Number.POSITIVE_INFINITY))
    throw new RangeError(`${what} must be > 0 and finite, not ${value}`)
}

/** Negative binomial size of an expectation: mean^2 / (variance - mean); Infinity where it is Poisson. */
export function sizeOf({ mean, variance }: Expectation): number {
  return sizeBy(mean, variance)
}

/** The same by the two numbers. */
export function sizeBy(mean: number, variance: number): number {
  const excess = variance - mean
  return excess > 0 ? (mean * mean) / excess : Number.POSITIVE_INFINITY
}

/**
 * How surprising y is. Exact to about 1e-12 relative, down to p = 1e-300.
 * judge({ mean: 2, variance: 2 }, 10) is { p: 0.0000465, rateRatio: 5 }.
 */
export function judge(expectation: Expectation, y: number): Judgement {
  checkCount(y)
  checkExpectation(expectation)
  return { p: tail(expectation, y), rateRatio: y / expectation.mean }
}

function tail(expectation: Expectation, y: number): number {
  return negativeBinomialTail(y, expectation.mean, sizeOf(expectation))
}

function checkExpectation(expectation: Expectation): void {
  checkPositive('mean', expectation.mean)
  if (!(expectation.variance >= expectation.mean && expectation.variance < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`variance must be >= the mean (${expectation.mean}) and finite, not ${expectation.variance}`)
  }
}
