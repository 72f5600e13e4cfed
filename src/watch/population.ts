/** Registered enterprises: by (leaf, grade, band), and by node above a leaf. */
import { z } from 'zod'
import type { CellPart } from '../../streams/outputs.ts'
import type { CellKeys } from '../cells.ts'
import { jsonPart, type StatePart } from '../fold/state.ts'
import { NumberSums } from '../sums.ts'
import type { Ancestors } from './ancestors.ts'

export class Population {
  /** By (leaf, grade, band). */
  readonly sums = new NumberSums()
  readonly #byNode = new NumberSums()
  readonly #keys: CellKeys
  readonly #ancestors: Ancestors
  readonly state: StatePart = jsonPart(
    { name: 'stock', version: 1, contract: z.object({ keys: z.array(z.number()), deltas: z.array(z.number()) }) },
    () => {
      const all = [...this.sums.entries()]
      return { keys: all.map(([key]) => key), deltas: all.map(([, count]) => count) }
    },
    (saved) => this.add(saved),
  )

  constructor(keys: CellKeys, ancestors: Ancestors) {
    this.#keys = keys
    this.#ancestors = ancestors
  }

  /** Most changes are of grade or band and leave the leaf's number as it is: they go no further. */
  add({ keys, deltas }: CellPart['stock']): void {
    for (let at = 0; at < keys.length; ) {
      const leaf = this.#leafOf(keys[at])
      let change = 0
      for (; at < keys.length && this.#leafOf(keys[at]) === leaf; at++) {
        this.sums.add(keys[at], deltas[at])
        change += deltas[at]
      }
      if (change !== 0) this.#addAbove(leaf, change)
    }
  }

  /** Enterprises below a node. */
  registered(node: number): number {
    const at = this.#byNode.index.find(node)
    return at === undefined ? 0 : this.#byNode.sums[at]
  }

  /** Nodes with enterprises below them. */
  *nodes(): Generator<number> {
    for (const [node] of this.#byNode.entries()) yield node
  }

  #addAbove(leaf: number, change: number): void {
    const ancestors = this.#ancestors
    const at = ancestors.indexOf(leaf)
    const end = ancestors.endOf(at)
    for (let step = ancestors.startOf(at); step < end; step++) this.#byNode.add(ancestors.nodeAt(step), change)
  }

  #leafOf(stockKey: number): number {
    return this.#keys.cellOf(this.#keys.gradedOfStock(stockKey))
  }
}
