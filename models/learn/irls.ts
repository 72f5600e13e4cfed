/**
 * Logistic regression by iteratively reweighted least squares (Newton's method on the log-likelihood), with a ridge penalty.
 * Source: Hastie, Tibshirani & Friedman, The Elements of Statistical Learning, 4.4.1. The solve is ml-matrix's Cholesky.
 */
import { CholeskyDecomposition, Matrix } from 'ml-matrix'
import { logistic } from '../math.ts'

/** `rows` x `columns` values, row by row, without a column of ones. Values finite. */
export type Design = { rows: number; columns: number; values: Float64Array }

export type Fit = { intercept: number; weights: Float64Array; iterations: number }

const iterationsMax = 50
const stepMin = 1e-10
const weightMin = 1e-10

/**
 * Fits P(label = 1) = logistic(intercept + x'w). `ridge` is the penalty on the sum of squared weights, >= 0; the intercept is free.
 * @throws Error when all labels are the same, or when it does not converge (perfectly separated rows without a ridge).
 */
export function fitLogistic(design: Design, labels: Uint8Array, ridge: number): Fit {
  const positives = labels.reduce((sum, label) => sum + label, 0)
  if (positives === 0 || positives === labels.length)
    throw new Error(`labels: all ${labels.length} rows have the same label; there is nothing to learn`)
  const size = design.columns + 1
  const beta = new Float64Array(size)
  for (let iteration = 1; iteration <= iterationsMax; iteration++) {
    const { information, gradient } = accumulate(design, labels, beta, ridge)
    const step = new CholeskyDecomposition(information).solve(gradient)
    let largest = 0
    for (let at = 0; at < size; at++) {
      const change = step.get(at, 0)
      if (!Number.isFinite(change)) throw new Error('the fit does not converge; use a ridge penalty')
      beta[at] += change
      largest = Math.max(largest, Math.abs(change))
    }
    if (largest < stepMin) return { intercept: beta[0], weights: beta.slice(1), iterations: iteration }
  }
  throw new Error(`the fit did not converge in ${iterationsMax} iterations; use a larger ridge penalty`)
}

/** Fisher information X'WX + ridge and gradient X'(y - p) - ridge beta, in one pass over the rows. */
function accumulate(
  design: Design,
  labels: Uint8Array,
  beta: Float64Array,
  ridge: number,
): { information: Matrix; gradient: Matrix } {
  const { rows, columns, values } = design
  const size = columns + 1
  const information = new Float64Array(size * size)
  const gradient = new Float64Array(size)
  const x = new Float64Array(size)
  x[0] = 1
  for (let row = 0; row < rows; row++) {
    let eta = beta[0]
    for (let column = 0; column < columns; column++) {
      x[column + 1] = values[row * columns + column]
      eta += beta[column + 1] * x[column + 1]
    }
    const p = logistic(eta)
    const weight = Math.max(weightMin, p * (1 - p))
    const residual = labels[row] - p
    for (let a = 0; a < size; a++) {
      if (x[a] === 0) continue
      gradient[a] += residual * x[a]
      const scaled = weight * x[a]
      for (let b = 0; b <= a; b++) information[a * size + b] += scaled * x[b]
    }
  }
  for (let at = 1; at < size; at++) {
    information[at * size + at] += ridge
    gradient[at] -= ridge * beta[at]
  }
  const full = new Matrix(size, size)
  for (let a = 0; a < size; a++) {
    for (let b = 0; b <= a; b++) {
      full.set(a, b, information[a * size + b])
      full.set(b, a, information[a * size + b])
    }
  }
  return { information: full, gradient: Matrix.columnVector(gradient) }
}
