/**
 * Exact Shapley values of trees, path-dependent: a feature that is not known sends a row both ways, in the shares in which the
 * training rows went. What is computed is that of Lundberg et al. 2018 (arXiv:1802.03888) and 2020, and LightGBM's
 * `pred_contrib`. How: a leaf is reached with chance prod(z_i) over the features i of its path, where z_i is the share of training
 * rows that took i's branches, and o_i is 1 if the row takes them, else 0. Its Shapley value is
 *   phi_i = value * (o_i - z_i) * integral over t in 0..1 of prod over j /= i of (z_j * (1 - t) + o_j * t)
 * (Owen 1972, Multilinear extensions of games), which a Gauss-Legendre rule of half as many points as features integrates
 * exactly. All terms of the sum have one sign: nothing cancels. Leaves x features^2 steps a tree.
 */
import { gaussLegendre } from '../math.ts'
import type { Forest, Place } from './forest.ts'

type Branch = { column: number; threshold: number; right: boolean }
/** One feature of a path: the branches that lead to the leaf, and the share of training rows that took them. */
type Factor = { feature: number; share: number; branches: Branch[] }
type Path = { value: number /** Share of the training rows that came to the leaf. */; share: number; factors: Factor[] }

export type TreeShap = {
  /** Expected log-odds over the training rows. */
  readonly baseLogOdds: number
  /** Adds to `out`, which has one entry a feature, the contributions of the row with these columns. */
  addContributions(columns: Float64Array, out: Float64Array): void
}

export function treeShap({ trees }: Forest): TreeShap {
  const paths = trees.flatMap((tree) => tree.flatMap(({ first }, at) => (first === at ? [pathTo(tree, at)] : [])))
  const longest = paths.reduce((most, { factors }) => Math.max(most, factors.length), 0)
  const rules = Array.from({ length: (longest + 1) >> 1 }, (_, at) => gaussLegendre(at + 1))
  const ones = new Float64Array(longest)
  const terms = new Float64Array(longest)

  const addPath = ({ value, factors }: Path, columns: Float64Array, out: Float64Array): void => {
    const size = factors.length
    for (let at = 0; at < size; at++) ones[at] = takes(factors[at].branches, columns) ? 1 : 0
    const { points, weights } = rules[(size - 1) >> 1]
    for (let point = 0; point < points.length; point++) {
      const t = points[point]
      let product = value * weights[point]
      for (let at = 0; at < size; at++) {
        terms[at] = factors[at].share * (1 - t) + ones[at] * t
        product *= terms[at]
      }
      for (let at = 0; at < size; at++)
        out[factors[at].feature] += ((ones[at] - factors[at].share) * product) / terms[at]
    }
  }

  return {
    baseLogOdds: paths.reduce((sum, { value, share }) => sum + value * share, 0),
    addContributions(columns, out) {
      for (const path of paths) if (path.factors.length > 0) addPath(path, columns, out)
    },
  }
}

function takes(branches: readonly Branch[], columns: Float64Array): boolean {
  for (const { column, threshold, right } of branches) if (columns[column] > threshold !== right) return false
  return true
}

function pathTo(tree: readonly Place[], leaf: number): Path {
  const factors = new Map<number, Factor>()
  for (let at = leaf; at !== 0; at = tree[at].parent) {
    const { feature, column, threshold, first, rows } = tree[tree[at].parent]
    const factor = factors.get(feature) ?? { feature, share: 1, branches: [] }
    factor.share *= tree[at].rows / rows
    factor.branches.push({ column, threshold, right: at !== first })
    factors.set(feature, factor)
  }
  return { value: tree[leaf].value, share: tree[leaf].rows / tree[0].rows, factors: [...factors.values()] }
}
