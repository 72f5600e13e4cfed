/** The ways from the root of a tree to its leaves, by the features that they ask. */
import type { Place } from './forest.ts'

type Branch = { column: number; threshold: number; right: boolean }
/** One feature of a path: the branches that lead to the leaf, and the share of training rows that took them. */
type Factor = { feature: number; share: number; branches: Branch[] }

/** One after another, as they are walked: of each leaf its factors, of each factor its branches. */
export type Paths = {
  /** Of the leaf with most. */
  readonly factorsMax: number
  readonly values: Float64Array
  /** The first factor of each leaf; one more for the end. */
  readonly begins: Int32Array
  readonly features: Int32Array
  readonly shares: Float64Array
  /** The first branch of each factor; one more for the end. */
  readonly branches: Int32Array
  readonly columns: Int32Array
  readonly thresholds: Float64Array
  /** 1: the branch goes right. */
  readonly rights: Uint8Array
}

export function pathsOf(tree: readonly Readonly<Place>[]): Paths {
  const leaves = tree.flatMap(({ first }, at) => (first === at ? [at] : []))
  const paths = leaves.map((leaf) => factorsTo(tree, leaf))
  const factors = paths.flat()
  const branches = factors.flatMap((factor) => factor.branches)
  return {
    factorsMax: paths.reduce((most, { length }) => Math.max(most, length), 0),
    values: Float64Array.from(leaves, (leaf) => tree[leaf].value),
    begins: beginsOf(paths),
    features: Int32Array.from(factors, ({ feature }) => feature),
    shares: Float64Array.from(factors, ({ share }) => share),
    branches: beginsOf(factors.map((factor) => factor.branches)),
    columns: Int32Array.from(branches, ({ column }) => column),
    thresholds: Float64Array.from(branches, ({ threshold }) => threshold),
    rights: Uint8Array.from(branches, ({ right }) => (right ? 1 : 0)),
  }
}

function factorsTo(tree: readonly Readonly<Place>[], leaf: number): Factor[] {
  const factors = new Map<number, Factor>()
  for (let at = leaf; at !== 0; at = tree[at].parent) {
    const { feature, column, threshold, first, rows } = tree[tree[at].parent]
    const factor = factors.get(feature) ?? { feature, share: 1, branches: [] }
    factor.share *= tree[at].rows / rows
    factor.branches.push({ column, threshold, right: at !== first })
    factors.set(feature, factor)
  }
  return [...factors.values()]
}

function beginsOf(lists: readonly { length: number }[]): Int32Array {
  const begins = new Int32Array(lists.length + 1)
  for (const [at, { length }] of lists.entries()) begins[at + 1] = begins[at] + length
  return begins
}
