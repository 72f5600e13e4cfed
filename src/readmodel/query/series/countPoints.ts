/** Counts of one cell over time, all events or those of a group: what was observed, what was expected, and what would have been red. */
import { type Expectation, judge } from '../../../../models/counts/detector.ts'
import { leastBetween } from '../../../../models/counts/leastBetween.ts'
import { leastCount } from '../../../../models/counts/leastCount.ts'
import { rounded } from '../../rounded.ts'
import { numberIn, textIn } from '../../values.ts'
import { countEvidence, storedWarning } from '../../warningRecord.ts'
import type { Model, When } from '../ask.ts'
import { type CellTick, cellTicks } from '../tickColumns.ts'
import { groupCounts } from './groupColumns.ts'
import { streamLevels } from './streamLevels.ts'
import type { SeriesPoint, Span, Stream } from './types.ts'

const outside = 0.025
/** Of a count that one tick alone makes look red. */
const redChance = 0.001

export function countPoints(model: Model, stream: Stream, when: When, span: Span): SeriesPoint[] {
  const { region, industry, group } = stream
  const spoken = spokenBy(model, stream, when)
  const levelAt = streamLevels(model, stream)
  const counts = group === undefined ? undefined : groupCounts(model, group, span)
  return cellTicks(model, { region, industry }, span).map((at): SeriesPoint => {
    const usual = group === undefined ? at.expected : spoken.ofGroup(at)
    return {
      tick: at.label,
      observed: counts === undefined ? at.observed : counts(at),
      level: levelAt(at.tick),
      ...bandOf(spoken.at(at.tick) ?? usual, at.numbering.profile.file.warnings.levels.red),
      risk: null,
    }
  })
}

type Spoken = {
  /** What the record of a tick says was expected. */
  at(tick: number): Expectation | undefined
  /** What all events were expected to be, times the share that the group had when it was judged nearest before, or first. */
  ofGroup(at: CellTick): Expectation | null
}

/**
 * The archive says what was expected of all events of a cell. Records of warnings say it of a group, for the ticks in which they changed, and
 * of all events where an archive of an earlier log does not.
 */
function spokenBy({ store }: Model, { axis, region, industry, group }: Stream, { tick }: When): Spoken {
  const rows = store.all(
    `SELECT tick, record FROM warning_change
     WHERE axis = ? AND region = ? AND industry = ? AND statistic = 'count' AND tick <= ? AND change != 'amended' ORDER BY seq`,
    ...[axis, region, industry, tick ?? Number.MAX_SAFE_INTEGER],
  )
  const byTick = new Map<number, Expectation>()
  const shares: { tick: number; share: number; spread: number }[] = []
  for (const row of rows) {
    const evidence = countEvidence(storedWarning(textIn(row, 'record')))
    if (evidence === undefined || evidence.group !== group) continue
    const { expected: mean, all } = evidence
    const variance = Math.max(mean, evidence.variance)
    byTick.set(numberIn(row, 'tick'), { mean, variance })
    if (all !== undefined && all.expected > 0)
      shares.push({
        tick: numberIn(row, 'tick'),
        share: mean / all.expected,
        spread: (variance - mean) / (mean * mean),
      })
  }
  return {
    at: (tick) => byTick.get(tick),
    ofGroup: ({ tick, expected }) => {
      const near = shares.findLast((one) => one.tick <= tick) ?? shares[0]
      if (near === undefined || expected === null) return null
      const mean = expected.mean * near.share
      return { mean, variance: mean + near.spread * mean * mean }
    },
  }
}

type Band = Pick<SeriesPoint, 'expected' | 'low' | 'high' | 'red'>

/** 95 % of the negative binomial, and the least count that is red by ratio and chance alone. */
export function bandOf(expectation: Expectation | null, red: { rateRatioMin: number }): Band {
  if (expectation === null) return { expected: null, low: null, high: null, red: null }
  return {
    expected: rounded(expectation.mean),
    low: lowOf(expectation),
    high: leastCount(expectation, { pMax: outside, rateRatioMin: 0 }) - 1,
    red: leastCount(expectation, { pMax: redChance, rateRatioMin: red.rateRatioMin }),
  }
}

/** The least count below which lie at most 2.5 %: the greatest y with P(Y >= y) >= 1 - 0.025. */
function lowOf(expectation: Expectation): number {
  const isAbove = (y: number): boolean => judge(expectation, y).p < 1 - outside
  return leastBetween(isAbove, 0, Math.ceil(expectation.mean) + 1) - 1
}
