/**
 * What clusters are looked for by: events of an open window of ticks, and of the windows before it, by leaf and group of types. The share that
 * a node has of its parent's events is learnt from these windows alone, without the priors of the counts, which draw a node towards its
 * siblings. Looked at are all events of a node, and those of each group.
 */
import { z } from 'zod'
import type { Family } from '../../../models/scan/kulldorff.ts'
import type { Profile } from '../../../streams/profile.ts'
import type { CellKeys } from '../../cells.ts'
import type { WordReader, WordWriter } from '../../fold/pages.ts'
import { NumberSums } from '../../sums.ts'
import type { Lattice } from '../lattice.ts'
import { cellKey, type Moves, moved } from '../moves.ts'
import type { TickAggregates } from '../tickAggregates.ts'
import type { KeyFamily } from './clusterFamilies.ts'

/** What a window is worth a window later. */
const keep = 0.85
/** Events that a node is taken to have had beforehand. */
const eventsBefore = 0.5
/** A family with fewer expected events in a window can show nothing. */
const familyMeanMin = 4
const dispersionMax = 10
const dispersionGain = 0.15

/** Of all events of a node; group g is 1 + g. */
export const allEvents = 0

const Saved = z.object({
  from: z.int().nullable(),
  weight: z.number(),
  nodes: z.array(cellKey),
  leaves: z.array(cellKey),
  dispersions: z.array(z.number()),
})

/** By node, all its events first, then those of each group: of the open window, and discounted ones of the windows before. */
type WindowSums = { readonly counts: Float64Array; readonly past: Float64Array }

/** Nodes of a family by their places among all, and zones by place in the family. */
type PlacedFamily = { readonly places: readonly number[]; readonly zones: readonly (readonly number[])[] }

/** A family in the open window: the nodes at its places, their counts, and of what they are. */
export type OpenFamily = {
  family: Family
  of: number
  nodes: readonly number[]
  counts: Float64Array
  /** Of each node, the part of variance over mean that comes of what is not known of its share. */
  doubts: Float64Array
  /** The place of its dispersion. */
  place: number
}

export class ClusterWindow {
  readonly #families: readonly PlacedFamily[]
  readonly #nodes: readonly number[]
  readonly #at: ReadonlyMap<number, number>
  /** By leaf, places of the nodes above it. */
  readonly #placesOf = new Map<number, Int32Array>()
  readonly #groups: number
  readonly #keys: CellKeys
  readonly #lattice: Lattice
  /** By column the group of the type that it counts + 1; 0: it counts none that is judged. */
  readonly #groupOf: Uint8Array
  /** By (leaf, group): events of the open window, and discounted ones of the windows before. */
  #counts = new NumberSums()
  #past = new NumberSums()
  /** Of the open window by node: (events of a tick)^2, (events of one enterprise in a tick)^2, events that are not judged, and enterprises, in each tick anew. */
  #squares: Float64Array
  #ofEnterprises: Float64Array
  #withheld: Float64Array
  #enterprises: Float64Array
  /** By family and what is looked at: variance over mean of counts about what was expected. */
  #dispersions: Float64Array
  #weight = 0
  #from: number | undefined

  constructor(profile: Profile, keys: CellKeys, lattice: Lattice, families: readonly KeyFamily[]) {
    this.#keys = keys
    this.#lattice = lattice
    this.#groups = profile.groups.length
    this.#groupOf = new Uint8Array(keys.columns.count)
    for (const { index, group, judged } of profile.types)
      if (judged) this.#groupOf[keys.columns.type(index)] = 1 + group
    this.#nodes = [...new Set(families.flatMap(({ nodes }) => nodes))].sort((a, b) => a - b)
    this.#at = new Map(this.#nodes.map((node, at) => [node, at]))
    this.#families = families.map(({ nodes, zones }) => ({
      places: nodes.flatMap((node) => this.#at.get(node) ?? []),
      zones: zones.map((zone) => zone.map((node) => nodes.indexOf(node))),
    }))
    this.#squares = new Float64Array(this.#nodes.length)
    this.#ofEnterprises = new Float64Array(this.#nodes.length)
    this.#withheld = new Float64Array(this.#nodes.length)
    this.#enterprises = new Float64Array(this.#nodes.length)
    this.#dispersions = new Float64Array(families.length * (1 + this.#groups)).fill(1)
  }

  /** The first tick of the open window. */
  get from(): number | undefined {
    return this.#from
  }
  /** Discounted number of windows before. */
  get weight(): number {
    return this.#weight
  }

  /** Enterprises with an event at a node, added up over the ticks of the open window. */
  enterprisesOf(node: number): number {
    const at = this.#at.get(node)
    return at === undefined ? 0 : this.#enterprises[at]
  }

  /** Takes a closed tick. */
  take(tick: number, aggregates: TickAggregates): void {
    this.#from ??= tick
    for (const [key, sum] of aggregates.countEntries()) {
      const group = this.#groupOf[this.#keys.column(key)]
      if (group > 0) this.#counts.add(this.#keys.cellOf(this.#keys.gradedOf(key)) * this.#groups + group - 1, sum)
    }
    const { nodes } = aggregates
    for (const place of nodes.known) {
      const node = nodes.keyAt(place)
      const at = this.#at.get(node)
      if (at === undefined) continue
      const withheld = aggregates.withheld(node)
      const events = Math.max(0, nodes.eventsAt(place) - withheld)
      this.#withheld[at] += Math.abs(withheld)
      this.#squares[at] += events * events
      if (events <= 0) continue
      this.#ofEnterprises[at] += nodes.squaresAt(place)
      this.#enterprises[at] += nodes.enterprisesAt(place)
    }
  }

  /** What the open window and those before it hold, added up over leaves. */
  #sums(): WindowSums {
    return { counts: this.#byNode(this.#counts), past: this.#byNode(this.#past) }
  }

  /** The families in which something could be found, by what the windows before let expect; none before there are any. */
  open(): OpenFamily[] {
    const found: OpenFamily[] = []
    if (this.#weight === 0) return found
    const sums = this.#sums()
    for (const [at, family] of this.#families.entries())
      for (let of = 0; of <= this.#groups; of++) {
        const open = this.#openFamily(family, { of, place: at * (1 + this.#groups) + of, sums })
        if (open !== undefined) found.push(open)
      }
    return found
  }

  /** Learns the window, with the families that were open in it, and begins the next. */
  close(open: readonly OpenFamily[]): void {
    for (const one of open) this.#dispersions[one.place] = dispersed(this.#dispersions[one.place], one)
    const learnt = new NumberSums()
    for (const [key, events] of this.#past.entries()) learnt.add(key, keep * events)
    for (const [key, events] of this.#counts.entries()) learnt.add(key, Math.max(0, events))
    this.#past = learnt
    this.#counts = new NumberSums()
    this.#squares.fill(0)
    this.#ofEnterprises.fill(0)
    this.#withheld.fill(0)
    this.#enterprises.fill(0)
    this.#weight = keep * this.#weight + 1
    this.#from = undefined
  }

  save(out: WordWriter): void {
    const { keys } = this.#all()
    const kept = this.#nodes.flatMap((_, at) => (this.#squares[at] !== 0 || this.#withheld[at] !== 0 ? [at] : []))
    out.putJson({
      ...{ from: this.#from ?? null, weight: this.#weight },
      nodes: kept.map((at) => this.#nodes[at]),
      leaves: Array.from(keys, (key) => Math.floor(key / this.#groups)),
      dispersions: Array.from(this.#dispersions),
    } satisfies z.infer<typeof Saved>)
    out.putDoubles(Float64Array.from(keys, (key) => key % this.#groups))
    for (const sums of [this.#counts, this.#past]) out.putDoubles(keys.map((key) => sums.of(key)))
    for (const column of [this.#squares, this.#ofEnterprises, this.#withheld, this.#enterprises])
      out.putDoubles(Float64Array.from(kept, (at) => column[at]))
  }

  load(from: WordReader, moves?: Moves): void {
    const saved = Saved.parse(from.takeJson())
    const move = (key: number): number | undefined =>
      moves === undefined ? key : moved(z.array(cellKey), [key], moves).at(0)
    const groups = from.takeDoubles()
    for (const sums of [this.#counts, this.#past]) {
      for (const [at, events] of from.takeDoubles().entries()) {
        const leaf = move(saved.leaves[at])
        if (leaf !== undefined && events !== 0) sums.add(leaf * this.#groups + groups[at], events)
      }
    }
    for (const column of [this.#squares, this.#ofEnterprises, this.#withheld, this.#enterprises]) {
      for (const [at, value] of from.takeDoubles().entries()) {
        const place = this.#at.get(move(saved.nodes[at]) ?? Number.NaN)
        if (place !== undefined) column[place] = value
      }
    }
    this.#weight = saved.weight
    this.#from = saved.from ?? undefined
    if (saved.dispersions.length === this.#dispersions.length) this.#dispersions.set(saved.dispersions)
  }

  /** Keys of either sum, in ascending order. */
  #all(): { keys: Float64Array } {
    const keys = new Set<number>()
    for (const [key] of this.#counts.entries()) keys.add(key)
    for (const [key] of this.#past.entries()) keys.add(key)
    return { keys: Float64Array.from(keys).sort() }
  }

  /** Sums over leaves at the nodes of families: all events of each, then each group's. In order of leaf: discounted events are no whole numbers. */
  #byNode(sums: NumberSums): Float64Array {
    const { keys, sums: events } = sums.sorted()
    const width = this.#nodes.length
    const found = new Float64Array(width * (1 + this.#groups))
    for (let order = 0; order < keys.length; order++) {
      const leaf = Math.floor(keys[order] / this.#groups)
      const group = keys[order] - leaf * this.#groups
      for (const at of this.#placesAbove(leaf)) {
        found[at] += events[order]
        found[(1 + group) * width + at] += events[order]
      }
    }
    return found
  }

  #placesAbove(leaf: number): Int32Array {
    const known = this.#placesOf.get(leaf)
    if (known !== undefined) return known
    const places = Int32Array.from(this.#lattice.nodesOf(leaf).flatMap((node) => this.#at.get(node) ?? []))
    this.#placesOf.set(leaf, places)
    return places
  }

  /** Of the nodes of a family those that have had events, all of which are judged, and whose events are not of one enterprise. */
  #openFamily(
    { places, zones }: PlacedFamily,
    { of, place: placeOfDispersion, sums }: { of: number; place: number; sums: WindowSums },
  ): OpenFamily | undefined {
    const offset = of * this.#nodes.length
    const { counts, past } = sums
    const isKept = (at: number): boolean =>
      (counts[offset + at] !== 0 || past[offset + at] !== 0) &&
      this.#withheld[at] === 0 &&
      !this.#isOfOne(at, counts[at])
    let pastEvents = 0
    for (const at of places) if (isKept(at)) pastEvents += past[offset + at] + eventsBefore
    if (pastEvents < familyMeanMin * this.#weight) return undefined // as it mostly is
    const kept: number[] = []
    const rankOf = new Int32Array(places.length).fill(-1)
    for (const [place, at] of places.entries()) if (isKept(at)) rankOf[place] = kept.push(at) - 1
    const placed: number[][] = []
    for (const zone of zones) {
      const ranks: number[] = []
      for (const place of zone) if (rankOf[place] >= 0) ranks.push(rankOf[place])
      if (ranks.length > 1) placed.push(ranks)
    }
    if (placed.length === 0) return undefined
    const means = Float64Array.from(kept, (at) => (past[offset + at] + eventsBefore) / this.#weight)
    // What is usual is known the less, the less was seen of it.
    const doubts = means.map((mean, rank) => mean / (past[offset + kept[rank]] + eventsBefore))
    const dispersion = this.#dispersions[placeOfDispersion]
    const variances = means.map((mean, rank) => mean * (dispersion + doubts[rank]))
    return {
      ...{ of, doubts, place: placeOfDispersion },
      family: { means, variances, zones: placed },
      nodes: kept.map((at) => this.#nodes[at]),
      counts: Float64Array.from(kept, (at) => Math.max(0, counts[offset + at])),
    }
  }

  /** Whether a node's events are those of one enterprise, as far as ticks tell: several in a tick, and nearly all of one. */
  #isOfOne(at: number, events: number): boolean {
    return this.#ofEnterprises[at] > 1.5 * events && this.#squares[at] < 2 * this.#ofEnterprises[at]
  }
}

/** Pearson's statistic of the family about its own total, smoothed over windows. */
function dispersed(before: number, { family: { means }, counts, doubts }: OpenFamily): number {
  let [total, usual] = [0, 0]
  for (let at = 0; at < means.length; at++) {
    total += counts[at]
    usual += means[at]
  }
  if (total === 0 || means.length < 2) return before
  const scale = total / usual
  let sum = 0
  for (let at = 0; at < means.length; at++) {
    const rest = counts[at] - scale * means[at]
    sum += Math.min(9, (rest * rest) / (scale * (means[at] * (1 + doubts[at]))))
  }
  return Math.min(dispersionMax, Math.max(1, before + dispersionGain * (sum / (means.length - 1) - before)))
}
