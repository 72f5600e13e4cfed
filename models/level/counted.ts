/** The whole numbers with which a scored enterprise is counted, so that sums are the same in any order and can be taken back. */
import { logistic, logit } from '../math.ts'

/** A probability is counted as no nearer to 0 or 1 than this: nothing is certain, and a sum stays finite. */
const nearest = Number.EPSILON
const thousand = 1_000
const million = 1_000_000

const rounded = (value: number): number => Math.floor(value + 0.5)

/** round(1000 ln(p / (1 - p))) of a probability 0..1: from -36,044 to 36,044. */
export function thousandthsOfLogOdds(probability: number): number {
  return rounded(thousand * logit(Math.min(1 - nearest, Math.max(nearest, probability))))
}

/** Log-odds of which the millionths are worked out once, in thousandths from 0 on either side: those of probabilities from .0025 to .9975. */
const remembered = 6_000
/** Millionths + 1; 0 = not asked for yet. */
const known = new Int32Array(2 * remembered + 1)

/** round(10^6 p) of log-odds in whole thousandths: one number a row says both, to within 126 millionths. */
export function millionthsOfProbability(logOddsThousandths: number): number {
  const at = logOddsThousandths + remembered
  if (known[at] > 0) return known[at] - 1
  const millionths = rounded(million * logistic(logOddsThousandths / thousand))
  known[at] = millionths + 1
  return millionths
}
