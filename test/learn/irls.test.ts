/** The fit by itself: the same bits as the plainest sums, bounds, and what it refuses. */
import fc from 'fast-check'
import { Matrix, solve } from 'ml-matrix'
import { expect, test } from 'vitest'
import { inferenceOf, normalTwoSided } from '../../models/learn/inference.ts'
import { inflationOf } from '../../models/learn/inflation.ts'
import { type Design, fitLogistic } from '../../models/logistic/irls.ts'
import { normalEquations } from '../../models/logistic/normalEquations.ts'
import { weightedProducts } from '../../models/logistic/products.ts'
import { logistic } from '../../models/math.ts'
import { seeded } from '../models/random.ts'
import { madeRows } from './rows.ts'

const designs = fc
  .record({ rows: fc.integer({ min: 1, max: 300 }), columns: fc.integer({ min: 1, max: 11 }), seed: fc.nat() })
  .map(({ rows, columns, seed }) => {
    const random = seeded(seed)
    const value = (): number => (random() < 0.4 ? 0 : random() * 4 - 2)
    return { rows, columns, values: Float64Array.from({ length: rows * columns }, value), random }
  })

test('products are the bits of one sum after the other, at any cut', () => {
  fc.assert(
    fc.property(designs, fc.nat(300), ({ rows, columns, values, random }, cutAt) => {
      const weights = Float64Array.from({ length: rows }, random)
      const products = weightedProducts(columns)
      const cut = Math.min(cutAt, rows)
      products.add(values, 0, cut, weights)
      products.add(values, cut, rows, weights.subarray(cut))
      const sums = products.sums()
      const x = (row: number, at: number): number => (at === 0 ? 1 : values[row * columns + at - 1])
      for (let a = 0; a <= columns; a++) {
        for (let b = 0; b <= a; b++) {
          let sum = 0
          for (let row = 0; row < rows; row++) sum += weights[row] * x(row, a) * x(row, b)
          expect(sums[a * (columns + 1) + b]).toBe(sum)
        }
      }
    }),
    { numRuns: 60 },
  )
})

/** The plainest form of the method. */
function plainFit({ rows, columns, values }: Design, labels: Uint8Array, ridge: number): number[] {
  const x = new Matrix(rows, columns + 1)
  for (let row = 0; row < rows; row++) {
    x.set(row, 0, 1)
    for (let at = 0; at < columns; at++) x.set(row, at + 1, values[row * columns + at])
  }
  const penalty = Matrix.diag([0, ...new Array<number>(columns).fill(ridge)])
  let beta = Matrix.zeros(columns + 1, 1)
  for (let iteration = 0; iteration < 40; iteration++) {
    const p = x.mmul(beta).to1DArray().map(logistic)
    const residual = Matrix.columnVector(p.map((one, row) => labels[row] - one))
    const weighted = Matrix.diag(p.map((one) => one * (1 - one))).mmul(x)
    const gradient = x.transpose().mmul(residual).sub(penalty.clone().mmul(beta))
    beta = beta.add(solve(x.transpose().mmul(weighted).add(penalty), gradient))
  }
  return beta.to1DArray()
}

const small = madeRows({ rows: 300, seed: 5, names: ['a', 'b', 'c'] }, ([a, b, c]) => a - b + 0.4 * c - 1)
const smallDesign: Design = { rows: 300, columns: 3, values: small.values, names: small.names }

test.each([0, 0.5, 30])('with ridge %d it is the textbook fit', (ridge) => {
  const { intercept, weights } = fitLogistic(smallDesign, small.labels, ridge)
  for (const [at, value] of plainFit(smallDesign, small.labels, ridge).entries())
    expect(Math.abs([intercept, ...weights][at] - value)).toBeLessThan(1e-9)
})

test('where it begins does not matter', () => {
  const start = Float64Array.from([3, -2, 2, 1])
  const [near, far] = [fitLogistic(smallDesign, small.labels, 1), fitLogistic(smallDesign, small.labels, 1, { start })]
  for (let at = 0; at < 3; at++) expect(Math.abs(near.weights[at] - far.weights[at])).toBeLessThan(1e-9)
})

test('bounded weights meet the conditions of an optimum', () => {
  const settings = fc.record({
    seed: fc.nat(),
    ridge: fc.constantFrom(0.1, 1, 50),
    bounds: fc.array(fc.nat(1), { minLength: 6, maxLength: 6 }),
  })
  fc.assert(
    fc.property(settings, ({ seed, ridge, bounds }) => {
      const data = madeRows({ rows: 200, seed, names: ['a', 'b', 'c', 'd', 'e', 'f'] }, ([a, b, c]) => a - b - c)
      // Neighbours go together, as the columns of a thermometer do.
      for (let at = 1; at < data.values.length; at++) if (at % 6 !== 0) data.values[at] += data.values[at - 1]
      const design = { rows: 200, columns: 6, values: data.values }
      const nonNegative = Uint8Array.from(bounds)
      const fit = fitLogistic(design, data.labels, ridge, { nonNegative })
      const { gradient } = normalEquations(design, data.labels, Float64Array.of(fit.intercept, ...fit.weights))
      expect(Math.abs(gradient[0])).toBeLessThan(1e-6)
      for (const [at, weight] of fit.weights.entries()) {
        const slope = gradient[at + 1] - ridge * weight
        if (nonNegative[at] === 1) expect(weight).toBeGreaterThanOrEqual(0)
        if (nonNegative[at] === 1 && weight === 0) expect(slope).toBeLessThan(1e-6)
        else expect(Math.abs(slope)).toBeLessThan(1e-6)
        if (fit.held[at] === 1) expect(inferenceOf(fit).weights[at]).toBeUndefined()
      }
    }),
    { numRuns: 60 },
  )
})

test('a normal tail has the published values, and relative accuracy far out', () => {
  // 2 * scipy.stats.norm.sf(|z|)
  for (const [z, p] of [
    [0, 1],
    [1, 0.3173105078629141],
    [-1.959963984540054, 0.05],
    [3, 0.0026997960632601866],
    [10, 1.523970604832094e-23],
  ])
    expect(Math.abs(normalTwoSided(z) / p - 1)).toBeLessThan(1e-12)
})

test.each<[string, Partial<Design>, number[], number, RegExp]>([
  ['one class', {}, [1, 1, 1, 1, 1, 1], 1, /same label/],
  [
    'a missing value',
    { values: Float64Array.of(0, 1, NaN, 3, 4, 5) },
    [0, 1, 0, 1, 0, 1],
    1,
    /column 0 is NaN in row 2/,
  ],
  [
    'an infinite value',
    { values: Float64Array.of(0, 1, 2, 3, -Infinity, 5) },
    [0, 1, 0, 1, 0, 1],
    1,
    /-Infinity in row 4/,
  ],
  ['separated rows', { values: Float64Array.of(0, 1, 2, 3, 4, 5) }, [0, 0, 0, 1, 1, 1], 0, /ridge/],
  [
    'a constant column',
    { values: new Float64Array(6).fill(2) },
    [0, 1, 0, 1, 0, 1],
    0,
    /cannot be told .* use a ridge/,
  ],
  ['a negative ridge', {}, [0, 1, 0, 1, 0, 1], -1, /ridge: -1/],
  ['a ridge that is none', {}, [0, 1, 0, 1, 0, 1], NaN, /ridge: NaN/],
  ['labels of other rows', {}, [0, 1], 1, /2 labels for 6 x 1/],
])('%s is refused', (_, changed, labels, ridge, says) => {
  const design = { rows: 6, columns: 1, values: Float64Array.of(1, 2, 3, 1, 2, 3), ...changed }
  expect(() => fitLogistic(design, Uint8Array.from(labels), ridge)).toThrow(says)
})

test('what one column shares with others is said of it, and of no other', () => {
  const random = seeded(3)
  const rows = 100
  const values = Float64Array.from({ length: rows * 4 }, random)
  for (let row = 0; row < rows; row++) values[row * 4 + 2] = 3 * values[row * 4] - 7 * values[row * 4 + 1] + 1000
  const { factors, dependent } = inflationOf({ rows, columns: 4, values })
  expect(dependent).toEqual([{ column: 2, of: [0, 1] }])
  expect(factors.map((factor) => factor !== undefined)).toEqual([false, false, false, true])
  expect(() =>
    fitLogistic(
      { rows, columns: 4, values },
      Uint8Array.from({ length: rows }, (_, at) => at % 2),
      0,
    ),
  ).toThrow(/column 2 cannot be told/)
})
