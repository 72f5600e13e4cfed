/** Random numbers that a seed determines: sfc32 (C. Doty-Humphrey's Small Fast Chaotic generator, PractRand). */

const warmUpRounds = 15

/** Uniform whole numbers in 0 .. below - 1, `below` < 2^32. The same seed gives the same numbers everywhere. */
export function seededIndex(seed: number): (below: number) => number {
  let [a, b, c, counter] = [seed | 0, Math.floor(seed / 4_294_967_296) | 0, 0x9e3779b1 | 0, 1]
  const next = (): number => {
    const sum = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    return sum >>> 0
  }
  for (let round = 0; round < warmUpRounds; round++) next()
  return (below) => ((next() / 4_294_967_296) * below) >>> 0
}
