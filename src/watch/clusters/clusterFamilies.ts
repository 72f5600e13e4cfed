/**
 * Where clusters are looked for: families of judged nodes that share a parent on one axis and a node of the other, none of them at the
 * deepest level of both trees, where a node has hardly an event. Regions of the outermost level are near each other where they touch, if the
 * profile says which do; all other siblings are near each other.
 */
import type { Profile } from '../../../streams/profile.ts'
import { type CodeTree, rootIndex } from '../../../streams/tree.ts'
import type { CellKeys } from '../../cells.ts'
import type { Lattice } from '../lattice.ts'

/** Keys of nodes, and sets of them that are near each other. */
export type KeyFamily = { nodes: readonly number[]; zones: readonly (readonly number[])[] }

/** Of all nodes that the profile judges; a node without events has no place in a window yet. */
export function clusterFamilies(profile: Profile, keys: CellKeys, lattice: Lattice): KeyFamily[] {
  const { regions, industries } = profile
  const [areas, branches] = [
    judged(regions, profile.file.warnings.regionLevels),
    judged(industries, profile.file.warnings.industryLevels),
  ]
  const ofRegions = siblings(regions, areas).flatMap(({ parent, children }) => {
    const zones = parent === rootIndex ? zonesOf(profile, children) : [children]
    return [rootIndex, ...(parent === rootIndex ? branches : outermost(industries, branches))].map((industry) => ({
      nodes: children.map((region) => keys.cell(region, industry)),
      zones: zones.map((zone) => zone.map((region) => keys.cell(region, industry))),
    }))
  })
  const ofIndustries = siblings(industries, branches).flatMap(({ children }) =>
    [rootIndex, ...outermost(regions, areas)].map((region) => {
      const nodes = children.map((industry) => keys.cell(region, industry))
      return { nodes, zones: [nodes] }
    }),
  )
  const all = [...ofRegions, ...ofIndustries]
  return all.filter(({ nodes }) => nodes.length > 1 && nodes.every((node) => lattice.axisOf(node) !== undefined))
}

/** Each region with those that touch it; all in one where nobody says. */
function zonesOf({ neighbours }: Profile, children: readonly number[]): (readonly number[])[] {
  if (neighbours.size === 0) return [children]
  const known = new Set(children)
  return children.map((region) => [region, ...(neighbours.get(region) ?? []).filter((one) => known.has(one))])
}

function judged(tree: CodeTree, levels: readonly string[]): number[] {
  const depths = new Set(levels.map((level) => tree.levels.indexOf(level) + 1))
  return tree.nodes
    .filter(({ depth, code }) => depths.has(depth) && !code.endsWith('UNKNOWN'))
    .map(({ index }) => index)
}

function outermost({ nodes }: CodeTree, judgedNodes: readonly number[]): number[] {
  const least = Math.min(...judgedNodes.map((node) => nodes[node].depth))
  return judgedNodes.filter((node) => nodes[node].depth === least)
}

/** Judged nodes by the next judged node above them. */
function siblings(tree: CodeTree, judgedNodes: readonly number[]): { parent: number; children: number[] }[] {
  const isJudged = new Set(judgedNodes)
  const byParent = new Map<number, number[]>()
  for (const node of judgedNodes) {
    let parent = tree.nodes[node].parent
    while (parent !== rootIndex && !isJudged.has(parent)) parent = tree.nodes[parent].parent
    byParent.set(parent, [...(byParent.get(parent) ?? []), node])
  }
  return [...byParent].map(([parent, children]) => ({ parent, children }))
}
