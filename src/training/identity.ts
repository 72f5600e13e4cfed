/** Whom an evaluation speaks of, by hashes: a promotion stands on it only for these (docs/fold.md rule 19). */
import { createHash } from 'node:crypto'
import { type Dataset, withColumns } from '../../models/learn/dataset.ts'
import type { ModelFile, RowsRange } from '../../models/risk/modelFile.ts'
import type { EvaluationIdentity, RowsIdentity } from '../../streams/evaluationIdentity.ts'
import type { Profile } from '../../streams/profile.ts'
import { featuresHash } from '../featureProfile.ts'

type Candidate = { hash: string; file: ModelFile; judged: { hash: string } }

/**
 * `champion`: the hash of the one in use, if any. `profileHash`: of the profile that the rows were taken with; another of the same name may
 * have trained the model, with other settings of training. The rows are hashed with the candidate's columns, whatever others need.
 */
export function identityOf(
  profile: Profile,
  data: Dataset,
  { candidate, champion, profileHash }: { candidate: Candidate; champion: string | undefined; profileHash: string },
): EvaluationIdentity {
  const { rowsHash: hash, rows: count, from, to } = candidate.file.training
  const columns = candidate.file.features.map(({ name }) => name)
  return {
    candidate: candidate.hash,
    judged: candidate.judged.hash,
    comparedWith: champion ?? null,
    profile: profileHash,
    features: featuresHash(profile),
    rows: rowsIdentity(profile, withColumns(data, columns)),
    ...(hash === undefined ? {} : { fittedOn: { hash, count, from, to } }),
  }
}

export function rowsIdentity(profile: Profile, rows: Dataset): RowsIdentity {
  const { from, to, rows: count } = rangeOf(profile, rows)
  return { hash: rowsHash(rows), count, from, to }
}

/** By content: enterprises, ticks, labels and the values of all columns. */
export function rowsHash({ names, values, labels, ticks, ids }: Dataset): string {
  const hash = createHash('sha256').update(JSON.stringify([names, ids]))
  return hash.update(ticks).update(labels).update(values).digest('hex')
}

/** First and last tick, how many, and how many positive. */
export function rangeOf({ calendar }: Profile, { ticks, labels }: Pick<Dataset, 'ticks' | 'labels'>): RowsRange {
  const label = (tick: number | undefined): string => (tick === undefined ? 'none' : calendar.label(tick))
  return {
    from: label(ticks[0]),
    to: label(ticks[ticks.length - 1]),
    rows: labels.length,
    positives: labels.reduce((sum, one) => sum + one, 0),
  }
}
