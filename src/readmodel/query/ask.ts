/** What every question needs: the tables, the editions of the profile, and of which tick it is asked. */
import { ForewarnError } from '../../errors.ts'
import type { Editions } from '../editions.ts'
import { never } from '../schema.ts'
import type { Store } from '../store.ts'
import { numberIn, textIn } from '../values.ts'

export type Model = { readonly store: Store; readonly editions: Editions }

/** `tick`: what was known at its end; undefined: what is known now. `shown`: the closed tick whose columns are shown, if there is one. */
export type When = { tick: number | undefined; shown: number | undefined }

export type ClosedTicks = { first: number; last: number }

export function closedTicks({ store }: Model): ClosedTicks | undefined {
  const row = store.get('SELECT min(tick) AS first, max(tick) AS last FROM tick WHERE levels IS NOT NULL')
  return row === undefined || row.first === null
    ? undefined
    : { first: numberIn(row, 'first'), last: numberIn(row, 'last') }
}

/** @throws ForewarnError FW_AS_OF for a tick that is not closed, or before the first. */
export function whenOf(model: Model, asOf: string | undefined): When {
  const closed = closedTicks(model)
  if (asOf === undefined) return { tick: undefined, shown: closed?.last }
  const { calendar } = model.editions.profile
  const tick = calendar.parse(asOf)
  if (tick === undefined || closed === undefined || tick < closed.first || tick > closed.last)
    throw new ForewarnError('FW_AS_OF', [
      asOf,
      closed === undefined ? 'none' : `${calendar.label(closed.first)} to ${calendar.label(closed.last)}`,
    ])
  return { tick, shown: tick }
}

/** A closed tick by its label. @throws ForewarnError FW_TICK_UNKNOWN. */
export function closedTick({ store }: Model, label: string): number {
  const row = store.get('SELECT tick FROM tick WHERE label = ? AND levels IS NOT NULL', label)
  if (row === undefined) throw new ForewarnError('FW_TICK_UNKNOWN', [label])
  return numberIn(row, 'tick')
}

/** Of changes of warnings those that hold: literal where the present is asked for, so that the indexes of the present serve. */
export function holds({ tick }: When): { sql: string; values: number[] } {
  return tick === undefined
    ? { sql: `next_tick = ${never}`, values: [] }
    : { sql: 'next_tick > ? AND tick <= ?', values: [tick, tick] }
}

/** Closed ticks of a window, oldest first, with their labels. */
export function ticksBetween({ store }: Model, from: number, to: number): { tick: number; label: string }[] {
  return store
    .all('SELECT tick, label FROM tick WHERE tick BETWEEN ? AND ? AND levels IS NOT NULL ORDER BY tick', from, to)
    .map((row) => ({ tick: numberIn(row, 'tick'), label: textIn(row, 'label') }))
}
