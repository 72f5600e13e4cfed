/** How well probabilities say what will happen: log loss, calibration bins and error, calibration slope. */
import { fitLogistic } from '../logistic/irls.ts'
import { ln, logistic } from '../math.ts'
import type { Curves } from './evaluation.ts'
import { quantile } from './ranking.ts'

/** Probabilities are taken to lie this far from 0 and 1 where a logarithm is needed (as scikit-learn does). */
const nearest = Number.EPSILON

/** ln(p / (1 - p)). */
export function logOddsOf(probability: number): number {
  const p = Math.min(1 - nearest, Math.max(nearest, probability))
  return ln(p / (1 - p))
}

/** Minus the log-likelihood of one outcome. */
export function logLossOf(probability: number, label: number): number {
  const p = label === 1 ? probability : 1 - probability
  return -ln(Math.min(1 - nearest, Math.max(nearest, p)))
}

type CalibrationBin = Curves['calibration'][number]

/**
 * Bins of about equal mass, by quantiles of the probabilities; equal probabilities share a bin, so there can be fewer. The same
 * bins as scikit-learn's `calibration_curve(strategy='quantile')`.
 */
export function calibrationBins(probabilities: Float64Array, labels: Uint8Array, bins: number): CalibrationBin[] {
  if (probabilities.length === 0) return []
  const sorted = probabilities.slice().sort()
  const edges = Array.from({ length: bins - 1 }, (_, at) => quantile(sorted, (at + 1) / bins))
  const sums = Array.from({ length: bins }, () => ({ rows: 0, predicted: 0, observed: 0 }))
  for (let row = 0; row < labels.length; row++) {
    const edge = edges.findIndex((one) => probabilities[row] <= one)
    const sum = sums[edge === -1 ? bins - 1 : edge]
    sum.rows++
    sum.predicted += probabilities[row]
    sum.observed += labels[row]
  }
  return sums
    .filter(({ rows }) => rows > 0)
    .map(({ rows, predicted, observed }) => ({ rows, predicted: predicted / rows, observed: observed / rows }))
}

/** Mean over the rows of |predicted - observed| of their bin (Naeini, Cooper & Hauskrecht 2015); undefined without rows. */
export function expectedCalibrationError(bins: readonly CalibrationBin[]): number | undefined {
  let [rows, error] = [0, 0]
  for (const bin of bins) {
    rows += bin.rows
    error += bin.rows * Math.abs(bin.predicted - bin.observed)
  }
  return rows === 0 ? undefined : error / rows
}

export type CalibrationLine = { slope: number; intercept: number; slopeError: number; interceptError: number }

/**
 * Logistic regression of the label on the log-odds (Cox 1958), with standard errors: slope 1 and intercept 0 are perfect, a slope
 * below 1 means too sure. Undefined where no line can be fitted: one class, one score, or classes that a score parts wholly.
 */
export function calibrationLine(probabilities: Float64Array, labels: Uint8Array): CalibrationLine | undefined {
  const logOdds = Float64Array.from(probabilities, logOddsOf)
  if (!overlap(logOdds, labels)) return undefined
  // Fitted to standardised log-odds: of scores that hardly differ the line is as well found as of others.
  const mean = logOdds.reduce((sum, x) => sum + x, 0) / logOdds.length
  const deviation = Math.sqrt(logOdds.reduce((sum, x) => sum + (x - mean) * (x - mean), 0) / logOdds.length)
  const values = logOdds.map((x) => (x - mean) / deviation)
  const fit = fitLogistic({ rows: values.length, columns: 1, values }, labels, 0)
  const [level, steepness] = [fit.intercept, fit.weights[0]]
  let [w, wx, wxx] = [0, 0, 0]
  for (const x of values) {
    const p = logistic(level + steepness * x)
    w += p * (1 - p)
    wx += p * (1 - p) * x
    wxx += p * (1 - p) * x * x
  }
  const determinant = w * wxx - wx * wx
  const shift = mean / deviation
  return {
    slope: steepness / deviation,
    intercept: level - steepness * shift,
    slopeError: Math.sqrt(w / determinant) / deviation,
    interceptError: Math.sqrt((wxx + shift * (shift * w + 2 * wx)) / determinant),
  }
}

/** Whether positives and negatives share a stretch of values: a slope exists (Albert & Anderson 1984). */
function overlap(values: Float64Array, labels: Uint8Array): boolean {
  const lows = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  const highs = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (let row = 0; row < labels.length; row++) {
    lows[labels[row]] = Math.min(lows[labels[row]], values[row])
    highs[labels[row]] = Math.max(highs[labels[row]], values[row])
  }
  return highs[0] > lows[1] && highs[1] > lows[0] && Number.isFinite(lows[0]) && Number.isFinite(lows[1])
}
