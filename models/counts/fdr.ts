/**
 * False discovery rate over the many cells of one tick.
 * Source: Benjamini & Hochberg (1995), "Controlling the false discovery rate: a practical and powerful approach".
 */
export type FamilyOptions = {
  /** Tests in the family, >= the p values given: the rest were not looked at because they have p = 1 (no events). */
  readonly familySize?: number
}

/**
 * The q value of each p value, in input order: warning on q <= a keeps the expected share of false warnings at a.
 * RangeError for a p value outside 0..1 or a family smaller than its members.
 * benjaminiHochberg([0.04, 0.001, 0.03, 0.02, 0.5]) is [0.05, 0.005, 0.05, 0.05, 0.5].
 */
export function benjaminiHochberg(pValues: ArrayLike<number>, options: FamilyOptions = {}): Float64Array {
  const familySize = options.familySize ?? pValues.length
  if (!(Number.isSafeInteger(familySize) && familySize >= pValues.length)) {
    throw new RangeError(`familySize must be a whole number >= ${pValues.length}, not ${familySize}`)
  }
  const order = ranked(pValues)
  const q = new Float64Array(pValues.length)
  let least = 1
  for (let rank = order.length; rank >= 1; rank--) {
    const index = order[rank - 1]
    least = Math.min(least, (pValues[index] * familySize) / rank)
    q[index] = least
  }
  return q
}

/** Indices by rising p. */
function ranked(pValues: ArrayLike<number>): Uint32Array {
  const order = new Uint32Array(pValues.length)
  for (let i = 0; i < order.length; i++) {
    if (!(pValues[i] >= 0 && pValues[i] <= 1)) throw new RangeError(`p value ${i} must lie in 0..1, not ${pValues[i]}`)
    order[i] = i
  }
  return order.sort((a, b) => pValues[a] - pValues[b] || a - b)
}
