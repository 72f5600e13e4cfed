/** The least counts that call in the open tick, by node and what is counted: each is worked out when it is first asked for, and a beat costs comparisons. */
import { resized } from '../../sums.ts'

const rowsMin = 64

export class CallingCounts {
  /** Counts of a node: all its events, and each group's. */
  readonly #width: number
  /** By index of a node among sums its row + 1; 0: it has none. */
  #rows = new Int32Array(rowsMin)
  #count = 0
  /** By row: Infinity: no count calls; NaN: nobody asked yet. */
  #least: Float64Array

  constructor(groups: number) {
    this.#width = 1 + groups
    this.#least = new Float64Array(rowsMin * this.#width)
  }

  /** Where the counts of a node begin. */
  rowOf(node: number): number {
    if (node >= this.#rows.length) this.#rows = resized(this.#rows, 2 * node)
    if (this.#rows[node] > 0) return (this.#rows[node] - 1) * this.#width
    const row = this.#count++ * this.#width
    this.#rows[node] = this.#count
    if (row === this.#least.length) this.#least = resized(this.#least)
    this.#least.fill(Number.NaN, row, row + this.#width)
    return row
  }

  at(place: number): number {
    return this.#least[place]
  }
  set(place: number, least: number): void {
    this.#least[place] = least
  }

  clear(): void {
    this.#rows.fill(0)
    this.#count = 0
  }
}
