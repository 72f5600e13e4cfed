/**
 * Pseudo-random whole numbers and shares: sfc32 (C. Doty-Humphrey's Small Fast Chaotic generator, PractRand), one generator per
 * (seed, purpose, number). What draws more numbers therefore never shifts the draws of something else. Only 32-bit integers: the
 * same numbers on every machine.
 */
import { hash64 } from './hash.ts'

const warmUpRounds = 12

export class Sfc32 {
  readonly #state = new Int32Array(4)

  constructor(seed: number, purpose: string, at = 0) {
    const { high, low } = hash64(`${seed}/${purpose}/${at}`)
    this.#state.set([high | 0, low | 0, Math.imul(high ^ low, 0x9e3779b1), 1])
    for (let round = 0; round < warmUpRounds; round++) this.next()
  }

  /** Uniform in [0, 1), 32 bits. */
  next(): number {
    const s = this.#state
    const sum = (s[0] + s[1] + s[3]) | 0
    s[3] = s[3] + 1
    s[0] = s[1] ^ (s[1] >>> 9)
    s[1] = s[2] + (s[2] << 3)
    s[2] = ((s[2] << 21) | (s[2] >>> 11)) + sum
    return (sum >>> 0) / 4_294_967_296
  }

  /** A whole number in 0 .. below - 1. */
  int(below: number): number {
    return Math.floor(this.next() * below)
  }

  /** Puts the items into another order, in place (Fisher and Yates). */
  shuffle<T extends { readonly length: number; [at: number]: unknown }>(items: T): T {
    for (let at = items.length - 1; at > 0; at--) {
      const other = this.int(at + 1)
      const kept = items[at]
      items[at] = items[other]
      items[other] = kept
    }
    return items
  }
}
