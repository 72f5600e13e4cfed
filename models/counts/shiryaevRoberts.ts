/**
 * Capped Shiryaev-Roberts streams: evidence that a negative binomial count has risen, gathered over ticks and slowly forgotten.
 *
 *     l_k = y ln k - (r + y) ln((r + k mean) / (r + mean))
 *     M_k <- min((keep M_k + 1) exp(min(l_k, 8)), 10^4.5 N)        evidence = mean of M_k
 *
 * r is the negative binomial size, N the number of nodes that share a limit. One tick adds a factor of e^8 at most, and the cap bounds what is
 * remembered: uncapped, it outlives the outbreak. There are two: for outbreaks of days (k = 2, 4, 8, keep = .6), where evidence above 12 N
 * gave half a false episode a country-week (callLimit.ts); and the slow clock for rises over months, in weekly ticks (k = 1.5, 2, keep = .97, N = 1).
 * Sources: Shiryaev (1963) and Roberts (1966) for the statistic; Shin, Ramdas & Rinaldo (2024), "E-detectors", for mixtures over k;
 * docs/science.md, section 7, for the constants.
 *
 * A stream's state is `length` doubles (M_k by rising k) at an offset of a shared Float64Array, 0 where nothing was seen: saved as bytes, it
 * is restored exactly.
 */
import { exp, expLanes, ln, ln1pLanes } from '../math.ts'
import { checkCount, checkPositive, type Expectation, sizeBy } from './detector.ts'
import { type Evidence, leastWith, type StreamCounts, streamCounts } from './evidence.ts'

const stepMax = 8
/** e^8, and more than rounding adds to it. */
const factorMax = exp(stepMax) * (1 + 1e-9)
const capPerNode = 31622.776601683792 // 10^4.5
/** So many streams are worked out at once. */
const block = 128

/** Outbreaks of days. */
export const outbreaks = shiryaevRoberts({ rateRatios: [2, 4, 8], keep: 0.6 })
/** Rises over months, in weekly ticks: half as many again, or twice as many. What was gathered half a year ago counts half. */
export const slowRise = shiryaevRoberts({ rateRatios: [1.5, 2], keep: 0.97 })

export const streamLength = outbreaks.length
export const {
  start: startStream,
  add: addCount,
  evidenceIn,
  evidenceWith,
  leastCallingCount,
}: Omit<Evidence, 'length' | 'addAll'> = outbreaks

/** l_k = y rise_k - fall_k, by stream and k. */
type Terms = { readonly rise: Float64Array; readonly fall: Float64Array }

function shiryaevRoberts({ rateRatios, keep }: { rateRatios: readonly number[]; keep: number }): Evidence {
  const { length } = rateRatios
  const lnRateRatios = rateRatios.map((k) => ln(k))
  // Scratch: written before it is read in every call, so nothing passes from one stream to another.
  const scratch = (): Float64Array => new Float64Array(block * length)
  const terms: Terms = { rise: scratch(), fall: scratch() }
  const [sizes, single] = [new Float64Array(block), streamCounts(1)]
  /** ln((r + k mean) / (r + mean)), 0 for Poisson; and the factors by which counts change the evidence. */
  const [growths, factors] = [ln1pLanes(block * length), expLanes(block * length)]

  function setTerms({ means, variances, nodes }: StreamCounts, from: number, to: number): void {
    const { inputs, results } = growths
    for (let at = from; at < to; at++) {
      const mean = means[at]
      checkPositive('mean', mean)
      checkPositive('nodes', nodes[at])
      const size = sizeBy(mean, variances[at])
      sizes[at - from] = size > 1e12 * mean ? Number.POSITIVE_INFINITY : size // so large it is Poisson
      for (let k = 0; k < length; k++)
        inputs[(at - from) * length + k] = ((rateRatios[k] - 1) * mean) / (sizes[at - from] + mean)
    }
    growths.run((to - from) * length)
    for (let at = from; at < to; at++) {
      const size = sizes[at - from]
      for (let k = 0; k < length; k++) {
        const place = (at - from) * length + k
        const growth = results[place]
        terms.rise[place] = Math.max(0, lnRateRatios[k] - growth) // 0 where so small a size makes every count likely
        terms.fall[place] = size === Number.POSITIVE_INFINITY ? (rateRatios[k] - 1) * means[at] : size * growth
      }
    }
  }

  /** Sets the factors; terms are there. */
  function setFactors(counts: Float64Array, from: number, to: number): void {
    const { inputs } = factors
    const { rise, fall } = terms
    for (let at = from; at < to; at++) {
      for (let k = (at - from) * length; k < (at - from + 1) * length; k++)
        inputs[k] = Math.min(counts[at] * rise[k] - fall[k], stepMax)
    }
    factors.run((to - from) * length)
  }

  const next = (before: number, factor: number, nodes: number): number =>
    Math.min((keep * before + 1) * factor, capPerNode * nodes)

  function addBlock(state: Float64Array, columns: StreamCounts, from: number, to: number): void {
    const { offsets, counts, nodes } = columns
    const { results } = factors
    setTerms(columns, from, to)
    setFactors(counts, from, to)
    for (let at = from; at < to; at++) {
      for (let k = 0; k < length; k++)
        state[offsets[at] + k] = next(state[offsets[at] + k], results[(at - from) * length + k], nodes[at])
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
    for (let k = 0; k < length; k++) sum += next(state[offset + k], factors.results[k], single.nodes[0])
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
    mostWith: (state, offset, nodes) => {
      let sum = 0
      for (let k = 0; k < length; k++) sum += next(state[offset + k], factorMax, nodes)
      return sum / length
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

/** A count from which on no stream says more, because each l_k is at its bound. */
function saturatingCount({ rise, fall }: Terms, length: number): number {
  let most = 1
  for (let k = 0; k < length; k++) most = Math.max(most, Math.ceil((stepMax + fall[k]) / rise[k]) + 1)
  return Math.min(most, Number.MAX_SAFE_INTEGER)
}
