/** Fits calibrations on a validation slice, and chooses one of them, or none. */

import { fitLogistic } from '../logistic/irls.ts'
import { logistic } from '../math.ts'
import { type Calibration, calibrate, softPlus } from '../risk/calibration.ts'
import { isotonicBlocks } from './isotonic.ts'

const folds = 5
/** Below this many rows of either label a calibration would fit noise. */
const rowsOfEachLabelMin = 25

/**
 * Beta calibration: a logistic regression on ln p and -ln(1 - p). A negative slope would turn the order round: that term is left
 * out and the other fitted alone. Undefined when no ascending fit exists.
 */
export function fitBeta(logOdds: Float64Array, labels: Uint8Array): Calibration | undefined {
  const terms = [Float64Array.from(logOdds, (z) => -softPlus(-z)), Float64Array.from(logOdds, softPlus)]
  const both = slopes(terms, labels)
  if (both === undefined) return undefined
  const [a, b] = both.weights
  if (a >= 0 && b >= 0) return { kind: 'beta', a, b, c: both.intercept }
  const left = a < 0 ? 1 : 0
  const one = slopes([terms[left]], labels)
  if (one === undefined || one.weights[0] < 0) return undefined
  return { kind: 'beta', a: left === 0 ? one.weights[0] : 0, b: left === 1 ? one.weights[0] : 0, c: one.intercept }
}

function slopes(terms: readonly Float64Array[], labels: Uint8Array): ReturnType<typeof fitLogistic> | undefined {
  const [rows, columns] = [labels.length, terms.length]
  const values = new Float64Array(rows * columns)
  for (let at = 0; at < values.length; at++) values[at] = terms[at % columns][Math.floor(at / columns)]
  try {
    return fitLogistic({ rows, columns, values }, labels, 0)
  } catch {
    return undefined // one label, one score, or classes that a score parts wholly: no finite fit exists
  }
}

/**
 * Isotonic calibration with a knot at the mean of each pooled block, so that rows of one block keep their order. Shares of 0 and 1 are
 * drawn half a row inwards. Undefined when the labels do not rise with the score at all.
 */
export function fitIsotonic(logOdds: Float64Array, labels: Uint8Array): Calibration | undefined {
  const blocks = isotonicBlocks(logOdds, labels)
  if (blocks.length < 2) return undefined
  const nearest = 0.5 / (labels.length + 1)
  return {
    kind: 'isotonic',
    edges: blocks.map(({ x }) => x),
    values: blocks.map(({ value }) => Math.min(1 - nearest, Math.max(nearest, value))),
  }
}

/**
 * The calibration that foretells best: Brier score on rows left out, five folds in order of time, each left out once. A more flexible
 * one is taken only when it is better by more than one standard error (Breiman et al. 1984): none, then beta, then isotonic.
 * @param logOdds of a validation slice that the model has not learnt from, rows in order of time; rows with NaN are left out
 */
export function chooseCalibration(logOdds: Float64Array, labels: Uint8Array): Calibration {
  const scored = Uint32Array.from(logOdds.keys()).filter((row) => Number.isFinite(logOdds[row]))
  const x = Float64Array.from(scored, (row) => logOdds[row])
  const y = Uint8Array.from(scored, (row) => labels[row])
  const positives = y.reduce((sum, label) => sum + label, 0)
  if (Math.min(positives, y.length - positives) < rowsOfEachLabelMin) return { kind: 'none' }
  let best: { calibration: Calibration; errors: Float64Array } = {
    calibration: { kind: 'none' },
    errors: Float64Array.from(x, (z, row) => squared(logistic(z) - y[row])),
  }
  for (const learn of [fitBeta, fitIsotonic]) {
    const calibration = learn(x, y)
    const errors = errorsLeftOut(learn, x, y)
    if (calibration !== undefined && errors !== undefined && isBetter(errors, best.errors))
      best = { calibration, errors }
  }
  return best.calibration
}

/** Squared error of each row under a fit to the other folds; undefined when one of them cannot be fitted. */
function errorsLeftOut(learn: typeof fitBeta, x: Float64Array, y: Uint8Array): Float64Array | undefined {
  const errors = new Float64Array(x.length)
  for (let fold = 0; fold < folds; fold++) {
    const [from, to] = [Math.floor((fold * x.length) / folds), Math.floor(((fold + 1) * x.length) / folds)]
    const kept = (_: number, row: number): boolean => row < from || row >= to
    const calibration = learn(x.filter(kept), y.filter(kept))
    if (calibration === undefined) return undefined
    const probability = calibrate(calibration)
    for (let row = from; row < to; row++) errors[row] = squared(probability(x[row]) - y[row])
  }
  return errors
}

/** Whether the mean of errors is lower by more than its standard error. */
function isBetter(errors: Float64Array, than: Float64Array): boolean {
  const gains = than.map((error, row) => error - errors[row])
  const mean = gains.reduce((sum, gain) => sum + gain, 0) / gains.length
  const variance = gains.reduce((sum, gain) => sum + squared(gain - mean), 0) / (gains.length - 1)
  return mean > Math.sqrt(variance / gains.length)
}

function squared(x: number): number {
  return x * x
}
