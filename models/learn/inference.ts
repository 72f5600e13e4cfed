/**
 * How sure a fit is of its weights. Wald's test: z = weight / standard error is about standard normal where the true weight is 0.
 * With a ridge the covariance is that of the penalised fit, (X'WX + ridge)^-1: weights are pulled to 0 and errors are smaller.
 */
import { CholeskyDecomposition, Matrix } from 'ml-matrix'
import type { Fit } from '../logistic/irls.ts'
import { freeOf } from '../logistic/newton.ts'
import { upperGamma } from '../math.ts'

export type Wald = {
  standardError: number
  z: number
  /** Two-sided, 0..1. */
  p: number
}

export type Inference = {
  /** Of intercept and weights, a full square of `columns + 1`. 0 for a weight that is held at its bound. */
  covariance: Matrix
  intercept: Wald
  /** By column; undefined for a weight that is held at its bound, where the test does not hold. */
  weights: (Wald | undefined)[]
}

export function inferenceOf({ intercept, weights, information, held }: Fit): Inference {
  const free = freeOf(held)
  const inverse = new CholeskyDecomposition(information.selection(free, free)).solve(Matrix.eye(free.length))
  const covariance = Matrix.zeros(information.rows, information.rows)
  for (const [a, row] of free.entries())
    for (const [b, column] of free.entries()) covariance.set(row, column, (inverse.get(a, b) + inverse.get(b, a)) / 2)
  return {
    covariance,
    intercept: waldOf(intercept, covariance.get(0, 0)),
    weights: Array.from(weights, (weight, at) =>
      held[at] === 1 ? undefined : waldOf(weight, covariance.get(at + 1, at + 1)),
    ),
  }
}

function waldOf(weight: number, variance: number): Wald {
  const standardError = Math.sqrt(variance)
  const z = weight / standardError
  return { standardError, z, p: normalTwoSided(z) }
}

/** P(|Z| > |z|) for a standard normal Z, with relative accuracy far out: z^2 / 2 is Gamma(1/2). */
export function normalTwoSided(z: number): number {
  return upperGamma(0.5, 0.5 * z * z)
}
