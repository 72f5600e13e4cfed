/** What each kind of model has learnt. */
import { z } from 'zod'

const finite = z.number()

export const ScorecardWeights = z.object({
  intercept: finite,
  /** Log-odds for one standard deviation of the feature, in the order of `features`. */
  weights: z.array(finite),
})
export type ScorecardWeights = z.infer<typeof ScorecardWeights>
