/** Quality by group of rows: region, industry, grade, month. */
import { type Clusters, clustersOf, intervals, type Resampling } from './bootstrap.ts'
import type { GroupQuality } from './evaluation.ts'
import { orderOf, rankingOf, totalsOf } from './order.ts'
import { brierScore, quantile } from './ranking.ts'

/** Shares of a group's rows at which its scores are told. */
export const groupQuantiles = [0.1, 0.25, 0.5, 0.75, 0.9]

/** Rows to judge: probabilities, what came of them, and the share of each row that a given workload reaches. */
export type Judged = {
  readonly scores: Float64Array
  readonly labels: Uint8Array
  /** 0..1 of each row: 1 = in the high band. A tie across the cut is reached in proportion. */
  readonly reached: Float64Array
  readonly clusters: Clusters
}

/** Rows of each name, in order of the names. */
export function rowsByName(names: readonly string[]): Map<string, number[]> {
  return new Map([...Map.groupBy(names.keys(), (row) => names[row])].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** The rows alone; clusters keep what belongs together together. */
export function pick({ scores, labels, reached, clusters }: Judged, rows: readonly number[]): Judged {
  return {
    scores: Float64Array.from(rows, (row) => scores[row]),
    labels: Uint8Array.from(rows, (row) => labels[row]),
    reached: Float64Array.from(rows, (row) => reached[row]),
    clusters: clustersOf(rows.map((row) => clusters.of[row])),
  }
}

/** One line a name, ascending. @param names group of each row */
export function qualityByGroup(judged: Judged, names: readonly string[], resampling: Resampling): GroupQuality[] {
  return Array.from(rowsByName(names), ([name, rows]) => qualityOf(name, pick(judged, rows), resampling))
}

function qualityOf(name: string, { scores, labels, reached, clusters }: Judged, resampling: Resampling): GroupQuality {
  const { rows, positives } = totalsOf(labels)
  const order = orderOf(scores)
  const found = intervals(
    clusters,
    (counts) => ({ auc: rankingOf(order, labels, [], counts)?.auc }),
    ['auc'],
    resampling,
  )
  const auc = rankingOf(order, labels)?.auc
  const sorted = scores.slice().sort()
  return {
    name,
    rows,
    positives,
    predicted: scores.reduce((sum, score) => sum + score, 0) / rows,
    observed: positives / rows,
    brier: brierScore(scores, labels),
    recall: positives === 0 ? undefined : reached.reduce((sum, one, row) => sum + one * labels[row], 0) / positives,
    auc: auc === undefined ? undefined : { value: auc, ...found.auc },
    scores: groupQuantiles.map((share) => quantile(sorted, share)),
  }
}
