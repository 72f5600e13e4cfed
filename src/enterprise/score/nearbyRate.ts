/**
 * The rate of one declared feature at every node of a tree: among all, or among the enterprises of a grade, drawn to what lies around and
 * above (docs/fold.md rule 16).
 */
import { shrunkRate } from '../../../models/declared.ts'
import { type Near, nearness } from '../../../models/nearness.ts'
import type { Profile } from '../../../streams/profile.ts'
import { atDepth, type CodeTree, rootIndex } from '../../../streams/tree.ts'
import { type PlaceFeature, placeFeatures, typeFlags } from '../../featureProfile.ts'

type Nearby = Extract<PlaceFeature, { kind: 'nearby' }>

/** Decayed sums of one declared feature at every node of its axis, as of the last tick added. */
export type NearbyRate = {
  slot: number
  /** The tree of its axis, cut at its level. */
  tree: CodeTree
  axis: 'region' | 'industry' | 'whole'
  /** For each node of the profile's tree the node of this one at which it counts. */
  nodeOf: Uint16Array
  of: Uint8Array
  per: Uint8Array | undefined
  halfLifeDays: number
  prior: { rate: number; events: number; wholeEvents: number }
  /** What is left of the sums at the end of the open tick. */
  kept: number
  sums: Sums
  circle: Circle | undefined
  graded: Graded | undefined
}

type Sums = { of: Float64Array; per: Float64Array }

/** The sums of the regions around each region, weighed by distance. They follow from the sums, so no checkpoint keeps them. */
type Circle = { near: readonly (readonly Near[])[]; events: number; sums: Sums }

/** The sums of each grade at each node, at `node * grades + grade`. */
type Graded = { grades: number; events: number; sums: Sums }

/** The rate of a grade at a node, drawn to that of all; where grades do not count by themselves, that of all. */
export function rateFor(around: NearbyRate, node: number, grade: number): number {
  const { graded, kept } = around
  const rate = rateAt(around, node)
  if (graded === undefined) return rate
  const { grades, events, sums } = graded
  const own = node * grades + grade
  return shrunkRate(sums.of[own] * kept, sums.per[own] * kept, { rate, events })
}

/** The rate at a node, drawn to that around it and that to the rate of the node above it; the whole is drawn to the prior. */
function rateAt(around: NearbyRate, node: number): number {
  const { tree, prior, sums, kept, circle } = around
  const isWhole = node === rootIndex
  const above = isWhole ? prior.rate : rateAt(around, tree.nodes[node].parent)
  const events = isWhole ? prior.wholeEvents : prior.events
  const rateOf = ({ of, per }: Sums, drawnTo: { rate: number; events: number }): number =>
    shrunkRate(of[node] * kept, per[node] * kept, drawnTo)
  const rate = circle === undefined ? above : rateOf(circle.sums, { rate: above, events: circle.events })
  return rateOf(sums, { rate, events })
}

/** Nodes in the order of the tree: the same sums to the last bit wherever they are made. */
export function lookRound({ sums, circle }: NearbyRate): void {
  if (circle === undefined) return
  for (const [node, near] of circle.near.entries()) {
    let [of, per] = [0, 0]
    for (const { index, weight } of near) {
      of += weight * sums.of[index]
      per += weight * sums.per[index]
    }
    circle.sums.of[node] = of
    circle.sums.per[node] = per
  }
}

/** What decays and is kept: `of` and `per` of all, then of each grade. */
export function arraysOf({ sums, graded }: NearbyRate): Float64Array[] {
  return [sums, ...(graded === undefined ? [] : [graded.sums])].flatMap(({ of, per }) => [of, per])
}

function emptySums(size: number): Sums {
  return { of: new Float64Array(size), per: new Float64Array(size) }
}

export function nearbyRate(profile: Profile, feature: Nearby, slot: number): NearbyRate {
  const { axis, of, per, halfLifeDays, prior, around, sameGrade } = feature
  const whole = axis === 'industry' ? profile.industries : profile.regions
  const tree = whole.cutAt(levelOf(profile, feature))
  const [nodes, grades] = [tree.nodes.length, profile.grades.length]
  return {
    slot,
    tree,
    axis,
    nodeOf: axis === 'whole' ? new Uint16Array(whole.nodes.length).fill(rootIndex) : nodesIn(tree, whole),
    of: typeFlags(profile, of),
    per: per === undefined ? undefined : typeFlags(profile, per),
    halfLifeDays,
    prior: { ...prior, wholeEvents: prior.wholeEvents ?? prior.events },
    kept: 1,
    sums: emptySums(nodes),
    circle: around && { near: nearOf(tree, around.km), events: around.events, sums: emptySums(nodes) },
    graded: sameGrade && { grades, events: sameGrade.events, sums: emptySums(nodes * grades) },
  }
}

/** The level that a feature names, else the deepest: that of an enterprise's own region or industry, whatever warnings look at. */
export function levelOf(
  { regions, industries }: Pick<Profile, 'regions' | 'industries'>,
  { axis, level }: Pick<Nearby, 'axis' | 'level'>,
): string {
  const { levels } = axis === 'industry' ? industries : regions
  return level ?? levels[levels.length - 1]
}

/** For each node of a tree the leaf in another cut of it. */
function nodesIn(cut: CodeTree, { nodes }: CodeTree): Uint16Array {
  return Uint16Array.from(nodes, (node) => {
    let at = node
    while (!cut.has(at.code)) at = nodes[at.parent] // an UNKNOWN that only the other cut has
    return cut.leafOf[cut.find(at.code)]
  })
}

/**
 * For each node the one at which its events are counted: the leaf of its judged cell, or a node below that where a feature asks for what is nearby
 * at a deeper level. So features do not depend on where warnings look.
 */
export function countedAt(profile: Profile, axis: 'region' | 'industry'): Uint16Array {
  const tree = axis === 'industry' ? profile.industries : profile.regions
  const { nodes, levels, cutDepth, leafOf } = tree
  const asked = placeFeatures(profile).filter((feature) => feature.kind === 'nearby' && feature.axis === axis)
  const depths = asked.map((feature) => (feature.kind === 'nearby' ? levels.indexOf(levelOf(profile, feature)) + 1 : 0))
  const depth = Math.max(cutDepth, ...depths)
  if (depth === cutDepth) return leafOf
  return Uint16Array.from(nodes, (node) =>
    node.depth <= cutDepth ? leafOf[node.index] : atDepth(nodes, node, depth).index,
  )
}

/** Regions of one level are near one another; none without a centre is near any. */
function nearOf({ nodes, levels }: CodeTree, km: number): Near[][] {
  const near: Near[][] = nodes.map(() => [])
  for (const depth of levels.keys()) {
    const centres = nodes.map(({ depth: own, centre }) => (own === depth + 1 ? centre : undefined))
    for (const [node, some] of nearness(centres, km).entries()) if (some.length > 0) near[node] = some
  }
  return near
}
