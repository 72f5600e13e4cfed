/**
 * Exact Shapley values of trees, path-dependent: a feature that is not known sends a row both ways, in the shares in which the
 * training rows went. What is computed is that of Lundberg et al. 2018 (arXiv:1802.03888) and 2020, and LightGBM's
 * `pred_contrib`. How: a leaf is reached with chance prod(z_i) over the features i of its path, where z_i is the share of training
 * rows that took i's branches, and o_i is 1 if the row takes them, else 0. Its Shapley value is
 *   phi_i = value * (o_i - z_i) * integral over t in 0..1 of prod over j /= i of (z_j * (1 - t) + o_j * t)
 * (Owen 1972, Multilinear extensions of games), which a Gauss-Legendre rule of half as many points as features integrates
 * exactly. All terms of the sum have one sign: nothing cancels. Leaves x features^2 steps a tree.
 */
import { gaussLegendre, type Quadrature } from '../math.ts'
import type { Forest, Place } from './forest.ts'
import { type Paths, pathsOf } from './treePaths.ts'

export type TreeShap = {
  /** Expected log-odds over the training rows. */
  readonly baseLogOdds: number
  /** Adds to `out`, which has one entry a feature, the contributions of the row with these columns. */
  addContributions(columns: Float64Array, out: Float64Array): void
}

export function treeShap({ trees }: Forest): TreeShap {
  const all = trees.map(pathsOf)
  const longest = all.reduce((most, { factorsMax }) => Math.max(most, factorsMax), 0)
  const rules: readonly Quadrature[] = Array.from({ length: (longest + 1) >> 1 }, (_, at) => gaussLegendre(at + 1))
  const scratch: Scratch = {
    taken: new Int32Array(longest),
    terms: new Float64Array(longest),
    sums: new Float64Array(longest),
  }
  return {
    baseLogOdds: trees.reduce((sum, tree) => sum + expectedValue(tree), 0),
    addContributions(columns, out) {
      for (const paths of all) {
        for (let path = 0; path < paths.values.length; path++) {
          const size = paths.begins[path + 1] - paths.begins[path]
          if (size > 0) addPath(paths, path, rules[(size - 1) >> 1], scratch, columns, out)
        }
      }
    },
  }
}

/** Splits have the value 0. */
function expectedValue(tree: readonly Readonly<Place>[]): number {
  return tree.reduce((sum, { value, rows }) => sum + value * rows, 0) / tree[0].rows
}

/** Of the factors of a path whose branches the row takes: which they are, what they are at a point, their integrals. */
type Scratch = { readonly taken: Int32Array; readonly terms: Float64Array; readonly sums: Float64Array }

/** A feature not taken has the factor z * (1 - t), so its value is -value * integral of the whole product / (1 - t). */
function addPath(
  paths: Paths,
  path: number,
  { points, weights }: Quadrature,
  { taken, terms, sums }: Scratch,
  columns: Float64Array,
  out: Float64Array,
): void {
  const { shares, features } = paths
  const begin = paths.begins[path]
  const end = paths.begins[path + 1]
  let count = 0
  let value = paths.values[path]
  for (let factor = begin; factor < end; factor++) {
    taken[count] = factor
    sums[count] = 0
    if (takes(paths, factor, columns)) count++
    else value *= shares[factor]
  }
  let others = 0
  for (let point = 0; point < points.length; point++) {
    const t = points[point]
    let product = value * weights[point]
    for (let factor = begin + count; factor < end; factor++) product *= 1 - t
    for (let at = 0; at < count; at++) {
      const share = shares[taken[at]]
      terms[at] = share + (1 - share) * t
      product *= terms[at]
    }
    others += product / (1 - t)
    for (let at = 0; at < count; at++) sums[at] += product / terms[at]
  }
  for (let factor = begin, at = 0; factor < end; factor++) {
    if (at < count && taken[at] === factor) out[features[factor]] += (1 - shares[factor]) * sums[at++]
    else out[features[factor]] -= others
  }
}

function takes({ branches, columns, thresholds, rights }: Paths, factor: number, row: Float64Array): boolean {
  for (let at = branches[factor]; at < branches[factor + 1]; at++)
    if (row[columns[at]] > thresholds[at] !== (rights[at] === 1)) return false
  return true
}
