/**
 * Sums over facts, kept beside rows of many from one score to the next: else each would add up all facts again. They are derived from the
 * facts, are no state, and go as memory demands.
 */
import { KeptSums } from '../../../models/keptSums.ts'
import { keptSumsMax } from '../../limits.ts'

export class RowSums {
  /** By row, and by the name of what is summed: for the champion, and perhaps for a challenger. */
  readonly #rows = new Map<number, Map<string, KeptSums>>()
  #held = 0

  /** Whether there are too many is looked at here: what one score adds is little. */
  of(row: number, name: string): KeptSums {
    if (this.#held > keptSumsMax) {
      this.#rows.clear()
      this.#held = 0
    }
    const ofRow = this.#rows.get(row) ?? new Map<string, KeptSums>()
    const known = ofRow.get(name)
    if (known !== undefined) return known
    const made = new KeptSums((sums) => {
      this.#held += sums
    })
    this.#rows.set(row, ofRow.set(name, made))
    return made
  }

  /** A fact of a row comes or goes. */
  changed(row: number, block: number): void {
    const ofRow = this.#rows.get(row)
    if (ofRow !== undefined) for (const kept of ofRow.values()) kept.forget(block)
  }
}
