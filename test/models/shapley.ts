/** Shapley values of trees by their definition, over all sets of features: an oracle for few features. */
import type { Grown } from '../support/randomTrees.ts'

/** By the definition: the mean, over all orders of the features, of what knowing one more changes. */
export function shapley(file: Grown, row: Float64Array): Float64Array {
  const size = file.features.length
  const all = 2 ** size
  const expected = Array.from({ length: all }, (_, known) => expectedLogOdds(file, row, known))
  const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1))
  return Float64Array.from({ length: size }, (_, feature) => {
    let sum = 0
    for (let known = 0; known < all; known++) {
      if ((known >> feature) & 1) continue
      const count = known.toString(2).replaceAll('0', '').length
      const weight = (factorial(count) * factorial(size - count - 1)) / factorial(size)
      sum += weight * (expected[known | (1 << feature)] - expected[known])
    }
    return sum
  })
}

/** Log-odds when only some features are known (bits); where others are asked, both ways in the shares of the training rows. */
function expectedLogOdds({ trees: forest }: Grown, row: Float64Array, known: number): number {
  return forest.reduce((sum, tree) => {
    const walk = (node: number): { mean: number; rows: number } => {
      if (node < 0) return { mean: tree.values[-1 - node], rows: tree.counts[-1 - node] }
      const left = walk(tree.left[node])
      const right = walk(tree.right[node])
      const rows = left.rows + right.rows
      if (((known >> tree.features[node]) & 1) === 0)
        return { rows, mean: (left.mean * left.rows + right.mean * right.rows) / rows }
      return { rows, mean: goesLeft(tree, node, row[tree.features[node]]) ? left.mean : right.mean }
    }
    return sum + walk(tree.left.length === 0 ? -1 : 0).mean
  }, 0)
}

/** As LightGBM says it. */
function goesLeft({ decisions, thresholds, categories }: Grown['trees'][number], node: number, x: number): boolean {
  const bits = decisions[node]
  if ((bits & 1) === 1) return categories[thresholds[node]].includes(Math.trunc(x))
  const missingType = bits >> 2
  const value = Number.isNaN(x) && missingType !== 2 ? 0 : x
  const missing = (missingType === 1 && value === 0) || Number.isNaN(value)
  return missing ? (bits & 2) === 2 : value <= thresholds[node]
}
