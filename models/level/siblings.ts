/** What siblings say of one of them: order statistics of all the others, without sorting once for each. */

export type Weighted = { readonly value: number; readonly weight: number }

/** The lower and the upper quantile to which values of siblings are clipped. */
const clippedTo = [0.2, 0.8] as const

/**
 * By cell, the weighted mean of all others' values, each clipped to the 20 % and 80 % quantiles of the others: what moves for everybody, and
 * not what one of them does. At least two cells; weights > 0.
 */
export function clippedMeansOfOthers(cells: readonly Weighted[]): number[] {
  const order = ascending(cells.map(({ value }) => value))
  const sorted = order.map((at) => cells[at])
  const weights = running(sorted.map(({ weight }) => weight))
  const moments = running(sorted.map(({ value, weight }) => value * weight))
  const found = new Array<number>(cells.length).fill(0)
  for (const [place, at] of order.entries()) {
    const [low, high] = clippedTo.map((share) => quantileWithout(sorted, place, share))
    const [first, last] = [firstFrom(sorted, low, false), firstFrom(sorted, high, true)]
    const own = cells[at]
    const inside = own.value >= low && own.value <= high
    const ownClipped = own.weight * Math.min(high, Math.max(low, own.value))
    const below = weights[first] * low
    const above = (weights[sorted.length] - weights[last]) * high
    const sum = below + (moments[last] - moments[first]) + above - (inside ? own.value * own.weight : ownClipped)
    found[at] = sum / (weights[sorted.length] - own.weight)
  }
  return found
}

/** By cell, the median of all others' values. At least two cells. */
export function mediansOfOthers(values: readonly number[]): number[] {
  const order = ascending(values)
  const sorted = order.map((at) => ({ value: values[at], weight: 1 }))
  const found = new Array<number>(values.length).fill(0)
  for (const [place, at] of order.entries()) found[at] = quantileWithout(sorted, place, 0.5)
  return found
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (sorted.length - 1) / 2
  return (sorted[Math.floor(at)] + sorted[Math.ceil(at)]) / 2
}

/** Linear between order statistics (type 7 of Hyndman & Fan 1996), one of them left out. */
function quantileWithout(sorted: readonly Weighted[], left: number, share: number): number {
  const rank = (sorted.length - 2) * share
  const lower = Math.floor(rank)
  const valueAt = (at: number): number => sorted[at < left ? at : at + 1].value
  const low = valueAt(lower)
  return rank === lower ? low : low + (rank - lower) * (valueAt(lower + 1) - low)
}

/** Positions in ascending order of value; equal ones as they stand. */
function ascending(values: readonly number[]): number[] {
  return [...values.keys()].sort((a, b) => values[a] - values[b] || a - b)
}

/** Sums of the first 0, 1, 2, ... values. */
function running(values: readonly number[]): number[] {
  const sums = [0]
  for (const value of values) sums.push(sums[sums.length - 1] + value)
  return sums
}

/** The first place whose value is at least `bound`, or above it. */
function firstFrom(sorted: readonly Weighted[], bound: number, above: boolean): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    const { value } = sorted[middle]
    if (above ? value > bound : value >= bound) high = middle
    else low = middle + 1
  }
  return low
}
