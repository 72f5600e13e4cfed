/** The TensorFlow.js side of training a network: the model, one epoch, its loss on other rows, and its weights as arrays. */
import type * as Core from '@tensorflow/tfjs-core'
import type * as Layers from '@tensorflow/tfjs-layers'
import { Sfc32 } from '../../streams/sfc32.ts'
import { exp, ln, ln1p } from '../math.ts'
import type { NetworkRows } from './networkRows.ts'
import type { NetworkSettings } from './networkSettings.ts'

/** TensorFlow.js with a backend that is ready. */
export type TensorFlow = { readonly core: typeof Core; readonly layers: typeof Layers }

export type LayerArrays = {
  readonly inputs: number
  readonly outputs: number
  readonly kernel: Float32Array
  readonly bias: Float32Array
}

export type TensorFlowModel = {
  /** Shows every row once, in an order of the epoch's own. The mean loss a row, with penalty and dropout. */
  trainEpoch(rows: NetworkRows, epoch: number): Promise<number>
  /** The mean loss a row, without penalty and dropout. */
  lossOf(rows: NetworkRows): number
  /** Log-odds of standardised rows. */
  logOdds(values: Float32Array): Float32Array
  weights(): LayerArrays[]
  dispose(): void
}

const rowsAtOnce = 8192

/** A model that has learnt nothing but the share of positive rows. `share` is that of the weighted rows, in (0, 1). */
export function tensorFlowModel(
  { core, layers }: TensorFlow,
  { columns, share, settings }: { columns: number; share: number; settings: NetworkSettings },
): TensorFlowModel {
  const { seed, hidden, l2, dropout, classWeights, batch } = settings
  const model = layers.sequential()
  const sizes = [...hidden, 1]
  let steps = 0 // every step leaves out other units; the layer of TensorFlow.js would take the same ones every time

  class Dropout extends layers.layers.Layer {
    static className = 'ForewarnDropout'
    override call(inputs: Core.Tensor | Core.Tensor[], { training }: { training?: boolean }): Core.Tensor {
      const input = Array.isArray(inputs) ? inputs[0] : inputs
      return training === true
        ? core.dropout(input, dropout, undefined, `${seed}/${this.name}/${steps++}`)
        : input.clone()
    }
  }

  for (const [depth, units] of sizes.entries()) {
    const isLast = depth === sizes.length - 1
    const start = { seed: new Sfc32(seed, 'network-weights', depth).int(2 ** 31) }
    model.add(
      layers.layers.dense({
        units,
        ...(depth === 0 ? { inputShape: [columns] } : {}),
        activation: isLast ? 'linear' : 'relu',
        kernelInitializer: isLast ? layers.initializers.glorotUniform(start) : layers.initializers.heUniform(start),
        biasInitializer: layers.initializers.constant({ value: isLast ? ln(share / (1 - share)) : 0 }),
        kernelRegularizer: layers.regularizers.l2({ l2 }),
      }),
    )
    if (!isLast && dropout > 0) model.add(new Dropout({ name: `dropout${depth}` }))
  }
  /** Weighted loss of each row: w (softplus(x) - y x). */
  const loss = (labels: Core.Tensor, logOdds: Core.Tensor): Core.Tensor => {
    const weights = core.add(core.mul(labels, classWeights.positive - classWeights.negative), classWeights.negative)
    return core.mul(weights, core.sub(core.softplus(logOdds), core.mul(labels, logOdds)))
  }
  const optimizer = core.train.adam(settings.learningRate)
  model.compile({ optimizer, loss })

  const logOdds = (values: Float32Array): Float32Array => {
    const out = new Float32Array(values.length / columns)
    for (let first = 0; first < out.length; first += rowsAtOnce) {
      const chunk = values.slice(first * columns, (first + rowsAtOnce) * columns)
      out.set(
        core.tidy(() => one(model.predictOnBatch(core.tensor2d(chunk, [chunk.length / columns, columns]))).dataSync()),
        first,
      )
    }
    return out
  }

  return {
    logOdds,
    async trainEpoch({ rows, values, labels }, epoch) {
      const order = new Sfc32(seed, 'network-rows', epoch).shuffle(Uint32Array.from({ length: rows }, (_, row) => row))
      let sum = 0
      for (let first = 0; first < rows; first += batch) {
        const some = order.subarray(first, first + batch)
        const x = new Float32Array(some.length * columns)
        for (const [at, row] of some.entries()) x.set(values.subarray(row * columns, (row + 1) * columns), at * columns)
        const tensors = [
          core.tensor2d(x, [some.length, columns]),
          core.tensor2d(
            Float32Array.from(some, (row) => labels[row]),
            [some.length, 1],
          ),
        ]
        const mean = await model.trainOnBatch(tensors[0], tensors[1])
        core.dispose(tensors)
        sum += (Array.isArray(mean) ? mean[0] : mean) * some.length
      }
      return sum / rows
    },
    lossOf({ rows, values, labels }) {
      let sum = 0
      for (const [row, x] of logOdds(values).entries()) {
        const softplus = Math.max(x, 0) + ln1p(exp(-Math.abs(x)))
        sum += labels[row] === 1 ? classWeights.positive * (softplus - x) : classWeights.negative * softplus
      }
      return sum / rows
    },
    weights() {
      const arrays = model.getWeights().map((tensor) => Float32Array.from(tensor.dataSync()))
      return sizes.map((outputs, depth) => {
        const inputs = depth === 0 ? columns : sizes[depth - 1]
        return { inputs, outputs, kernel: arrays[2 * depth], bias: arrays[2 * depth + 1] }
      })
    },
    dispose() {
      model.dispose()
      optimizer.dispose()
    },
  }
}

function one(tensor: Core.Tensor | Core.Tensor[]): Core.Tensor {
  return Array.isArray(tensor) ? tensor[0] : tensor
}
