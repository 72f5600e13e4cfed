import { expect } from 'vitest'

/** Of numbers at the same places. */
export function largestDifference(one: Float64Array, other: Float64Array): number {
  expect(one.length).toBe(other.length)
  return one.reduce((most, value, at) => Math.max(most, Math.abs(value - other[at])), 0)
}
