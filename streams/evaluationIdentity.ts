/** Who was judged, against whom, on what: what an evaluation says of itself, and what a promotion carries of it. */
import { z } from 'zod'
import { sha256 } from './contracts.ts'

/** Training rows by their content: the hash over them, how many there are, and the first and last tick (labels of the profile's calendar). */
export const RowsIdentity = z.object({
  hash: sha256,
  count: z.int().min(0),
  from: z.string().min(1).max(32),
  to: z.string().min(1).max(32),
})
export type RowsIdentity = z.infer<typeof RowsIdentity>

export const EvaluationIdentity = z.object({
  /** The model that may be promoted on the word of this evaluation: the recipe, fitted again on all rows whose labels are known. */
  candidate: sha256,
  /** The recipe as it was fitted before the test window, which is what was judged; the candidate itself where nothing was fitted again. */
  judged: sha256,
  /** The champion that it was compared with; null where nothing scored. */
  comparedWith: sha256.nullable(),
  /** Hash of the profile. */
  profile: sha256,
  /** Hash over the features that the profile computes, names and definitions: `featuresHash` (src/enterprise/featureProfile.ts). */
  features: sha256,
  /** The rows it was judged on. */
  rows: RowsIdentity,
  /** The rows that the candidate was fitted on; absent where that is not known (an imported model). */
  fittedOn: RowsIdentity.optional(),
})
export type EvaluationIdentity = z.infer<typeof EvaluationIdentity>
