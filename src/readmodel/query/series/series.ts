/** What was judged of one cell, over time: a count with the band of what is usual, or the level of risk with its own. */
import { seriesTicksMax } from '../../../limits.ts'
import { textIn } from '../../values.ts'
import { storedWarning } from '../../warningRecord.ts'
import { closedTicks, type Model, type When } from '../ask.ts'
import { countPoints } from './countPoints.ts'
import { movedOf, riskPoints } from './riskPoints.ts'
import type { Series, Stream } from './types.ts'

const ticksShown = 90

/** `from` and `to`: ticks, both in it; without them the last 90 closed ones. */
export function seriesOf(
  model: Model,
  stream: Stream,
  when: When,
  { from, to }: { from?: number | undefined; to?: number | undefined },
): Series {
  const last = Math.min(to ?? Number.POSITIVE_INFINITY, when.shown ?? closedTicks(model)?.last ?? -1)
  const span = { first: Math.max(from ?? last - ticksShown + 1, last - seriesTicksMax + 1), last }
  const isRisk = stream.statistic === 'risk'
  return {
    ...stream,
    group: stream.group ?? null,
    points: isRisk ? riskPoints(model, stream, span) : countPoints(model, stream, when, span),
    moved: isRisk ? movedOf(model, stream, span) : [],
    changes: changesOf(model, stream, when, span.first),
  }
}

function changesOf(
  { store }: Model,
  { statistic, axis, region, industry }: Stream,
  { tick }: When,
  from: number,
): Series['changes'] {
  return store
    .all(
      `SELECT id, record FROM warning_change
       WHERE axis = ? AND region = ? AND industry = ? AND statistic = ? AND tick BETWEEN ? AND ? ORDER BY seq`,
      ...[axis, region, industry, statistic, from, tick ?? Number.MAX_SAFE_INTEGER],
    )
    .map((row) => {
      const { id, tickLabel, level, change, early } = storedWarning(textIn(row, 'record'))
      return { tick: tickLabel, warning: id, level, change, early }
    })
}
