/** Folds in order of time: the latest slices of the rows, each judged by what lies before it, as a model will be used. */
import type { Dataset } from './dataset.ts'

/** Rows from `from` to `to` (exclusive) are judged by a fit on the first `trainTo` rows. */
export type Fold = { trainTo: number; from: number; to: number }

/** Of which size slices are, and how far labels reach. */
export type FoldSetting = {
  /** Of the rows, above 0 and at most .5: a fold's slice. */
  share: number
  /** Rows of so many ticks before a slice are not learnt from: their labels reach into it. */
  gapTicks: number
}

export const foldShareDefault = 0.2
const foldsMax = 3
const rounding = 1e-9 // 1 - 3 x .2 is a little less than .4

/**
 * At most three slices, the earliest first and the last one up to the newest row, cut between ticks. A slice before the last one is left
 * out when its fit would be on less than half of the rows: too unlike the fit on all of them to speak for it. So is one whose earlier rows
 * lack a label, or that another has swallowed because a tick is large; there can be none.
 */
export function timeFolds(
  { labels, ticks }: Pick<Dataset, 'labels' | 'ticks'>,
  { share, gapTicks }: FoldSetting,
): Fold[] {
  const rows = labels.length
  const sliceAt = (back: number): number =>
    firstOfTick(ticks, Math.max(0, Math.floor(rows * (1 - back * share) + rounding)))
  const folds: Fold[] = []
  for (let back = foldsMax; back > 0; back--) {
    const [from, to] = [sliceAt(back), sliceAt(back - 1)]
    let trainTo = from
    while (trainTo > 0 && ticks[trainTo - 1] >= ticks[from] - gapTicks) trainTo--
    const learnt = labels.subarray(0, trainTo)
    const isAlike = back === 1 || 2 * trainTo >= rows
    if (from < to && isAlike && learnt.includes(0) && learnt.includes(1)) folds.push({ trainTo, from, to })
  }
  return folds
}

/** The first row of the tick that row `at` is of; the number of rows behind the last one. */
export function firstOfTick(ticks: Int32Array, at: number): number {
  let first = at
  while (first > 0 && first < ticks.length && ticks[first - 1] === ticks[first]) first--
  return first
}
