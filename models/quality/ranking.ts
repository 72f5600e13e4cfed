/** The figures that are asked for most, of one vector of scores: area under the ROC curve, Brier score, quantiles. */
import { orderOf, rankingOf } from './order.ts'

/** Probability that a positive row scores above a negative one; ties count half (Mann-Whitney). NaN without both classes. */
export function areaUnderRoc(scores: Float64Array, labels: Uint8Array): number {
  return rankingOf(orderOf(scores), labels)?.auc ?? Number.NaN
}

/** Mean squared difference of probability and outcome. */
export function brierScore(probabilities: Float64Array, labels: Uint8Array): number {
  let sum = 0
  for (let at = 0; at < labels.length; at++) sum += (probabilities[at] - labels[at]) * (probabilities[at] - labels[at])
  return sum / labels.length
}

/** The value below which a share of the sorted values lies, 0..1. */
export function quantile(sorted: Float64Array, share: number): number {
  const at = (sorted.length - 1) * share
  const low = Math.floor(at)
  const high = Math.min(low + 1, sorted.length - 1)
  return sorted[low] + (sorted[high] - sorted[low]) * (at - low)
}

/** One column of rows that lie one after another. */
export function columnOf(values: Float64Array, column: number, width: number): Float64Array {
  return Float64Array.from({ length: values.length / width }, (_, row) => values[row * width + column])
}
