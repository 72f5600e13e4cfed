/**
 * What one step of logistic regression needs of the rows: Fisher information X'WX, gradient X'(y - p) and log-likelihood.
 * Every sum takes the rows in their order, however they are blocked: the same bits at any block size.
 */
import { exp, ln1p, logistic } from '../math.ts'
import { weightedProducts } from './products.ts'

/** `rows` x `columns` values, row by row, without a column of ones. Values finite. `names` are for messages. */
export type Design = { rows: number; columns: number; values: Float64Array; names?: readonly string[] }

export type NormalEquations = {
  /** Lower triangle of a square of `columns + 1`, row by row; the intercept comes first. */
  information: Float64Array
  gradient: Float64Array
  /** Natural logarithm of the likelihood, <= 0. */
  logLikelihood: number
}

const blockRows = 256
/** Keeps the information of rows that are sure from vanishing. */
const weightMin = 1e-10

/** `beta`: the intercept, then a weight for each column. */
export function normalEquations(design: Design, labels: Uint8Array, beta: Float64Array): NormalEquations {
  const { rows, columns, values } = design
  const size = columns + 1
  const products = weightedProducts(columns)
  const gradient = new Float64Array(size)
  const weights = new Float64Array(blockRows)
  let logLikelihood = 0
  for (let from = 0; from < rows; from += blockRows) {
    const to = Math.min(rows, from + blockRows)
    for (let row = from, first = from * columns; row < to; row++, first += columns) {
      let eta = beta[0]
      for (let column = 0; column < columns; column++) eta += beta[column + 1] * values[first + column]
      const p = logistic(eta)
      const residual = labels[row] - p
      weights[row - from] = Math.max(weightMin, p * (1 - p))
      gradient[0] += residual
      for (let column = 0; column < columns; column++) gradient[column + 1] += residual * values[first + column]
      logLikelihood += logLikelihoodOf(labels[row], eta)
    }
    products.add(values, from, to, weights)
  }
  return { information: products.sums(), gradient, logLikelihood }
}

/** ln P(label) at log-odds eta, without overflow. */
export function logLikelihoodOf(label: number, eta: number): number {
  return label * eta - Math.max(eta, 0) - ln1p(exp(-Math.abs(eta)))
}
