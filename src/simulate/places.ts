/**
 * Where enterprises stand: leaves of the region tree and of the industry tree, of very unequal size. Siblings follow Zipf's law in a
 * seeded order; sections of GB/T 4754 have shares like those of the market entities registered in China (wholesale and retail
 * about a third).
 */
import { atDepth, type CodeTree, rootIndex, unknownIndex } from '../../streams/tree.ts'
import { AliasTable } from './flaws/alias.ts'
import type { Random } from './random.ts'

const zipfExponent = 0.8
const sectionShares: Readonly<Record<string, number>> = {
  A: 0.04,
  B: 0.003,
  C: 0.12,
  D: 0.005,
  E: 0.07,
  F: 0.34,
  G: 0.03,
  H: 0.11,
  I: 0.04,
  J: 0.005,
  K: 0.03,
  L: 0.08,
  M: 0.05,
  N: 0.005,
  O: 0.045,
  P: 0.01,
  Q: 0.007,
  R: 0.02,
  S: 0.001,
  T: 0.001,
}

/** Provinces (GB/T 2260, first two digits) by market entities, most first; others and the levels below come in seeded order. */
const provincesBySize =
  '44 37 32 33 41 51 13 42 43 34 35 61 36 11 31 53 45 21 50 52 22 23 14 15 12 65 62 46 64 63 54'.split(' ')

export type Places = {
  /** Node index of a random leaf, in proportion to its weight. */
  pick(random: Random): number
  /** A leaf near this one: a child of the same parent (the node itself where it is an only child). */
  near(node: number, random: Random): number
  /** The ancestor at depth 1, by node. */
  readonly topOf: Uint16Array
}

/** Children of each node without UNKNOWN and the `<code>/UNKNOWN` nodes, which no sender names. */
function childrenOf(tree: CodeTree): readonly (readonly number[])[] {
  const children: number[][] = tree.nodes.map(() => [])
  for (const node of tree.nodes) {
    if (node.index > unknownIndex && !node.code.includes('/')) children[node.parent].push(node.index)
  }
  return children
}

function weightsOf(tree: CodeTree, children: readonly (readonly number[])[], random: Random): Float64Array {
  const weights = new Float64Array(tree.nodes.length)
  const walk = (node: number, weight: number): void => {
    if (children[node].length === 0) weights[node] = weight
    const order = node === rootIndex ? bySize(tree, random.shuffled(children[node])) : random.shuffled(children[node])
    const shares = order.map((child, rank) => {
      const known = node === rootIndex ? sectionShares[tree.nodes[child].code] : undefined
      return { child, share: known ?? (rank + 1) ** -zipfExponent }
    })
    const sum = shares.reduce((total, { share }) => total + share, 0)
    for (const { child, share } of shares) walk(child, (weight * share) / sum)
  }
  walk(rootIndex, 1)
  return weights
}

/** Sorting keeps the seeded order of those that the list does not name. */
function bySize(tree: CodeTree, nodes: readonly number[]): number[] {
  const rank = (node: number): number => {
    const { code } = tree.nodes[node]
    const at = code.length === 6 ? provincesBySize.indexOf(code.slice(0, 2)) : -1
    return at < 0 ? provincesBySize.length : at
  }
  return [...nodes].sort((a, b) => rank(a) - rank(b))
}

export function places(tree: CodeTree, random: Random): Places {
  const children = childrenOf(tree)
  const alias = new AliasTable(weightsOf(tree, children, random))
  const topOf = Uint16Array.from(tree.nodes, (node) => atDepth(tree.nodes, node, 1).index)
  return {
    pick: (draws) => alias.pick(draws),
    near: (node, draws) => {
      const siblings = node <= unknownIndex ? [] : children[tree.nodes[node].parent]
      const other = siblings.length === 0 ? node : draws.pick(siblings)
      return children[other].length === 0 ? other : node
    },
    topOf,
  }
}
