/** The network: dense layers with relu over standardised features, in float32 as it was trained, one row like a thousand. */
import { floatsOfBase64 } from './float32.ts'
import { integratedGradients } from './integratedGradients.ts'
import type { NetworkFile } from './modelFile.ts'
import type { ModelCore } from './riskModel.ts'
import { type DenseLayer, denseKernel } from './wasm/denseKernel.ts'

/**
 * Log-odds as TensorFlow.js computes them, to about 1e-5: sums are taken in another order. A row with a value that is not finite, or
 * whose result is not, gives NaN. Contributions are against the mean row, whose log-odds are `baseLogOdds`.
 * @throws Error when weights and features do not fit together.
 */
export function network(file: Pick<NetworkFile, 'features' | 'network'>): ModelCore {
  const layers = layersOf(file)
  const size = file.features.length
  const means = Float64Array.from(file.features, ({ mean }) => mean)
  const deviations = Float64Array.from(file.features, ({ deviation }) => deviation)
  const { inputs, outputs, stride, rowsMax, run } = denseKernel(layers)
  const attribute = integratedGradients(layers)
  const finite = new Uint8Array(rowsMax)

  /** Fills row `at` of the kernel's inputs; whether all of it is finite as float32. */
  const standardise = (rows: Float64Array, from: number, at: number): boolean => {
    let spoilt = 0 // becomes NaN, and stays so
    for (let column = 0, to = at * stride; column < size; column++, to++) {
      inputs[to] = (rows[from + column] - means[column]) / deviations[column]
      spoilt += inputs[to] * 0
    }
    return spoilt === 0
  }
  const logOdds: ModelCore['logOdds'] = (rows, out) => {
    for (let first = 0; first < out.length; first += rowsMax) {
      const count = Math.min(rowsMax, out.length - first)
      for (let at = 0; at < count; at++) finite[at] = standardise(rows, (first + at) * size, at) ? 1 : 0
      run(count)
      for (let at = 0; at < count; at++)
        out[first + at] = finite[at] === 1 && Number.isFinite(outputs[at]) ? outputs[at] : Number.NaN
    }
  }
  const ofMeans = new Float64Array(1)
  logOdds(means, ofMeans)
  if (Number.isNaN(ofMeans[0])) throw new Error('network: the log-odds of the mean row are not finite')

  return {
    baseLogOdds: ofMeans[0],
    logOdds,
    contributions(row, out) {
      if (standardise(row, 0, 0)) attribute(inputs.subarray(0, size), out)
      else out.fill(Number.NaN)
    },
  }
}

function layersOf({ features, network }: Pick<NetworkFile, 'features' | 'network'>): DenseLayer[] {
  let width = features.length
  const layers = network.layers.map(({ inputs, outputs, kernel, bias }, at): DenseLayer => {
    const where = `network.layers.${at}`
    if (inputs !== width) throw new Error(`${where}: takes ${inputs} values, but there are ${width}`)
    width = outputs
    return {
      inputs,
      outputs,
      kernel: floatsOfBase64(kernel, inputs * outputs, `${where}.kernel`),
      bias: floatsOfBase64(bias, outputs, `${where}.bias`),
    }
  })
  if (width !== 1) throw new Error(`network.layers: the last one has ${width} outputs instead of one, the log-odds`)
  return layers
}
