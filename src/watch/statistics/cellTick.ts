/** What cells count in a tick that closes, in columns by cell: where their sums lie, what of them is not judged, and who is held. */
import { resized } from '../../sums.ts'
import type { TickAggregates } from '../tickAggregates.ts'
import type { CellStates } from './cellStates.ts'

/** What of a cell is judged: all of it; what is not withheld, of which nobody knows the group; nothing of this tick. */
export const judgedParts = { all: 0, rest: 1, nothing: 2 } as const

export class CellTick {
  /** Index of the node's sums + 1; 0 for one that the tick does not know. */
  sums = new Int32Array(64)
  parts = new Uint8Array(64)
  isHeld = new Uint8Array(64)
  /** Cells of which something is not judged. */
  readonly partly: number[] = []
  readonly #cells: CellStates

  constructor(cells: CellStates) {
    this.#cells = cells
  }

  set(aggregates: TickAggregates, isHeld: (node: number) => boolean = () => false): void {
    const { nodes, axes } = this.#cells
    if (nodes.length > this.sums.length) this.#reserve(nodes.length)
    this.sums.fill(0)
    this.parts.fill(judgedParts.all)
    this.partly.length = 0
    for (const at of aggregates.nodes.known) {
      const cell = this.#cells.cellAt(aggregates.nodes, at)
      if (cell !== undefined) this.sums[cell] = at + 1
    }
    for (const some of [aggregates.taught, aggregates.backlog])
      for (const [node] of some.entries()) this.#withhold(node, aggregates)
    for (let cell = 0; cell < nodes.length; cell++) {
      if (axes[cell] === undefined) this.parts[cell] = judgedParts.nothing
      this.isHeld[cell] = isHeld(nodes[cell]) ? 1 : 0
    }
  }

  /** The index of a cell's sums; undefined where the tick does not know it. */
  placeOf(cell: number): number | undefined {
    return this.sums[cell] === 0 ? undefined : this.sums[cell] - 1
  }

  /** Whether some of a cell's events are judged. */
  hasEvents(cell: number, aggregates: TickAggregates): boolean {
    if (this.parts[cell] !== judgedParts.all) return aggregates.judgedEvents(this.#cells.nodes[cell]) > 0
    return this.sums[cell] > 0 && aggregates.nodes.eventsAt(this.sums[cell] - 1) > 0
  }

  #withhold(node: number, aggregates: TickAggregates): void {
    const cell = this.#cells.index.get(node)
    if (cell === undefined || this.#cells.axes[cell] === undefined || this.parts[cell] !== judgedParts.all) return
    if (aggregates.backlog.of(node) !== 0) this.parts[cell] = judgedParts.nothing
    else if (aggregates.withheld(node) !== 0) this.parts[cell] = judgedParts.rest
    if (this.parts[cell] !== judgedParts.all) this.partly.push(cell)
  }

  #reserve(cells: number): void {
    const size = Math.ceil(1.5 * cells)
    this.sums = resized(this.sums, size)
    this.parts = resized(this.parts, size)
    this.isHeld = resized(this.isHeld, size)
  }
}
