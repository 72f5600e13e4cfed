/** The level of risk of one cell over time: A with the band of what was expected of it, the share at the same grades, and what moved. */
import { z } from 'zod'
import { MovedFeature } from '../../../../streams/warnings.ts'
import { f32, u32 } from '../../columns.ts'
import { roundedOrNull } from '../../rounded.ts'
import type { Row } from '../../store.ts'
import { numberIn, textIn } from '../../values.ts'
import type { Model } from '../ask.ts'
import { cellTicks } from '../tickColumns.ts'
import { indexIn } from './sorted.ts'
import { streamLevels } from './streamLevels.ts'
import type { RiskPoint, Series, SeriesPoint, Span, Stream } from './types.ts'

/** 95 % of a normal distribution. */
const halfWidth = 1.96
const digits = 4
const moved = z.array(MovedFeature)

type Stood = { level: number; mean: number; variance: number; risk: RiskPoint }

/** A tick in which the cell was not judged, because too few of its enterprises have a score, has no values. */
export function riskPoints(model: Model, stream: Stream, span: Span): SeriesPoint[] {
  const found = stoodIn(model, stream, span)
  const levelAt = streamLevels(model, stream)
  return cellTicks(model, stream, span).map(({ tick, label }): SeriesPoint => {
    const { level, mean, variance, risk } = found.get(tick) ?? {}
    const half = variance === undefined ? Number.NaN : halfWidth * Math.sqrt(variance)
    return {
      tick: label,
      observed: roundedOrNull(level, digits),
      expected: roundedOrNull(mean, digits),
      low: roundedOrNull(mean === undefined ? undefined : mean - half, digits),
      high: roundedOrNull(mean === undefined ? undefined : mean + half, digits),
      red: null,
      level: levelAt(tick),
      risk: risk ?? null,
    }
  })
}

function stoodIn(
  { store, editions }: Model,
  { region, industry }: Pick<Stream, 'region' | 'industry'>,
  { first, last }: Span,
): Map<number, Stood> {
  const found = new Map<number, Stood>()
  for (const row of store.all('SELECT tick, keys, columns FROM tick_risk WHERE tick BETWEEN ? AND ?', first, last)) {
    const tick = numberIn(row, 'tick')
    const { profile, keys } = editions.at(tick)
    const stood = stoodOf(row, keys.cell(profile.regions.find(region), profile.industries.find(industry)))
    if (stood !== undefined) found.set(tick, stood)
  }
  return found
}

/** The columns of a page: mean and variance of what was expected of A, then n, A, B, R, E and se. */
function stoodOf(row: Row, node: number): Stood | undefined {
  const keys = u32(row.keys)
  const at = indexIn(keys, node)
  if (at === undefined) return undefined
  const columns = f32(row.columns)
  const column = (which: number): number => columns[which * keys.length + at]
  const value = (which: number): number => roundedOrNull(column(which), digits) ?? 0
  return {
    mean: column(0),
    variance: column(1),
    level: column(3),
    risk: {
      enterprises: value(2),
      atSameGrades: value(4),
      risky: value(5),
      expectedRisky: value(6),
      standardError: value(7),
    },
  }
}

/** What moved in the cell, in the ticks in which the tasks told it. */
export function movedOf(
  { store, editions }: Model,
  { region, industry }: Pick<Stream, 'region' | 'industry'>,
  { first, last }: Span,
): Series['moved'] {
  return store
    .all(
      'SELECT tick, features FROM moved WHERE region = ? AND industry = ? AND tick BETWEEN ? AND ? ORDER BY tick',
      ...[region, industry, first, last],
    )
    .map((row) => ({
      tick: editions.profile.calendar.label(numberIn(row, 'tick')),
      features: moved.parse(JSON.parse(textIn(row, 'features'))),
    }))
}
