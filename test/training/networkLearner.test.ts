/** A network from rows to a model file: one seed one file, and the rows held back say when to stop. */
import { expect, it } from 'vitest'
import type { Dataset } from '../../models/learn/dataset.ts'
import type { EpochReport } from '../../models/learn/network.ts'
import { ModelFile } from '../../models/risk/modelFile.ts'
import { learnerOf } from '../../src/training/learners.ts'
import { recipeOf } from '../../src/training/recipeOf.ts'
import { type TrainedModel, trainModel } from '../../src/training/trainModel.ts'
import { TrainingSetting } from '../../streams/training.ts'
import { tinyProfile } from '../support/tinyProfile.ts'
import { curvedRows } from './rows.ts'

const training = TrainingSetting.parse({
  bandShares: [0.8, 0.95],
  validationShare: 0.25,
  network: { hidden: [16], epochs: 15, learningRate: 0.03, patience: 2, batch: 128 },
})
const profile = { ...tinyProfile, file: { ...tinyProfile.file, training } }
const data = curvedRows(1200, 1)

async function trained(rows: Dataset, seed: number, epochs?: number) {
  const told: EpochReport[] = []
  const recipe = recipeOf(profile, { kind: 'network', columns: rows.names, seed, epochs })
  const model: TrainedModel = await trainModel({
    profile,
    data: rows,
    dictionary: { peers: {}, dataHash: '', label: 'none' },
    recipe,
    learner: learnerOf(recipe, { epoch: (epoch) => told.push(epoch) }),
    command: 'forewarn train',
  })
  return { ...model, told }
}

it('gives one file for one seed, which reads back', async () => {
  const [one, again, other] = [await trained(data, 1), await trained(data, 1), await trained(data, 2)]
  expect(again.file).toEqual(one.file)
  expect(other.file).not.toEqual(one.file)
  expect(ModelFile.parse(JSON.parse(JSON.stringify(one.file)))).toEqual(one.file)
  expect(one.file.training.metrics.validationAuc).toBeGreaterThan(0.85)
  expect(one.card).toMatch(/network 3-16-1, \d+ epochs/)
})

/** Epochs of each fit: the choice on the latest slice, the fit on all rows, then the fits that calibrate. */
function fitsOf(told: readonly EpochReport[]): { epochs: number; judged: boolean }[] {
  const fits: { epochs: number; judged: boolean }[] = []
  for (const { epoch, validationLoss } of told)
    if (epoch === 1) fits.push({ epochs: 1, judged: validationLoss !== null })
    else fits[fits.length - 1].epochs = epoch
  return fits
}

it('chooses the epochs on the latest slice, at most those of the profile or those asked for, and learns from all rows for as many', async () => {
  const { told, card, file } = await trained(data, 1)
  const [choice, ...others] = fitsOf(told)
  expect(choice.judged).toBe(true)
  expect(choice.epochs).toBeLessThanOrEqual(15)
  const [, chosen] = /, (\d+) epochs/.exec(card) ?? []
  expect(others).toEqual(Array(3).fill({ epochs: Number(chosen), judged: false }))
  expect(file.training).toMatchObject({ rows: 1200, slices: [{ rows: 300 }, { rows: 300 }] })
  expect(fitsOf((await trained(data, 1, 3)).told)[0].epochs).toBe(3)
})

it('stops when the rows held back get no better: here they tell the opposite of what is learnt', async () => {
  const opposite = data.labels.map((label, row) => (row < 900 ? label : 1 - label))
  const { told, card } = await trained({ ...data, labels: opposite }, 1)
  expect(fitsOf(told)[0].epochs).toBe(3)
  expect(card).toContain('network 3-16-1, 1 epochs')
})

it('leaves out a feature that says nothing, and the card tells so', async () => {
  const constant = data.values.map((value, at) => (at % 3 === 2 ? 5 : value))
  const { file, card } = await trained({ ...data, values: constant }, 1)
  expect(file.features.map(({ name }) => name)).toEqual(['a', 'b'])
  expect(card).toContain('c is 5 in all rows and was left out')
})
