/** Rows parted by time: no row is judged by what its neighbours in time have learnt. */
import { type Dataset, sliceOf } from '../../models/learn/dataset.ts'
import { firstAbove } from '../../models/search.ts'
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
  return sliceOf(data, firstAbove(data.ticks, from - 1), firstAbove(data.ticks, to))
}

/** The tick with which the latest share of the rows begins. @param data one row or more */
export function latestFrom({ ticks }: Dataset, share: number): number {
  return ticks[Math.min(ticks.length - 1, Math.floor(ticks.length * (1 - share)))]
}
