/** What a tick counts, and should. Part of the judge's oracle. */
export type Expected = { mean: number; variance: number }
/**
 * What the open tick has counted so far in a cell: fresh judged events, distinct enterprises, and the sum over them of (events of one)^2.
 * `events` holds none of those that are not judged yet, because their source or region has just begun, and of those that were kept back.
 */
export type Sum = {
  events: number
  taught: number
  backlog: number
  enterprises: number
  squares: number
  byType: Readonly<Record<string, number>>
  /** Kept records, judged or not, and those of them that were stale. */
  bySource: Readonly<Record<string, number>>
  stale: number
}
export const nothing: Sum = {
  ...{ events: 0, taught: 0, backlog: 0, enterprises: 0, squares: 0, byType: {}, bySource: {}, stale: 0 },
}
/** Every cell that the tick has heard of, though its sums may have come to 0. */
export type Sums = ReadonlyMap<string, Sum>
