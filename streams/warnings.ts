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
  /** `explained`: nothing but what moved became known. `held`, `released`: nothing but that mark changed. */
  change: z.enum(['raised', 'level', 'cleared', 'amended', 'explained', 'held', 'released']),
  level: Level,
  levelBefore: Level,
  tick: z.int(),
  tickLabel: z.string(),
  raisedTick: z.int(),
  /** In the middle of a tick: at the first beat that made it so. */
  early: z.boolean(),
  /** Most of its sources are silent, so that a count of 0 says nothing: until they are heard it does not fall. */
  held: z.boolean().optional(),
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

/** What kind of rise it is; looked for in this order (docs/warnings.md). */
export const warningKinds = [
  'return-after-silence',
  'batch-upload',
  'one-enterprise',
  'worse-grades',
  'spill-over',
  'one-source',
  'one-type',
  'many-enterprises',
] as const
export type WarningKind = (typeof warningKinds)[number]

/** What a kind goes by, 0 .. 1 but for `ofNeighbour`; absent where nothing is known of it (src/watch/kinds.ts). */
export const WarningShares = z.object({
  ofBacklog: z.number().optional(),
  stale: z.number().optional(),
  ofUploader: z.number().optional(),
  ofSource: z.number().optional(),
  ofType: z.number().optional(),
  ofNeighbour: z.number().optional(),
})
export type WarningShares = z.infer<typeof WarningShares>

/** Of the statistic `count`: how many events became known, beside those that are usual. */
export const CountEvidence = z.object({
  /** The group of types whose events these are; absent: all events. */
  group: z.string().optional(),
  count: z.int(),
  expected: z.number(),
  variance: z.number(),
  p: z.number(),
  q: z.number(),
  rateRatio: z.number(),
  /** Evidence gathered over ticks, and the limit that it must exceed to call. Not in records of version 1. */
  value: z.number().optional(),
  limit: z.number().optional(),
  enterprises: z.int(),
  /** Effective number of enterprises: events^2 / sum of squares; few = one enterprise makes the count. */
  effectiveEnterprises: z.number(),
  byType: z.record(z.string(), z.int()),
  /** All events beside those of a group. */
  all: z.object({ count: z.int(), expected: z.number() }).optional(),
  /** Events that are not in the count, though by type and in the enterprises: their source or region has just begun, or come back. */
  withheld: z.int().optional(),
  /** Streams of counts of the same axis that are judged at once. */
  familySize: z.int(),
  /** Of evidence above its limit: what kind of rise it is, by which shares, and the source of most records. Not in records of before. */
  kind: z.enum(warningKinds).optional(),
  shares: WarningShares.optional(),
  source: z.string().optional(),
})
export type CountEvidence = z.infer<typeof CountEvidence>

/** What a feature adds to the log-odds of enterprises in the mean, now and by what was known 28 days before. */
export const MovedFeature = z.object({ feature: z.string(), now: z.number(), before: z.number() })
export type MovedFeature = z.infer<typeof MovedFeature>

/** Of the statistic `risk`: how far enterprises became riskier than those of the siblings of their cell, by the scores of the model. */
export const RiskEvidence = z.object({
  /** Scored enterprises, the mean of their log-odds, and the same less what their grades have at the siblings: n, A and B. */
  enterprises: z.int(),
  meanLogOdds: z.number(),
  atSameGrades: z.number(),
  /** Enterprises that will come to harm by their probabilities, as many as would at the siblings of the same grades, and the standard error: R, E, se. */
  risky: z.number(),
  expected: z.number(),
  standardError: z.number(),
  /** Cumulative sums of A and of B, and the limit at which the first is called. */
  cusum: z.number(),
  cusumAtSameGrades: z.number(),
  limit: z.number(),
  /** Mean log-odds beyond those of the siblings since the rise began, and the ticks that it has lasted; 0 when it is over. */
  rise: z.number(),
  risingTicks: z.int(),
  /** Worse at the same grades, or a worse mix of grades. */
  reason: z.enum(['behaviour', 'grades']),
  /** The features that moved most; known in the second tick after the node was first called. */
  moved: z.array(MovedFeature).optional(),
})
export type RiskEvidence = z.infer<typeof RiskEvidence>

/** Of the statistic `cluster`: nodes beside each other in which the events of what lies above them gather, though no single one shows it. */
export const ClusterEvidence = z.object({
  /** Linked are those that it contains, the one that rose most first. `expected`: by what is usual there and by the rise of what lies above them all. */
  members: z.array(z.object({ ...Place.shape, count: z.int(), expected: z.number() })),
  /** The group of types whose events these are; absent: all events. */
  group: z.string().optional(),
  /** Labels of the first and last tick that were looked through. */
  from: z.string(),
  to: z.string(),
  count: z.int(),
  expected: z.number(),
  rateRatio: z.number(),
  /** Enterprises with an event in the members, counted anew in each tick. */
  enterprises: z.int(),
  /** ln of the likelihood ratio (Kulldorff), counts divided by their dispersion. */
  score: z.number(),
  /** Chance that the best set of a quiet country scores as high; below `limit` it calls. 1: what was found before was not found again. */
  p: z.number(),
  limit: z.number(),
})
export type ClusterEvidence = z.infer<typeof ClusterEvidence>

export const Warning = z.discriminatedUnion('statistic', [
  z.object({ ...common, statistic: z.literal('count'), evidence: CountEvidence }),
  z.object({ ...common, statistic: z.literal('risk'), evidence: RiskEvidence }),
  z.object({ ...common, statistic: z.literal('cluster'), evidence: ClusterEvidence }),
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
