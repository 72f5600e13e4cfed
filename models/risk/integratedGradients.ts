/**
 * Integrated gradients of a relu network against the row of zeros (Sundararajan, Taly & Yan 2017): the share of value i is x[i] times
 * the mean of df/dx[i] on the straight line from 0 to x. On that line the network is piecewise linear, so the mean is taken piece by
 * piece, from kink to kink, and not by steps: shares add up to f(x) - f(0) to the rounding of float64.
 */
import type { DenseLayer } from './wasm/denseKernel.ts'

/** A unit on the line: its sum before relu is `value` here and grows by `slope` for one whole line; `on` where relu lets it through. */
type Units = { value: Float64Array; slope: Float64Array; on: Uint8Array; gradient: Float64Array }

/** Of the line's length: a kink closer than this to the one before is passed together with it, which rounding asks for. */
const pieceMin = 1e-9

/** A function that fills `shares` for the standardised row `x`. Its memory is its own: one call after another. */
export function integratedGradients(layers: readonly DenseLayer[]): (x: Float32Array, shares: Float64Array) => void {
  const [first] = layers
  const units = layers.map(({ outputs }): Units => {
    const numbers = (): Float64Array => new Float64Array(outputs)
    return { value: numbers(), slope: numbers(), on: new Uint8Array(outputs), gradient: numbers() }
  })
  const firstSlope = new Float64Array(first.outputs)
  const meanGradient = new Float64Array(first.outputs)

  return (x, shares) => {
    firstSlope.fill(0)
    for (let input = 0; input < first.inputs; input++)
      for (let unit = 0, at = input * first.outputs; unit < first.outputs; unit++, at++)
        firstSlope[unit] += x[input] * first.kernel[at]
    meanGradient.fill(0)
    for (let from = 0; from < 1; ) {
      const look = from + pieceMin / 2 // just behind the kink, where it is plain which units are on
      forward(layers, units, firstSlope, look)
      const to = Math.min(1, Math.max(from + pieceMin, nextKink(units, look)))
      backward(layers, units)
      for (let unit = 0; unit < first.outputs; unit++) meanGradient[unit] += units[0].gradient[unit] * (to - from)
      from = to
    }
    for (let input = 0; input < first.inputs; input++) {
      let gradient = 0
      for (let unit = 0, at = input * first.outputs; unit < first.outputs; unit++, at++)
        gradient += first.kernel[at] * meanGradient[unit]
      shares[input] = x[input] * gradient
    }
  }
}

/** Values and slopes of all units at one place of the line, and which of them are on. The last layer has no relu. */
function forward(
  layers: readonly DenseLayer[],
  units: readonly Units[],
  firstSlope: Float64Array,
  place: number,
): void {
  for (const [depth, { inputs, outputs, kernel, bias }] of layers.entries()) {
    const { value, slope, on } = units[depth]
    value.set(bias)
    if (depth === 0) slope.set(firstSlope)
    else slope.fill(0)
    for (let input = 0; depth > 0 && input < inputs; input++) {
      const below = units[depth - 1]
      if (below.on[input] === 0) continue
      for (let unit = 0, at = input * outputs; unit < outputs; unit++, at++) {
        value[unit] += below.value[input] * kernel[at]
        slope[unit] += below.slope[input] * kernel[at]
      }
    }
    if (depth === 0) for (let unit = 0; unit < outputs; unit++) value[unit] += slope[unit] * place
    for (let unit = 0; unit < outputs; unit++) on[unit] = value[unit] > 0 || depth === layers.length - 1 ? 1 : 0
  }
}

/** Where behind `place` the first unit switches; Infinity when none does. */
function nextKink(units: readonly Units[], place: number): number {
  let next = Number.POSITIVE_INFINITY
  for (let depth = 0; depth < units.length - 1; depth++) {
    const { value, slope, on } = units[depth]
    for (let unit = 0; unit < on.length; unit++)
      if (on[unit] === 1 ? slope[unit] < 0 : slope[unit] > 0) next = Math.min(next, place - value[unit] / slope[unit])
  }
  return next
}

/** d log-odds / d sum of every unit, with the units that are on now. */
function backward(layers: readonly DenseLayer[], units: readonly Units[]): void {
  units[units.length - 1].gradient[0] = 1
  for (let depth = layers.length - 1; depth > 0; depth--) {
    const { inputs, outputs, kernel } = layers[depth]
    const { gradient } = units[depth]
    const below = units[depth - 1]
    for (let input = 0; input < inputs; input++) {
      let sum = 0
      for (let unit = 0, at = input * outputs; below.on[input] === 1 && unit < outputs; unit++, at++)
        sum += kernel[at] * gradient[unit]
      below.gradient[input] = sum
    }
  }
}
