/** Draws an index in proportion to its weight in constant time (Vose 1991, the alias method); 8 bytes an index. */
import type { Random } from '../random.ts'

export class AliasTable {
  readonly #keep: Float32Array
  readonly #alias: Uint32Array

  /** @param weights >= 0, at least one of them positive. */
  constructor(weights: ArrayLike<number>) {
    const size = weights.length
    this.#keep = new Float32Array(size).fill(1)
    this.#alias = Uint32Array.from({ length: size }, (_, at) => at)
    let sum = 0
    for (let at = 0; at < size; at++) sum += weights[at]
    const scaled = Float64Array.from(weights, (weight) => (weight * size) / sum)
    this.#fill(scaled)
  }

  pick(random: Random): number {
    const at = random.int(this.#keep.length)
    return random.next() < this.#keep[at] ? at : this.#alias[at]
  }

  /** Small ones are filled up by large ones: `stack` holds the small from the left and the large from the right. */
  #fill(scaled: Float64Array): void {
    const size = scaled.length
    const stack = new Uint32Array(size)
    let small = 0
    let large = size
    for (let at = 0; at < size; at++) {
      if (scaled[at] < 1) stack[small++] = at
      else stack[--large] = at
    }
    while (small > 0 && large < size) {
      const low = stack[--small]
      const high = stack[large]
      this.#keep[low] = scaled[low]
      this.#alias[low] = high
      scaled[high] -= 1 - scaled[low]
      if (scaled[high] < 1) {
        large++
        stack[small++] = high
      }
    }
  }
}
