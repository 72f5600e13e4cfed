/** Trains a network with TensorFlow.js, whose functions are handed in. One seed, one model, to the bit, on one backend. */
import type { z } from 'zod'
import { base64OfFloats } from '../risk/float32.ts'
import type { NetworkWeights } from '../risk/weights.ts'
import type { Moments } from './checkRows.ts'
import type { Dataset } from './dataset.ts'
import { type NetworkRows, prepareRows } from './networkRows.ts'
import { type NetworkSettings, networkSettings } from './networkSettings.ts'
import { type LayerArrays, type TensorFlow, tensorFlowModel } from './tensorflowModel.ts'

/** Mean weighted log loss a row: `loss` with penalty and dropout as trained, `validationLoss` without. Epochs count from 1. */
export type EpochReport = { readonly epoch: number; readonly loss: number; readonly validationLoss: number | null }

export type TrainedNetwork = {
  readonly weights: NetworkWeights
  /** What the weights take, in this order. Constant columns of the rows are not among them; a note says so. */
  readonly features: Moments[]
  /** The epoch whose weights these are: the one of the lowest validation loss, or the last. */
  readonly epochs: number
  /** What was left out, and why. */
  readonly notes: string[]
}

/** Rows in order of time. Without later rows to judge by, all epochs are run. */
export type NetworkData = { readonly fit: Dataset; readonly validation?: Dataset }

/**
 * Learns from all columns of the rows that vary.
 * @param onEpoch Called after each epoch, for a progress bar.
 * @throws Error that says what to do: settings out of range, rows that nothing can be learnt from, a loss that grows beyond bounds.
 */
export async function trainNetwork(
  tf: TensorFlow,
  data: NetworkData,
  given: z.input<typeof NetworkSettings>,
  onEpoch: (report: EpochReport) => void = () => {},
): Promise<TrainedNetwork> {
  const settings = networkSettings(given)
  const { fit, validation, features, notes } = prepareRows(data.fit, data.validation)
  const model = tensorFlowModel(tf, { columns: features.length, share: shareOf(fit, settings), settings })
  try {
    let best = { loss: Number.POSITIVE_INFINITY, epoch: 0, layers: model.weights() }
    for (let epoch = 1; epoch <= settings.epochs; epoch++) {
      const loss = await model.trainEpoch(fit, epoch)
      const validationLoss = validation === undefined ? null : model.lossOf(validation)
      if (!Number.isFinite(loss + (validationLoss ?? 0)))
        throw new Error(
          `epoch ${epoch}: the loss is not finite; use a learning rate below ${settings.learningRate} or a smaller penalty`,
        )
      onEpoch({ epoch, loss, validationLoss })
      if (validationLoss === null || validationLoss < best.loss)
        best = { loss: validationLoss ?? best.loss, epoch, layers: model.weights() }
      else if (epoch - best.epoch >= settings.patience) break
    }
    return { weights: { layers: best.layers.map(encoded) }, features, epochs: best.epoch, notes }
  } finally {
    model.dispose()
  }
}

/** Share of positive rows, each row counted by its class's weight. */
function shareOf({ rows, labels }: NetworkRows, { classWeights: { negative, positive } }: NetworkSettings): number {
  const positives = labels.reduce((sum, label) => sum + label, 0)
  return (positive * positives) / (positive * positives + negative * (rows - positives))
}

function encoded({ inputs, outputs, kernel, bias }: LayerArrays): NetworkWeights['layers'][number] {
  return { inputs, outputs, kernel: base64OfFloats(kernel), bias: base64OfFloats(bias) }
}
