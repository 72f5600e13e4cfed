/**
 * Exponential and logarithm, bit for bit the same on every machine: only + - * / and the exponent bits.
 * Accurate to about 1 unit in the last place.
 *
 * Method and coefficients: FDLIBM 5.3. Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved. Permission to
 * use, copy, modify, and distribute this software is freely granted, provided that this notice is preserved.
 */
const bits = new Float64Array(1)
const words = new Uint32Array(bits.buffer)
const high = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0

export const ln2 = Math.LN2
export const ln2High = 0.6931471803691238 // k * ln2High is exact for every exponent k
export const ln2Low = 1.9082149292705877e-10
/** Of the polynomial in r^2 within e^r - 1 - r, and of that in s^2 within the logarithm, from the lowest power on. */
export const expTerms = [
  0.16666666666666602, -0.0027777777777015593, 6.613756321437934e-5, -1.6533902205465252e-6, 4.1381367970572385e-8,
] as const
export const lnTerms = [
  0.6666666666666735, 0.3999999999940942, 0.2857142874366239, 0.22222198432149784, 0.1818357216161805,
  0.15313837699209373, 0.14798198605116586,
] as const
const [e0, e1, e2, e3, e4] = expTerms
const [l0, l1, l2, l3, l4, l5, l6] = lnTerms
const twoTo54 = 18014398509481984

/** 2^k for k in -1074..1023: reading a table beats assembling exponent bits, which stalls on store forwarding. */
const powersOfTwo = new Float64Array(2098)
for (let i = 0, power = 5e-324; i < powersOfTwo.length; i++, power *= 2) powersOfTwo[i] = power

/** x * 2^k for a whole k in -1075..1024; under- and overflows as IEEE 754 does. */
function scale(x: number, k: number): number {
  if (k > 1023) return x * 2 * powersOfTwo[2097]
  if (k < -1074) return x * 0.5 * powersOfTwo[0]
  return x * powersOfTwo[k + 1074]
}

/** e^r - 1 - r for |r| <= 0.35. */
function expRest(r: number): number {
  const t = r * r
  const c = r - t * (e0 + t * (e1 + t * (e2 + t * (e3 + t * e4))))
  return (r * c) / (2 - c)
}

/** e^x. 0 below -745.2, Infinity above 709.78. */
export function exp(x: number): number {
  if (Number.isNaN(x)) return x
  if (x > 709.782712893384) return Number.POSITIVE_INFINITY
  if (x < -745.1332191019411) return 0
  const k = Math.floor(x * Math.LOG2E + 0.5)
  const hi = x - k * ln2High
  const lo = k * ln2Low
  const r = hi - lo
  return scale(1 + (expRest(r) - lo + hi), k)
}

/** 2^x. */
export function pow2(x: number): number {
  if (Number.isNaN(x)) return x
  if (x >= 1024) return Number.POSITIVE_INFINITY
  if (x < -1075) return 0
  const k = Math.floor(x + 0.5)
  const r = (x - k) * ln2
  return scale(1 + (expRest(r) + r), k)
}

/** e^x - 1, exact to the last places for small x too. */
export function expm1(x: number): number {
  return x > -0.34 && x < 0.34 ? x + expRest(x) : exp(x) - 1
}

/** Natural logarithm. -Infinity at 0, NaN below. */
export function ln(x: number): number {
  if (!(x > 0)) return x === 0 ? Number.NEGATIVE_INFINITY : Number.NaN
  if (x === Number.POSITIVE_INFINITY) return x
  const subnormal = x < 2.2250738585072014e-308
  bits[0] = subnormal ? x * twoTo54 : x
  const word = words[high]
  const carry = (((word & 0xfffff) + 0x95f64) >> 20) & 1 // 1 where the mantissa is above sqrt(2)
  const k = (word >> 20) - 1023 + carry
  const mantissa = bits[0] * powersOfTwo[1074 - k] // in [sqrt(1/2), sqrt(2))
  return lnNearOne(mantissa - 1, subnormal ? k - 54 : k)
}

/** ln(1 + f) + k ln 2 for 1 + f in [sqrt(1/2), sqrt(2)). */
function lnNearOne(f: number, k: number): number {
  const s = f / (2 + f)
  const z = s * s
  const rest = z * (l0 + z * (l1 + z * (l2 + z * (l3 + z * (l4 + z * (l5 + z * l6))))))
  const half = 0.5 * f * f
  return k * ln2High - (half - (s * (half + rest) + k * ln2Low) - f)
}

/** ln(1 + x), exact to the last places for small x too. NaN below -1. */
export function ln1p(x: number): number {
  const u = 1 + x
  if (!(u > 0) || u === Number.POSITIVE_INFINITY) return ln(u)
  return ln(u) + (x - (u - 1)) / u
}

/** ln(1 + x) of the first `count` values, in their place. One call for many: numbers that go from function to function become objects. */
export function ln1pAll(values: Float64Array, count: number): void {
  for (let at = 0; at < count; at++) values[at] = ln1p(values[at])
}

/**
 * x - ln(1 + x), >= 0 for x > -1, without the cancellation near 0: the unit deviance of counts (Loader 2000).
 * `onePlusX` is handed in because near x = -1 the caller can say it more exactly than 1 + x.
 */
export function lnExcess(x: number, onePlusX: number): number {
  if (!(x > -0.3 && x < 0.3)) return x - ln(onePlusX)
  const v = x / (2 + x)
  const z = v * v
  let sum = 0
  for (let k = 25; k >= 3; k -= 2) sum = sum * z + 1 / k
  return v * (x - 2 * z * sum)
}

/** Log-odds of a probability, ln(p / (1 - p)): the inverse of `logistic`; -Infinity at 0, Infinity at 1. */
export function logit(probability: number): number {
  return ln(probability / (1 - probability))
}

/** 1 / (1 + e^-x), without overflow. */
export function logistic(x: number): number {
  if (x >= 0) return 1 / (1 + exp(-x))
  const e = exp(x)
  return e / (1 + e)
}
