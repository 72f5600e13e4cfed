/**
 * All randomness of the simulator, one generator per (seed, purpose, number). Math.log and the like are used: the bytes of a
 * simulation are the same on every machine with the same V8 release.
 */
import { Sfc32 } from '../../streams/sfc32.ts'

const poissonChunk = 500 // exp(-500) is still a normal double

export class Random extends Sfc32 {
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

  /** The same items in another order. */
  shuffled<T>(items: readonly T[]): T[] {
    return this.shuffle([...items])
  }
}
