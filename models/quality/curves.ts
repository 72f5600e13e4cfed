/** Curves of a model as short lists of points, for plots. */
import type { Curves } from './evaluation.ts'
import { type Order, totalsOf, walk } from './order.ts'

type Point = { x: number; y: number }

export const pointsMax = 200

/** True positive rate over false positive rate, from (0, 0) to (1, 1); undefined without both classes. */
export function rocCurve(order: Order, labels: Uint8Array): Point[] | undefined {
  const { rows, positives } = totalsOf(labels)
  if (positives === 0 || positives === rows) return undefined
  const points = [{ x: 0, y: 0 }]
  let [hits, misses] = [0, 0]
  walk(order, labels, (groupHits, size) => {
    hits += groupHits
    misses += size - groupHits
    points.push({ x: misses / (rows - positives), y: hits / positives })
  })
  return thin(points, ({ x, y }) => (x + y) / 2)
}

/** Precision over recall, from recall 0 (the precision of the highest scores) to 1; undefined without a positive row. */
export function precisionRecallCurve(order: Order, labels: Uint8Array): Point[] | undefined {
  const { positives } = totalsOf(labels)
  if (positives === 0) return undefined
  const points: Point[] = []
  let [hits, seen] = [0, 0]
  walk(order, labels, (groupHits, size) => {
    hits += groupHits
    seen += size
    if (points.length === 0) points.push({ x: 0, y: hits / seen })
    points.push({ x: hits / positives, y: hits / seen })
  })
  return thin(points, ({ x }) => x)
}

/** How many rows have a score in each of equally wide bins from 0 to `to`. */
export function histogramOf(probabilities: Float64Array, labels: Uint8Array, bins: number): Curves['histogram'] {
  const highest = probabilities.reduce((max, probability) => Math.max(max, probability), 0)
  const to = Math.min(1, Math.max(0.05, Math.ceil(highest * 20) / 20))
  const empty = (): number[] => Array.from({ length: bins }, () => 0)
  const histogram = { to, positives: empty(), negatives: empty() }
  for (let row = 0; row < labels.length; row++) {
    const bin = Math.min(bins - 1, Math.floor((probabilities[row] / to) * bins))
    histogram[labels[row] === 1 ? 'positives' : 'negatives'][bin]++
  }
  return histogram
}

/** Keeps first, last, and at most one point of each step of progress (0..1, ascending along the curve). */
function thin(points: readonly Point[], progress: (point: Point) => number): Point[] {
  if (points.length <= pointsMax) return [...points]
  const kept = [points[0]]
  let step = 0
  for (const point of points.slice(1, -1)) {
    const at = Math.floor(progress(point) * (pointsMax - 2))
    if (at <= step || at >= pointsMax - 2) continue
    step = at
    kept.push(point)
  }
  return [...kept, points[points.length - 1]]
}
