/**
 * By what counts change the evidence of streams (shiryaevRoberts.ts): one count by itself, or many in columns, two at a time in the lanes of
 * vectors. Both are the same operations in the same order, so the same bits.
 */
import { columnKernel, exp, expOf, f64x2, ln, ln1p, ln1pOf, local, v128 } from '../math.ts'
import { sizeBy } from './detector.ts'

const stepMax = 8
/** e^8, and more than rounding adds to it. */
export const factorMax = exp(stepMax) * (1 + 1e-9)
/** A negative binomial size so many times the mean is Poisson. */
const poissonFrom = 1e12

/** l_k = y rise_k - fall_k of a count y, by k. */
export type Terms = { readonly rise: Float64Array; readonly fall: Float64Array }

/** k of each, and ln k. */
export type RateRatios = { readonly k: readonly number[]; readonly ln: readonly number[] }
export const rateRatiosOf = (k: readonly number[]): RateRatios => ({ k, ln: k.map(ln) })

export const noTerms = ({ length }: readonly number[]): Terms => ({
  rise: new Float64Array(length),
  fall: new Float64Array(length),
})

export function setTerms({ rise, fall }: Terms, ratios: RateRatios, mean: number, variance: number): void {
  const found = sizeBy(mean, variance)
  const size = found > poissonFrom * mean ? Number.POSITIVE_INFINITY : found
  for (let at = 0; at < rise.length; at++) {
    const more = ratios.k[at] - 1
    const growth = ln1p((more * mean) / (size + mean))
    rise[at] = Math.max(0, ratios.ln[at] - growth) // 0 where so small a size makes every count likely
    fall[at] = size === Number.POSITIVE_INFINITY ? more * mean : size * growth
  }
}

/** e^l_k, bounded. */
export function factorOf({ rise, fall }: Terms, k: number, y: number): number {
  return exp(Math.min(y * rise[k] - fall[k], stepMax))
}

/** A count from which on no stream says more, because each l_k is at its bound. */
export function saturatingCount({ rise, fall }: Terms): number {
  let most = 1
  for (let k = 0; k < rise.length; k++) most = Math.max(most, Math.ceil((stepMax + fall[k]) / rise[k]) + 1)
  return Math.min(most, Number.MAX_SAFE_INTEGER)
}

export type StreamFactors = {
  readonly means: Float64Array
  readonly variances: Float64Array
  readonly counts: Float64Array
  /** By k. */
  readonly factors: readonly Float64Array[]
  /** Sets the first `length` factors. */
  run(length: number): void
}

/** For up to `length` streams. */
export function streamFactors(length: number, ratios: RateRatios): StreamFactors {
  const kernel = columnKernel(length, {
    inputs: 3,
    results: ratios.k.length,
    locals: 6,
    code: ({ input, result, local: own }) => {
      const [mean, count, size, isSpread, growth, excess] = Array.from({ length: 6 }, (_, index) => own(index))
      const get = local.get
      return [
        [input(0), local.set(mean), input(2), local.set(count)],
        [input(1), get(mean), f64x2.sub, local.set(excess)],
        [get(mean), get(mean), f64x2.mul, get(excess), f64x2.div, local.set(size)],
        // Of a finite size, and no Poisson count.
        [get(excess), f64x2.const(0), f64x2.le, v128.not],
        [get(size), get(mean), f64x2.const(poissonFrom), f64x2.mul, f64x2.le, v128.and, local.set(isSpread)],
        [get(size), f64x2.const(Number.POSITIVE_INFINITY), get(isSpread), v128.bitselect, local.set(size)],
        ...ratios.k.map((k, at) => {
          const rise = [get(mean), f64x2.const(k - 1), f64x2.mul]
          return [
            ln1pOf([rise, get(size), get(mean), f64x2.add, f64x2.div]),
            local.set(growth),
            result(
              at,
              expOf([
                [get(count), f64x2.const(ratios.ln[at]), get(growth), f64x2.sub, f64x2.const(0), f64x2.max, f64x2.mul],
                [get(size), get(growth), f64x2.mul, rise, get(isSpread), v128.bitselect, f64x2.sub],
                [f64x2.const(stepMax), f64x2.min],
              ]),
            ),
          ]
        }),
      ]
    },
  })
  const [means, variances, counts] = kernel.inputs
  const terms = noTerms(ratios.k)
  return {
    means,
    variances,
    counts,
    factors: kernel.results,
    run: (streams) => {
      if (kernel.run(streams)) return
      for (let at = 0; at < streams; at++) {
        setTerms(terms, ratios, means[at], variances[at])
        for (const [k, factors] of kernel.results.entries()) factors[at] = factorOf(terms, k, counts[at])
      }
    },
  }
}
