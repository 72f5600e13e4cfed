/** Columns of one closed tick, cell by cell, in the numbering of its edition of the profile. */
import { observedKept } from '../../limits.ts'
import { f32, i32, u8 } from '../columns.ts'
import type { Numbering } from '../numbering.ts'
import type { Row, Store } from '../store.ts'
import { numberIn, textIn } from '../values.ts'
import type { Model } from './ask.ts'

export type TickColumns = {
  tick: number
  label: string
  numbering: Numbering
  observed: Int32Array
  levels: Uint8Array
  /** NaN where the log says nothing of the expectation; undefined where it says nothing of the tick. */
  expected: Float32Array | undefined
  variance: Float32Array | undefined
}

export function tickColumns(model: Model, tick: number): TickColumns | undefined {
  const row = model.store.get('SELECT * FROM tick WHERE tick = ? AND levels IS NOT NULL', tick)
  return row === undefined ? undefined : columnsOf(model, row)
}

export type Observed = { tick: number; observed: Int32Array }

/** What a closed tick counted never changes, so its column stands as long as its store. */
const kept = new WeakMap<Store, Map<number, Int32Array>>()

/** What each cell counted in the closed ticks of a window, oldest first. */
export function observedBetween({ store }: Model, { first, last }: { first: number; last: number }): Observed[] {
  const columns = kept.get(store) ?? new Map<number, Int32Array>()
  kept.set(store, columns)
  return store
    .all('SELECT tick FROM tick WHERE tick BETWEEN ? AND ? AND levels IS NOT NULL ORDER BY tick', first, last)
    .map((row) => {
      const tick = numberIn(row, 'tick')
      const observed = columns.get(tick) ?? i32(store.get('SELECT observed FROM tick WHERE tick = ?', tick)?.observed)
      columns.delete(tick)
      columns.set(tick, observed) // the latest used is the last to go
      const [longest] = columns.keys()
      if (columns.size > observedKept) columns.delete(longest)
      return { tick, observed }
    })
}

function columnsOf({ editions }: Model, row: Row): TickColumns {
  const tick = numberIn(row, 'tick')
  return {
    tick,
    label: textIn(row, 'label'),
    numbering: editions.at(tick),
    observed: i32(row.observed),
    levels: u8(row.levels),
    expected: row.expected === null ? undefined : f32(row.expected),
    variance: row.variance === null ? undefined : f32(row.variance),
  }
}

/** One cell in one closed tick. */
export type CellTick = {
  tick: number
  label: string
  numbering: Numbering
  /** Undefined where it is not judged in that tick. */
  cell: number | undefined
  observed: number
  expected: { mean: number; variance: number } | null
}

/** One cell over time, oldest first: of each column only its own bytes are read. */
export function cellTicks(
  { store, editions }: Model,
  { region, industry }: { region: string; industry: string },
  { first, last }: { first: number; last: number },
): CellTick[] {
  return editions.spans(first, last).flatMap(({ numbering, from, to }) => {
    const cell = cellOf(numbering, region, industry)
    const at = cell ?? 0
    return store
      .all(
        `SELECT tick, label, substr(observed, ?1, 4) AS observed, substr(expected, ?1, 4) AS expected, substr(variance, ?1, 4) AS variance
         FROM tick WHERE tick BETWEEN ?2 AND ?3 AND levels IS NOT NULL ORDER BY tick`,
        ...[4 * at + 1, from, to],
      )
      .map((row): CellTick => {
        const named = { tick: numberIn(row, 'tick'), label: textIn(row, 'label'), numbering, cell }
        if (cell === undefined) return { ...named, observed: 0, expected: null }
        const [mean, spread] = [row.expected, row.variance].map((one) => (one === null ? Number.NaN : f32(one)[0]))
        return {
          ...named,
          observed: i32(row.observed)[0],
          expected: mean > 0 && !Number.isNaN(spread) ? { mean, variance: Math.max(mean, spread) } : null,
        }
      })
  })
}

/** The cell of two codes; undefined where it is not judged in that tick. */
export function cellOf({ profile, grid }: Numbering, region: string, industry: string): number | undefined {
  return profile.regions.has(region) && profile.industries.has(industry)
    ? grid.cellOf(profile.regions.find(region), profile.industries.find(industry))
    : undefined
}

/** What was expected of a cell; null where the log does not say. */
export function expectedAt(
  { expected, variance }: TickColumns,
  cell: number,
): { mean: number; variance: number } | null {
  const [mean, spread] = [expected?.[cell], variance?.[cell]]
  return mean === undefined || spread === undefined || Number.isNaN(mean) || !(mean > 0)
    ? null
    : { mean, variance: Math.max(mean, spread) }
}
