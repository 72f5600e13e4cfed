/** The ledger of the open tick: sums of all parts so far, at leaves in full and at judged nodes for what is judged. Integers only, so order does not matter. */
import type { CellPart } from '../../streams/outputs.ts'
import type { Profile } from '../../streams/profile.ts'
import type { CellKeys } from '../cells.ts'
import type { Lattice } from './lattice.ts'

/** What is judged at a node. `squares`: sum over enterprises of (events of one)^2. */
export type NodeSum = { events: number; enterprises: number; squares: number }

/** Events of a closed tick, judged then at a leaf, that were taken back. */
export type LateRetraction = { tick: number; leaf: number; events: number }

export class Ledger {
  /** Counts by (leaf, grade, column). */
  readonly counts = new Map<number, number>()
  readonly nodes = new Map<number, NodeSum>()
  readonly arrivals = new Map<number, number>()
  private late = new Map<string, LateRetraction>()
  /** Nodes that changed since they were last taken. */
  private changed = new Set<number>()
  private readonly keys: CellKeys
  private readonly lattice: Lattice
  private readonly judgedColumn: Uint8Array

  constructor(profile: Profile, keys: CellKeys, lattice: Lattice) {
    this.keys = keys
    this.lattice = lattice
    this.judgedColumn = new Uint8Array(keys.columns.count)
    for (const type of profile.types) this.judgedColumn[keys.columns.type(type.index)] = type.judged ? 1 : 0
  }

  add(part: CellPart): void {
    const { keys } = this
    for (const [at, key] of part.counts.keys.entries()) {
      const delta = part.counts.deltas[at]
      addTo(this.counts, key, delta)
      if (this.isJudged(key)) this.eachNode(keys.cellOf(keys.gradedOf(key)), (sum) => (sum.events += delta))
    }
    for (const [at, leaf] of part.breadth.keys.entries()) {
      this.eachNode(leaf, (sum) => {
        sum.enterprises += part.breadth.enterprises[at]
        sum.squares += part.breadth.squares[at]
      })
    }
    for (const [at, node] of part.shared.keys.entries()) {
      if (node !== this.lattice.whole && this.lattice.axisOf(node) === undefined) continue
      const sum = this.nodeSum(node)
      sum.enterprises += part.shared.enterprises[at]
      sum.squares += part.shared.squares[at]
    }
    for (const [at, key] of part.arrivals.keys.entries()) addTo(this.arrivals, key, part.arrivals.deltas[at])
    for (const [at, tick] of part.late.ticks.entries()) this.addLate(tick, part.late.keys[at], part.late.deltas[at])
  }

  isJudged(countKey: number): boolean {
    return this.judgedColumn[this.keys.column(countKey)] === 1
  }

  /** Nodes whose sums changed since the last call. */
  takeChanged(): ReadonlySet<number> {
    const changed = this.changed
    this.changed = new Set()
    return changed
  }

  /** Late retractions since the last call, by tick and leaf. */
  takeLate(): LateRetraction[] {
    const late = [...this.late.values()].sort((a, b) => a.tick - b.tick || a.leaf - b.leaf)
    this.late.clear()
    return late
  }

  /** Fresh events below a node, by type code. */
  byType(node: number, profile: Profile): Record<string, number> {
    const found: Record<string, number> = {}
    for (const [key, count] of this.counts) {
      const column = this.keys.column(key)
      if (count === 0 || this.judgedColumn[column] === 0) continue
      if (!this.lattice.contains(node, this.keys.cellOf(this.keys.gradedOf(key)))) continue
      const { code } = profile.types[column]
      found[code] = (found[code] ?? 0) + count
    }
    return Object.fromEntries(Object.entries(found).sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)))
  }

  clear(): void {
    this.counts.clear()
    this.nodes.clear()
    this.arrivals.clear()
    this.late.clear()
    this.changed.clear()
  }

  nodeSum(node: number): NodeSum {
    this.changed.add(node)
    const known = this.nodes.get(node)
    if (known) return known
    const made = { events: 0, enterprises: 0, squares: 0 }
    this.nodes.set(node, made)
    return made
  }

  private addLate(tick: number, key: number, delta: number): void {
    if (!this.isJudged(key)) return
    const leaf = this.keys.cellOf(this.keys.gradedOf(key))
    const known = this.late.get(`${tick}:${leaf}`)
    if (known) known.events -= delta
    else this.late.set(`${tick}:${leaf}`, { tick, leaf, events: -delta })
  }

  private eachNode(leaf: number, change: (sum: NodeSum) => void): void {
    for (const node of this.lattice.nodesOf(leaf)) change(this.nodeSum(node))
  }
}

export function addTo(map: Map<number, number>, key: number, delta: number): void {
  const sum = (map.get(key) ?? 0) + delta
  if (sum === 0) map.delete(key)
  else map.set(key, sum)
}
