/**
 * Drift of a model in use: rows are counted by the bins of its training reference, and the counts become population stability
 * indexes. Counts are whole numbers, so that it does not matter who counted which row.
 */
import type { ModelReference } from '../risk/modelFile.ts'
import { type PsiReference, psiBinsMax } from '../risk/psiReference.ts'
import { psiBin, psiOfCounts } from './psi.ts'

/**
 * So many rows before an index means something. Without drift it is near chi-squared(bins - 1) / rows: of 500 rows in 10 bins .018
 * on the average, and above .10 about once in 200,000 draws (by simulation), so that chance alone asks nobody to look.
 */
export const driftRowsMin = 500

/** Which bin of what: 0 is the score, 1 + f feature f. */
const keyOf = (series: number, bin: number): number => series * psiBinsMax + bin

/** Adds 1 to the bin of the score, and to that of each feature. */
export type DriftCounter = (probability: number | undefined, features: Float64Array) => void

/** A score that the model refused to give counts as missing. */
export function driftCounter(
  { score, features: references }: ModelReference,
  add: (key: number) => void,
): DriftCounter {
  return (probability, features) => {
    add(keyOf(0, psiBin(score, probability ?? Number.NaN)))
    for (let at = 0; at < references.length; at++) add(keyOf(at + 1, psiBin(references[at], features[at])))
  }
}

export type DriftIndexes = {
  /** Rows counted. */
  rows: number
  /** Of the score, then of each feature; empty below `driftRowsMin` rows. undefined: the reference holds no rows. */
  psi: readonly (number | undefined)[]
}

/** @param counts by the keys that a `driftCounter` of the same reference gave */
export function driftIndexes({ score, features }: ModelReference, counts: ReadonlyMap<number, number>): DriftIndexes {
  const binsOf = ({ edges }: PsiReference, series: number): number[] =>
    Array.from({ length: edges.length + 2 }, (_, bin) => counts.get(keyOf(series, bin)) ?? 0)
  const rows = binsOf(score, 0).reduce((sum, count) => sum + count, 0)
  if (rows < driftRowsMin) return { rows, psi: [] }
  const psi = [score, ...features].map((reference, series) => psiOfCounts(reference, binsOf(reference, series)))
  return { rows, psi }
}
