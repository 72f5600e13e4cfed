/**
 * EARS C1, C2 and C3: a count against the mean and deviation of seven recent counts. The simplest detectors in use, and the
 * measure for any other. Source: Hutwagner et al. (2003), "The bioterrorism preparedness and response Early Aberration
 * Reporting System (EARS)"; C3 as in Fricker, Hegler & Dunfee (2008).
 */
export const earsBaseline = 7
/** Ticks between the baseline and the judged count in C2 and C3, so that a rising outbreak is not its own baseline. */
export const earsLag = 2

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

/** What the C2 score of one tick adds to C3: max(0, (y - mean) / deviation - 1). 0 where the deviation is 0 and y is no more. */
export function c2Excess(y: number, { mean, deviation }: Moments): number {
  if (deviation === 0) return y > mean ? y - mean : 0
  return Math.max(0, (y - mean) / deviation - 1)
}
