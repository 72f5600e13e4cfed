/** The ridge penalty by time-ordered folds: learn from earlier ticks, judge on later ones, as the model will be used. */

import { fitLogistic } from '../logistic/irls.ts'
import { type Design, logLikelihoodOf } from '../logistic/normalEquations.ts'
import { type Fold, type FoldSetting, timeFolds } from './folds.ts'

/** Largest first: each fit begins where another ended. */
export const ridgeGrid: readonly number[] = [1e5, 1e4, 1e3, 100, 10, 1, 0.1]

/** Enough to compare: Newton's method ends far nearer than its last step. */
const stepMin = 1e-4

export type RidgeTrial = {
  ridge: number
  /** Mean negative log-likelihood of a row that was judged, natural logarithm. */ logLoss: number
}

export type TimedRows = {
  design: Design
  labels: Uint8Array
  ticks: Int32Array
  nonNegative: Uint8Array
  folds: FoldSetting
}

/** @param ridges to choose from, descending. @throws Error when the rows span too few ticks to be parted by time. */
export function chooseRidge(rows: TimedRows, ridges: readonly number[]): { ridge: number; trials: RidgeTrial[] } {
  const folds = timeFolds(rows, rows.folds)
  if (folds.length === 0)
    throw new Error('ridge: the rows span too few ticks to choose it by; give training.ridge, or widen the window')
  const losses = ridges.map(() => 0)
  const start = new Float64Array(rows.design.columns + 1)
  let judged = 0
  for (const fold of folds) {
    judged += fold.to - fold.from
    for (const [at, loss] of lossesOf(rows, fold, ridges, start).entries()) losses[at] += loss
  }
  const trials = ridges.map((ridge, at) => ({ ridge, logLoss: losses[at] / judged }))
  const best = trials.reduce((a, b) => (b.logLoss < a.logLoss ? b : a)) // of equals the largest ridge
  return { ridge: best.ridge, trials }
}

/** What to know of a choice that lies at an end of what was tried; undefined when it does not. */
export function endOfGrid(ridge: number, ridges: readonly number[]): string | undefined {
  if (ridge === ridges[0])
    return `the ridge of ${ridge} is the largest that was tried: so strong a penalty says that the features tell little of later rows; look at the label and at the features, or learn from more rows`
  if (ridge === ridges[ridges.length - 1])
    return `the ridge of ${ridge} is the smallest that was tried: a smaller one may foretell better; try some with --ridge`
  return undefined
}

/** Loss of the judged rows for each ridge. `start` is where the first fit begins, and is left where that one ended. */
function lossesOf(
  { design, labels, nonNegative }: TimedRows,
  { trainTo, from, to }: Fold,
  ridges: readonly number[],
  start: Float64Array,
): number[] {
  const { columns, values } = design
  const learnt: Design = { ...design, rows: trainTo, values: values.subarray(0, trainTo * columns) }
  const beta = start.slice()
  return ridges.map((ridge, at) => {
    const options = { nonNegative, start: beta, stepMin }
    const { intercept, weights } = fitLogistic(learnt, labels.subarray(0, trainTo), ridge, options)
    beta[0] = intercept
    beta.set(weights, 1)
    if (at === 0) start.set(beta)
    let loss = 0
    for (let row = from; row < to; row++) {
      let eta = intercept
      for (let column = 0; column < columns; column++) eta += weights[column] * values[row * columns + column]
      loss -= logLikelihoodOf(labels[row], eta)
    }
    return loss
  })
}
