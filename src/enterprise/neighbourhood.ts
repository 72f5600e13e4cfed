/**
 * What is around an enterprise: recent rates of events in its region and its industry, from the tick archive (docs/fold.md rule 16).
 * Ticks <= T-2 speak in tick T, whenever they came: so the answer is the same with any number of partitions, and in a replay.
 */
import { z } from 'zod'
import { shrunkRate } from '../../models/declared.ts'
import { ln1p, pow2 } from '../../models/math.ts'
import { type Near, nearness } from '../../models/nearness.ts'
import type { Profile } from '../../streams/profile.ts'
import { ArchiveRecord } from '../../streams/ticks.ts'
import { type CodeTree, rootIndex } from '../../streams/tree.ts'
import type { CellKeys } from '../cells.ts'
import { jsonOf } from '../json.ts'
import { dayMs, neighbourhoodLagTicks } from '../limits.ts'
import type { LogRecord } from '../log/port.ts'
import { type PlaceFeature, placeFeatures, typeFlags } from './featureProfile.ts'

const ArchivedCounts = z.object({
  tick: z.int(),
  counts: z.object({ keys: z.array(z.number()), sums: z.array(z.number()) }),
})
type ArchivedCounts = z.infer<typeof ArchivedCounts>

/** What a checkpoint keeps of it. */
export const SavedNeighbourhood = z.object({
  lastTick: z.int().nullable(),
  waiting: z.array(ArchivedCounts),
  /** `of` and `per` of each declared feature in turn, by node; after them those of each grade, where they count by themselves. */
  sums: z.array(z.array(z.number())),
})
type SavedNeighbourhood = z.infer<typeof SavedNeighbourhood>

/** Decayed sums of one declared feature at every node of its axis, as of the last tick added. */
type Around = {
  slot: number
  tree: CodeTree
  axis: 'region' | 'industry' | 'whole'
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

/** 1 for every node of an axis that lies at or below a code. */
type Inside = { slot: number; axis: 'region' | 'industry'; nodes: Uint8Array }

export class Neighbourhood {
  private readonly arounds: readonly Around[]
  private readonly insides: readonly Inside[]
  private readonly keys: CellKeys
  private readonly tickDays: number
  private lastTick: number | undefined
  /** Ticks that are not to speak yet; ascending. */
  private waiting: ArchivedCounts[] = []
  /** Number of values that `fill` gives. */
  readonly size: number

  constructor(profile: Profile, keys: CellKeys) {
    this.keys = keys
    this.tickDays = profile.calendar.tickMs / dayMs
    const features = placeFeatures(profile)
    this.size = features.length
    this.arounds = features.flatMap((feature, slot) =>
      feature.kind === 'nearby' ? [aroundOf(profile, feature, slot)] : [],
    )
    this.insides = features.flatMap((feature, slot) =>
      feature.kind === 'place' ? [{ slot, axis: feature.axis, nodes: inside(profile, feature) }] : [],
    )
  }

  /** Whether it needs the tick archive. */
  get looksAround(): boolean {
    return this.arounds.length > 0
  }

  /** Takes records of the tick archive as they come. */
  take(records: readonly LogRecord[]): void {
    for (const { value } of records) {
      const record = ArchiveRecord.parse(jsonOf(value))
      if (record.kind === 'tick') this.waiting.push({ tick: record.tick, counts: record.counts })
    }
  }

  /** From here on it is tick `tick`. */
  openTick(tick: number): void {
    while (this.waiting.length > 0 && this.waiting[0].tick <= tick - neighbourhoodLagTicks) {
      const [first] = this.waiting
      const pages = this.waiting.filter((page) => page.tick === first.tick)
      this.waiting = this.waiting.slice(pages.length)
      this.add(first.tick, pages)
    }
    const ticks = this.lastTick === undefined ? 0 : tick + 1 - this.lastTick
    for (const around of this.arounds) around.kept = this.keptAfter(ticks, around)
  }

  /** The values of all declared features at a place (region node in the upper 16 bits, industry node in the lower), for a grade. */
  fill(place: number, grade: number, out: Float64Array): void {
    const [region, industry] = [place >>> 16, place & 0xffff]
    for (const { slot, axis, nodes } of this.insides) out[slot] = nodes[axis === 'region' ? region : industry]
    for (const around of this.arounds) {
      const { tree, axis, sums, kept } = around
      const node = axis === 'whole' ? rootIndex : tree.leafOf[axis === 'region' ? region : industry]
      out[around.slot] = around.per === undefined ? ln1p(sums.of[node] * kept) : rateFor(around, node, grade)
    }
  }

  save(): SavedNeighbourhood {
    const sums = this.arounds.flatMap(arraysOf)
    return { lastTick: this.lastTick ?? null, waiting: this.waiting, sums: sums.map((sum) => Array.from(sum)) }
  }

  load({ lastTick, waiting, sums }: SavedNeighbourhood): void {
    this.lastTick = lastTick ?? undefined
    this.waiting = waiting
    for (const [at, array] of this.arounds.flatMap(arraysOf).entries()) array.set(sums[at])
    for (const around of this.arounds) lookRound(around)
  }

  private add(tick: number, pages: readonly ArchivedCounts[]): void {
    const ticks = this.lastTick === undefined ? 0 : tick - this.lastTick
    for (const around of this.arounds) {
      const kept = this.keptAfter(ticks, around)
      const came = this.cameIn(around, pages)
      for (const [at, array] of arraysOf(around).entries())
        for (let node = 0; node < array.length; node++) array[node] = array[node] * kept + came[at][node]
      lookRound(around)
    }
    this.lastTick = tick
  }

  private keptAfter(ticks: number, { halfLifeDays }: Around): number {
    return pow2((-ticks * this.tickDays) / halfLifeDays)
  }

  /** Events of one tick, as `arraysOf` holds them: whole numbers, so their order makes no difference. */
  private cameIn(around: Around, pages: readonly ArchivedCounts[]): Float64Array[] {
    const { keys } = this
    const { tree, axis, of, per, graded } = around
    const came = arraysOf(around).map(({ length }) => new Float64Array(length))
    const [ofAll, perAll, ofGrade, perGrade] = came
    for (const { counts } of pages) {
      for (const [at, key] of counts.keys.entries()) {
        const type = keys.column(key)
        if (of[type] !== 1 && per?.[type] !== 1) continue // a source, or a type that nobody asks for
        const cell = keys.cellOf(keys.gradedOf(key))
        const grade = keys.gradeOf(keys.gradedOf(key))
        for (const node of tree.pathOf(axis === 'industry' ? keys.industry(cell) : keys.region(cell))) {
          if (of[type] === 1) ofAll[node] += counts.sums[at]
          if (per?.[type] === 1) perAll[node] += counts.sums[at]
          if (graded === undefined) continue
          const own = node * graded.grades + grade
          if (of[type] === 1) ofGrade[own] += counts.sums[at]
          if (per?.[type] === 1) perGrade[own] += counts.sums[at]
        }
      }
    }
    return came
  }
}

/** The rate of a grade at a node, drawn to that of all; where grades do not count by themselves, that of all. */
function rateFor(around: Around, node: number, grade: number): number {
  const { graded, kept } = around
  const rate = rateAt(around, node)
  if (graded === undefined) return rate
  const { grades, events, sums } = graded
  const own = node * grades + grade
  return shrunkRate(sums.of[own] * kept, sums.per[own] * kept, { rate, events })
}

/** The rate at a node, drawn to that around it and that to the rate of the node above it; the whole is drawn to the prior. */
function rateAt(around: Around, node: number): number {
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
function lookRound({ sums, circle }: Around): void {
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
function arraysOf({ sums, graded }: Around): Float64Array[] {
  return [sums, ...(graded === undefined ? [] : [graded.sums])].flatMap(({ of, per }) => [of, per])
}

function emptySums(size: number): Sums {
  return { of: new Float64Array(size), per: new Float64Array(size) }
}

function aroundOf(
  profile: Profile,
  { axis, of, per, halfLifeDays, prior, around, sameGrade }: Extract<PlaceFeature, { kind: 'nearby' }>,
  slot: number,
): Around {
  const tree = axis === 'industry' ? profile.industries : profile.regions
  const [nodes, grades] = [tree.nodes.length, profile.grades.length]
  return {
    slot,
    tree,
    axis,
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

/** Regions of one level are near one another; none without a centre is near any. */
function nearOf({ nodes, levels }: CodeTree, km: number): Near[][] {
  const near: Near[][] = nodes.map(() => [])
  for (const depth of levels.keys()) {
    const centres = nodes.map(({ depth: own, centre }) => (own === depth + 1 ? centre : undefined))
    for (const [node, some] of nearness(centres, km).entries()) if (some.length > 0) near[node] = some
  }
  return near
}

function inside(profile: Profile, { axis, code }: Extract<PlaceFeature, { kind: 'place' }>): Uint8Array {
  const tree = axis === 'region' ? profile.regions : profile.industries
  const top = tree.find(code)
  const nodes = new Uint8Array(tree.nodes.length)
  for (const node of tree.nodes) if (node.index === top || nodes[node.parent] === 1) nodes[node.index] = 1 // parents stand first
  return nodes
}
