/** How well scores order and calibrate: area under the ROC curve, and Brier score. */

/** Probability that a positive row scores above a negative one; ties count half (Mann-Whitney). NaN without both classes. */
export function areaUnderRoc(scores: Float64Array, labels: Uint8Array): number {
  const order = Uint32Array.from(scores, (_, at) => at).sort((a, b) => scores[a] - scores[b])
  let [rankSum, positives] = [0, 0]
  for (let from = 0; from < order.length; ) {
    let to = from
    while (to < order.length && scores[order[to]] === scores[order[from]]) to++
    const rank = (from + 1 + to) / 2
    for (let at = from; at < to; at++) {
      if (labels[order[at]] === 0) continue
      rankSum += rank
      positives++
    }
    from = to
  }
  const negatives = order.length - positives
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives)
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
