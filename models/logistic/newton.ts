/** One step of Newton's method, within bounds. Everything counts the intercept as 0 and the columns from 1. */
import { CholeskyDecomposition, Matrix } from 'ml-matrix'
import type { Design } from './normalEquations.ts'

/** A column that the ones before it explain up to this share of its variance cannot be told from them. */
const pivotMin = 1e-12

/** Weights that stand at their bound and would go below it. */
export function heldAt(beta: Float64Array, gradient: Float64Array, nonNegative: Uint8Array): Uint8Array {
  return nonNegative.map((bounded, at) => (bounded === 1 && beta[at + 1] <= 0 && gradient[at + 1] <= 0 ? 1 : 0))
}

/** The Newton step of all that is not held. */
export function stepOf(design: Design, information: Matrix, gradient: Float64Array, held: Uint8Array): Float64Array {
  const free = freeOf(held)
  const some = free.length === gradient.length ? information : information.selection(free, free)
  const cholesky = new CholeskyDecomposition(some)
  for (const [at, column] of free.entries()) {
    const pivot = cholesky.lowerTriangularMatrix.get(at, at)
    if (!(pivot * pivot > pivotMin * some.get(at, at)))
      throw new Error(
        `${columnName(design, column)} cannot be told from the columns before it; drop it or use a ridge penalty`,
      )
  }
  const solved = cholesky.solve(Matrix.columnVector(free.map((at) => gradient[at])))
  const step = new Float64Array(gradient.length)
  for (const [at, column] of free.entries()) {
    step[column] = solved.get(at, 0)
    if (!Number.isFinite(step[column])) throw new Error('the fit does not converge; use a ridge penalty')
  }
  return step
}

/** A share of the step, cut off at the bounds. */
export function moved(beta: Float64Array, step: Float64Array, share: number, nonNegative: Uint8Array): Float64Array {
  return beta.map((value, at) => {
    const next = value + share * step[at]
    return at > 0 && nonNegative[at - 1] === 1 ? Math.max(0, next) : next
  })
}

/** What is not held. */
export function freeOf(held: Uint8Array): number[] {
  return [0, ...Array.from(held.keys(), (at) => at + 1).filter((at) => held[at - 1] === 0)]
}

/** For messages; 0 is the intercept. */
export function columnName({ names }: Pick<Design, 'names'>, at: number): string {
  if (at === 0) return 'the intercept'
  return names === undefined ? `column ${at - 1}` : names[at - 1]
}
