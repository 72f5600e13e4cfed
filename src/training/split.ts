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

/** The tick with which the latest share of the rows begins. @param data one row or more */
export function latestFrom({ ticks }: Dataset, share: number): number {
  return ticks[Math.min(ticks.length - 1, Math.floor(ticks.length * (1 - share)))]
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
