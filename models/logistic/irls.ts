/**
 * Logistic regression by iteratively reweighted least squares (Newton's method on the log-likelihood), with a ridge penalty
 * and, where asked, weights that may not be negative.
 * Sources: Hastie, Tibshirani & Friedman, The Elements of Statistical Learning, 4.4.1; for the bounds Bertsekas (1982),
 * Projected Newton methods for optimization problems with simple constraints. The solve is ml-matrix's Cholesky.
 */
import { Matrix } from 'ml-matrix'
import { columnName, heldAt, moved, stepOf } from './newton.ts'
import { type Design, type NormalEquations, normalEquations } from './normalEquations.ts'

export type { Design } from './normalEquations.ts'

export type Fit = {
  intercept: number
  weights: Float64Array
  iterations: number
  /** Log-likelihood of the rows, without the penalty. */
  logLikelihood: number
  /** Fisher information with the ridge at the solution, a full square of `columns + 1`; the intercept comes first. */
  information: Matrix
  /** 1: this weight is held at 0 by its bound. */
  held: Uint8Array
}

export type FitOptions = {
  /** 1 for each column whose weight may not be negative. Default: none. */
  nonNegative?: Uint8Array
  /** Intercept and weights to begin with. Default: zeros. */
  start?: Float64Array
  /** It ends with a step in which no weight moves as much. Default 1e-10. */
  stepMin?: number
}

const iterationsMax = 50
const halvingsMax = 30
const stepMinDefault = 1e-10
/** A step may lose so much of the objective, relative to it, to rounding. */
const lossMax = 1e-11

type Point = { beta: Float64Array; equations: NormalEquations; objective: number }

/**
 * Fits P(label = 1) = logistic(intercept + x'w). `ridge` is the penalty on half the sum of squared weights, >= 0 (scikit-learn's
 * 1 / C); the intercept is free.
 * @throws Error when all labels are the same, a value is not finite, columns cannot be told apart, or it does not converge
 * (perfectly separated rows without a ridge).
 */
export function fitLogistic(design: Design, labels: Uint8Array, ridge: number, options: FitOptions = {}): Fit {
  checkInput(design, labels, ridge)
  const { columns } = design
  const { nonNegative = new Uint8Array(columns), start = new Float64Array(columns + 1) } = options
  const { stepMin = stepMinDefault } = options
  const pointAt = (beta: Float64Array): Point => evaluate(design, labels, beta, ridge)
  let point = pointAt(start)
  for (let iteration = 1; ; iteration++) {
    const held = heldAt(point.beta, point.equations.gradient, nonNegative)
    const information = square(point.equations.information, columns + 1)
    const step = stepOf(design, information, point.equations.gradient, held)
    const beta = moved(point.beta, step, 1, nonNegative)
    const changes = beta.map((value, at) => Math.abs(value - point.beta[at]))
    const largest = changes.reduce((max, change) => Math.max(max, change), 0)
    // The rest of the result is that of the point before, which is as near.
    if (largest < stepMin) {
      const { logLikelihood } = point.equations
      return { intercept: beta[0], weights: beta.slice(1), iterations: iteration, logLikelihood, information, held }
    }
    if (iteration === iterationsMax) {
      const weights = changes.subarray(1)
      const fastest = columnName(design, 1 + weights.indexOf(Math.max(...weights)))
      throw new Error(
        `the fit did not converge in ${iterationsMax} iterations, the weight of ${fastest} moves most: it may tell the labels of some rows exactly; use a larger ridge penalty, or leave it out`,
      )
    }
    point = advance(point, step, nonNegative, pointAt)
  }
}

function checkInput(design: Design, labels: Uint8Array, ridge: number): void {
  const { rows, columns, values } = design
  if (!(ridge >= 0 && Number.isFinite(ridge))) throw new Error(`ridge: ${ridge} is not a number from 0 on`)
  if (labels.length !== rows || values.length !== rows * columns)
    throw new Error(`the design has ${values.length} values and ${labels.length} labels for ${rows} x ${columns}`)
  const positives = labels.reduce((sum, label) => sum + label, 0)
  if (positives === 0 || positives === labels.length)
    throw new Error(`labels: all ${labels.length} rows have the same label; there is nothing to learn`)
  for (let at = 0; at < values.length; at++) {
    if (Number.isFinite(values[at])) continue
    const column = columnName(design, (at % columns) + 1)
    throw new Error(`${column} is ${values[at]} in row ${Math.floor(at / columns)}; drop such rows or the column`)
  }
}

/** The equations with the penalty in them, and what is made as large as possible. */
function evaluate(design: Design, labels: Uint8Array, beta: Float64Array, ridge: number): Point {
  const equations = normalEquations(design, labels, beta)
  const size = beta.length
  let objective = equations.logLikelihood
  for (let at = 1; at < size; at++) {
    equations.information[at * size + at] += ridge
    equations.gradient[at] -= ridge * beta[at]
    objective -= 0.5 * ridge * beta[at] * beta[at]
  }
  return { beta, equations, objective }
}

/** The whole step, or the first half, quarter, ... of it that does not lose. */
function advance(
  from: Point,
  step: Float64Array,
  nonNegative: Uint8Array,
  pointAt: (beta: Float64Array) => Point,
): Point {
  for (let halvings = 0, share = 1; ; halvings++, share /= 2) {
    const point = pointAt(moved(from.beta, step, share, nonNegative))
    if (halvings === halvingsMax || point.objective >= from.objective - lossMax * Math.abs(from.objective)) return point
  }
}

function square(lower: Float64Array, size: number): Matrix {
  const full = new Matrix(size, size)
  for (let a = 0; a < size; a++) {
    for (let b = 0; b <= a; b++) {
      full.set(a, b, lower[a * size + b])
      full.set(b, a, lower[a * size + b])
    }
  }
  return full
}
