/**
 * A symmetric 3 x 3 information matrix, kept as its 6 distinct numbers (00 01 02 11 12 22), and the two questions asked of it.
 * Solved as L D L' (Cholesky without roots): stable where determinants cancel.
 */
export const informationLength = 6

/** A pivot below this is rounding: the stabilising prior keeps true ones above it. */
const pivotMin = 1e-6

/** Scratch for one solution, so that the hot path allocates nothing. */
export type Solved = { linear: number; quadratic: number }

/** out.linear = x' M^-1 v and out.quadratic = x' M^-1 x, for M at `offset`, v at `vector` of the state, and basis x. */
export function solve(state: Float64Array, offset: number, vector: number, x: Float64Array, out: Solved): void {
  const d0 = Math.max(state[offset], pivotMin)
  const l10 = state[offset + 1] / d0
  const l20 = state[offset + 2] / d0
  const d1 = Math.max(state[offset + 3] - l10 * state[offset + 1], pivotMin)
  const l21 = (state[offset + 4] - l20 * state[offset + 1]) / d1
  const d2 = Math.max(state[offset + 5] - l20 * state[offset + 2] - l21 * l21 * d1, pivotMin)
  const x0 = x[0]
  const x1 = x[1] - l10 * x0
  const x2 = x[2] - l20 * x0 - l21 * x1
  const v0 = state[vector]
  const v1 = state[vector + 1] - l10 * v0
  const v2 = state[vector + 2] - l20 * v0 - l21 * v1
  out.linear = (x0 * v0) / d0 + (x1 * v1) / d1 + (x2 * v2) / d2
  out.quadratic = (x0 * x0) / d0 + (x1 * x1) / d1 + (x2 * x2) / d2
}

/** M <- keep * M + (1 - keep) * diag(prior) + weight * x x'. */
export function gather(
  state: Float64Array,
  offset: number,
  { keep, prior, weight }: { keep: number; prior: readonly number[]; weight: number },
  x: Float64Array,
): void {
  let at = offset
  for (let row = 0; row < 3; row++) {
    for (let column = row; column < 3; column++, at++) {
      const floor = row === column ? (1 - keep) * prior[row] : 0
      state[at] = keep * state[at] + floor + weight * x[row] * x[column]
    }
  }
}
