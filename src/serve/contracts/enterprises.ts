/** Enterprises: restricted, never in a cache. */
import { z } from 'zod'
import { Reason } from '../../../streams/outputs.ts'
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
    /** Warnings of the cells in which it had judged events, in the ticks of those. */
    warnings: z.array(WarningRow),
  })
  .meta({ id: 'EnterpriseDetail' })
export type EnterpriseDetail = z.infer<typeof EnterpriseDetail>

/** As the machine port has it. */
export const ExplanationAnswer = Explanation.meta({ id: 'Explanation' })
