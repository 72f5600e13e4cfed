/**
 * Topics `industry-warnings`, `region-warnings`, `cell-warnings`: a change of level, with all that is needed to re-derive it. What is said of
 * the evidence depends on the statistic that was judged. Warnings are public: never an enterprise's id or name.
 */
import { z } from 'zod'
import { axes, Level } from './outputs.ts'

/** A cell of the country: a region node and an industry node, by code; '' is the root. */
const Place = z.object({ region: z.string(), industry: z.string() })

const common = {
  ...Place.shape,
  /** `count.cell.510100.H62.2026-09-12`: statistic, axis, codes, and the tick in which it was raised. */
  id: z.string(),
  axis: z.enum(axes),
  change: z.enum(['raised', 'level', 'cleared', 'amended']),
  level: Level,
  levelBefore: Level,
  tick: z.int(),
  tickLabel: z.string(),
  raisedTick: z.int(),
  /** In the middle of a tick: at the first beat that made it so. */
  early: z.boolean(),
  beat: z.int(),
  at: z.string(),
  parents: z.array(z.string()),
  children: z.array(Place),
  explainedBy: Place.optional(),
  sentences: z.record(z.string(), z.string()),
  profile: z.string(),
  model: z.string().nullable(),
  foldVersion: z.int(),
}

/** Of the statistic `count`: how many events became known, beside those that are usual. */
export const CountEvidence = z.object({
  count: z.int(),
  expected: z.number(),
  variance: z.number(),
  p: z.number(),
  q: z.number(),
  rateRatio: z.number(),
  enterprises: z.int(),
  /** Effective number of enterprises: count^2 / sum of squares; few = one enterprise makes the count. */
  effectiveEnterprises: z.number(),
  byType: z.record(z.string(), z.int()),
  /** Events that are not in the count, though by type and in the enterprises: their source or region has just begun, or come back. */
  withheld: z.int().optional(),
  /** Judged counts of this tick in the same family. */
  familySize: z.int(),
})
export type CountEvidence = z.infer<typeof CountEvidence>

export const Warning = z.discriminatedUnion('statistic', [
  z.object({ ...common, statistic: z.literal('count'), evidence: CountEvidence }),
])
export type Warning = z.infer<typeof Warning>

export type StatisticName = Warning['statistic']
export const statisticNames = Warning.options.map(({ shape }) => shape.statistic.value)

/** Until version 2 of the topics there were counts alone, and their evidence stood beside all else. */
const FormerWarning = z.object({ ...common, ...CountEvidence.shape }).transform(
  ({ id, parents, ...rest }): Warning => ({
    ...z.object(common).omit({ id: true, parents: true }).parse(rest),
    id: idOfCount(id),
    parents: parents.map(idOfCount),
    statistic: 'count',
    evidence: CountEvidence.parse(rest),
  }),
)

/** The id that a warning of before goes on under. */
export const idOfCount = (former: string): string => `count.${former}`

/** A warning as this version of the topics has it or the one before it. */
export const AnyWarning = z.union([Warning, FormerWarning])
