/**
 * Aggregates of the open tick: sums of all parts so far, at leaves in full and at judged nodes for what is judged. Integers only, so
 * order does not matter; keys of one leaf that stand side by side, as the tasks write them, are added up before they go to its nodes.
 */
import type { z } from 'zod'
import type { CellPart } from '../../streams/outputs.ts'
import type { Profile } from '../../streams/profile.ts'
import { TickRecord } from '../../streams/ticks.ts'
import type { CellKeys } from '../cells.ts'
import { jsonPart, type StatePart } from '../fold/state.ts'
import { NumberSums, resized } from '../sums.ts'
import { Ancestors } from './ancestors.ts'
import type { Role, Turns } from './beginnings.ts'
import type { Lattice } from './lattice.ts'
import { type NodeSum, NodeSums, noSum } from './nodeSums.ts'

/** Events of a closed tick, judged then at a leaf, that were taken back. */
export type LateRetraction = { tick: number; leaf: number; group: number; events: number }

/** As the tick archive has them. */
const Sums = TickRecord.pick({ counts: true, nodes: true, taught: true, backlog: true })

const noGroup = 255

export class TickAggregates {
  readonly nodes: NodeSums
  /** Of the events by node those that are not judged: their source or region has just begun, or come back. */
  readonly taught = new NumberSums()
  readonly backlog = new NumberSums()
  /** Who began in the tick that closes, and who has taught enough. */
  turns: Turns = { begun: [], ended: [] }
  /** Regions of the tick that closes where a count of 0 says nothing (silentRegions.ts). */
  silent: readonly number[] = []
  /** Counts by (leaf, grade, column). */
  readonly #counted = new NumberSums()
  /** Counts of one leaf hang together: by leaf and by count, the index of the next count + 1; 0 ends. */
  #firstOfLeaf = new Int32Array(64)
  #nextOfLeaf = new Int32Array(64)
  readonly ancestors: Ancestors
  #late = new Map<string, LateRetraction>()
  readonly #keys: CellKeys
  readonly #lattice: Lattice
  readonly #judgedColumn: Uint8Array
  /** By column the group of its type, if that is judged. */
  readonly #groupOf: Uint8Array
  /** By column the number of its source + 1; 0: it counts no source. */
  readonly #sourceOf: Uint8Array
  readonly #roleOf: (source: number, region: number) => Role
  readonly state: StatePart = jsonPart(
    { name: 'ledger', version: 1, contract: Sums },
    () => {
      const inLists = ({ keys, sums }: { keys: Float64Array; sums: Float64Array }) => ({
        keys: Array.from(keys),
        sums: Array.from(sums),
      })
      const nodes = this.nodes.columns()
      return {
        counts: inLists(this.counts()),
        taught: inLists(this.taught.sorted()),
        backlog: inLists(this.backlog.sorted()),
        nodes: {
          keys: Array.from(nodes.keys),
          events: Array.from(nodes.events),
          enterprises: Array.from(nodes.enterprises),
          squares: Array.from(nodes.squares),
        },
      }
    },
    (saved) => this.refill(saved),
  )

  constructor(
    profile: Profile,
    keys: CellKeys,
    lattice: Lattice,
    roleOf: (source: number, region: number) => Role = () => 'judged',
  ) {
    this.#keys = keys
    this.#roleOf = roleOf
    this.#lattice = lattice
    this.nodes = new NodeSums(profile.groups.length)
    this.#groupOf = Uint8Array.from({ length: keys.columns.count }, () => noGroup)
    this.ancestors = new Ancestors(lattice, this.nodes)
    this.#judgedColumn = new Uint8Array(keys.columns.count)
    for (const { index, judged, group } of profile.types) {
      this.#judgedColumn[keys.columns.type(index)] = judged ? 1 : 0
      if (judged) this.#groupOf[keys.columns.type(index)] = group
    }
    this.#sourceOf = new Uint8Array(keys.columns.count)
    for (const source of profile.sources.keys()) this.#sourceOf[keys.columns.source(source)] = source + 1
  }

  add(part: CellPart): void {
    this.#addCounts(part.counts)
    const { breadth, shared, late, unjudged } = part
    if (unjudged !== undefined)
      for (const [at, key] of unjudged.keys.entries())
        this.#withhold(this.ancestors.indexOf(this.#leafOf(key)), key, this.#keys.column(key), -unjudged.deltas[at])
    for (let at = 0; at < breadth.keys.length; at++)
      this.#addAbove(this.ancestors.indexOf(breadth.keys[at]), 0, breadth.enterprises[at], breadth.squares[at])
    for (let at = 0; at < shared.keys.length; at++) {
      const node = shared.keys[at]
      if (node === this.#lattice.whole || this.#lattice.axisOf(node) !== undefined)
        this.nodes.add(node, 0, shared.enterprises[at], shared.squares[at])
    }
    for (const [at, tick] of late.ticks.entries()) this.#addLate(tick, late.keys[at], late.deltas[at])
  }

  /** Counts that are not 0, by (leaf, grade, column) in ascending order. */
  counts(): { keys: Float64Array; sums: Float64Array } {
    return this.#counted.sorted()
  }

  /** The same as they came. */
  countEntries(): Iterable<[key: number, sum: number]> {
    return this.#counted.entries()
  }

  /** Puts sums of counts and of nodes back. */
  refill({ counts, nodes, taught, backlog }: z.infer<typeof Sums>): void {
    for (const [at, key] of counts.keys.entries()) {
      this.addCount(key, counts.sums[at])
      this.#addGroup(this.ancestors.indexOf(this.#leafOf(key)), this.#keys.column(key), counts.sums[at])
    }
    for (const [at, key] of nodes.keys.entries())
      this.nodes.add(key, nodes.events[at], nodes.enterprises[at], nodes.squares[at])
    for (const [at, key] of taught?.keys.entries() ?? []) this.taught.add(key, taught?.sums[at] ?? 0)
    for (const [at, key] of backlog?.keys.entries() ?? []) this.backlog.add(key, backlog?.sums[at] ?? 0)
  }

  /** Adds to a count, and to nothing above it. */
  addCount(key: number, delta: number): void {
    this.#addToLeaf(this.ancestors.indexOf(this.#leafOf(key)), key, delta)
  }

  /** Late retractions since the last call, by tick, leaf and group. */
  takeLate(): LateRetraction[] {
    if (this.#late.size === 0) return []
    const late = [...this.#late.values()].sort((a, b) => a.tick - b.tick || a.leaf - b.leaf || a.group - b.group)
    this.#late.clear()
    return late
  }

  /** Fresh events below a node, by type code; the most frequent first. */
  byType(node: number, profile: Profile): Record<string, number> {
    const sums = this.columnSums(node)
    const found = profile.types.filter(({ index, judged }) => judged && sums[index] !== 0)
    found.sort((a, b) => sums[b.index] - sums[a.index] || (a.code < b.code ? -1 : 1))
    return Object.fromEntries(found.map(({ code, index }) => [code, sums[index]]))
  }

  /** Counts below a node by column. */
  columnSums(node: number): Float64Array {
    const sums = new Float64Array(this.#keys.columns.count)
    const above = this.nodes.find(node)
    for (let leaf = 0; above !== undefined && leaf < this.ancestors.count; leaf++) {
      if (leaf >= this.#firstOfLeaf.length || this.#firstOfLeaf[leaf] === 0 || !this.ancestors.has(leaf, above))
        continue
      for (let at = this.#firstOfLeaf[leaf] - 1; at >= 0; at = this.#nextOfLeaf[at] - 1) {
        sums[this.#keys.column(this.#counted.index.keys[at])] += this.#counted.sums[at]
      }
    }
    return sums
  }

  /** Sums of a node with those of its events that are judged; undefined for one that the tick does not know. */
  judged(node: number): NodeSum | undefined {
    const sum = this.nodes.get(node)
    if (sum !== undefined) sum.events -= this.withheld(node)
    return sum
  }

  /** How many of its events are judged, 0 at least: what was taken back was perhaps not. */
  judgedEvents(node: number): number {
    return Math.max(0, this.nodes.eventsOf(node) - this.withheld(node))
  }

  /** The same; 0 for one that the tick does not know. */
  judgedSum(node: number): NodeSum {
    return this.judged(node) ?? noSum
  }

  /** Events of a group of judged types at a node, withheld or not. */
  groupEvents(node: number, group: number): number {
    return this.nodes.groupEventsOf(node, group)
  }

  /** Events of a node that are not judged. */
  withheld(node: number): number {
    return this.taught.of(node) + this.backlog.of(node)
  }

  /** Facts of the tick by (source, region), whether they are judged or not. */
  bySource(): NumberSums {
    const facts = new NumberSums()
    for (const [key, count] of this.#counted.entries()) {
      const source = this.#sourceOf[this.#keys.column(key)]
      if (source > 0) facts.add(this.#keys.arrivals(source - 1, this.#keys.region(this.#leafOf(key))), count)
    }
    return facts
  }

  clear(): void {
    this.nodes.clear()
    this.taught.clear()
    this.backlog.clear()
    this.turns = { begun: [], ended: [] }
    this.silent = []
    this.#counted.clear()
    this.#firstOfLeaf.fill(0)
    this.#late.clear()
  }

  /** Counts of one leaf after another; what is judged of a leaf goes to the nodes above it at once. */
  #addCounts({ keys, deltas }: CellPart['counts']): void {
    for (let at = 0; at < keys.length; ) {
      const key = this.#leafOf(keys[at])
      const leaf = this.ancestors.indexOf(key)
      const [from, to] = [this.#firstKeyOf(key), this.#firstKeyOf(key + 1)]
      let events = 0
      let isJudged = false
      for (; at < keys.length && keys[at] >= from && keys[at] < to; at++) {
        this.#addToLeaf(leaf, keys[at], deltas[at])
        const column = this.#keys.column(keys[at])
        this.#withhold(leaf, keys[at], column, deltas[at])
        if (this.#judgedColumn[column] === 0) continue
        isJudged = true
        events += deltas[at]
        this.#addGroup(leaf, column, deltas[at])
      }
      if (isJudged) this.#addAbove(leaf, events, 0, 0)
    }
  }

  /** Notes events above a leaf as not judged, if the key counts a source that is not judged there. */
  #withhold(leaf: number, key: number, column: number, events: number): void {
    const source = this.#sourceOf[column]
    if (source === 0) return
    const role = this.#roleOf(source - 1, this.#keys.region(this.#leafOf(key)))
    if (role === 'judged') return
    const { ancestors } = this
    const end = ancestors.endOf(leaf)
    for (let at = ancestors.startOf(leaf); at < end; at++) this[role].add(ancestors.nodeAt(at), events)
  }

  #addGroup(leaf: number, column: number, events: number): void {
    const group = this.#groupOf[column]
    if (group === noGroup) return
    const { ancestors } = this
    const end = ancestors.endOf(leaf)
    for (let at = ancestors.startOf(leaf); at < end; at++) this.nodes.addGroupAt(ancestors.nodes[at], group, events)
  }

  #addAbove(leaf: number, events: number, enterprises: number, squares: number): void {
    const { ancestors } = this
    const end = ancestors.endOf(leaf)
    for (let at = ancestors.startOf(leaf); at < end; at++)
      this.nodes.addAt(ancestors.nodes[at], events, enterprises, squares)
  }

  #addToLeaf(leaf: number, key: number, delta: number): void {
    const known = this.#counted.index.count
    const at = this.#counted.add(key, delta)
    if (at < known) return
    if (leaf >= this.#firstOfLeaf.length) this.#firstOfLeaf = resized(this.#firstOfLeaf, 2 * leaf)
    if (at >= this.#nextOfLeaf.length) this.#nextOfLeaf = resized(this.#nextOfLeaf)
    this.#nextOfLeaf[at] = this.#firstOfLeaf[leaf]
    this.#firstOfLeaf[leaf] = at + 1
  }

  #addLate(tick: number, key: number, delta: number): void {
    if (this.#judgedColumn[this.#keys.column(key)] === 0) return
    const [leaf, group] = [this.#leafOf(key), this.#groupOf[this.#keys.column(key)]]
    const name = `${tick}:${leaf}:${group}`
    const known = this.#late.get(name)
    if (known) known.events -= delta
    else this.#late.set(name, { tick, leaf, group, events: -delta })
  }

  #leafOf(countKey: number): number {
    return this.#keys.cellOf(this.#keys.gradedOf(countKey))
  }
  #firstKeyOf(leaf: number): number {
    return this.#keys.counted(this.#keys.graded(leaf, 0), 0)
  }
}
