/**
 * A panel: many series of counts over the same ticks, and the outbreaks that somebody knows to lie in them. What a backtest judges, whether
 * it comes from a file or from the archive of a log.
 */
import type { Calendar } from '../../streams/calendar.ts'

export type PanelCell = {
  readonly name: string
  readonly region: string
  /** Cells that share a prior, and those that share a limit. */
  readonly group: string
  readonly axis: string
  /** By tick of the panel; 0 where nothing is known. */
  readonly counts: Float64Array
  /** 1 where the count is known. Others are neither judged nor learnt. */
  readonly known: Uint8Array
  /** Size of the cell, > 0; absent where it is 1. */
  readonly exposure?: Float64Array
  /** 0 where too few enterprises stand behind a count; absent where nobody knows. */
  readonly mayCall?: Uint8Array
}

export type PanelOutbreak = {
  readonly name: string
  readonly kind: string
  /** First and last tick, of the panel. */
  readonly from: number
  readonly to: number
  /** Cells in which a call finds it, and those that it is in itself. */
  readonly near: ReadonlySet<number>
  readonly own: ReadonlySet<number>
}

export type Panel = {
  readonly calendar: Calendar
  /** The tick of the calendar that is tick 0 of the panel. */
  readonly firstTick: number
  readonly ticks: number
  readonly cells: readonly PanelCell[]
  readonly outbreaks: readonly PanelOutbreak[]
}

export function daysOf({ tickMs }: Calendar): number {
  return tickMs / 86_400_000
}
