/** Rows in the order of their scores, and what can be said of a model from that order alone. */

export type Order = {
  /** Rows by descending score; equal scores by row. */
  readonly rows: Uint32Array
  /** Where each group of equal scores ends in `rows` (exclusive). */
  readonly ends: Uint32Array
}

/** How often each row counts; absent = once. A resample counts some rows twice and leaves others out. */
export type Counts = Uint16Array

export type Ranking = {
  /** Area under the ROC curve, 0..1; ties count half (Mann-Whitney). */
  readonly auc: number
  /** Average precision: sum of precision x step in recall, as scikit-learn's `average_precision_score`. */
  readonly averagePrecision: number
  /** Largest distance between the score distributions of positives and negatives (Kolmogorov-Smirnov), 0..1. */
  readonly ks: number
  /** Share of the positives within each of the asked shares of the order, 0..1; a tie across the cut counts in proportion. */
  readonly captured: readonly number[]
}

/** @throws Error when a score is not finite: leave rows that a model refuses out before. */
export function orderOf(scores: Float64Array): Order {
  const bad = scores.findIndex((score) => !Number.isFinite(score))
  if (bad !== -1)
    throw new Error(`scores: row ${bad} is ${scores[bad]}; leave rows out that the model refuses, and count them`)
  const rows = Uint32Array.from(scores, (_, row) => row).sort((a, b) => scores[b] - scores[a] || a - b)
  const ends: number[] = []
  for (let at = 1; at <= rows.length; at++)
    if (at === rows.length || scores[rows[at]] !== scores[rows[at - 1]]) ends.push(at)
  return { rows, ends: Uint32Array.from(ends) }
}

/** Calls `each` with positives and rows of every group of equal scores, best first. */
export function walk({ rows, ends }: Order, labels: Uint8Array, each: (positives: number, size: number) => void): void {
  let from = 0
  for (const to of ends) {
    each(
      rows.subarray(from, to).reduce((sum, row) => sum + labels[row], 0),
      to - from,
    )
    from = to
  }
}

/** Rows and positives among them. */
export function totalsOf(labels: Uint8Array, counts?: Counts): { rows: number; positives: number } {
  let [rows, positives] = [0, 0]
  for (let row = 0; row < labels.length; row++) {
    const count = counts === undefined ? 1 : counts[row]
    rows += count
    positives += count * labels[row]
  }
  return { rows, positives }
}

/**
 * What the order is worth; undefined when the rows are all positive or all negative, for then there is no order to judge. One pass.
 * @param shares shares of the order at which to count positives, ascending, 0..1
 */
export function rankingOf(
  order: Order,
  labels: Uint8Array,
  shares: readonly number[] = [],
  counts?: Counts,
): Ranking | undefined {
  const { rows, positives } = totalsOf(labels, counts)
  const negatives = rows - positives
  if (positives === 0 || negatives === 0) return undefined
  let [hits, misses, area, precision, ks] = [0, 0, 0, 0, 0]
  const captured: number[] = []
  let at = 0
  // Written out, not by `walk`: a thousand resamples pass here.
  for (const end of order.ends) {
    let [groupHits, size] = [0, 0]
    for (; at < end; at++) {
      const row = order.rows[at]
      const count = counts === undefined ? 1 : counts[row]
      size += count
      groupHits += count * labels[row]
    }
    if (size === 0) continue
    const seen = hits + misses
    for (let share = shares[captured.length]; share * rows <= seen + size; share = shares[captured.length])
      captured.push((hits + (groupHits * (share * rows - seen)) / size) / positives)
    area += (size - groupHits) * (hits + groupHits / 2)
    hits += groupHits
    misses += size - groupHits
    precision += (groupHits * hits) / (seen + size)
    ks = Math.max(ks, Math.abs(hits / positives - misses / negatives))
  }
  while (captured.length < shares.length) captured.push(1) // share x rows rounded above the rows
  return { auc: area / (positives * negatives), averagePrecision: precision / positives, ks, captured }
}

/** How many times more positives a share (0..1] of the order holds than as many rows at random. */
export function liftAt(order: Order, labels: Uint8Array, share: number): number | undefined {
  const captured = rankingOf(order, labels, [share])?.captured[0]
  return captured === undefined ? undefined : captured / share
}
