/** A seeded generator for tests: the same numbers in every run. Mulberry32 (Ettinger 2017), uniform in [0, 1). */
export type Random = () => number

export function seeded(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let z = Math.imul(state ^ (state >>> 15), state | 1)
    z = (z + Math.imul(z ^ (z >>> 7), z | 61)) ^ z
    return ((z ^ (z >>> 14)) >>> 0) / 4294967296
  }
}

/** A Poisson count with mean below about 500, by multiplying uniforms (Knuth). */
export function poisson(random: Random, mean: number): number {
  const limit = Math.exp(-mean)
  let product = random()
  let count = 0
  while (product > limit) {
    product *= random()
    count++
  }
  return count
}
