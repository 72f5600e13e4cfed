/** Integration of polynomials. */
import { cos2pi } from './seasons.ts'

export type Quadrature = { readonly points: Float64Array; readonly weights: Float64Array }

const stepsMax = 100
const stepMin = 1e-15

/**
 * Gauss-Legendre rule on [0, 1]: with n points it is exact for polynomials of degree up to 2n - 1. n >= 1.
 * Source: Abramowitz & Stegun 25.4.29, the points by Newton's method.
 */
export function gaussLegendre(n: number): Quadrature {
  const points = new Float64Array(n)
  const weights = new Float64Array(n)
  for (let at = 0; at < n; at++) {
    let x = cos2pi((at + 0.75) / (2 * n + 1))
    let slope = 1
    for (let step = 0; step < stepsMax; step++) {
      const [value, before] = legendre(n, x)
      slope = (n * (x * value - before)) / (x * x - 1)
      const change = value / slope
      x -= change
      if (Math.abs(change) < stepMin) break
    }
    points[at] = (1 - x) / 2
    weights[at] = 1 / ((1 - x * x) * slope * slope)
  }
  return { points, weights }
}

/** The Legendre polynomials of degree n and n - 1 at x. */
function legendre(n: number, x: number): [number, number] {
  let value = x
  let before = 1
  for (let degree = 2; degree <= n; degree++) {
    const next = ((2 * degree - 1) * x * value - (degree - 1) * before) / degree
    before = value
    value = next
  }
  return [value, before]
}
