/** A set of id hashes, two words each, in a typed array: open addressing, under a seed. */
import type { HashSeed } from '../../hashSeed.ts'

const loadMax = 0.6
const slotsMin = 256

export class IdSet {
  /** Two words a slot, under the seed; both 0: empty. */
  #words = new Int32Array(2 * slotsMin)
  /** The one id whose words under the seed are 0. */
  #hasZero = false
  #held = 0
  readonly #seed: HashSeed

  constructor(seed: HashSeed) {
    this.#seed = seed
  }

  get size(): number {
    return this.#held + (this.#hasZero ? 1 : 0)
  }

  has(high: number, low: number): boolean {
    const [a, b] = [high ^ this.#seed[0], low ^ this.#seed[1]]
    if (a === 0 && b === 0) return this.#hasZero
    const at = this.#placeOf(a, b)
    return this.#words[at] !== 0 || this.#words[at + 1] !== 0
  }

  add(high: number, low: number): void {
    const [a, b] = [high ^ this.#seed[0], low ^ this.#seed[1]]
    if (a === 0 && b === 0) {
      this.#hasZero = true
      return
    }
    const at = this.#placeOf(a, b)
    if (this.#words[at] !== 0 || this.#words[at + 1] !== 0) return
    this.#words[at] = a
    this.#words[at + 1] = b
    if (++this.#held * 2 > this.#words.length * loadMax) this.#grow()
  }

  /** Where an id stands, or would: the first word of its slot. */
  #placeOf(a: number, b: number): number {
    const words = this.#words
    const mask = words.length - 2
    const mixed = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b)
    let at = (mixed ^ (mixed >>> 15)) & mask
    while ((words[at] !== a || words[at + 1] !== b) && (words[at] !== 0 || words[at + 1] !== 0)) at = (at + 2) & mask
    return at
  }

  #grow(): void {
    const before = this.#words
    this.#words = new Int32Array(before.length * 2)
    for (let from = 0; from < before.length; from += 2) {
      if (before[from] === 0 && before[from + 1] === 0) continue
      const at = this.#placeOf(before[from], before[from + 1])
      this.#words[at] = before[from]
      this.#words[at + 1] = before[from + 1]
    }
  }
}
