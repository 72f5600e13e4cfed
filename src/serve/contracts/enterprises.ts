/** Enterprises: restricted, never in a cache. */
import { z } from 'zod'
import { Evidence, Reason } from '../../../streams/outputs.ts'
import { Explanation } from '../../enterprise/score/explanation.ts'
import { WarningRow } from './warnings.ts'

export const EnterpriseRow = z.object({
  id: z.string(),
  name: z.string().nullable(),
  region: z.string().nullable(),
  industry: z.string().nullable(),
  grade: z.string().nullable(),
  band: z.string().nullable(),
  probability: z.number().nullable(),
})
export type EnterpriseRow = z.infer<typeof EnterpriseRow>

export const Fact = z.object({
  type: z.string(),
  source: z.string(),
  /** It came in time to be judged. */
  fresh: z.boolean(),
  /** The hour in which it occurred, and the tick in which it counted. */
  occurredAt: z.string(),
  tick: z.string(),
  region: z.string(),
  industry: z.string(),
  idHash: z.string(),
})
export type Fact = z.infer<typeof Fact>

export const WarningEnterprises = z
  .object({
    tick: z.string(),
    /** The group of types whose events alone are counted; null: all of them. */
    group: z.string().nullable(),
    /** Judged events of all of them: the count of the warning, less what is withheld. */
    total: z.int(),
    enterprises: z.int(),
    /** Whether the total is the warning's count; null where the log has no contributions for the tick. */
    agrees: z.boolean().nullable(),
    /** Most events first; at most 1,000. */
    rows: z.array(EnterpriseRow.extend({ events: z.int(), facts: z.array(Fact) })),
  })
  .meta({ id: 'WarningEnterprises' })
export type WarningEnterprises = z.infer<typeof WarningEnterprises>

export const EnterpriseList = z
  .object({ rows: z.array(EnterpriseRow), next: z.string().nullable() })
  .meta({ id: 'EnterpriseList' })
export type EnterpriseList = z.infer<typeof EnterpriseList>

export const ScorePoint = z.object({
  at: z.string(),
  tick: z.string(),
  band: z.string(),
  probability: z.number(),
  grade: z.string(),
  model: z.string(),
  /** What led to it: records, the passing of time, or another model. */
  cause: z.string(),
  reasons: z.array(Reason),
})
export type ScorePoint = z.infer<typeof ScorePoint>

export const EnterpriseDetail = z
  .object({
    row: EnterpriseRow,
    status: z.string().nullable(),
    grades: z.array(z.object({ grade: z.string(), effectiveAt: z.string(), knownAt: z.string() })),
    /** Oldest first, at most 200. */
    scores: z.array(ScorePoint),
    facts: z.array(Fact),
    /** The events behind the last score; none of a past tick. */
    evidence: z.array(Evidence),
    /** Warnings of the cells in which it had judged events, in the ticks of those, and how many of their events are its own. */
    warnings: z.array(WarningRow.extend({ events: z.int() })),
  })
  .meta({ id: 'EnterpriseDetail' })
export type EnterpriseDetail = z.infer<typeof EnterpriseDetail>

export const contradictionKinds = ['riskier', 'safer'] as const
export const ContradictionRow = z.object({
  id: z.string(),
  name: z.string().nullable(),
  region: z.string(),
  industry: z.string(),
  /** Of the best grade and as risky as the worst, or of the worst and as safe as the best. */
  kind: z.enum(contradictionKinds),
  grade: z.string(),
  /** The first tick of those in a row, and the one in which it was told. */
  since: z.string(),
  entered: z.string(),
  /** Its own, and the mean of the grade that it is like. */
  probability: z.number().nullable(),
  comparedWith: z.number().nullable(),
  model: z.string().nullable(),
})
export type ContradictionRow = z.infer<typeof ContradictionRow>

export const ContradictionList = z
  .object({
    total: z.int(),
    /** By outermost region, most first. */
    byRegion: z.array(z.object({ region: z.string(), riskier: z.int(), safer: z.int() })),
    rows: z.array(ContradictionRow),
    next: z.string().nullable(),
  })
  .meta({ id: 'ContradictionList' })
export type ContradictionList = z.infer<typeof ContradictionList>

/** As the machine port has it. */
export const ExplanationAnswer = Explanation.meta({ id: 'Explanation' })
export type ExplanationAnswer = z.infer<typeof ExplanationAnswer>
