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
import { checkCount, checkPositive, type Expectation } from './detector.ts'
import { type Evidence, leastWith, type StreamCounts } from './evidence.ts'
import {
  factorMax,
  factorOf,
  noTerms,
  rateRatiosOf,
  saturatingCount,
  setTerms,
  streamFactors,
} from './streamFactors.ts'

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

function shiryaevRoberts({ rateRatios, keep }: { rateRatios: readonly number[]; keep: number }): Evidence {
  const { length } = rateRatios
  const ratios = rateRatiosOf(rateRatios)
  // Scratch: written before it is read in every call, so nothing passes from one stream to another.
  const terms = noTerms(rateRatios)
  const many = streamFactors(block, ratios)

  const next = (before: number, factor: number, nodes: number): number =>
    Math.min((keep * before + 1) * factor, capPerNode * nodes)

  function addBlock(state: Float64Array, columns: StreamCounts, from: number, to: number): void {
    const { offsets, means, variances, counts, nodes } = columns
    for (let at = from; at < to; at++) {
      checkCount(counts[at])
      checkPositive('mean', means[at])
      checkPositive('nodes', nodes[at])
      many.means[at - from] = means[at]
      many.variances[at - from] = variances[at]
      many.counts[at - from] = counts[at]
    }
    many.run(to - from)
    for (let k = 0; k < length; k++) {
      const factors = many.factors[k]
      for (let at = from; at < to; at++) {
        const place = offsets[at] + k
        state[place] = next(state[place], factors[at - from], nodes[at])
      }
    }
  }

  function setSingle({ mean, variance }: Expectation, nodes: number): void {
    checkPositive('mean', mean)
    checkPositive('nodes', nodes)
    setTerms(terms, ratios, mean, variance)
  }

  function evidenceAfter(state: Float64Array, offset: number, y: number, nodes: number): number {
    let sum = 0
    for (let k = 0; k < length; k++) sum += next(state[offset + k], factorOf(terms, k, y), nodes)
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
      for (let k = 0; k < length; k++) state[offset + k] = next(state[offset + k], factorOf(terms, k, y), nodes)
    },
    addAll: (state, columns, count) => {
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
      return evidenceAfter(state, offset, y, nodes)
    },
    mostWith: (state, offset, nodes) => {
      let sum = 0
      for (let k = 0; k < length; k++) sum += next(state[offset + k], factorMax, nodes)
      return sum / length
    },
    leastCallingCount: (state, offset, expectation, { evidenceMin, nodes, countMin }) => {
      setSingle(expectation, nodes)
      const least = Math.max(countMin, Math.floor(expectation.mean) + 1)
      const most = Math.max(least, saturatingCount(terms))
      return leastWith((y) => evidenceAfter(state, offset, y, nodes) > evidenceMin, least, most)
    },
  }
}
