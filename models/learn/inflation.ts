/**
 * Variance inflation: how many times larger the variance of a weight is because other columns tell the same,
 * 1 / (1 - R^2) of a column regressed on the others and a constant. It is the diagonal of the inverse correlation matrix.
 * Source: Belsley, Kuh & Welsch (1980), Regression Diagnostics, 3.
 */
import { CholeskyDecomposition, Matrix } from 'ml-matrix'
import type { Design } from '../logistic/normalEquations.ts'
import { weightedProducts } from '../logistic/products.ts'

export type Inflation = {
  /** By column, >= 1; undefined where others explain the column whole. */
  factors: (number | undefined)[]
  /** Columns that are linear combinations of ones before them, and of which. */
  dependent: { column: number; of: number[] }[]
}

/** A column is dependent when the ones before it leave less than this share of its variance. */
const shareMin = 1e-10
const partMin = 1e-6

/** A constant column is dependent, `of` no other. */
export function inflationOf(design: Design): Inflation {
  const correlation = correlationOf(design)
  const factors: (number | undefined)[] = new Array(design.columns).fill(undefined)
  const [independent, dependent]: [number[], Inflation['dependent']] = [[], []]
  /** Cholesky's factor of the independent columns, row by row. */
  const factor: number[][] = []
  for (let column = 0; column < design.columns; column++) {
    const told = forward(
      factor,
      independent.map((at) => correlation.get(column, at)),
    )
    const left = correlation.get(column, column) - told.reduce((sum, part) => sum + part * part, 0)
    if (left > shareMin) {
      factor.push([...told, Math.sqrt(left)])
      independent.push(column)
    } else {
      const parts = backward(factor, told)
      dependent.push({ column, of: independent.filter((_, at) => Math.abs(parts[at]) > partMin) })
    }
  }
  const involved = new Set(dependent.flatMap(({ of }) => of))
  const some = correlation.selection(independent, independent)
  const inverse = new CholeskyDecomposition(some).solve(Matrix.eye(independent.length))
  for (const [at, column] of independent.entries())
    if (!involved.has(column)) factors[column] = Math.max(1, inverse.get(at, at))
  return { factors, dependent }
}

/** Solves L x = b for a lower triangle L. */
function forward(lower: readonly number[][], b: readonly number[]): number[] {
  const x: number[] = []
  for (const [row, values] of lower.entries()) {
    let rest = b[row]
    for (let at = 0; at < row; at++) rest -= values[at] * x[at]
    x.push(rest / values[row])
  }
  return x
}

/** Solves L' x = b. */
function backward(lower: readonly number[][], b: readonly number[]): number[] {
  const x = [...b]
  for (let row = lower.length - 1; row >= 0; row--) {
    x[row] /= lower[row][row]
    for (let at = 0; at < row; at++) x[at] -= lower[row][at] * x[row]
  }
  return x
}

/** 1 on the diagonal, 0 there for a constant column. */
function correlationOf(design: Design): Matrix {
  const { rows, columns } = design
  const size = columns + 1
  const products = weightedProducts(columns)
  products.add(design.values, 0, rows, new Float64Array(rows).fill(1))
  const sums = products.sums()
  const covarianceOf = (a: number, b: number): number =>
    sums[a * size + b] / rows - (sums[a * size] / rows) * (sums[b * size] / rows)
  const deviations = Array.from({ length: columns }, (_, at) => Math.sqrt(Math.max(0, covarianceOf(at + 1, at + 1))))
  const constant = deviations.map((one, at) => one <= 1e-12 * Math.sqrt(sums[(at + 1) * (size + 1)] / rows))
  const correlation = new Matrix(columns, columns)
  for (let a = 0; a < columns; a++) {
    for (let b = 0; b <= a; b++) {
      const value =
        constant[a] || constant[b] ? 0 : a === b ? 1 : covarianceOf(a + 1, b + 1) / (deviations[a] * deviations[b])
      correlation.set(a, b, value)
      correlation.set(b, a, value)
    }
  }
  return correlation
}
