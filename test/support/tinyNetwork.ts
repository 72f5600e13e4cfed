/** Networks with made-up weights, the parts of a model file that score. */
import { base64OfFloats } from '../../models/risk/float32.ts'
import type { NetworkFile } from '../../models/risk/modelFile.ts'
import type { DenseLayer } from '../../models/risk/wasm/denseKernel.ts'
import { Sfc32 } from '../../streams/sfc32.ts'

export type NetworkParts = Pick<NetworkFile, 'features' | 'network'>

/** Layers of the given sizes, `[inputs, hidden..., 1]`, with weights that keep sums near 1. */
export function randomLayers(sizes: readonly number[], seed: number): DenseLayer[] {
  const random = new Sfc32(seed, 'tiny-network')
  const values = (length: number, spread: number): Float32Array =>
    Float32Array.from({ length }, () => (random.next() - 0.5) * spread)
  return sizes.slice(1).map((outputs, at) => {
    const inputs = sizes[at]
    return { inputs, outputs, kernel: values(inputs * outputs, 3 / Math.sqrt(inputs)), bias: values(outputs, 1) }
  })
}

export function partsOf(layers: readonly DenseLayer[], moments = { mean: 0, deviation: 1 }): NetworkParts {
  return {
    features: Array.from({ length: layers[0].inputs }, (_, at) => ({ name: `x${at}`, ...moments })),
    network: {
      layers: layers.map(({ inputs, outputs, kernel, bias }) => ({
        inputs,
        outputs,
        kernel: base64OfFloats(kernel),
        bias: base64OfFloats(bias),
      })),
    },
  }
}

export function randomRows(rows: number, columns: number, seed: number): Float64Array {
  const random = new Sfc32(seed, 'tiny-rows')
  return Float64Array.from({ length: rows * columns }, () => (random.next() - 0.5) * 6)
}
