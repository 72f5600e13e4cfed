/** All figures and curves of one model, with intervals; and of one model against another. */
import { type Interval, intervals, type Resampling } from './bootstrap.ts'
import { histogramOf, precisionRecallCurve, rocCurve } from './curves.ts'
import type { Comparison, Curves, Figure, Figures } from './evaluation.ts'
import type { Judged } from './groups.ts'
import { type Counts, orderOf, rankingOf } from './order.ts'
import { calibrationBins, calibrationLine, expectedCalibrationError, logLossOf } from './reliability.ts'

export const calibrationBinsMax = 10
const histogramBins = 40
const gainShares = Array.from({ length: 101 }, (_, at) => at / 100)
/** Standard errors to each side of a normal interval of 95 %. */
const normal95 = 1.959963984540054

const resampled = ['auc', 'gini', 'ks', 'averagePrecision', 'brier', 'logLoss', 'lift', 'firstHalf'] as const

export function figuresOf(judged: Judged, highShare: number, resampling: Resampling): Figures {
  const { scores, labels, clusters } = judged
  const measure = measureOf(judged, highShare)
  const found = intervals(clusters, measure, resampled, resampling)
  const values = measure()
  const figures: Figures = {}
  for (const name of resampled) figures[name] = withInterval(values[name], found[name])
  const line = calibrationLine(scores, labels)
  figures.calibrationSlope = normalInterval(line?.slope, line?.slopeError)
  figures.calibrationIntercept = normalInterval(line?.intercept, line?.interceptError)
  figures.calibrationError = withInterval(
    expectedCalibrationError(calibrationBins(scores, labels, calibrationBinsMax)),
    undefined, // resampling rows only adds to it: the interval would lie above the value
  )
  return figures
}

/** The figures that are resampled, of the rows as counted. */
function measureOf({ scores, labels }: Judged, highShare: number) {
  const order = orderOf(scores)
  const shares = highShare < 0.5 ? [highShare, 0.5] : [0.5, highShare]
  const squares = scores.map((score, row) => (score - labels[row]) * (score - labels[row]))
  const losses = scores.map((score, row) => logLossOf(score, labels[row]))
  return (counts?: Counts): Partial<Record<(typeof resampled)[number], number | undefined>> => {
    const ranking = rankingOf(order, labels, shares, counts)
    const base = { brier: meanOf(squares, counts), logLoss: meanOf(losses, counts) }
    if (ranking === undefined) return base
    const { auc, ks, averagePrecision, captured } = ranking
    const lift = captured[shares.indexOf(highShare)] / highShare
    return { ...base, auc, gini: 2 * auc - 1, ks, averagePrecision, lift, firstHalf: captured[shares.indexOf(0.5)] }
  }
}

export function curvesOf({ scores, labels }: Judged): Curves {
  const order = orderOf(scores)
  const gains = rankingOf(order, labels, gainShares)?.captured
  return {
    roc: rocCurve(order, labels),
    precisionRecall: precisionRecallCurve(order, labels),
    gains: gains?.map((y, at) => ({ x: gainShares[at], y })),
    calibration: calibrationBins(scores, labels, calibrationBinsMax),
    histogram: histogramOf(scores, labels, histogramBins),
  }
}

/** Differences of two models on the same rows, candidate minus other, each resample the same for both. */
export function differencesOf(
  { scores, labels, clusters }: Judged,
  otherScores: Float64Array,
  resampling: Resampling,
): Pick<Comparison, 'aucDifference' | 'brierDifference'> {
  const [order, otherOrder] = [orderOf(scores), orderOf(otherScores)]
  const squares = scores.map(
    (score, row) => (score - otherScores[row]) * (score + otherScores[row] - 2 * labels[row]), // difference of two squares
  )
  const measure = (counts?: Counts): { auc: number | undefined; brier: number | undefined } => {
    const [mine, other] = [rankingOf(order, labels, [], counts), rankingOf(otherOrder, labels, [], counts)]
    const auc = mine === undefined || other === undefined ? undefined : mine.auc - other.auc
    return { auc, brier: meanOf(squares, counts) }
  }
  const found = intervals(clusters, measure, ['auc', 'brier'], resampling)
  const values = measure()
  return {
    aucDifference: withInterval(values.auc, found.auc),
    brierDifference: withInterval(values.brier, found.brier),
  }
}

function meanOf(values: Float64Array, counts: Counts | undefined): number | undefined {
  let [rows, sum] = [0, 0]
  for (let row = 0; row < values.length; row++) {
    const count = counts === undefined ? 1 : counts[row]
    rows += count
    sum += count * values[row]
  }
  return rows === 0 ? undefined : sum / rows
}

function withInterval(value: number | undefined, interval: Interval | undefined): Figure | undefined {
  return value === undefined ? undefined : { value, ...interval }
}

function normalInterval(value: number | undefined, error: number | undefined): Figure | undefined {
  if (value === undefined || error === undefined) return undefined
  return { value, low: value - normal95 * error, high: value + normal95 * error }
}
