/**
 * EARS C1, C2 and C3: a count against the mean and deviation of seven recent counts. The simplest detectors in use, and the
 * measure for any other. Source: Hutwagner et al. (2003), "The bioterrorism preparedness and response Early Aberration
 * Reporting System (EARS)"; C3 as in Fricker, Hegler & Dunfee (2008).
 */
export const earsBaseline = 7
/** Ticks between the baseline and the judged count in C2 and C3, so that a rising outbreak is not its own baseline. */
export const earsLag = 2

/** Normal quantiles of the usual limits: 0.999 for C1 and C2, 0.975 for C3. */
export const zC1C2 = 3.090232306167813
export const zC3 = 1.959963984540054

export type Moments = { readonly mean: number; readonly deviation: number }

/** Mean and sample deviation (n - 1) of the 7 counts that end `lag` ticks before `end` (exclusive). */
export function windowMoments(counts: ArrayLike<number>, end: number, lag: number): Moments {
  const from = end - lag - earsBaseline
  if (from < 0) throw new RangeError(`window needs ${earsBaseline + lag} counts before ${end}`)
  let sum = 0
  for (let i = from; i < from + earsBaseline; i++) sum += counts[i]
  const mean = sum / earsBaseline
  let squares = 0
  for (let i = from; i < from + earsBaseline; i++) squares += (counts[i] - mean) * (counts[i] - mean)
  return { mean, deviation: Math.sqrt(squares / (earsBaseline - 1)) }
}

/** Upper bound of the count at index t, from the 7 counts before it: mean + z deviation. */
export function c1UpperBound(counts: ArrayLike<number>, t: number, z = zC1C2): number {
  const { mean, deviation } = windowMoments(counts, t, 0)
  return mean + z * deviation
}

/** Upper bound of the count at index t, from the 7 counts up to t - 3: mean + z deviation. */
export function c2UpperBound(counts: ArrayLike<number>, t: number, z = zC1C2): number {
  const { mean, deviation } = windowMoments(counts, t, earsLag)
  return mean + z * deviation
}

/** What the C2 score of one tick adds to C3: max(0, (y - mean) / deviation - 1). 0 where the deviation is 0 and y is no more. */
export function c2Excess(y: number, { mean, deviation }: Moments): number {
  if (deviation === 0) return y > mean ? y - mean : 0
  return Math.max(0, (y - mean) / deviation - 1)
}

/**
 * Upper bound of C3, >= 0: mean + deviation (z - excesses of the two ticks before), with C2's moments. Needs 11 counts before t.
 * earsC() of R surveillance 1.20.3 documents this formula but puts the count at t in the place of the mean.
 */
export function c3UpperBound(counts: ArrayLike<number>, t: number, z = zC3): number {
  const used =
    c2Excess(counts[t - 1], windowMoments(counts, t - 1, earsLag)) +
    c2Excess(counts[t - 2], windowMoments(counts, t - 2, earsLag))
  const { mean, deviation } = windowMoments(counts, t, earsLag)
  return Math.max(0, mean + deviation * (z - used))
}
