/** Enterprises whose scores contradict their grade, by (leaf, grade): those that have for nearly long enough, and those that have entered. */
import { z } from 'zod'
import type { CellPart } from '../../streams/outputs.ts'
import type { CellKeys } from '../cells.ts'
import { jsonPart, type StatePart } from '../fold/state.ts'
import { contradictionsToldMax } from '../limits.ts'
import { NumberSums } from '../sums.ts'
import type { Ancestors } from './ancestors.ts'

const column = z.array(z.number())
const Saved = z.object({ keys: column, near: column, entered: column })
/** Of the places that a crowded region has, so many are given: by the luck of their ids a few more than asked for may be told. */
const givenShare = 0.9

export class ContradictionCounts {
  readonly #near = new NumberSums()
  readonly #entered = new NumberSums()
  readonly #byNode = new NumberSums()
  readonly #keys: CellKeys
  readonly #ancestors: Ancestors
  readonly state: StatePart = jsonPart(
    { name: 'contradictions', version: 1, contract: Saved },
    () => {
      const { keys, sums } = this.#near.sorted()
      return { keys: [...keys], near: [...sums], entered: [...keys].map((key) => this.#entered.of(key)) }
    },
    (saved) => this.add({ contradictions: saved }),
  )

  constructor(keys: CellKeys, ancestors: Ancestors) {
    this.#keys = keys
    this.#ancestors = ancestors
  }

  add({ contradictions }: Pick<CellPart, 'contradictions'>): void {
    for (const [at, key] of contradictions?.keys.entries() ?? []) {
      const entered = contradictions?.entered[at] ?? 0
      this.#near.add(key, contradictions?.near[at] ?? 0)
      this.#entered.add(key, entered)
      if (entered === 0) continue
      const leaf = this.#ancestors.indexOf(this.#keys.cellOf(key))
      for (let step = this.#ancestors.startOf(leaf); step < this.#ancestors.endOf(leaf); step++)
        this.#byNode.add(this.#ancestors.nodeAt(step), entered)
    }
  }

  /** Enterprises below a node that have entered. */
  of(node: number): number {
    return this.#byNode.of(node)
  }

  /** Region leaves that have more than can be told, and the share of them that is. */
  crowded(): { region: number; share: number }[] {
    const byRegion = new NumberSums()
    for (const [key, near] of this.#near.entries()) byRegion.add(this.#keys.region(this.#keys.cellOf(key)), near)
    const { keys, sums } = byRegion.sorted()
    return [...keys].flatMap((region, at) =>
      sums[at] > contradictionsToldMax ? [{ region, share: (givenShare * contradictionsToldMax) / sums[at] }] : [],
    )
  }
}
