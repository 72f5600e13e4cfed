/**
 * Capped Shiryaev-Roberts streams: evidence that a negative binomial count has risen, gathered over ticks and slowly forgotten.
 *
 *     l_k = y ln k - (r + y) ln((r + k mean) / (r + mean))
 *     M_k <- min((keep M_k + 1) exp(min(l_k, 8)), 10^4.5 N)        evidence = mean of M_k
 *
 * r is the negative binomial size, N the number of nodes that share a limit. One tick adds a factor of e^8 at most, and the cap bounds what is
 * remembered: uncapped, it outlives the outbreak. There are two: for outbreaks of days (k = 2, 4, 8, keep = .6), where evidence above 25 N
 * gave half a false episode a country-week; and the slow clock for rises over months, in weekly ticks (k = 1.5, 2, keep = .97, N = 1).
 * Sources: Shiryaev (1963) and Roberts (1966) for the statistic; Shin, Ramdas & Rinaldo (2024), "E-detectors", for mixtures over k;
 * docs/science.md, section 7, for the constants.
 *
 * A stream's state is `length` doubles (M_k by rising k) at an offset of a shared Float64Array, 0 where nothing was seen: saved as bytes, it
 * is restored exactly.
 */
import { exp, ln, ln1p } from '../math.ts'
import { checkCount, checkPositive, type Expectation, sizeOf } from './detector.ts'

const stepMax = 8
const capPerNode = 31622.776601683792 // 10^4.5

/** A count, and N, >= 1. */
export type Counted = { readonly y: number; readonly nodes: number }

export type StreamLimits = {
  /** What evidence must exceed, >= 0. */
  readonly evidenceMin: number
  /** N, >= 1. */
  readonly nodes: number
  /** The least count that may call, whatever the evidence. */
  readonly countMin: number
}

export interface ShiryaevRoberts {
  /** Doubles that a stream takes in the state array. */
  readonly length: number
  /** Forgets all that a stream has gathered: at its start, and in a tick of which nothing can be believed. */
  start(state: Float64Array, offset: number): void
  /**
   * Takes the tick's count into a stream. `expectation`: of this tick, before the count was learnt. RangeError, and the state untouched, if
   * the count is no whole number >= 0 or the expectation is out of range.
   */
  add(state: Float64Array, offset: number, expectation: Expectation, counted: Counted): void
  /** The evidence in a stream, 0 .. 10^4.5 N. */
  evidenceIn(state: Float64Array, offset: number): number
  /** The evidence that a stream would have after this count; the state stays. RangeError as `add`. */
  evidenceWith(state: Float64Array, offset: number, expectation: Expectation, counted: Counted): number
  /**
   * The least count >= countMin and above the expected that lifts a stream's evidence above a limit; undefined where none does, since one
   * tick adds a factor of e^8 at most. Evidence rises with the count, so it is found by bisection. RangeError as `add`.
   */
  leastCallingCount(
    state: Float64Array,
    offset: number,
    expectation: Expectation,
    limits: StreamLimits,
  ): number | undefined
}

/** Outbreaks of days. */
const outbreaks = shiryaevRoberts({ rateRatios: [2, 4, 8], keep: 0.6 })
/** Rises over months, in weekly ticks: half as many again, or twice as many. What was gathered half a year ago counts half. */
export const slowRise = shiryaevRoberts({ rateRatios: [1.5, 2], keep: 0.97 })

export const streamLength = outbreaks.length
export const {
  start: startStream,
  add: addCount,
  evidenceIn,
  evidenceWith,
  leastCallingCount,
}: Omit<ShiryaevRoberts, 'length'> = outbreaks

/** l_k = y rise_k - fall_k, and the cap. */
type Terms = { readonly rise: Float64Array; readonly fall: Float64Array; cap: number }

function shiryaevRoberts({ rateRatios, keep }: { rateRatios: readonly number[]; keep: number }): ShiryaevRoberts {
  const { length } = rateRatios
  const lnRateRatios = rateRatios.map((k) => ln(k))
  // Scratch: written before it is read in every call, so nothing passes from one stream to another.
  const terms: Terms = { rise: new Float64Array(length), fall: new Float64Array(length), cap: 0 }

  function setTerms(expectation: Expectation, nodes: number): void {
    const { mean } = expectation
    checkPositive('mean', mean)
    checkPositive('nodes', nodes)
    const size = sizeOf(expectation)
    const isPoisson = size > 1e12 * mean
    for (const [at, k] of rateRatios.entries()) {
      const growth = isPoisson ? 0 : ln1p(((k - 1) * mean) / (size + mean)) // ln((r + k mean) / (r + mean))
      terms.rise[at] = Math.max(0, lnRateRatios[at] - growth) // 0 where so small a size makes every count likely
      terms.fall[at] = isPoisson ? (k - 1) * mean : size * growth
    }
    terms.cap = capPerNode * nodes
  }

  function next(before: number, y: number, at: number): number {
    return Math.min((keep * before + 1) * exp(Math.min(y * terms.rise[at] - terms.fall[at], stepMax)), terms.cap)
  }

  function evidenceAfter(state: Float64Array, offset: number, y: number): number {
    let sum = 0
    for (let at = 0; at < length; at++) sum += next(state[offset + at], y, at)
    return sum / length
  }

  return {
    length,
    start: (state, offset) => {
      state.fill(0, offset, offset + length)
    },
    add: (state, offset, expectation, { y, nodes }) => {
      checkCount(y)
      setTerms(expectation, nodes)
      for (let at = 0; at < length; at++) state[offset + at] = next(state[offset + at], y, at)
    },
    evidenceIn: (state, offset) => {
      let sum = 0
      for (let at = 0; at < length; at++) sum += state[offset + at]
      return sum / length
    },
    evidenceWith: (state, offset, expectation, { y, nodes }) => {
      checkCount(y)
      setTerms(expectation, nodes)
      return evidenceAfter(state, offset, y)
    },
    leastCallingCount: (state, offset, expectation, { evidenceMin, nodes, countMin }) => {
      setTerms(expectation, nodes)
      const least = Math.max(countMin, Math.floor(expectation.mean) + 1)
      const most = Math.max(least, saturatingCount(terms))
      return leastWith((y) => evidenceAfter(state, offset, y) > evidenceMin, least, most)
    },
  }
}

/** The least of least..most with a property that all above it have too; undefined where most has it not. */
function leastWith(has: (y: number) => boolean, least: number, most: number): number | undefined {
  if (has(least)) return least
  if (!has(most)) return undefined
  let [below, above] = [least, most]
  while (above - below > 1) {
    const middle = below + Math.floor((above - below) / 2)
    if (has(middle)) above = middle
    else below = middle
  }
  return above
}

/** A count from which on no stream says more, because each l_k is at its bound. */
function saturatingCount({ rise, fall }: Terms): number {
  let most = 1
  for (let at = 0; at < rise.length; at++) most = Math.max(most, Math.ceil((stepMax + fall[at]) / rise[at]) + 1)
  return Math.min(most, Number.MAX_SAFE_INTEGER)
}
