import { expect, it } from 'vitest'
import { gaussLegendre } from '../../models/math.ts'

it.each([1, 2, 3, 5, 20, 101])('%d points integrate polynomials of twice the degree, less one, over 0..1', (n) => {
  const { points, weights } = gaussLegendre(n)
  for (let degree = 0; degree < 2 * n; degree++) {
    const integral = weights.reduce((sum, weight, at) => sum + weight * points[at] ** degree, 0)
    expect(Math.abs(integral - 1 / (degree + 1)), `degree ${degree}`).toBeLessThan(1e-13)
  }
  const squares = weights.reduce((sum, weight, at) => sum + weight * points[at] ** (2 * n), 0)
  if (n <= 5) expect(Math.abs(squares - 1 / (2 * n + 1))).toBeGreaterThan(1e-9) // and no more
})
