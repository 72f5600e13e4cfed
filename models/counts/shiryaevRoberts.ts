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
import { expAll, ln, ln1pAll } from '../math.ts'
import { checkCount, checkPositive, type Expectation, sizeBy } from './detector.ts'

const stepMax = 8
const capPerNode = 31622.776601683792 // 10^4.5
/** So many streams are worked out at once. */
const block = 128

/** A count, and N, >= 1. */
export type Counted = { readonly y: number; readonly nodes: number }

/** Counts of many streams in one tick, in columns: where the state of each begins, what was expected of it, what came, and N. */
export type StreamCounts = {
  readonly offsets: Int32Array
  readonly means: Float64Array
  readonly variances: Float64Array
  readonly counts: Float64Array
  readonly nodes: Float64Array
}

export function streamCounts(length: number): StreamCounts {
  const column = (): Float64Array => new Float64Array(length)
  const columns = { means: column(), variances: column(), counts: column(), nodes: column() }
  return { offsets: new Int32Array(length), ...columns }
}

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
  /** The same for the first so many of the columns, each a stream of its own: the same bits, in far less time. */
  addAll(state: Float64Array, columns: StreamCounts, length: number): void
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
  addAll: addCounts,
  evidenceIn,
  evidenceWith,
  leastCallingCount,
}: Omit<ShiryaevRoberts, 'length'> = outbreaks

/** l_k = y rise_k - fall_k, by stream and k. */
type Terms = { readonly rise: Float64Array; readonly fall: Float64Array }

function shiryaevRoberts({ rateRatios, keep }: { rateRatios: readonly number[]; keep: number }): ShiryaevRoberts {
  const { length } = rateRatios
  const lnRateRatios = rateRatios.map((k) => ln(k))
  // Scratch: written before it is read in every call, so nothing passes from one stream to another.
  const scratch = (): Float64Array => new Float64Array(block * length)
  const terms: Terms = { rise: scratch(), fall: scratch() }
  const [values, sizes, single] = [scratch(), new Float64Array(block), streamCounts(1)]

  function setTerms({ means, variances, nodes }: StreamCounts, from: number, to: number): void {
    for (let at = from; at < to; at++) {
      const mean = means[at]
      checkPositive('mean', mean)
      checkPositive('nodes', nodes[at])
      const size = sizeBy(mean, variances[at])
      sizes[at - from] = size > 1e12 * mean ? Number.POSITIVE_INFINITY : size // so large it is Poisson
      for (let k = 0; k < length; k++)
        values[(at - from) * length + k] = ((rateRatios[k] - 1) * mean) / (sizes[at - from] + mean)
    }
    ln1pAll(values, (to - from) * length) // ln((r + k mean) / (r + mean)), 0 for Poisson
    for (let at = from; at < to; at++) {
      const size = sizes[at - from]
      for (let k = 0; k < length; k++) {
        const place = (at - from) * length + k
        const growth = values[place]
        terms.rise[place] = Math.max(0, lnRateRatios[k] - growth) // 0 where so small a size makes every count likely
        terms.fall[place] = size === Number.POSITIVE_INFINITY ? (rateRatios[k] - 1) * means[at] : size * growth
      }
    }
  }

  /** Sets `values` to the factors by which counts change the evidence; terms are there. */
  function setFactors(counts: Float64Array, from: number, to: number): void {
    for (let at = from; at < to; at++) {
      for (let k = (at - from) * length; k < (at - from + 1) * length; k++)
        values[k] = Math.min(counts[at] * terms.rise[k] - terms.fall[k], stepMax)
    }
    expAll(values, (to - from) * length)
  }

  const next = (before: number, factor: number, nodes: number): number =>
    Math.min((keep * before + 1) * factor, capPerNode * nodes)

  function addBlock(state: Float64Array, columns: StreamCounts, from: number, to: number): void {
    const { offsets, counts, nodes } = columns
    setTerms(columns, from, to)
    setFactors(counts, from, to)
    for (let at = from; at < to; at++) {
      for (let k = 0; k < length; k++)
        state[offsets[at] + k] = next(state[offsets[at] + k], values[(at - from) * length + k], nodes[at])
    }
  }

  function setSingle({ mean, variance }: Expectation, nodes: number): void {
    single.means[0] = mean
    single.variances[0] = variance
    single.nodes[0] = nodes
  }

  function evidenceAfter(state: Float64Array, offset: number, y: number): number {
    single.counts[0] = y
    setFactors(single.counts, 0, 1)
    let sum = 0
    for (let k = 0; k < length; k++) sum += next(state[offset + k], values[k], single.nodes[0])
    return sum / length
  }

  return {
    length,
    start: (state, offset) => {
      state.fill(0, offset, offset + length)
    },
    add: (state, offset, expectation, { y, nodes }) => {
      checkCount(y)
      setSingle(expectation, nodes)
      single.offsets[0] = offset
      single.counts[0] = y
      addBlock(state, single, 0, 1)
    },
    addAll: (state, columns, count) => {
      for (let at = 0; at < count; at++) checkCount(columns.counts[at])
      for (let from = 0; from < count; from += block) addBlock(state, columns, from, Math.min(from + block, count))
    },
    evidenceIn: (state, offset) => {
      let sum = 0
      for (let at = 0; at < length; at++) sum += state[offset + at]
      return sum / length
    },
    evidenceWith: (state, offset, expectation, { y, nodes }) => {
      checkCount(y)
      setSingle(expectation, nodes)
      setTerms(single, 0, 1)
      return evidenceAfter(state, offset, y)
    },
    leastCallingCount: (state, offset, expectation, { evidenceMin, nodes, countMin }) => {
      setSingle(expectation, nodes)
      setTerms(single, 0, 1)
      const least = Math.max(countMin, Math.floor(expectation.mean) + 1)
      const most = Math.max(least, saturatingCount(terms, length))
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
function saturatingCount({ rise, fall }: Terms, length: number): number {
  let most = 1
  for (let k = 0; k < length; k++) most = Math.max(most, Math.ceil((stepMax + fall[k]) / rise[k]) + 1)
  return Math.min(most, Number.MAX_SAFE_INTEGER)
}
