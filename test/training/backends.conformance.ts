/** What training a network owes its callers, whichever backend of TensorFlow.js computes. */
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import type { Dataset } from '../../models/learn/dataset.ts'
import { type EpochReport, type NetworkData, type TrainedNetwork, trainNetwork } from '../../models/learn/network.ts'
import { type NetworkSettings, networkSettings } from '../../models/learn/networkSettings.ts'
import { tensorFlowModel } from '../../models/learn/tensorflowModel.ts'
import { logistic } from '../../models/math.ts'
import { areaUnderRoc } from '../../models/quality/ranking.ts'
import { floatsOfBase64 } from '../../models/risk/float32.ts'
import { network } from '../../models/risk/network.ts'
import type { LoadedTensorFlow } from '../../src/training/tensorflow.ts'
import { run } from '../kafka/java.ts'
import { partsOf, randomRows } from '../support/tinyNetwork.ts'
import { childSettings, curvedRows, splitRows } from './rows.ts'

type Settings = z.input<typeof NetworkSettings>

export function conforms(tf: LoadedTensorFlow): void {
  const data = curvedRows(3000, 1)
  const parted = splitRows(data, 450)
  const train = (change: Partial<Settings> = {}, rows: NetworkData = parted, onEpoch?: (report: EpochReport) => void) =>
    trainNetwork(tf, rows, { seed: 7, epochs: 4, hidden: [16], learningRate: 0.01, ...change }, onEpoch)

  describe(`a network trained on ${tf.backend}`, () => {
    it('has the same bytes for the same seed, and others for another one', async () => {
      for (const change of [{}, { dropout: 0.3, l2: 0.01 }]) {
        const [one, again, other] = [await train(change), await train(change), await train({ ...change, seed: 8 })]
        expect(again).toEqual(one)
        expect(other.weights).not.toEqual(one.weights)
      }
    })

    it('has the same bytes in another process, which says nothing besides', async () => {
      const child = await run(process.execPath, [path.join(import.meta.dirname, 'trainChild.ts'), tf.backend])
      const { weights } = await trainNetwork(tf, { fit: curvedRows(500, 1) }, childSettings)
      expect(child).toEqual({ code: 0, out: JSON.stringify(weights), err: '' })
    })

    it('learns what no line can tell', async () => {
      const later = curvedRows(3000, 2)
      expect(aucOf(await train({ epochs: 30 }), later)).toBeGreaterThan(0.85)
      expect(aucOf(await train({ epochs: 30, hidden: [] }), later)).toBeLessThan(0.65)
    })

    it('scores in our kernel as in TensorFlow.js', async () => {
      for (const hidden of [[32], [], [33, 5]]) {
        const settings = networkSettings({ seed: 3, hidden, learningRate: 0.01 })
        const model = tensorFlowModel(tf, { columns: 40, share: 0.3, settings })
        const rows = randomRows(500, 40, 2)
        const labels = Float32Array.from({ length: 500 }, (_, row) => (rows[row * 40] > 1 ? 1 : 0))
        for (const epoch of [1, 2, 3])
          await model.trainEpoch({ rows: 500, values: Float32Array.from(rows), labels }, epoch)
        const ours = new Float64Array(500)
        network(partsOf(model.weights())).logOdds(rows, ours)
        const theirs = model.logOdds(Float32Array.from(rows))
        model.dispose()
        for (const [row, value] of ours.entries()) expect(Math.abs(value - theirs[row])).toBeLessThan(1e-5)
      }
    })

    it('stops early, and keeps the weights of the best epoch', async () => {
      const reports: EpochReport[] = []
      const result = await train({ epochs: 300, patience: 3, hidden: [64], learningRate: 0.05 }, noise, (report) =>
        reports.push(report),
      )
      expect(reports.map(({ epoch }) => epoch)).toEqual(reports.map((_, at) => at + 1))
      const losses = reports.map(({ validationLoss }) => validationLoss ?? Number.NaN)
      expect(losses[result.epochs - 1]).toBe(Math.min(...losses))
      expect(reports.length).toBe(result.epochs + 3)
      const there = await train({ epochs: result.epochs, hidden: [64], learningRate: 0.05 }, noise)
      expect(there.weights).toEqual(result.weights)
    })

    it('runs all epochs without a validation slice', async () => {
      const reports: EpochReport[] = []
      const { epochs } = await train({}, { fit: data }, (report) => reports.push(report))
      expect(epochs).toBe(4)
      expect(reports.every(({ validationLoss }) => validationLoss === null)).toBe(true)
    })

    it('counts rows by the weight of their class: weighted, scores are right on average', async () => {
      for (const positive of [1, 4]) {
        const classWeights = { negative: 1, positive }
        const scores = scoresOf(await train({ classWeights, epochs: 10 }, { fit: data }), data)
        const sums = { weights: 0, scores: 0, labels: 0 }
        for (const [row, label] of data.labels.entries()) {
          const weight = label === 1 ? positive : 1
          sums.weights += weight
          sums.scores += weight * scores[row]
          sums.labels += weight * label
        }
        expect(Math.abs(sums.scores - sums.labels) / sums.weights).toBeLessThan(0.02)
      }
    })

    it('has smaller weights with a larger penalty', async () => {
      const size = async (l2: number): Promise<number> => {
        const { weights } = await train({ l2, epochs: 20 }, { fit: data })
        return weights.layers.reduce((sum, layer) => sum + squares(kernelOf(layer)), 0)
      }
      expect(await size(0.1)).toBeLessThan(0.1 * (await size(0)))
    })

    it('leaves a constant column out, and says so', async () => {
      const without = (rows: Dataset): Dataset => ({
        ...rows,
        names: ['a', 'b'],
        values: rows.values.filter((_, at) => at % 3 !== 2),
      })
      const constant = (rows: Dataset): Dataset => ({
        ...rows,
        values: rows.values.map((value, at) => (at % 3 === 2 ? 5 : value)),
      })
      const result = await train({}, { fit: constant(parted.fit), validation: constant(parted.validation) })
      expect(result.notes).toEqual(['c is 5 in all rows and was left out'])
      const bare = await train({}, { fit: without(parted.fit), validation: without(parted.validation) })
      expect({ ...result, notes: [] }).toEqual(bare)
      expect(bare.features.map(({ name }) => name)).toEqual(['a', 'b'])
    })

    it('leaves no tensor behind, however it ends', async () => {
      const before = tf.core.memory().numTensors
      await train({ dropout: 0.2 })
      await expect(
        train({}, parted, () => {
          throw new Error('stopped')
        }),
      ).rejects.toThrow('stopped')
      expect(tf.core.memory().numTensors).toBe(before)
    })

    it('says so when the loss grows beyond bounds', async () => {
      await expect(train({ l2: 1e38 })).rejects.toThrow(
        /epoch 1: the loss is not finite; use a learning rate below 0.01 or/,
      )
    })
  })
}

/** Labels that have nothing to do with the values. */
const noise = splitRows({ ...curvedRows(600, 3), labels: curvedRows(600, 4).labels }, 100)

const kernelOf = ({ kernel, inputs, outputs }: TrainedNetwork['weights']['layers'][number]): Float32Array =>
  floatsOfBase64(kernel, inputs * outputs, 'kernel')

const squares = (values: Float32Array): number => values.reduce((sum, value) => sum + value * value, 0)

function scoresOf({ weights, features }: TrainedNetwork, data: Dataset): Float64Array {
  const out = new Float64Array(data.labels.length)
  network({ features, network: weights }).logOdds(data.values, out)
  return out.map(logistic)
}

const aucOf = (result: TrainedNetwork, data: Dataset): number => areaUnderRoc(scoresOf(result, data), data.labels)
