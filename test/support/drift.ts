/** A training reference made up for tests, and the index by the book: shares of plain lists, with the logarithm of the platform. */

import { psiReference } from '../../models/quality/psi.ts'
import type { ModelReference } from '../../models/risk/modelFile.ts'
import type { PsiReference } from '../../models/risk/psiReference.ts'

/** Rows of training that never were: features from 0 to 2, scores between .05 and .3. */
export function madeUpReference(features: number): ModelReference {
  const spread = (from: number, to: number): PsiReference =>
    psiReference(Float64Array.from({ length: 101 }, (_, at) => from + ((to - from) * at) / 100))
  return { score: spread(0.05, 0.3), features: Array.from({ length: features }, (_, at) => spread(0, 1 + (at % 3))) }
}

export function plainPsi({ edges, shares, missing }: PsiReference, values: readonly number[]): number {
  const known = values.filter((value) => !Number.isNaN(value))
  const found = shares.map((_, bin) => {
    const [from, to] = [bin === 0 ? -Infinity : edges[bin - 1], bin === edges.length ? Infinity : edges[bin]]
    return known.filter((value) => value >= from && value < to).length
  })
  const counts = [...found, values.length - known.length]
  return [...shares, missing].reduce((sum, share, bin) => {
    const [was, is] = [Math.max(share, 1e-4), Math.max(counts[bin] / values.length, 1e-4)]
    return sum + (is - was) * Math.log(is / was)
  }, 0)
}
