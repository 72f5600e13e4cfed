/** Seeded draws for benches: uniform, normal, gamma, Poisson, negative binomial. */
import { seeded, poisson as smallPoisson } from '../../test/models/random.ts'

export type Random = () => number

/** Independent of those of other keys: a generator for each series of a bench. */
export function drawsOf(...keys: readonly number[]): Random {
  let hash = 0x811c9dc5
  for (const key of keys) hash = Math.imul(hash ^ key, 0x01000193) ^ (hash >>> 15)
  const random = seeded(hash)
  for (let skipped = 0; skipped < 8; skipped++) random()
  return random
}

export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

/** Marsaglia & Tsang (2000). shape > 0, scale 1. */
export function gamma(random: Random, shape: number): number {
  if (shape < 1) return gamma(random, shape + 1) * (1 - random()) ** (1 / shape)
  const d = shape - 1 / 3
  for (;;) {
    const x = normal(random)
    const v = (1 + x / Math.sqrt(9 * d)) ** 3
    if (v > 0 && Math.log(1 - random()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v
  }
}

export function poisson(random: Random, mean: number): number {
  if (!(mean > 0)) return 0
  return mean > 400 ? poisson(random, mean / 2) + poisson(random, mean / 2) : smallPoisson(random, mean)
}

/** Of variance phi mean; Poisson where phi is 1. */
export function negativeBinomial(random: Random, mean: number, phi: number): number {
  return phi <= 1 ? poisson(random, mean) : poisson(random, gamma(random, mean / (phi - 1)) * (phi - 1))
}
