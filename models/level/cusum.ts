/**
 * A cumulative sum of standardised deviations: small rises, day after day, that no single day shows. One number a tick comes in, what is
 * usual of it is learnt beside the siblings.
 * Sources: Page (1954), "Continuous inspection schemes"; Siegmund (1985), "Sequential Analysis", for the run length.
 */
import { expm1 } from '../math.ts'
import { clippedMeansOfOthers, median, mediansOfOthers } from './siblings.ts'

/** What a tick must bring beyond its usual deviation to count, in standard deviations. */
export const allowance = 0.35
/** One tick says no more than this. */
const surpriseMax = 4
const keepVariance = 0.95
/** A deviation teaches the variance no more than this many standard deviations. */
const taughtMax = 3
/** Median of the square of a standard normal value. */
const medianOfSquares = 0.454936
const overshoot = 1.166
const limitMax = 1_000

/** `variance` 0: nothing is known of it yet. */
export type Cusum = { readonly variance: number; readonly sum: number }
export const calmCusum: Cusum = { variance: 0, sum: 0 }

/** Change of a cell's level in a tick, and how many enterprises it stands on, > 0. */
export type Change = { readonly value: number; readonly n: number }

/** `own`: the change less that of the siblings; `deviation`: the usual standard deviation of that, 0 as long as it is not known. */
export type CusumStep = Cusum & { readonly own: number; readonly deviation: number }

/**
 * One tick of cells that are siblings, at least two. `counts`: whether deviations are summed, or only taught (while nothing is known of the
 * variance they are not). A change that all share changes nothing. Finite for finite changes.
 */
export function nextCusums(
  cells: readonly (Change & { readonly before: Cusum; readonly counts: boolean })[],
): CusumStep[] {
  const common = clippedMeansOfOthers(cells.map(({ value, n }) => ({ value, weight: n })))
  const own = cells.map(({ value }, at) => value - common[at])
  const deviations = own.map((value, at) => value * Math.sqrt(cells[at].n))
  const usual = mediansOfOthers(cells.map(({ before }) => before.variance))
  const first = median(deviations.map((value) => value * value)) / medianOfSquares
  return cells.map(({ before, counts }, at) => {
    const { variance, sum } = before
    const deviation = deviations[at]
    const scale = Math.sqrt(0.5 * variance + 0.5 * usual[at])
    const surprise = scale > 0 ? Math.min(deviation / scale, surpriseMax) : 0
    const taught = Math.min(Math.abs(deviation), taughtMax * Math.sqrt(variance))
    return {
      variance:
        variance > 0
          ? keepVariance * variance + (1 - keepVariance) * taught * taught
          : usual[at] > 0
            ? usual[at]
            : first,
      sum: counts && scale > 0 ? Math.max(0, sum + surprise - allowance) : sum,
      own: own[at],
      deviation: scale / Math.sqrt(cells[at].n),
    }
  })
}

/** Ticks between two false alarms of a sum that begins at 0 and calls at `limit`: (e^2kb - 1 - 2kb) / 2k^2, b = limit + 1.166. */
export function averageRunLength(limit: number, k = allowance): number {
  const x = 2 * k * (limit + overshoot)
  return (expm1(x) - x) / (2 * k * k)
}

/** The limit with an average run length, in ticks; 0 where any is longer. */
export function limitOf(runLength: number, k = allowance): number {
  if (!(runLength > averageRunLength(0, k))) return 0
  let [low, high] = [0, limitMax]
  for (let round = 0; round < 100 && low < high; round++) {
    const middle = (low + high) / 2
    if (middle === low || middle === high) break
    if (averageRunLength(middle, k) < runLength) low = middle
    else high = middle
  }
  return high
}
