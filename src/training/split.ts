/** Rows parted by time: no row is judged by what its neighbours in time have learnt. */
import { type Dataset, sliceOf } from '../../models/learn/dataset.ts'
import type { Profile } from '../../streams/profile.ts'
import { dayMs } from '../limits.ts'

/** Ticks after a row in which its label comes about and becomes known. */
export function gapTicksOf({ calendar, file: { label } }: Profile): number {
  if (label.kind === 'none') return 0
  const days = label.kind === 'outcome-within' ? label.days : calendar.tickMs / dayMs
  return Math.ceil(((days + label.delayDays) * dayMs) / calendar.tickMs)
}

/** Rows of ticks `from` to `to`, both included. */
export function within(data: Dataset, from: number, to: number): Dataset {
  return sliceOf(data, firstAt(data, from), firstAt(data, to + 1))
}

/** The latest share of the rows, from the beginning of a tick on, and all rows whose labels were known by then. */
export function splitByTime(data: Dataset, share: number, gapTicks: number): { fit: Dataset; validation: Dataset } {
  const rows = data.labels.length
  const from = data.ticks[Math.min(rows - 1, Math.floor(rows * (1 - share)))]
  const fit = sliceOf(data, 0, firstAt(data, from - gapTicks))
  if (fit.labels.length === 0)
    throw new Error(
      `rows: none is left to learn from: the latest ${Math.round(share * 100)} % calibrate, and the ${gapTicks} ticks before them have labels that reach into these; widen the window`,
    )
  return { fit, validation: sliceOf(data, firstAt(data, from), rows) }
}

function firstAt({ ticks }: Dataset, tick: number): number {
  let [low, high] = [0, ticks.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (ticks[middle] < tick) low = middle + 1
    else high = middle
  }
  return low
}
