/**
 * The prior of a cell from its siblings: a Gamma distribution of rates, fitted by the method of moments.
 * Source: Clayton & Kaldor (1987), "Empirical Bayes estimates of age-standardized relative risks"; the moments weighted by
 * exposure as in Böhning (2000).
 */
import { boundMean, type CountPrior, checkPositive } from './detector.ts'

export type SiblingRate = {
  /** Events counted, >= 0 (discounted counts need not be whole). */
  readonly count: number
  /** Exposure over the same ticks: ticks times size, >= 0. */
  readonly exposure: number
}

const shapeMin = 0.3
const shapeMax = 20
/** With fewer than two siblings nothing says how alike they are. */
const shapeUnknown = 1
/** Events assumed where none was seen, so that a rate is never 0. */
const countMin = 0.5

/**
 * rate: pooled events per exposure, > 0; shape: 0.3 (siblings unlike) .. 20 (alike, or no sign that they differ).
 * RangeError if a number is out of range, or if there is no exposure at all.
 */
export function empiricalPrior(siblings: readonly SiblingRate[]): CountPrior {
  siblings.forEach(checkSibling)
  const seen = siblings.filter(({ exposure }) => exposure > 0)
  const exposure = total(seen.map((sibling) => sibling.exposure))
  checkPositive('total exposure of the siblings', exposure)
  const rate = boundMean(Math.max(total(seen.map(({ count }) => count)), countMin) / exposure)
  return { rate, shape: seen.length < 2 ? shapeUnknown : shapeOf(seen, { rate, exposure }) }
}

/** Shape = rate^2 / variance between siblings: what their spread exceeds that of Poisson counts by. */
function shapeOf(
  siblings: readonly SiblingRate[],
  pooled: { readonly rate: number; readonly exposure: number },
): number {
  const { rate, exposure } = pooled
  const spread = total(siblings.map((s) => s.exposure * (s.count / s.exposure - rate) * (s.count / s.exposure - rate)))
  const squares = total(siblings.map((s) => s.exposure * s.exposure))
  const between = (spread - (siblings.length - 1) * rate) / (exposure - squares / exposure)
  if (!(between > 0)) return shapeMax
  return Math.min(Math.max((rate * rate) / between, shapeMin), shapeMax)
}

function total(values: readonly number[]): number {
  let sum = 0
  for (const value of values) sum += value
  return sum
}

function checkSibling({ count, exposure }: SiblingRate): void {
  if (!(count >= 0 && count < Number.POSITIVE_INFINITY))
    throw new RangeError(`count must be >= 0 and finite, not ${count}`)
  if (!(exposure >= 0 && exposure < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`exposure must be >= 0 and finite, not ${exposure}`)
  }
}
