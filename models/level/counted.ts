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

/** round(10^6 p) of log-odds in thousandths: one number a row says both, to within 126 millionths. */
export function millionthsOfProbability(logOddsThousandths: number): number {
  return rounded(million * logistic(logOddsThousandths / thousand))
}
