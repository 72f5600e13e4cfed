/**
 * The gamma function and its incomplete integral, the same bits on every machine.
 * Sources: Stirling's series; Loader (2000), "Fast and accurate computation of binomial probabilities", for the form that
 * keeps relative accuracy far out in a tail; Abramowitz & Stegun 6.5.29, 6.5.31 for the series and the continued fraction.
 */
import { exp, ln, lnExcess } from './elementary.ts'

const halfLnTwoPi = 0.9189385332046728
export const twoPi = 6.283185307179586
const tiny = 1e-300
const precision = 1e-17
const fractionPrecision = 4.5e-16
const stepsMax = 1_000_000

/** Stirling's series: ln Gamma(x + 1) - ((x + 1/2) ln x - x + ln(2 pi)/2), for x >= 10. */
function stirlingSeries(x: number): number {
  const z = 1 / (x * x)
  const tail = 1 / 1260 + z * (-1 / 1680 + z * (1 / 1188 + z * (-691 / 360360 + z * (1 / 156))))
  return (1 / 12 + z * (-1 / 360 + z * tail)) / x
}

/** ln Gamma(x) for x > 0, absolute error about 1e-15 max(1, |value|). NaN for x <= 0. */
export function lnGamma(x: number): number {
  if (!(x > 0)) return Number.NaN
  let product = 1
  while (x < 10) {
    product *= x
    x += 1
  }
  const value = (x - 0.5) * ln(x) - x + halfLnTwoPi + stirlingSeries(x)
  return product === 1 ? value : value - ln(product)
}

/** ln(n!) for whole n >= 0. */
export function lnFactorial(n: number): number {
  return lnGamma(n + 1)
}

/** ln B(a, b) for a, b > 0. */
export function lnBeta(a: number, b: number): number {
  return lnGamma(a) + lnGamma(b) - lnGamma(a + b)
}

function stirlingErrorSmall(x: number): number {
  return lnGamma(x + 1) - ((x + 0.5) * ln(x) - x + halfLnTwoPi)
}

const wholeErrors = Float64Array.from({ length: 10 }, (_, x) => stirlingErrorSmall(x))

/** What Stirling's formula for ln Gamma(x + 1) lacks, x > 0: about 1 / (12 x). */
export function stirlingError(x: number): number {
  if (x >= 10) return x === Number.POSITIVE_INFINITY ? 0 : stirlingSeries(x)
  return x === Math.floor(x) ? wholeErrors[x] : stirlingErrorSmall(x)
}

/** x^shape e^-x / Gamma(shape + 1): for a whole shape the Poisson probability of `shape` events at mean x. */
function density(shape: number, x: number): number {
  return exp(-shape * lnExcess((x - shape) / shape, x / shape) - stirlingError(shape)) / Math.sqrt(twoPi * shape)
}

/** 1 + x/(a+1) + x^2/((a+1)(a+2)) + ... */
function lowerSeries(shape: number, x: number): number {
  let term = 1
  let sum = 1
  for (let k = 1; k < stepsMax && term > precision * sum; k++) {
    term *= x / (shape + k)
    sum += term
  }
  return sum
}

/** The continued fraction of x^(1-a) e^x Gamma(a, x), by Lentz's method. */
function upperFraction(shape: number, x: number): number {
  let b = x + 1 - shape
  let c = 1 / tiny
  let d = 1 / b
  let value = d
  for (let k = 1; k < stepsMax; k++) {
    const a = k * (shape - k)
    b += 2
    d = 1 / nonZero(a * d + b)
    c = nonZero(b + a / c)
    const factor = c * d
    value *= factor
    if (Math.abs(factor - 1) <= fractionPrecision) break
  }
  return value
}

export function nonZero(x: number): number {
  return Math.abs(x) < tiny ? tiny : x
}

/** P(Gamma(shape, 1) <= x), shape > 0, x >= 0: the regularised lower incomplete gamma function. */
export function lowerGamma(shape: number, x: number): number {
  if (x <= 0) return 0
  if (x < shape + 1) return Math.min(1, density(shape, x) * lowerSeries(shape, x))
  return Math.max(0, 1 - density(shape, x) * shape * upperFraction(shape, x))
}

/** P(Gamma(shape, 1) > x), shape > 0, x >= 0, keeping relative accuracy where it is small. */
export function upperGamma(shape: number, x: number): number {
  if (x <= 0) return 1
  if (x < shape + 1) return Math.max(0, 1 - density(shape, x) * lowerSeries(shape, x))
  return Math.min(1, density(shape, x) * shape * upperFraction(shape, x))
}
