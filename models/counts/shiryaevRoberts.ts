/**
 * Capped Shiryaev-Roberts streams: evidence that a negative binomial count has risen, gathered over ticks and forgotten by 0.6 a tick.
 *
 *     l_k = y ln k - (r + y) ln((r + k mean) / (r + mean))
 *     M_k <- min((.6 M_k + 1) exp(min(l_k, 8)), 10^4.5 N)        k in {2, 4, 8}        evidence = mean of M_k
 *
 * r is the negative binomial size, N the number of streams' nodes that share a limit: evidence above 25 N gave half a false episode a
 * country-week. One tick adds a factor of e^8 at most, and the cap bounds what is remembered: uncapped, it outlives the outbreak.
 * Sources: Shiryaev (1963) and Roberts (1966) for the statistic; Shin, Ramdas & Rinaldo (2024), "E-detectors", for mixtures over k;
 * docs/science.md, section 7, for the constants.
 *
 * A stream's state is `streamLength` doubles (M_2, M_4, M_8) at an offset of a shared Float64Array, 0 where nothing was seen: saved as
 * bytes, it is restored exactly.
 */
import { exp, ln, ln1p } from '../math.ts'
import { checkCount, checkPositive, type Expectation, sizeOf } from './detector.ts'

export const rateRatios = [2, 4, 8] as const
const lnRateRatios = rateRatios.map((k) => ln(k))
/** Doubles that a stream takes in the state array. */
export const streamLength = rateRatios.length

const keep = 0.6
const stepMax = 8
const capPerNode = 31622.776601683792 // 10^4.5

/** Forgets all that a stream has gathered: at its start, and in a tick of which nothing can be believed. */
export function startStream(state: Float64Array, offset: number): void {
  state.fill(0, offset, offset + streamLength)
}

/** The evidence in a stream, 0 .. 10^4.5 N. */
export function evidenceIn(state: Float64Array, offset: number): number {
  let sum = 0
  for (let at = 0; at < streamLength; at++) sum += state[offset + at]
  return sum / streamLength
}

/**
 * Takes the tick's count into a stream. `expectation`: of this tick, before the count was learnt. `nodes`: N, >= 1.
 * RangeError, and the state untouched, if the count is no whole number >= 0 or the expectation is out of range.
 */
export function addCount(
  state: Float64Array,
  offset: number,
  expectation: Expectation,
  { y, nodes }: { y: number; nodes: number },
): void {
  checkCount(y)
  const terms = termsOf(expectation, nodes)
  for (let at = 0; at < streamLength; at++) state[offset + at] = next(state[offset + at], y, terms, at)
}

/** The evidence that a stream would have after this count; the state stays. RangeError as addCount. */
export function evidenceWith(
  state: Float64Array,
  offset: number,
  expectation: Expectation,
  { y, nodes }: { y: number; nodes: number },
): number {
  checkCount(y)
  return evidenceAfter(state, offset, y, termsOf(expectation, nodes))
}

export type StreamLimits = {
  /** What evidence must exceed, >= 0. */
  readonly evidenceMin: number
  /** N, >= 1. */
  readonly nodes: number
  /** The least count that may call, whatever the evidence. */
  readonly countMin: number
}

/**
 * The least count >= countMin and above the expected that lifts a stream's evidence above a limit; undefined where none does, since one
 * tick adds a factor of e^8 at most. Evidence rises with the count, so it is found by bisection. RangeError as addCount.
 */
export function leastCallingCount(
  state: Float64Array,
  offset: number,
  expectation: Expectation,
  { evidenceMin, nodes, countMin }: StreamLimits,
): number | undefined {
  const terms = termsOf(expectation, nodes)
  const calls = (y: number): boolean => evidenceAfter(state, offset, y, terms) > evidenceMin
  const least = Math.max(countMin, Math.floor(expectation.mean) + 1)
  const most = Math.max(least, saturatingCount(terms))
  if (calls(least)) return least
  if (!calls(most)) return undefined
  let [below, above] = [least, most]
  while (above - below > 1) {
    const middle = below + Math.floor((above - below) / 2)
    if (calls(middle)) above = middle
    else below = middle
  }
  return above
}

/** l_k = y rise_k - fall_k, and the cap. Scratch: written before it is read in every call. */
type Terms = { readonly rise: Float64Array; readonly fall: Float64Array; cap: number }
const scratch: Terms = { rise: new Float64Array(streamLength), fall: new Float64Array(streamLength), cap: 0 }

function termsOf(expectation: Expectation, nodes: number): Terms {
  const { mean } = expectation
  checkPositive('mean', mean)
  checkPositive('nodes', nodes)
  const size = sizeOf(expectation)
  const isPoisson = size > 1e12 * mean
  for (const [at, k] of rateRatios.entries()) {
    const growth = isPoisson ? 0 : ln1p(((k - 1) * mean) / (size + mean)) // ln((r + k mean) / (r + mean))
    scratch.rise[at] = Math.max(0, lnRateRatios[at] - growth) // 0 where so small a size makes every count likely
    scratch.fall[at] = isPoisson ? (k - 1) * mean : size * growth
  }
  scratch.cap = capPerNode * nodes
  return scratch
}

function next(before: number, y: number, { rise, fall, cap }: Terms, at: number): number {
  return Math.min((keep * before + 1) * exp(Math.min(y * rise[at] - fall[at], stepMax)), cap)
}

function evidenceAfter(state: Float64Array, offset: number, y: number, terms: Terms): number {
  let sum = 0
  for (let at = 0; at < streamLength; at++) sum += next(state[offset + at], y, terms, at)
  return sum / streamLength
}

/** A count from which on no stream says more, because each l_k is at its bound. */
function saturatingCount({ rise, fall }: Terms): number {
  let most = 1
  for (let at = 0; at < streamLength; at++) most = Math.max(most, Math.ceil((stepMax + fall[at]) / rise[at]) + 1)
  return Math.min(most, Number.MAX_SAFE_INTEGER)
}
