/** What cells should bring in one tick, in columns by cell: each is worked out when it is first asked for, and stands until something is learnt. */
import type { Expectation } from '../../../models/counts/detector.ts'
import { resized } from '../../sums.ts'

export class Expectations {
  means = new Float64Array(64)
  variances = new Float64Array(64)
  #isKnown = new Uint8Array(64)
  #tick: number | undefined

  has(cell: number, tick: number): boolean {
    return this.#tick === tick && this.#isKnown[cell] === 1
  }

  of(cell: number): Expectation {
    return { mean: this.means[cell], variance: this.variances[cell] }
  }

  /** Those of another tick are forgotten. */
  set(cell: number, tick: number, { mean, variance }: Expectation): void {
    if (this.#tick !== tick) this.forget()
    this.#tick = tick
    if (cell >= this.#isKnown.length) this.#reserve(cell + 1)
    this.#isKnown[cell] = 1
    this.means[cell] = mean
    this.variances[cell] = variance
  }

  forget(): void {
    this.#isKnown.fill(0)
  }

  #reserve(cells: number): void {
    const size = Math.ceil(1.5 * cells)
    this.means = resized(this.means, size)
    this.variances = resized(this.variances, size)
    this.#isKnown = resized(this.#isKnown, size)
  }
}
