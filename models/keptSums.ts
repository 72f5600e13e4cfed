/** Sums over facts of one row that last from one look at it to the next: those of its blocks of hours, and those of all that lies before the open one. */

/** From so many facts on that lie before the open block, tombstones left out, their sums last; fewer take less time one by one. */
export const closedFactsMin = 64

/** What facts add as of the last hour of a block: each sum that is asked for, and a bit for each source. `words`: what facts and tombstones take. */
export type LastingSums = { block: number; words: number; sums: Float64Array; sources: number }

/** Of one row, by one who sums. `hold` hears how many come and go. */
export class KeptSums {
  closed: LastingSums | undefined
  readonly #blocks = new Map<number, LastingSums>()
  readonly #hold: (sums: number) => void

  constructor(hold: (sums: number) => void) {
    this.#hold = hold
    hold(1) // for `closed`, whether it is there or not
  }

  get(block: number): LastingSums | undefined {
    return this.#blocks.get(block)
  }

  set(sums: LastingSums): void {
    this.#blocks.set(sums.block, sums)
    this.#hold(1)
  }

  /** A fact of a block comes or goes. */
  forget(block: number): void {
    if (this.closed !== undefined && this.closed.block >= block) this.closed = undefined
    if (this.#blocks.delete(block)) this.#hold(-1)
  }
}
