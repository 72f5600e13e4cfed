/** The ridge penalty by time-ordered folds: learn from earlier ticks, judge on later ones, as the model will be used. */
import { fitLogistic } from './irls.ts'
import { type Design, logLikelihoodOf } from './normalEquations.ts'

/** Largest first: each fit begins where another ended. */
export const ridgeGrid = [1000, 100, 10, 1, 0.1] as const

const blocks = 5
const foldsWanted = 3
/** Enough to compare: Newton's method ends far nearer than its last step. */
const stepMin = 1e-4

export type RidgeTrial = {
  ridge: number
  /** Mean negative log-likelihood of a row that was judged, natural logarithm. */ logLoss: number
}
type Fold = { trainTo: number; from: number; to: number }

export type TimedRows = {
  design: Design
  labels: Uint8Array
  ticks: Int32Array
  nonNegative: Uint8Array
  /** Rows of so many ticks before those judged are not learnt from: their labels reach into them. */
  gapTicks: number
}

/** @throws Error when the rows span too few ticks to be parted by time. */
export function chooseRidge(rows: TimedRows): { ridge: number; trials: RidgeTrial[] } {
  const folds = foldsOf(rows)
  if (folds.length === 0)
    throw new Error('ridge: the rows span too few ticks to choose it by; give training.ridge, or widen the window')
  const losses = ridgeGrid.map(() => 0)
  const start = new Float64Array(rows.design.columns + 1)
  let judged = 0
  for (const fold of folds) {
    judged += fold.to - fold.from
    for (const [at, loss] of lossesOf(rows, fold, start).entries()) losses[at] += loss
  }
  const trials = ridgeGrid.map((ridge, at) => ({ ridge, logLoss: losses[at] / judged }))
  const best = trials.reduce((a, b) => (b.logLoss < a.logLoss ? b : a)) // of equals the largest ridge
  return { ridge: best.ridge, trials }
}

/** The last three of five blocks of about as many rows, cut between ticks; each is judged by what lies before it. */
function foldsOf({ labels, ticks, gapTicks }: TimedRows): Fold[] {
  const cuts = Array.from({ length: blocks + 1 }, (_, block) =>
    firstOfTick(ticks, Math.floor((labels.length * block) / blocks)),
  )
  const folds: Fold[] = []
  for (let block = blocks - foldsWanted; block < blocks; block++) {
    const [from, to] = [cuts[block], cuts[block + 1]]
    if (from === to) continue
    let trainTo = from
    while (trainTo > 0 && ticks[trainTo - 1] >= ticks[from] - gapTicks) trainTo--
    const learnt = labels.subarray(0, trainTo)
    if (learnt.includes(0) && learnt.includes(1)) folds.push({ trainTo, from, to })
  }
  return folds
}

/** The first row of the tick that row `at` is of; the number of rows behind the last one. */
function firstOfTick(ticks: Int32Array, at: number): number {
  let first = at
  while (first > 0 && first < ticks.length && ticks[first - 1] === ticks[first]) first--
  return first
}

/** Loss of the judged rows for each ridge. `start` is where the first fit begins, and is left where that one ended. */
function lossesOf(
  { design, labels, nonNegative }: TimedRows,
  { trainTo, from, to }: Fold,
  start: Float64Array,
): number[] {
  const { columns, values } = design
  const learnt: Design = { ...design, rows: trainTo, values: values.subarray(0, trainTo * columns) }
  const beta = start.slice()
  return ridgeGrid.map((ridge, at) => {
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
