/**
 * All randomness of the simulator: sfc32 (C. Doty-Humphrey's Small Fast Chaotic generator, PractRand), one generator per
 * (seed, purpose, number). A feature that draws more numbers therefore never shifts the draws of another one.
 * Math.log and the like are used: the bytes of a simulation are the same on every machine with the same V8 release.
 */
import { hash64 } from '../../streams/hash.ts'

const warmUpRounds = 12
const poissonChunk = 500 // exp(-500) is still a normal double

export class Random {
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

  between(from: number, to: number): number {
    return from + this.next() * (to - from)
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  pick<T>(items: readonly T[]): T {
    return items[this.int(items.length)]
  }

  /** An index in proportion to a few weights; for many, see AliasTable. */
  weighted(weights: readonly number[]): number {
    let left = this.next() * weights.reduce((sum, weight) => sum + weight, 0)
    for (let at = 0; at < weights.length - 1; at++) {
      left -= weights[at]
      if (left < 0) return at
    }
    return weights.length - 1
  }

  /** Standard normal (Box and Muller 1958). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next())
  }

  /** Lognormal by its median and the standard deviation of its logarithm. */
  logNormal(median: number, spread: number): number {
    return median * Math.exp(spread * this.normal())
  }

  /** Exact for every mean: Knuth's product method in chunks, so it costs one draw an event. */
  poisson(mean: number): number {
    let count = 0
    for (let left = mean; left > 0; left -= poissonChunk) {
      const limit = Math.exp(-Math.min(left, poissonChunk))
      for (let product = this.next(); product > limit; product *= this.next()) count++
    }
    return count
  }

  /** The same items in another order (Fisher and Yates). */
  shuffled<T>(items: readonly T[]): T[] {
    const mixed = [...items]
    for (let at = mixed.length - 1; at > 0; at--) {
      const other = this.int(at + 1)
      const kept = mixed[at]
      mixed[at] = mixed[other]
      mixed[other] = kept
    }
    return mixed
  }
}
