/**
 * Where the scores of rows lie that a model has not learnt from: its bands begin there, and its drift is measured against it. There are no
 * such rows once it has learnt from all, so fits on earlier rows tell. Where they score the rows to come as they score their own latest
 * ones, the model does so too, and the scores that it gives its own latest rows are taken. Else it is surer of what it knows (trees or a
 * network that know their rows by heart), and the latest rows are scored by fits that did not see them. These are other fits than the
 * model; with few outcomes their scores lie elsewhere, and drift would be told where there is none.
 */
import { type Dataset, sliceOf } from '../../models/learn/dataset.ts'
import { firstOfTick } from '../../models/learn/folds.ts'
import { psi, psiReference, stabilityOf } from '../../models/quality/psi.ts'
import type { ModelPart } from '../../models/risk/buildModel.ts'
import type { Profile } from '../../streams/profile.ts'
import { type CrossFit, crossFit, logOddsOf } from './crossFit.ts'

/** Log-odds of the latest rows. `own`: by the model itself. */
export type Unseen = { logOdds: Float64Array; own: boolean }

/** Few, so that chance moves the index of some hundred rows by little. */
const bins = 5

export type UnseenOptions = {
  profile: Profile
  rows: Dataset
  /** The model, which has learnt from all of the rows. */
  part: ModelPart
  crossed: CrossFit
  /** Of the rows: the latest. */
  share: number
  learn: (earlier: Dataset) => Promise<ModelPart>
}

export async function unseenLogOdds(options: UnseenOptions): Promise<Unseen> {
  const { profile, rows, part, crossed, share, learn } = options
  const moved = psi(psiReference(crossed.own, bins), crossed.logOdds)
  if (moved !== undefined && stabilityOf(moved) === 'stable') {
    const from = firstOfTick(rows.ticks, Math.floor(rows.labels.length * (1 - share)))
    return { logOdds: logOddsOf(part, sliceOf(rows, from, rows.labels.length)), own: true }
  }
  // No label is asked here: each fit may be on all rows before its slice, and so be the liker to that on all.
  const { logOdds } = await crossFit(profile, rows, { share: share / 2, gapTicks: 0 }, learn)
  return { logOdds, own: false }
}
