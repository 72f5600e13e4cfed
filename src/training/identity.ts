/** Whom an evaluation speaks of, by hashes: a promotion stands on it only for these (docs/fold.md rule 19). */
import { createHash } from 'node:crypto'
import type { Dataset } from '../../models/learn/dataset.ts'
import type { EvaluationIdentity, RowsIdentity } from '../../streams/evaluationIdentity.ts'
import type { Profile } from '../../streams/profile.ts'
import { featuresHash } from '../enterprise/featureProfile.ts'

/** `candidate` is the model that was judged; `champion` the hash of the one in use, if any. */
export function identityOf(
  profile: Profile,
  data: Dataset,
  { candidate, champion }: { candidate: string; champion: string | undefined },
): EvaluationIdentity {
  return {
    candidate,
    judged: candidate,
    comparedWith: champion ?? null,
    profile: profile.hash,
    features: featuresHash(profile),
    rows: rowsIdentity(profile, data),
  }
}

/** By content: enterprises, ticks, labels and the values of all columns. */
export function rowsIdentity({ calendar }: Profile, { names, values, labels, ticks, ids }: Dataset): RowsIdentity {
  const hash = createHash('sha256').update(JSON.stringify([names, ids]))
  for (const { buffer, byteOffset, byteLength } of [ticks, labels, values])
    hash.update(new Uint8Array(buffer, byteOffset, byteLength))
  const label = (tick: number | undefined): string => (tick === undefined ? 'none' : calendar.label(tick))
  return {
    hash: hash.digest('hex'),
    count: labels.length,
    from: label(ticks[0]),
    to: label(ticks[ticks.length - 1]),
  }
}
