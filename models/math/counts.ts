/**
 * Poisson and negative binomial: probabilities and upper tails, with relative accuracy down to 1e-300 and in
 * O(sqrt(y)) steps. Negative binomial here: mean mu, variance mu + mu^2 / size; size Infinity is Poisson.
 * Sources: Loader (2000) for the probabilities; for the tail the regularised incomplete beta function,
 * P(Y >= y) = I_q(y, size) with q = mu / (mu + size), by its continued fraction (DLMF 8.17.22).
 */
import { exp, expm1, ln, ln1p, lnExcess } from './elementary.ts'
import { lowerGamma, nonZero, stirlingError, twoPi } from './gamma.ts'

const precision = 4.5e-16
/** Enough while mean / size < 1e8; beyond, some digits of small tails are given up for time. */
const stepsMax = 100_000
/** Below this, 1 - (lower tail) would cost more digits than a slower direct sum costs time. */
const complementMin = 3e-6

/** P(Y >= y), Y Poisson with mean mu >= 0, y whole >= 0. */
export function poissonTail(y: number, mu: number): number {
  return y <= 0 ? 1 : lowerGamma(y, mu)
}

/** ln P(Y = y), Y negative binomial; y whole >= 0, mu >= 0, size > 0 (Infinity: Poisson). */
export function negativeBinomialLogPmf(y: number, mu: number, size: number): number {
  if (mu <= 0) return y === 0 ? 0 : Number.NEGATIVE_INFINITY
  if (y === 0) return size === Number.POSITIVE_INFINITY ? -mu : -size * ln1p(mu / size)
  return lnKernel(y, mu, size) - 0.5 * ln(twoPi * y * (1 + y / size))
}

/** P(Y = y) sqrt(2 pi y (1 + y/size)), as a logarithm, for y > 0. */
function lnKernel(y: number, mu: number, size: number): number {
  if (size === Number.POSITIVE_INFINITY) return -y * lnExcess((mu - y) / y, mu / y) - stirlingError(y)
  const u = (y - mu) / (size + mu)
  const ratio = (size + y) / (size + mu)
  const deviance = size * lnExcess(u, ratio) + y * lnExcess(-(size / y) * u, (mu / y) * ratio)
  return stirlingError(size + y) - stirlingError(size) - stirlingError(y) - deviance
}

/** P(Y >= y), Y negative binomial; y whole >= 0, mu >= 0, size > 0 (Infinity: Poisson). */
export function negativeBinomialTail(y: number, mu: number, size: number): number {
  if (size === Number.POSITIVE_INFINITY) return poissonTail(y, mu)
  if (y <= 0) return 1
  if (mu <= 0) return 0
  if (y === 1) return -expm1(-size * ln1p(mu / size))
  const pmf = exp(lnKernel(y, mu, size)) / Math.sqrt(twoPi * y * (1 + y / size))
  if (pmf === 0) return y > mu ? 0 : 1
  const p = size / (size + mu)
  const q = mu / (size + mu)
  const excess = p * (y - mu)
  if (excess < 0) {
    const tail = 1 - pmf * y * betaFraction(size, y, p, q, -excess)
    if (tail > complementMin) return Math.min(1, tail)
  }
  return Math.min(1, pmf * y * betaFraction(y, size, q, p, excess))
}

/**
 * The continued fraction of the incomplete beta function, I_x(a, b) B(a, b) / (x^a (1-x)^b), by Lentz's method.
 * `rest` is 1 - x and `lambda` is a - (a + b) x: handed in, because both would lose digits here.
 */
function betaFraction(a: number, b: number, x: number, rest: number, lambda: number): number {
  let c = nonZero((a * (1 + lambda)) / (a + 1))
  let value = 1 / c
  let d = 0
  for (let n = 1; n < stepsMax; n++) {
    const s = a + 2 * n - 1
    const w = (n * (b - n) * x) / s
    const alpha = (((a + n - 1) * (a + b + n - 1) * x) / s) * w
    const beta = n + w + ((a + n) * (1 + lambda + n * (1 + rest))) / (s + 2)
    d = 1 / nonZero(beta + alpha * d)
    c = nonZero(beta + alpha / c)
    const factor = c * d
    value /= factor
    if (Math.abs(factor - 1) <= precision) break
  }
  return value
}
