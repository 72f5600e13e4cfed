/** From the core's log-odds to the probability that is published: a map that keeps the order of the rows. */
import { z } from 'zod'
import { exp, ln1p, logistic, logit } from '../math.ts'
import { firstAbove } from '../search.ts'
import { boundedList, calibrationKnotsMax } from './bounds.ts'

const finite = z.number()
const probability = finite.gt(0).lt(1)

export const Calibration = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('none') }),
  /** ln(q / (1 - q)) = a ln p - b ln(1 - p) + c (Kull, Silva Filho & Flach 2017). */
  z.object({ kind: z.literal('beta'), a: finite.min(0), b: finite.min(0), c: finite }),
  /**
   * Probability `values` at the log-odds `edges`, both ascending. Linear between them; outside, the log-odds move as the core's do, so
   * that no two rows become equal.
   */
  z
    .object({
      kind: z.literal('isotonic'),
      edges: boundedList(finite, calibrationKnotsMax, 1),
      values: boundedList(probability, calibrationKnotsMax, 1),
    })
    .refine(({ edges, values }) => edges.length === values.length, 'values: must be as many as edges')
    .refine(({ edges }) => ascends(edges), 'edges: must ascend')
    .refine(({ values }) => ascends(values), 'values: must ascend'),
])
export type Calibration = z.infer<typeof Calibration>

/** The probability of log-odds, above 0 and below 1 for every calibration but `none`. NaN stays NaN. */
export function calibrate(calibration: Calibration): (logOdds: number) => number {
  switch (calibration.kind) {
    case 'none':
      return logistic
    case 'beta': {
      const { a, b, c } = calibration
      return (logOdds) => inside(logistic(c - a * softPlus(-logOdds) + b * softPlus(logOdds)))
    }
    case 'isotonic':
      return between(calibration.edges, calibration.values)
  }
}

function between(edges: readonly number[], values: readonly number[]): (logOdds: number) => number {
  const last = edges.length - 1
  const low = logit(values[0]) - edges[0]
  const high = logit(values[last]) - edges[last]
  return (logOdds) => {
    if (Number.isNaN(logOdds)) return logOdds
    if (logOdds <= edges[0]) return Math.min(values[0], inside(logistic(logOdds + low)))
    if (logOdds >= edges[last]) return Math.max(values[last], inside(logistic(logOdds + high)))
    const upper = firstAbove(edges, logOdds)
    const share = (logOdds - edges[upper - 1]) / (edges[upper] - edges[upper - 1])
    return Math.min(values[upper], values[upper - 1] + share * (values[upper] - values[upper - 1]))
  }
}

/** ln(1 + e^x) without overflow: -ln(1 - p) at log-odds x. */
export function softPlus(x: number): number {
  return x > 0 ? x + ln1p(exp(-x)) : ln1p(exp(x))
}

const smallest = Number.EPSILON

/** Never 0 and never 1: nothing is certain. */
function inside(probability: number): number {
  return Math.min(1 - smallest, Math.max(smallest, probability))
}

function ascends(values: readonly number[]): boolean {
  return values.every((value, at) => at === 0 || value > values[at - 1])
}
