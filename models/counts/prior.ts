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
  return priorOfColumns({
    counts: siblings.map(({ count }) => count),
    exposures: siblings.map(({ exposure }) => exposure),
    length: siblings.length,
  })
}

/** Siblings in columns, the first so many of them. */
export type SiblingColumns = {
  readonly counts: ArrayLike<number>
  readonly exposures: ArrayLike<number>
  readonly length: number
}

/** The same of siblings in columns. */
export function priorOfColumns({ counts, exposures, length }: SiblingColumns): CountPrior {
  let [seen, count, exposure] = [0, 0, 0]
  for (let at = 0; at < length; at++) {
    checkSibling(counts[at], exposures[at])
    if (exposures[at] === 0) continue
    seen++
    count += counts[at]
    exposure += exposures[at]
  }
  checkPositive('total exposure of the siblings', exposure)
  const rate = boundMean(Math.max(count, countMin) / exposure)
  return { rate, shape: seen < 2 ? shapeUnknown : shapeOf({ counts, exposures, length }, { seen, rate, exposure }) }
}

/** Shape = rate^2 / variance between siblings: what their spread exceeds that of Poisson counts by. */
function shapeOf(
  { counts, exposures, length }: SiblingColumns,
  { seen, rate, exposure }: { readonly seen: number; readonly rate: number; readonly exposure: number },
): number {
  let [spread, squares] = [0, 0]
  for (let at = 0; at < length; at++) {
    const own = exposures[at]
    if (own === 0) continue
    spread += own * (counts[at] / own - rate) * (counts[at] / own - rate)
    squares += own * own
  }
  const between = (spread - (seen - 1) * rate) / (exposure - squares / exposure)
  if (!(between > 0)) return shapeMax
  return Math.min(Math.max((rate * rate) / between, shapeMin), shapeMax)
}

function checkSibling(count: number, exposure: number): void {
  if (!(count >= 0 && count < Number.POSITIVE_INFINITY))
    throw new RangeError(`count must be >= 0 and finite, not ${count}`)
  if (!(exposure >= 0 && exposure < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`exposure must be >= 0 and finite, not ${exposure}`)
  }
}
