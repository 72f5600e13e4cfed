/**
 * What a group of event types brings of the events of a cell: the cell's expected count, times the group's share. The share is learnt as
 * empirical Bayes against the one that the group has among the cell's like (Clayton & Kaldor 1987), so season, trend and level come from the
 * cell, which has events enough to show them.
 *
 *     prior = share * mean of the cell       E <- l E + prior       Y <- l Y + y, cut where it is no longer believed
 *     mean = prior (2 + Y) / (2 + E)         variance = phi mean + mean^2 (1 / (2 + Y) + (V - M) / M^2)
 *
 * M and V: of the cell. phi: dispersion of the group, found from squared residuals as in recursion.ts.
 */
import { exp, ln } from '../math.ts'
import { winsorise } from './anscombe.ts'
import { boundMean, checkCount, checkPositive, type Expectation } from './detector.ts'

/** Doubles that a group takes in the state array: E, Y, squares and their weight. */
export const shareLength = 4
const at = { expected: 0, counted: 1, squares: 2, weight: 3 } as const

/** Gamma shape of a cell's share beside that of its like: it may well be half or twice as much. */
const shape = 2
const phiPriorTicks = 5
const squareMax = 100
const lnKeepWeekly = ln(0.985)
const lnKeepSquaresWeekly = ln(0.97)

/** Of the tick: what the cell should bring, and the group's share of that, > 0. */
export type Whole = { readonly cell: Expectation; readonly share: number }

/** What a tick's evidence is worth after one tick of so many days. */
export type Keep = { readonly counts: number; readonly squares: number }
export const keepOf = (tickDays: number): Keep => ({
  counts: exp((lnKeepWeekly * tickDays) / 7),
  squares: exp((lnKeepSquaresWeekly * tickDays) / 7),
})

/** Sets a group that had no event so far, though `expected` of them, >= 0, should have come. */
export function startShare(state: Float64Array, offset: number, expected: number): void {
  state.fill(0, offset, offset + shareLength)
  state[offset + at.expected] = expected
}

/** What the tick should bring of the group. Reads the state only. RangeError if the cell's mean or the share is out of range. */
export function expectShare(state: Float64Array, offset: number, whole: Whole): Expectation {
  const found = { mean: 0, variance: 0 }
  setExpectedShare(state, offset, whole, found)
  return found
}

/** The same into an object that is there. */
export function setExpectedShare(
  state: Float64Array,
  offset: number,
  { cell, share }: Whole,
  found: { mean: number; variance: number },
): void {
  checkPositive('share', share)
  checkPositive('mean', cell.mean)
  const size = shape + state[offset + at.counted]
  const mean = boundMean((share * cell.mean * size) / (shape + state[offset + at.expected]))
  const spread = 1 / size + (cell.variance - cell.mean) / (cell.mean * cell.mean)
  found.mean = mean
  found.variance = dispersion(state, offset) * mean + mean * mean * spread
}

/** Of the tick: the count of a group, and what was expected of it by the state as it is. */
export type ShareCount = { readonly y: number; readonly expected: Expectation; readonly keep: Keep }

/** Takes the tick's count of the group. RangeError, and the state untouched, if it is no whole number >= 0. */
export function learnShare(
  state: Float64Array,
  offset: number,
  { cell, share }: Whole,
  { y, expected, keep }: ShareCount,
): void {
  checkCount(y)
  const { mean, variance } = expected
  const phi = dispersion(state, offset)
  const calm = winsorise(y, mean, variance / mean)
  const square = (phi * (calm - mean) * (calm - mean)) / variance
  state[offset + at.squares] = keep.squares * state[offset + at.squares] + Math.min(square, squareMax)
  state[offset + at.weight] = keep.squares * state[offset + at.weight] + 1
  state[offset + at.expected] = keep.counts * state[offset + at.expected] + share * cell.mean
  state[offset + at.counted] = keep.counts * state[offset + at.counted] + calm
}

/** phi: the discounted mean of squared Pearson residuals, >= 1; at first as if five ticks had shown none. */
function dispersion(state: Float64Array, offset: number): number {
  return Math.max(1, (state[offset + at.squares] + phiPriorTicks) / (state[offset + at.weight] + phiPriorTicks))
}
