/** Columns of one closed tick, cell by cell, in the numbering of its edition of the profile. */
import { f32, i32, u8 } from '../columns.ts'
import type { Numbering } from '../numbering.ts'
import type { Row } from '../store.ts'
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

export function columnsBetween(model: Model, from: number, to: number): TickColumns[] {
  return model.store
    .all('SELECT * FROM tick WHERE tick BETWEEN ? AND ? AND levels IS NOT NULL ORDER BY tick', from, to)
    .map((row) => columnsOf(model, row))
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
