/**
 * 'ears-c1', 'ears-c2' and 'ears-c3' behind the detector port. A cell keeps its last nine counts, each divided by exposure
 * and week factor, and C3 the excesses of its last two C2 scores.
 *
 * The normal bound becomes a mean and a variance: the window's mean, and its variance times 1 + 1/7 for the mean being an
 * estimate, never below Poisson. For C3 the mean is lowered by deviation * (excesses of the two ticks before), so that y lies
 * above C3's bound where p is small; it also makes C3 the most easily alarmed of the three, as it is meant to be.
 * Seven ticks without events would make any event a certainty of alarm, so the mean is kept at least an eighth of the prior's:
 * as if the prior had been seen for one tick more. Until the window is full, the prior alone speaks.
 */
import {
  boundMean,
  type CountContext,
  type CountDetector,
  checkContext,
  checkCount,
  type Expectation,
} from './detector.ts'
import { c2Excess, earsBaseline, earsLag, type Moments, windowMoments } from './ears.ts'

const ringLength = earsBaseline + earsLag
const at = { ring: 0, seen: ringLength, excess1: ringLength + 1, excess2: ringLength + 2 } as const
const predictive = 1 + 1 / earsBaseline

export const earsC1: CountDetector = ears('ears-c1', { lag: 0, memory: false })
export const earsC2: CountDetector = ears('ears-c2', { lag: earsLag, memory: false })
export const earsC3: CountDetector = ears('ears-c3', { lag: earsLag, memory: true })

type Variant = { readonly lag: number; readonly memory: boolean }

function ears(name: string, variant: Variant): CountDetector {
  const stateLength = variant.memory ? ringLength + 3 : ringLength + 1
  return {
    name,
    stateLength,
    start: (state, offset) => {
      state.fill(0, offset, offset + stateLength)
    },
    expect: (state, offset, context) => {
      checkContext(context)
      return expectation(state, offset, context, variant)
    },
    learn: (state, offset, context, y) => {
      checkCount(y)
      checkContext(context)
      const rate = y / scaleOf(context)
      if (variant.memory) learnExcess(state, offset, rate)
      push(state, offset, rate)
    },
  }
}

function scaleOf(context: CountContext): number {
  return boundMean(context.exposure * context.weekFactor)
}

/** The window's moments, or undefined until it is full. The ring is kept oldest first. */
function momentsOf(state: Float64Array, offset: number, lag: number): Moments | undefined {
  if (state[offset + at.seen] < earsBaseline + lag) return undefined
  return windowMoments(state.subarray(offset, offset + ringLength), ringLength, lag)
}

function expectation(
  state: Float64Array,
  offset: number,
  context: CountContext,
  { lag, memory }: Variant,
): Expectation {
  const scale = scaleOf(context)
  const priorMean = boundMean(context.prior.rate * scale)
  const moments = momentsOf(state, offset, lag)
  if (moments === undefined)
    return { mean: priorMean, variance: priorMean + (priorMean * priorMean) / context.prior.shape }
  const used = memory ? state[offset + at.excess1] + state[offset + at.excess2] : 0
  const windowMean = Math.max(moments.mean * scale, priorMean / (earsBaseline + 1))
  const deviation = moments.deviation * scale
  const mean = boundMean(Math.max(windowMean - deviation * used, priorMean / (earsBaseline + 1)))
  return { mean, variance: Math.max(deviation * deviation, windowMean, mean) * predictive }
}

function learnExcess(state: Float64Array, offset: number, rate: number): void {
  const moments = momentsOf(state, offset, earsLag)
  state[offset + at.excess2] = state[offset + at.excess1]
  state[offset + at.excess1] = moments === undefined ? 0 : Math.min(c2Excess(rate, moments), 1e9)
}

function push(state: Float64Array, offset: number, rate: number): void {
  state.copyWithin(offset, offset + 1, offset + ringLength)
  state[offset + ringLength - 1] = rate
  state[offset + at.seen] = Math.min(state[offset + at.seen] + 1, ringLength)
}
