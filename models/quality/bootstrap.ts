/** Percentile intervals by resampling (Efron 1979). A figure is computed from how often each row was drawn, so no row is copied. */
import type { Counts } from './order.ts'
import { quantile } from './ranking.ts'
import { seededIndex } from './seeded.ts'

export type Interval = { low: number; high: number }

export type Resampling = {
  /** Resamples, at least 2; 1,000 unless there is a reason. */
  draws: number
  seed: number
  /** Share of the resamples inside the interval, 0..1, such as .95. */
  level: number
}

/** Number of the cluster of each row, 0 .. size - 1: rows of one enterprise are drawn together, for they are no separate evidence. */
export type Clusters = { size: number; of: Uint32Array }

/** Rows with one name make one cluster. */
export function clustersOf(names: readonly (string | number)[]): Clusters {
  const numbers = new Map<string | number, number>()
  const of = Uint32Array.from(names, (name) => {
    const known = numbers.get(name) ?? numbers.size
    numbers.set(name, known)
    return known
  })
  return { size: numbers.size, of }
}

/** Each row is a cluster of its own. */
export function singles(rows: number): Clusters {
  return { size: rows, of: Uint32Array.from({ length: rows }, (_, row) => row) }
}

/**
 * Intervals of several figures from the same resamples, so that a difference of two models on one resample is a paired one.
 * A resample in which a figure is undefined (no positive row was drawn) is left out; with more than half left out there is no interval.
 * @param figures each figure of the rows as counted; called once a draw, and the counts are the caller's until it returns
 */
export function intervals<Name extends string>(
  clusters: Clusters,
  figures: (counts: Counts) => Readonly<Partial<Record<Name, number | undefined>>>,
  names: readonly Name[],
  { draws, seed, level }: Resampling,
): Partial<Record<Name, Interval>> {
  const index = seededIndex(seed)
  const drawn = new Uint16Array(clusters.size)
  const counts = new Uint16Array(clusters.of.length)
  const samples = names.map((name) => ({ name, values: new Float64Array(draws), size: 0 }))
  for (let draw = 0; draw < draws; draw++) {
    drawn.fill(0)
    for (let at = 0; at < clusters.size; at++) drawn[index(clusters.size)]++
    for (let row = 0; row < counts.length; row++) counts[row] = drawn[clusters.of[row]]
    const found = figures(counts)
    for (const sample of samples) {
      const value = found[sample.name]
      if (value !== undefined) sample.values[sample.size++] = value
    }
  }
  const result: Partial<Record<Name, Interval>> = {}
  for (const { name, values, size } of samples) {
    if (size * 2 < draws) continue
    const sorted = values.subarray(0, size).sort()
    result[name] = { low: quantile(sorted, (1 - level) / 2), high: quantile(sorted, (1 + level) / 2) }
  }
  return result
}
