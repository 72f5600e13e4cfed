/** Trees made up by chance, grown leaf by leaf as LightGBM does: the leaf with most rows is likely to be split next. */
import type { TreesFile } from '../../models/risk/modelFile.ts'
import type { TreeWeights } from '../../models/risk/weights.ts'

type Random = () => number
export type Grown = Pick<TreesFile, 'features' | 'trees'>

/** For an import, whose statistics of training rows are unknown. */
export const standardFeatures = (names: readonly string[]): Grown['features'] =>
  names.map((name) => ({ name, mean: 0, deviation: 1 }))

const rootRows = 100_000

/** Features are uniform in 0..1, and thresholds share the rows out accordingly. `decision`: LightGBM's bits, by default none. */
export function randomTrees(
  random: Random,
  {
    features,
    trees,
    leaves,
    decision = () => 0,
  }: { features: number; trees: number; leaves: number; decision?: () => number },
): Grown {
  return {
    features: standardFeatures(Array.from({ length: features }, (_, at) => `x${at}`)),
    trees: Array.from({ length: trees }, () => grow(random, features, leaves, decision)),
  }
}

/** Leaves, and no split above them yet. */
export function unsplit(values: number[], counts: number[]): TreeWeights {
  return { values, counts, features: [], thresholds: [], decisions: [], left: [], right: [], categories: [] }
}

function grow(random: Random, features: number, leaves: number, decision: () => number): TreeWeights {
  const tree = unsplit([0], [rootRows])
  const parents: { children: number[]; split: number }[] = [{ children: [], split: 0 }]
  while (tree.values.length < leaves) {
    const { length: leaf } = tree.values
    const split = leaf - 1
    const at = pick(random, tree.counts)
    const share = 0.15 + 0.7 * random()
    const decided = decision()
    const rows = tree.counts[at]
    const left = Math.max(1, Math.round(rows * share))
    const { children, split: above } = parents[at]
    children[above] = split
    tree.features.push(Math.floor(random() * features))
    tree.decisions.push(decided)
    tree.thresholds.push((decided & 1) === 1 ? tree.categories.length : share)
    if ((decided & 1) === 1) tree.categories.push([0, 1, 2, 5, 40].filter(() => random() < share))
    tree.left.push(-1 - at)
    tree.right.push(-1 - leaf)
    tree.counts[at] = left
    tree.counts.push(Math.max(1, rows - left))
    tree.values.push(0)
    parents[at] = { children: tree.left, split }
    parents.push({ children: tree.right, split })
  }
  return { ...tree, values: tree.values.map(() => random() - 0.5) }
}

/** A leaf, with chances in proportion to its rows. */
function pick(random: Random, counts: readonly number[]): number {
  let left = random() * counts.reduce((sum, count) => sum + count, 0)
  const at = counts.findIndex((count) => {
    left -= count
    return left < 0
  })
  return Math.max(0, at)
}
