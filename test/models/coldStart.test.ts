/** The pieces of the recursion, by hand: the cold start, its passing into the regression, and the solution of the regression. */
import { expect, it } from 'vitest'
import { blend, coldExpectation, coldPosterior, warmShare } from '../../models/counts/coldStart.ts'
import { gather, informationLength, solve } from '../../models/counts/information.ts'

const context = { tick: 0, yearPhase: 0, weekFactor: 1, exposure: 1, prior: { rate: 2, shape: 3 }, tickDays: 1 }

it('expects the prior, shrunk to what was counted where the prior expected so much', () => {
  expect(coldExpectation(context, 2, { expected: 0, counted: 0, phi: 1 })).toEqual({ mean: 2, variance: 2 + 4 / 3 })
  const { mean, variance } = coldExpectation(context, 2, { expected: 5, counted: 9, phi: 1.5 })
  expect(mean).toBe(3) // 2 x (3 + 9) / (3 + 5)
  expect(variance).toBe(1.5 * 3 + 9 / 12)
})

it('takes the count of the tick into what it would have expected', () => {
  expect(coldPosterior(context, 2, { expected: 0, counted: 0, phi: 1 }, 9)).toBe(4.8) // 2 x (3 + 9) / (3 + 2)
  expect(coldPosterior(context, 2, { expected: 5, counted: 9, phi: 4 }, 0)).toBe(2.4) // 2 x (3 + 9) / (3 + 5 + 2)
})

it.each([
  [0, 0, 0],
  [10, 3, 0],
  [3, 10, 0],
  [15, 2, 0.5],
  [2, 15, 0.5],
  [20, 0, 1],
  [0, 90, 1],
])('after %d expected and %d counted events the regression has a share of %d', (expected, counted, share) => {
  expect(warmShare({ expected, counted, phi: 1 })).toBe(share)
})

it('blends as a mixture: what lies between the two means is variance too', () => {
  const [cold, warm] = [
    { mean: 2, variance: 3 },
    { mean: 4, variance: 5 },
  ]
  expect(blend(cold, warm, 0)).toBe(cold)
  expect(blend(cold, warm, 1)).toBe(warm)
  expect(blend(cold, warm, 0.5)).toEqual({ mean: 3, variance: 4 + 1 })
  expect(blend(cold, warm, 0.25)).toEqual({ mean: 2.5, variance: 3.5 + 0.75 })
})

it('solves what it has gathered', () => {
  const basis = (...values: number[]): Float64Array => Float64Array.from(values)
  const state = new Float64Array(informationLength + 3)
  const prior = [5, 10, 10]
  gather(state, 0, { keep: 0, prior, weight: 0 }, basis(1, 0, 0)) // the prior alone
  gather(state, 0, { keep: 0.5, prior, weight: 2 }, basis(1, 0.5, -2))
  const matrix = [
    [7, 1, -4],
    [1, 10.5, -2],
    [-4, -2, 18],
  ]
  expect([...state.subarray(0, informationLength)]).toEqual([7, 1, -4, 10.5, -2, 18])
  const times = (vector: number[]): number[] =>
    matrix.map((row) => row.reduce((sum, one, at) => sum + one * vector[at], 0))
  const dot = (one: number[], other: number[]): number => one.reduce((sum, value, at) => sum + value * other[at], 0)
  const [b, w] = [
    [0.3, -1.2, 0.7],
    [1, -2, 0.25],
  ]
  state.set(times(b), informationLength)
  const x = times(w)
  const solved = { linear: 0, quadratic: 0 }
  solve(state, 0, informationLength, basis(...x), solved)
  expect(solved.linear).toBeCloseTo(dot(x, b), 10) // x' M^-1 (M b)
  expect(solved.quadratic).toBeCloseTo(dot(x, w), 10) // x' M^-1 x, x = M w
})
