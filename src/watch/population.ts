/** Registered enterprises: by (leaf, grade, band), and by the nodes above a leaf; what the open tick changed of them. */
import { z } from 'zod'
import type { CellPart } from '../../streams/outputs.ts'
import type { CellKeys } from '../cells.ts'
import { jsonPart, type StatePart } from '../fold/state.ts'
import { NumberSums } from '../sums.ts'
import type { Ancestors } from './ancestors.ts'

const Deltas = z.object({ keys: z.array(z.number()), deltas: z.array(z.number()) })
const Saved = Deltas.extend({ changed: Deltas })

export class Population {
  /** By (leaf, grade, band). */
  readonly sums = new NumberSums()
  readonly #byNode = new NumberSums()
  /** What the open tick changed, by (leaf, grade, band). */
  readonly #changes = new NumberSums()
  readonly #keys: CellKeys
  readonly #ancestors: Ancestors
  readonly state: StatePart = jsonPart(
    { name: 'stock', version: 2, contract: Saved },
    () => ({ ...inLists(this.sums), changed: inLists(this.#changes) }),
    ({ changed, ...all }) => {
      this.refill(all)
      for (const [at, key] of changed.keys.entries()) this.#changes.add(key, changed.deltas[at])
    },
    { 1: (all) => ({ ...z.looseObject({}).parse(all), changed: { keys: [], deltas: [] } }) },
  )

  constructor(keys: CellKeys, ancestors: Ancestors) {
    this.#keys = keys
    this.#ancestors = ancestors
  }

  /** Takes changes of the open tick. */
  add(stock: CellPart['stock']): void {
    this.refill(stock)
    for (const [at, key] of stock.keys.entries()) this.#changes.add(key, stock.deltas[at])
  }

  /** Takes changes that are none of the open tick. */
  refill({ keys, deltas }: CellPart['stock']): void {
    for (const [at, key] of keys.entries()) {
      this.sums.add(key, deltas[at])
      this.#addAbove(key, deltas[at])
    }
  }

  /** What the open tick changed; the next one begins. */
  takeChanges(): { keys: Float64Array; sums: Float64Array } {
    const changes = this.#changes.sorted()
    this.#changes.clear()
    return changes
  }

  /** Enterprises below a node. */
  registered(node: number): number {
    return this.#byNode.of(node)
  }

  #addAbove(key: number, change: number): void {
    const [keys, ancestors] = [this.#keys, this.#ancestors]
    const at = ancestors.indexOf(keys.cellOf(keys.gradedOfStock(key)))
    const end = ancestors.endOf(at)
    for (let step = ancestors.startOf(at); step < end; step++) this.#byNode.add(ancestors.nodeAt(step), change)
  }
}

function inLists(sums: NumberSums): z.infer<typeof Deltas> {
  const all = [...sums.entries()]
  return { keys: all.map(([key]) => key), deltas: all.map(([, count]) => count) }
}
