/** One cell over time: what was observed, what was expected, and what would have been red. */
import { type Expectation, judge } from '../../../models/counts/detector.ts'
import { leastCount } from '../../../models/counts/leastCount.ts'
import { type Level, levels } from '../../../streams/outputs.ts'
import type { Axis } from '../../../streams/topics.ts'
import { seriesTicksMax } from '../../limits.ts'
import { numberIn, textIn } from '../values.ts'
import { countEvidence, storedWarning } from '../warningRecord.ts'
import { closedTicks, type Model, type When } from './ask.ts'
import { cellOf, columnsBetween, expectedAt } from './tickColumns.ts'

export type SeriesPoint = {
  tick: string
  observed: number
  expected: number | null
  low: number | null
  high: number | null
  red: number | null
  level: Level
}

export type Series = {
  statistic: string
  axis: Axis
  region: string
  industry: string
  points: SeriesPoint[]
  changes: { tick: string; warning: string; level: Level; change: string; early: boolean }[]
}

export type CellName = { axis: Axis; region: string; industry: string }

const ticksShown = 90
const outside = 0.025
/** Of a count that one tick alone makes look red. */
const redChance = 0.001

/** `from` and `to`: ticks, both in it; without them the last 90 closed ones. */
export function seriesOf(
  model: Model,
  cell: CellName,
  when: When,
  { from, to }: { from?: number | undefined; to?: number | undefined },
): Series {
  const closed = closedTicks(model)
  const last = Math.min(to ?? Number.POSITIVE_INFINITY, when.shown ?? closed?.last ?? -1)
  const first = Math.max(from ?? last - ticksShown + 1, last - seriesTicksMax + 1)
  const spoken = expectedByRecord(model, cell, when)
  const points = columnsBetween(model, first, last).map((columns): SeriesPoint => {
    const at = cellOf(columns.numbering, cell.region, cell.industry)
    const observed = at === undefined ? 0 : columns.observed[at]
    const level = at === undefined ? 'calm' : levels[columns.levels[at]]
    const expectation = (at === undefined ? null : expectedAt(columns, at)) ?? spoken.get(columns.tick) ?? null
    return {
      tick: columns.label,
      observed,
      level,
      ...bandOf(expectation, columns.numbering.profile.file.warnings.levels.red),
    }
  })
  return { statistic: 'count', ...cell, points, changes: changesOf(model, cell, when, first) }
}

/** Where the archive does not say what was expected, records of warnings do for the ticks in which they changed. */
function expectedByRecord(
  { store }: Model,
  { axis, region, industry }: CellName,
  { tick }: When,
): Map<number, Expectation> {
  const rows = store.all(
    "SELECT tick, record FROM warning_change WHERE axis = ? AND region = ? AND industry = ? AND statistic = 'count' AND tick <= ? AND change != 'amended' ORDER BY seq",
    ...[axis, region, industry, tick ?? Number.MAX_SAFE_INTEGER],
  )
  return new Map(
    rows.flatMap((row) => {
      const counted = countEvidence(storedWarning(textIn(row, 'record')))
      if (counted === undefined || counted.group !== undefined) return [] // of a group it is not all that was expected
      const { expected, variance } = counted
      return [[numberIn(row, 'tick'), { mean: expected, variance: Math.max(expected, variance) }] as const]
    }),
  )
}

function changesOf(
  { store }: Model,
  { axis, region, industry }: CellName,
  { tick }: When,
  from: number,
): Series['changes'] {
  return store
    .all(
      'SELECT id, record FROM warning_change WHERE axis = ? AND region = ? AND industry = ? AND tick BETWEEN ? AND ? ORDER BY seq',
      ...[axis, region, industry, from, tick ?? Number.MAX_SAFE_INTEGER],
    )
    .map((row) => {
      const { id, tickLabel, level, change, early } = storedWarning(textIn(row, 'record'))
      return { tick: tickLabel, warning: id, level, change, early }
    })
}

type Band = Pick<SeriesPoint, 'expected' | 'low' | 'high' | 'red'>

/** 95 % of the negative binomial, and the least count that is red by ratio and chance alone. */
export function bandOf(expectation: Expectation | null, red: { rateRatioMin: number }): Band {
  if (expectation === null) return { expected: null, low: null, high: null, red: null }
  return {
    expected: expectation.mean,
    low: lowOf(expectation),
    high: leastCount(expectation, { pMax: outside, rateRatioMin: 0 }) - 1,
    red: leastCount(expectation, { pMax: redChance, rateRatioMin: red.rateRatioMin }),
  }
}

/** The least count below which lie at most 2.5 %: the greatest y with P(Y >= y) >= 1 - 0.025. */
function lowOf(expectation: Expectation): number {
  let [low, high] = [0, Math.ceil(expectation.mean) + 1]
  while (high - low > 1) {
    const middle = low + Math.floor((high - low) / 2)
    if (judge(expectation, middle).p >= 1 - outside) low = middle
    else high = middle
  }
  return low
}
