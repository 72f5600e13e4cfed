/**
 * Population stability index: how far values have moved from those of training. Below .10 stable, to .25 look, above act.
 * Source: Siddiqi, Credit Risk Scorecards (2006).
 */
import { ln } from '../math.ts'
import { type PsiReference, psiEdgesMax } from '../risk/psiReference.ts'
import { firstAbove } from '../search.ts'

/** An empty bin counts as this share, or one row in it would make the index infinite. */
const shareMin = 1e-4
const relativeWidth = 1e-9

/** Below this share of the standard deviation a value counts as 0: of an event long ago a decayed count keeps 1e-9, which says as much as none. */
const traceShare = 0.01

/**
 * Bins of about equal mass. Edges lie half way between neighbouring values, so that a value which many rows share keeps a bin of
 * its own, and a constant gets one, with a bin below and one above it.
 * @param values one that is not finite is missing
 * @param bins at most this many of equal mass, 2..20
 */
export function psiReference(values: Float64Array, bins = 10): PsiReference {
  const sorted = values.filter(Number.isFinite).sort()
  const reference = { edges: edgesOf(sorted, Math.min(bins, psiEdgesMax)), shares: [], missing: 0 }
  const counts = new Float64Array(reference.edges.length + 2)
  for (const value of values) counts[psiBin(reference, value)]++
  const shares = Array.from(counts, (count) => (values.length === 0 ? 0 : count / values.length))
  return { edges: reference.edges, shares: shares.slice(0, -1), missing: shares[shares.length - 1] }
}

function edgesOf(sorted: Float64Array, bins: number): number[] {
  const size = sorted.length
  if (size === 0) return []
  if (sorted[0] === sorted[size - 1]) {
    const width = Math.max(1, Math.abs(sorted[0])) * relativeWidth
    return [sorted[0] - width, sorted[0] + width].filter(Number.isFinite) // nothing lies beyond the greatest number
  }
  const cells = withoutTraces(sorted)
  const cuts = new Set<number>()
  for (let bin = 1; bin < bins; bin++) {
    const at = Math.min(size - 1, Math.round((bin * size) / bins))
    const [from, to] = [cells.indexOf(cells[at]), cells.lastIndexOf(cells[at]) + 1]
    const cut = at - from <= to - at ? from : to // equal values stay together
    if (cut > 0 && cut < size) cuts.add(cut)
  }
  return [...cuts].map((cut) => middleOf(sorted[cut - 1], sorted[cut]))
}

/** The values, with 0 for all that lie so near to it. */
function withoutTraces(values: Float64Array): Float64Array {
  let [mean, squares] = [0, 0]
  for (const value of values) mean += value / values.length
  for (const value of values) squares += (value - mean) ** 2 / values.length
  const least = traceShare * Math.sqrt(squares)
  return values.map((value) => (Math.abs(value) < least ? 0 : value))
}

/** A number > low and <= high. */
function middleOf(low: number, high: number): number {
  const middle = low / 2 + high / 2
  return middle > low && middle <= high ? middle : high
}

/** The bin of a value: 0 .. edges, and one more for a missing value. */
export function psiBin({ edges }: Pick<PsiReference, 'edges'>, value: number): number {
  if (!Number.isFinite(value)) return edges.length + 1
  return firstAbove(edges, value)
}

/** The index from rows counted by `psiBin`, edges + 2 of them; undefined without rows on either side. */
export function psiOfCounts(reference: PsiReference, counts: ArrayLike<number>): number | undefined {
  const expected = [...reference.shares, reference.missing]
  let [rows, known] = [0, 0]
  for (let bin = 0; bin < expected.length; bin++) {
    rows += counts[bin]
    known += expected[bin]
  }
  if (rows === 0 || known === 0) return undefined
  let index = 0
  for (let bin = 0; bin < expected.length; bin++) {
    const was = Math.max(shareMin, expected[bin])
    const is = Math.max(shareMin, counts[bin] / rows)
    index += (is - was) * ln(is / was)
  }
  return index
}

/** How far the values lie from the reference, >= 0; undefined when there are none. */
export function psi(reference: PsiReference, values: Float64Array): number | undefined {
  const counts = new Float64Array(reference.edges.length + 2)
  for (const value of values) counts[psiBin(reference, value)]++
  return psiOfCounts(reference, counts)
}

export type Stability = 'stable' | 'look' | 'act'

export function stabilityOf(index: number, actsFrom = psiActs): Stability {
  if (index < stableShare * actsFrom) return 'stable'
  return index < actsFrom ? 'look' : 'act'
}

/** Stable below .10, where .25 asks somebody to act. */
const stableShare = 0.4

/** From here on the model needs somebody to act. */
export const psiActs = 0.25
