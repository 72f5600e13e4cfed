/** Trains a network with TensorFlow.js, whose functions are handed in. One seed, one model, to the bit, on one backend. */
import type { z } from 'zod'
import { base64OfFloats } from '../risk/float32.ts'
import type { NetworkWeights } from '../risk/weights.ts'
import type { Dataset } from './dataset.ts'
import { type NetworkRows, prepareRows } from './networkRows.ts'
import { type NetworkSettings, networkSettings } from './networkSettings.ts'
import { type LayerArrays, type TensorFlow, tensorFlowModel } from './tensorflowModel.ts'

/** Mean weighted log loss a row: `loss` with penalty and dropout as trained, `validationLoss` without. Epochs count from 1. */
export type EpochReport = { readonly epoch: number; readonly loss: number; readonly validationLoss: number | null }

export type TrainedNetwork = {
  readonly weights: NetworkWeights
  /** By column; a model file keeps them beside the weights. */
  readonly means: Float64Array
  readonly deviations: Float64Array
  /** The epoch whose weights these are: the one of the lowest validation loss, or the last. */
  readonly epochs: number
  readonly history: readonly EpochReport[]
  /** Names of columns with one value in the whole training slice: their deviation is 1, their weights are 0. To be told. */
  readonly constantColumns: readonly string[]
}

/**
 * @param onEpoch Called after each epoch, for a progress bar.
 * @throws Error that says what to do: settings out of range, rows that nothing can be learnt from, a loss that grows beyond bounds.
 */
export async function trainNetwork(
  tf: TensorFlow,
  data: Dataset,
  given: z.input<typeof NetworkSettings>,
  onEpoch: (report: EpochReport) => void = () => {},
): Promise<TrainedNetwork> {
  const settings = networkSettings(given)
  const { train, validation, means, deviations, constantColumns } = prepareRows(data, settings.validationShare)
  const share = shareOf(train, settings)
  const model = tensorFlowModel(tf, { columns: data.names.length, share, settings })
  try {
    const history: EpochReport[] = []
    let best = { loss: Number.POSITIVE_INFINITY, epoch: 0, layers: model.weights() }
    for (let epoch = 1; epoch <= settings.epochsMax; epoch++) {
      const loss = await model.trainEpoch(train, epoch)
      const validationLoss = validation.rows === 0 ? null : model.lossOf(validation)
      if (!Number.isFinite(loss + (validationLoss ?? 0)))
        throw new Error(
          `epoch ${epoch}: the loss is not finite; use a learning rate below ${settings.learningRate} or a smaller penalty`,
        )
      const report = { epoch, loss, validationLoss }
      history.push(report)
      onEpoch(report)
      if (validationLoss === null || validationLoss < best.loss)
        best = { loss: validationLoss ?? best.loss, epoch, layers: model.weights() }
      else if (epoch - best.epoch >= settings.patience) break
    }
    for (const column of constantColumns) best.layers[0].kernel.fill(0, ...kernelRow(best.layers[0], column))
    return {
      weights: { layers: best.layers.map(encoded) },
      means,
      deviations,
      epochs: best.epoch,
      history,
      constantColumns: constantColumns.map((column) => data.names[column]),
    }
  } finally {
    model.dispose()
  }
}

/** Share of positive rows, each row counted by its class's weight. */
function shareOf({ rows, labels }: NetworkRows, { classWeights: { negative, positive } }: NetworkSettings): number {
  const positives = labels.reduce((sum, label) => sum + label, 0)
  return (positive * positives) / (positive * positives + negative * (rows - positives))
}

const kernelRow = ({ outputs }: LayerArrays, input: number): [number, number] => [
  input * outputs,
  (input + 1) * outputs,
]

function encoded({ inputs, outputs, kernel, bias }: LayerArrays): NetworkWeights['layers'][number] {
  return { inputs, outputs, kernel: base64OfFloats(kernel), bias: base64OfFloats(bias) }
}
