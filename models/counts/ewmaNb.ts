/**
 * 'ewma-nb' behind the detector port: an exponentially weighted mean and dispersion of past counts (Roberts 1959), the count to come negative
 * binomial about them. What health departments use where they want something simple; here to compare with.
 *
 *     mean <- mean + a (rate - mean)        phi <- phi + a ((y - mu)^2 / mu - phi), held in 1..20        a = max(.1, 1 / (ticks seen + 1))
 *
 * The prior counts as one tick.
 */
import { boundMean, type CountContext, type CountDetector, checkContext, checkCount } from './detector.ts'

const gainMin = 0.1
const phiMax = 20
const at = { mean: 0, phi: 1, ticks: 2 } as const

export const ewmaNb: CountDetector = {
  name: 'ewma-nb',
  stateLength: 3,
  start: (state, offset) => {
    state.fill(0, offset, offset + 3)
  },
  expect: (state, offset, context) => {
    checkContext(context)
    const { mean, phi } = momentsOf(state, offset, context)
    return { mean, variance: mean * phi }
  },
  learn: (state, offset, context, y) => {
    checkCount(y)
    checkContext(context)
    const { mean, phi } = momentsOf(state, offset, context)
    const scale = scaleOf(context)
    const ticks = state[offset + at.ticks] + 1
    const gain = Math.max(gainMin, 1 / (ticks + 1))
    const surprise = ((y - mean) * (y - mean)) / mean
    state[offset + at.mean] = (mean + gain * (y - mean)) / scale
    state[offset + at.phi] = phi + gain * (surprise - phi)
    state[offset + at.ticks] = ticks
  },
}

function scaleOf(context: CountContext): number {
  return boundMean(context.exposure * context.weekFactor)
}

function momentsOf(state: Float64Array, offset: number, context: CountContext): { mean: number; phi: number } {
  const { rate, shape } = context.prior
  const scale = scaleOf(context)
  const isNew = state[offset + at.ticks] === 0
  const mean = boundMean((isNew ? rate : state[offset + at.mean]) * scale)
  const phi = isNew ? 1 + (rate * scale) / shape : state[offset + at.phi]
  return { mean, phi: Math.min(Math.max(phi, 1), phiMax) }
}
