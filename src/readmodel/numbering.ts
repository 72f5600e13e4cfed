/**
 * Numbers of nodes and cells under one edition of the profile. Nodes of a tree are numbered so that all below one lie in an interval: what a
 * region holds is then a range of numbers, which an index finds. Judged cells are numbered row by row, regions by industries, so that a
 * tick's cells are columns.
 */
import type { Profile } from '../../streams/profile.ts'
import { type CodeTree, rootIndex, unknownCode } from '../../streams/tree.ts'
import { type CellKeys, cellKeys } from '../cells.ts'

export type Interval = { from: number; to: number }
/** For SQL's BETWEEN; nothing lies between those of a code that is not there. */
export const boundsOf = (interval: Interval | undefined): [from: number, to: number] => [
  interval?.from ?? 0,
  interval?.to ?? -1,
]

export type Numbering = {
  readonly profile: Profile
  readonly keys: CellKeys
  readonly regions: TreeNumbers
  readonly industries: TreeNumbers
  readonly grid: CellGrid
}

export type TreeNumbers = {
  /** The number of a code; undefined for one that the tree does not know. */
  numberOf(code: string): number | undefined
  /** The numbers of a code and of all below it. */
  under(code: string): Interval | undefined
}

/** Judged regions by judged industries, the roots among them, in the order of the trees. */
export type CellGrid = {
  readonly regions: readonly number[]
  readonly industries: readonly number[]
  readonly size: number
  /** The cell of a region node and an industry node; undefined where it is not judged. */
  cellOf(region: number, industry: number): number | undefined
  /** The cells that hold a leaf, by the key of the leaf. */
  above(leaf: number): readonly number[]
}

const known = new WeakMap<Profile, Numbering>()

export function numberingOf(profile: Profile): Numbering {
  const found = known.get(profile) ?? numbered(profile)
  known.set(profile, found)
  return found
}

function numbered(profile: Profile): Numbering {
  const { regions, industries } = profile
  const { regionLevels, industryLevels } = profile.file.warnings
  const keys = cellKeys(profile)
  return {
    profile,
    keys,
    regions: treeNumbers(regions),
    industries: treeNumbers(industries),
    grid: gridOf(profile, keys, {
      regions: judgedNodes(regions, regionLevels),
      industries: judgedNodes(industries, industryLevels),
    }),
  }
}

function treeNumbers(tree: CodeTree): TreeNumbers {
  const children: number[][] = tree.nodes.map(() => [])
  for (const node of tree.nodes) if (node.index !== rootIndex) children[node.parent].push(node.index)
  const from = new Int32Array(tree.nodes.length)
  const to = new Int32Array(tree.nodes.length)
  let next = 0
  const visit = (node: number): void => {
    from[node] = next++
    for (const child of children[node]) visit(child)
    to[node] = next - 1
  }
  visit(rootIndex)
  const nodeOf = (code: string): number | undefined => tree.codes.get(code)
  return {
    numberOf: (code) => {
      const node = nodeOf(code)
      return node === undefined ? undefined : from[node]
    },
    under: (code) => {
      const node = nodeOf(code)
      return node === undefined ? undefined : { from: from[node], to: to[node] }
    },
  }
}

function judgedNodes(tree: CodeTree, levels: readonly string[]): number[] {
  const depths = new Set([0, ...levels.map((level) => tree.levels.indexOf(level) + 1)])
  return tree.nodes
    .filter(({ code, depth }) => depths.has(depth) && !code.endsWith(unknownCode))
    .map(({ index }) => index)
}

function gridOf(
  profile: Profile,
  keys: CellKeys,
  { regions, industries }: Pick<CellGrid, 'regions' | 'industries'>,
): CellGrid {
  const row = new Map(regions.map((node, at) => [node, at]))
  const column = new Map(industries.map((node, at) => [node, at]))
  const known = new Map<number, readonly number[]>()
  const cellOf = (region: number, industry: number): number | undefined => {
    const [r, i] = [row.get(region), column.get(industry)]
    return r === undefined || i === undefined ? undefined : r * industries.length + i
  }
  const found = (leaf: number): number[] =>
    profile.regions
      .pathOf(keys.region(leaf))
      .flatMap((region) =>
        profile.industries.pathOf(keys.industry(leaf)).flatMap((industry) => cellOf(region, industry) ?? []),
      )
  return {
    ...{ regions, industries, cellOf },
    size: regions.length * industries.length,
    above: (leaf) => {
      const cells = known.get(leaf) ?? found(leaf)
      known.set(leaf, cells)
      return cells
    },
  }
}
