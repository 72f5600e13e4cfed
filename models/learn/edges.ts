/** Edges of bins over the values of a column. */
import { quantile } from '../quality/ranking.ts'

/** Edges between so many bins with about as many values each; fewer where many values are the same. */
export function quantileEdges(sorted: Float64Array, bins: number): number[] {
  const edges = Array.from({ length: bins - 1 }, (_, at) => quantile(sorted, (at + 1) / bins))
  return [...new Set(edges)]
}

/** Edges that have rows on both sides, down to the edge before. */
export function filledEdges(edges: readonly number[], sorted: Float64Array): { edges: number[]; dropped: number } {
  const kept: number[] = []
  let below = 0
  for (const edge of edges) {
    const from = below
    while (below < sorted.length && sorted[below] < edge) below++
    if (below === from && kept.length > 0) kept.pop() // the bin before is empty: this edge takes the place of the one before
    if (below === sorted.length) break // nothing lies above
    if (below > 0) kept.push(edge)
  }
  return { edges: kept, dropped: edges.length - kept.length }
}
