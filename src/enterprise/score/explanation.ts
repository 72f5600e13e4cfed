/** What is known of one enterprise at an instant, and what a model makes of it: by the functions that score. */
import { z } from 'zod'
import { hourOf } from '../../../models/facts.ts'
import type { RiskModel } from '../../../models/risk/riskModel.ts'
import { Reason } from '../../../streams/outputs.ts'
import type { Known } from '../known.ts'
import { type FeatureSource, rowFeatures } from './rowFeatures.ts'
import { rowReasons } from './rowReasons.ts'
import { isScored } from './score.ts'

export const Explanation = z.object({
  enterpriseId: z.string(),
  /** The tick of the last beat that is in it. */
  tick: z.int(),
  /** `asOf` is the end of that tick; else more may still become known in it. */
  tickClosed: z.boolean(),
  /** All that was known by this instant and nothing else; ages are counted in whole hours. */
  asOf: z.string(),
  /** Hash of the profile in force. */
  profile: z.string(),
  model: z.string().nullable(),
  /** Absent where the model cannot score the row, or where there is none. */
  probability: z.number().optional(),
  /** `logOdds`: share of the log-odds; absent without a model. */
  features: z.array(z.object({ name: z.string(), value: z.number(), logOdds: z.number().optional() })),
  reasons: z.array(Reason),
})
export type Explanation = z.infer<typeof Explanation>

/** Who explains; without a model the named features are told and nothing is made of them. */
export type ExplainedBy = { model: RiskModel | undefined; features: readonly string[] }

/**
 * The row of an id, in a state that has folded all beats up to an instant and none after it. Undefined for an id that the state does
 * not know, and for a place, which nobody scores.
 */
export function explanationOf(
  source: FeatureSource & Pick<Known, 'ids'>,
  id: string,
  { tick, endMs }: { tick: number; endMs: number },
  { model, features }: ExplainedBy,
): Explanation | undefined {
  const { profile, rows, ids } = source
  const row = ids.find(id)
  if (row === undefined || !isScored(rows, row)) return undefined
  const hour = hourOf(endMs)
  const names = model?.featureNames ?? features
  const values = new Float64Array(names.length)
  rowFeatures(source, names, model?.peers ?? {})(row, hour, values)
  const shares = model?.contributions(values)
  return {
    enterpriseId: id,
    tick,
    tickClosed: profile.calendar.endMs(tick) === endMs,
    asOf: new Date(endMs).toISOString(),
    profile: profile.hash,
    model: model?.hash ?? null,
    probability: model?.score(values),
    features: names.map((name, at) => ({ name, value: values[at], logOdds: shares?.[at] })),
    reasons: model === undefined ? [] : rowReasons(source, model)(values, row, hour),
  }
}
