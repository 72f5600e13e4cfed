/**
 * The ledger of the open tick: sums of all parts so far, at leaves in full and at judged nodes for what is judged. Integers only, so
 * order does not matter; keys of one leaf that stand side by side, as the tasks write them, are added up before they go to its nodes.
 */
import type { z } from 'zod'
import type { CellPart } from '../../streams/outputs.ts'
import type { Profile } from '../../streams/profile.ts'
import { TickRecord } from '../../streams/ticks.ts'
import type { CellKeys } from '../cells.ts'
import { jsonPart, type StatePart } from '../fold/state.ts'
import { NumberSums, resized } from '../sums.ts'
import type { Lattice } from './lattice.ts'
import { LeafPaths } from './leafPaths.ts'
import { NodeSums } from './nodeSums.ts'

/** Events of a closed tick, judged then at a leaf, that were taken back. */
export type LateRetraction = { tick: number; leaf: number; events: number }

/** As the tick archive has them. */
const Sums = TickRecord.pick({ counts: true, nodes: true })

export class Ledger {
  readonly nodes = new NodeSums()
  /** Counts by (leaf, grade, column). */
  private readonly counted = new NumberSums()
  /** Counts of one leaf hang together: by leaf and by count, the index of the next count + 1; 0 ends. */
  private firstOfLeaf = new Int32Array(64)
  private nextOfLeaf = new Int32Array(64)
  readonly paths: LeafPaths
  private late = new Map<string, LateRetraction>()
  private readonly keys: CellKeys
  private readonly lattice: Lattice
  private readonly judgedColumn: Uint8Array
  readonly state: StatePart = jsonPart(
    { name: 'ledger', version: 1, contract: Sums },
    () => {
      const { keys, sums } = this.counts()
      const nodes = this.nodes.columns()
      return {
        counts: { keys: Array.from(keys), sums: Array.from(sums) },
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

  constructor(profile: Profile, keys: CellKeys, lattice: Lattice) {
    this.keys = keys
    this.lattice = lattice
    this.paths = new LeafPaths(lattice, this.nodes)
    this.judgedColumn = new Uint8Array(keys.columns.count)
    for (const type of profile.types) this.judgedColumn[keys.columns.type(type.index)] = type.judged ? 1 : 0
  }

  add(part: CellPart): void {
    this.addCounts(part.counts)
    const { breadth, shared, late } = part
    for (let at = 0; at < breadth.keys.length; at++)
      this.addAbove(this.paths.indexOf(breadth.keys[at]), 0, breadth.enterprises[at], breadth.squares[at])
    for (let at = 0; at < shared.keys.length; at++) {
      const node = shared.keys[at]
      if (node === this.lattice.whole || this.lattice.axisOf(node) !== undefined)
        this.nodes.add(node, 0, shared.enterprises[at], shared.squares[at])
    }
    for (const [at, tick] of late.ticks.entries()) this.addLate(tick, late.keys[at], late.deltas[at])
  }

  /** Counts that are not 0, by (leaf, grade, column) in ascending order. */
  counts(): { keys: Float64Array; sums: Float64Array } {
    return this.counted.sorted()
  }

  /** Puts sums of counts and of nodes back. */
  refill({ counts, nodes }: z.infer<typeof Sums>): void {
    for (const [at, key] of counts.keys.entries()) this.addCount(key, counts.sums[at])
    for (const [at, key] of nodes.keys.entries())
      this.nodes.add(key, nodes.events[at], nodes.enterprises[at], nodes.squares[at])
  }

  /** Adds to a count, and to nothing above it. */
  addCount(key: number, delta: number): void {
    this.addToLeaf(this.paths.indexOf(this.leafOf(key)), key, delta)
  }

  /** Late retractions since the last call, by tick and leaf. */
  takeLate(): LateRetraction[] {
    const late = [...this.late.values()].sort((a, b) => a.tick - b.tick || a.leaf - b.leaf)
    this.late.clear()
    return late
  }

  /** Fresh events below a node, by type code; the most frequent first. */
  byType(node: number, profile: Profile): Record<string, number> {
    const sums = new Float64Array(profile.types.length)
    const above = this.nodes.find(node)
    for (let leaf = 0; above !== undefined && leaf < this.paths.count; leaf++) {
      if (leaf >= this.firstOfLeaf.length || this.firstOfLeaf[leaf] === 0 || !this.paths.has(leaf, above)) continue
      for (let at = this.firstOfLeaf[leaf] - 1; at >= 0; at = this.nextOfLeaf[at] - 1) {
        const column = this.keys.column(this.counted.index.keys[at])
        if (this.judgedColumn[column] === 1) sums[column] += this.counted.sums[at]
      }
    }
    const found = profile.types.filter(({ index }) => sums[index] !== 0)
    found.sort((a, b) => sums[b.index] - sums[a.index] || (a.code < b.code ? -1 : 1))
    return Object.fromEntries(found.map(({ code, index }) => [code, sums[index]]))
  }

  clear(): void {
    this.nodes.clear()
    this.counted.clear()
    this.firstOfLeaf.fill(0)
    this.late.clear()
  }

  /** Counts of one leaf after another; what is judged of a leaf goes to the nodes above it at once. */
  private addCounts({ keys, deltas }: CellPart['counts']): void {
    for (let at = 0; at < keys.length; ) {
      const key = this.leafOf(keys[at])
      const leaf = this.paths.indexOf(key)
      const [from, to] = [this.firstKeyOf(key), this.firstKeyOf(key + 1)]
      let events = 0
      let isJudged = false
      for (; at < keys.length && keys[at] >= from && keys[at] < to; at++) {
        this.addToLeaf(leaf, keys[at], deltas[at])
        if (this.judgedColumn[this.keys.column(keys[at])] === 0) continue
        isJudged = true
        events += deltas[at]
      }
      if (isJudged) this.addAbove(leaf, events, 0, 0)
    }
  }

  private addAbove(leaf: number, events: number, enterprises: number, squares: number): void {
    const { paths } = this
    const end = paths.endOf(leaf)
    for (let at = paths.startOf(leaf); at < end; at++) this.nodes.addAt(paths.nodes[at], events, enterprises, squares)
  }

  private addToLeaf(leaf: number, key: number, delta: number): void {
    const known = this.counted.index.count
    const at = this.counted.add(key, delta)
    if (at < known) return
    if (leaf >= this.firstOfLeaf.length) this.firstOfLeaf = resized(this.firstOfLeaf, 2 * leaf)
    if (at >= this.nextOfLeaf.length) this.nextOfLeaf = resized(this.nextOfLeaf)
    this.nextOfLeaf[at] = this.firstOfLeaf[leaf]
    this.firstOfLeaf[leaf] = at + 1
  }

  private addLate(tick: number, key: number, delta: number): void {
    if (this.judgedColumn[this.keys.column(key)] === 0) return
    const leaf = this.leafOf(key)
    const known = this.late.get(`${tick}:${leaf}`)
    if (known) known.events -= delta
    else this.late.set(`${tick}:${leaf}`, { tick, leaf, events: -delta })
  }

  private leafOf(countKey: number): number {
    return this.keys.cellOf(this.keys.gradedOf(countKey))
  }
  private firstKeyOf(leaf: number): number {
    return this.keys.counted(this.keys.graded(leaf, 0), 0)
  }
}
