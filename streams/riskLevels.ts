/**
 * Topic `risk-levels`, from the watch to the enterprise tasks: at the close of each tick, what is usual of a grade in the whole country, and of
 * which nodes the watch asks what moved. It speaks in the second tick after its own (docs/fold.md rule 25).
 */
import { z } from 'zod'

export const RiskLevels = z.object({
  tick: z.int(),
  /** Hash of the profile whose codes its numbers are. */
  profile: z.string(),
  /** By grade, in the whole country: scored enterprises, and the sum of their probabilities in millionths. */
  enterprises: z.array(z.int()),
  probability: z.array(z.int()),
  /** Region leaves in which too many enterprises contradict their grade for all to be told, and the share of them that is. */
  crowded: z.array(z.object({ region: z.int(), share: z.number() })),
  /** Nodes with an open warning of risk, at most `movedNodesMax`. */
  open: z.array(z.number()),
})
export type RiskLevels = z.infer<typeof RiskLevels>

/**
 * Topic `contradictions` (restricted), key = enterprise id: an enterprise whose scores have contradicted its grade for a week, or do so no more. With the best grade
 * it is `riskier` than those of the worst, with the worst it is `safer` than those of the best.
 */
export const Contradiction = z.object({
  enterpriseId: z.string(),
  change: z.enum(['entered', 'left']),
  kind: z.enum(['riskier', 'safer']),
  tick: z.int(),
  tickLabel: z.string(),
  /** The first tick of those in a row in which it held. */
  sinceTick: z.int(),
  grade: z.string(),
  /** Of the enterprise, and the mean of the grade that it is like; absent when it left. */
  probability: z.number().optional(),
  comparedWith: z.number().optional(),
  region: z.string(),
  industry: z.string(),
  model: z.string().nullable(),
})
export type Contradiction = z.infer<typeof Contradiction>
