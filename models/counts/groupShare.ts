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
export function expectShare(state: Float64Array, offset: number, { cell, share }: Whole): Expectation {
  checkPositive('share', share)
  checkPositive('mean', cell.mean)
  const mean = meanOf(state, offset, share * cell.mean)
  return { mean, variance: varianceOf(state, offset, mean, spreadOf(cell.mean, cell.variance)) }
}

/** (V - M) / M^2: what a cell's expectation adds to the spread of each of its groups. */
export function spreadOf(mean: number, variance: number): number {
  return (variance - mean) / (mean * mean)
}

/** What is done about a stream of a tick: nothing, since it is no group; it is told what to expect; it learns its count as well. */
export const shareSteps = { none: 0, expect: 1, learn: 2 } as const

/**
 * Groups of many cells in one tick, in columns: what is done, where the state of each begins, M and (V - M) / M^2 of its cell, its share of that,
 * and the count that it learns. `means` and `variances` are set to what the tick should bring of it; those of no group stay.
 */
export type ShareColumns = {
  readonly steps: Uint8Array
  readonly offsets: Int32Array
  readonly cellMeans: Float64Array
  readonly spreads: Float64Array
  readonly shares: Float64Array
  readonly learnt: Float64Array
  readonly means: Float64Array
  readonly variances: Float64Array
}

export function shareColumns(length: number): ShareColumns {
  const column = (): Float64Array => new Float64Array(length)
  const numbers = { cellMeans: column(), spreads: column(), shares: column(), learnt: column() }
  const found = { means: column(), variances: column() }
  return { steps: new Uint8Array(length), offsets: new Int32Array(length), ...numbers, ...found }
}

/**
 * Takes the first `length` rows: what each should bring by its state as it is, then its count into the state. RangeError if a mean or a share is out of
 * range, or a count is no whole number >= 0; the states of rows before that one have learnt then.
 */
export function learnShares(state: Float64Array, columns: ShareColumns, length: number, keep: Keep): void {
  const { steps, offsets, cellMeans, spreads, shares, learnt, means, variances } = columns
  const { counts: keepCounts, squares: keepSquares } = keep
  for (let row = 0; row < length; row++) {
    if (steps[row] === shareSteps.none) continue
    const offset = offsets[row]
    checkPositive('share', shares[row])
    checkPositive('mean', cellMeans[row])
    const prior = shares[row] * cellMeans[row]
    const mean = meanOf(state, offset, prior)
    const variance = varianceOf(state, offset, mean, spreads[row])
    means[row] = mean
    variances[row] = variance
    if (steps[row] === shareSteps.expect) continue
    const y = learnt[row]
    checkCount(y)
    const calm = winsorise(y, mean, variance / mean)
    const square = (dispersion(state, offset) * (calm - mean) * (calm - mean)) / variance
    state[offset + at.squares] = keepSquares * state[offset + at.squares] + Math.min(square, squareMax)
    state[offset + at.weight] = keepSquares * state[offset + at.weight] + 1
    state[offset + at.expected] = keepCounts * state[offset + at.expected] + prior
    state[offset + at.counted] = keepCounts * state[offset + at.counted] + calm
  }
}

const sizeOf = (state: Float64Array, offset: number): number => shape + state[offset + at.counted]

/** `prior`: what its like would bring of as large a cell. */
function meanOf(state: Float64Array, offset: number, prior: number): number {
  return boundMean((prior * sizeOf(state, offset)) / (shape + state[offset + at.expected]))
}

/** `spread`: what the cell adds. */
function varianceOf(state: Float64Array, offset: number, mean: number, spread: number): number {
  return dispersion(state, offset) * mean + mean * mean * (1 / sizeOf(state, offset) + spread)
}

/** phi: the discounted mean of squared Pearson residuals, >= 1; at first as if five ticks had shown none. */
function dispersion(state: Float64Array, offset: number): number {
  return Math.max(1, (state[offset + at.squares] + phiPriorTicks) / (state[offset + at.weight] + phiPriorTicks))
}
