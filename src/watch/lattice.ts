/**
 * The lattice of cells: region tree x industry tree. Counts come in at leaves; judged are the nodes above them at the levels
 * that the profile names, on three axes: regions (all industries), industries (the whole country), and cells (both).
 * UNKNOWN nodes are counted, so that totals add up, and never judged: nobody can act on them.
 */
import type { Profile } from '../../streams/profile.ts'
import type { Axis } from '../../streams/topics.ts'
import { type CodeTree, rootIndex, unknownCode } from '../../streams/tree.ts'
import type { CellKeys } from '../cells.ts'

export type Lattice = {
  /** The node for the whole country and all industries: counted, not judged. */
  readonly whole: number
  /** Nodes above a leaf or a node that are judged, itself included, and the whole. */
  nodesOf(leaf: number): readonly number[]
  /** Axis of a judged node; undefined for a node that is not judged. */
  axisOf(node: number): Axis | undefined
  /** The next judged nodes above: one step up in region, one in industry. */
  parentsOf(node: number): readonly number[]
  /** Whether a node lies above another, or is it. */
  contains(above: number, below: number): boolean
  /** What two nodes share of which neither lies above the other: the deeper region in the deeper industry; undefined where nothing. */
  sharedBy(one: number, other: number): number | undefined
  /** Nodes that share a prior: the same industry in regions of one parent, or industries of one parent. */
  siblingsOf(node: number): { key: string /** How many there are, seen or not. */; size: number }
  /** Judged nodes of the same industry in regions that touch its own, or have the same parent where nobody says which touch; none nation-wide. */
  besideOf(node: number): readonly number[]
  /** The nation-wide node whose weekly rhythm a node follows: its outermost judged industry, or the whole. */
  rhythmOf(node: number): number
  regionOf(node: number): number
  /** Whether a node's region lies in a region, or holds it. */
  isNear(region: number, node: number): boolean
  codes(node: number): { region: string; industry: string }
}

export function lattice(profile: Profile, keys: CellKeys): Lattice {
  const { regions, industries } = profile
  const policy = profile.file.warnings
  const regionJudged = judgedNodes(regions, policy.regionLevels)
  const industryJudged = judgedNodes(industries, policy.industryLevels)
  const [regionChildren, industryChildren] = [childCounts(regions), childCounts(industries)]
  const whole = keys.cell(rootIndex, rootIndex)

  return {
    whole,
    nodesOf,
    axisOf,
    parentsOf,
    contains,
    sharedBy,
    siblingsOf,
    besideOf,
    rhythmOf,
    regionOf: keys.region,
    isNear,
    codes,
  }

  function nodesOf(leaf: number): readonly number[] {
    const found = [whole]
    for (const region of regions.pathOf(keys.region(leaf))) {
      for (const industry of industries.pathOf(keys.industry(leaf))) {
        const node = keys.cell(region, industry)
        if (axisOf(node) !== undefined) found.push(node)
      }
    }
    return found
  }

  function axisOf(node: number): Axis | undefined {
    const [region, industry] = [keys.region(node), keys.industry(node)]
    if (region === rootIndex) return industry !== rootIndex && industryJudged[industry] === 1 ? 'industry' : undefined
    if (regionJudged[region] !== 1) return undefined
    if (industry === rootIndex) return 'region'
    return industryJudged[industry] === 1 ? 'cell' : undefined
  }

  function parentsOf(node: number): readonly number[] {
    const [region, industry] = [keys.region(node), keys.industry(node)]
    const up = [
      keys.cell(judgedAbove(regions, regionJudged, region), industry),
      keys.cell(region, judgedAbove(industries, industryJudged, industry)),
    ]
    return up.filter((parent) => parent !== node && axisOf(parent) !== undefined)
  }

  function contains(above: number, below: number): boolean {
    return (
      isAbove(regions, keys.region(above), keys.region(below)) &&
      isAbove(industries, keys.industry(above), keys.industry(below))
    )
  }

  function sharedBy(one: number, other: number): number | undefined {
    const [region, otherRegion] = [keys.region(one), keys.region(other)]
    const [industry, otherIndustry] = [keys.industry(one), keys.industry(other)]
    if (region === otherRegion || industry === otherIndustry) return undefined
    if (isAbove(regions, otherRegion, region) && isAbove(industries, industry, otherIndustry))
      return keys.cell(region, otherIndustry)
    if (isAbove(regions, region, otherRegion) && isAbove(industries, otherIndustry, industry))
      return keys.cell(otherRegion, industry)
    return undefined
  }

  function isNear(region: number, node: number): boolean {
    const own = keys.region(node)
    return isAbove(regions, region, own) || isAbove(regions, own, region)
  }

  function siblingsOf(node: number): { key: string; size: number } {
    const [region, industry] = [keys.region(node), keys.industry(node)]
    if (region === rootIndex) {
      const parent = industries.nodes[industry].parent
      return { key: `i${parent}`, size: industryChildren[parent] }
    }
    const parent = regions.nodes[region].parent
    return { key: `r${parent}:${industry}`, size: regionChildren[parent] }
  }

  function besideOf(node: number): readonly number[] {
    const [region, industry] = [keys.region(node), keys.industry(node)]
    if (region === rootIndex) return []
    const { parent } = regions.nodes[region]
    const siblings = regions.nodes.filter(
      (one) => one.parent === parent && one.index !== rootIndex && one.index !== region,
    )
    const near = profile.neighbours.get(region) ?? siblings.map(({ index }) => index)
    return near.map((one) => keys.cell(one, industry)).filter((one) => axisOf(one) !== undefined)
  }

  function rhythmOf(node: number): number {
    let top = rootIndex
    for (const at of industries.pathOf(keys.industry(node))) if (industryJudged[at] === 1) top = at
    return keys.cell(rootIndex, top)
  }

  function codes(node: number): { region: string; industry: string } {
    return { region: regions.nodes[keys.region(node)].code, industry: industries.nodes[keys.industry(node)].code }
  }
}

function judgedNodes(tree: CodeTree, levels: readonly string[]): Uint8Array {
  const depths = new Set(levels.map((level) => tree.levels.indexOf(level) + 1))
  return Uint8Array.from(tree.nodes, (node) => (depths.has(node.depth) && !node.code.endsWith(unknownCode) ? 1 : 0))
}

function judgedAbove(tree: CodeTree, judged: Uint8Array, node: number): number {
  let at = tree.nodes[node].parent
  while (at !== rootIndex && judged[at] === 0) at = tree.nodes[at].parent
  return at
}

function isAbove(tree: CodeTree, above: number, below: number): boolean {
  for (let at = below; ; at = tree.nodes[at].parent) {
    if (at === above) return true
    if (at === rootIndex) return false
  }
}

function childCounts(tree: CodeTree): Uint32Array {
  const counts = new Uint32Array(tree.nodes.length)
  for (const node of tree.nodes) if (node.index !== rootIndex && !node.code.endsWith(unknownCode)) counts[node.parent]++
  return counts
}
