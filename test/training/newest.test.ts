/** What is new is learnt: where risk has moved in the newest fifth of the rows, a model ranks later rows as scikit-learn's fit on all rows does. */
import path from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { columnsOf, type Dataset, sliceOf } from '../../models/learn/dataset.ts'
import { areaUnderRoc } from '../../models/quality/ranking.ts'
import { Random } from '../../src/simulate/random.ts'
import { recipeOf } from '../../src/training/recipeOf.ts'
import { probabilitiesOf } from '../../src/training/scores.ts'
import { trainModel } from '../../src/training/trainModel.ts'
import { describeWhere } from '../kafka/support.ts'
import { labelledProfile, labelTicks, riskyRows } from '../support/rowsFolder.ts'
import { science } from '../support/science.ts'

const profile = labelledProfile()
const dictionary = { peers: {}, dataHash: '', label: 'an outcome' }
const [size, learnt, moved] = [6_000, 5_000, 4_000]

/** Until row 4,000 `a` tells of the risk; after it `c` does, of which nothing was to be learnt before. */
function movingRows(): Dataset {
  const rows = riskyRows(size)
  const random = new Random(3, 'moving-rows')
  const labels = rows.labels.map((label, row) => {
    if (row < moved) return label
    return random.chance(1 / (1 + Math.exp(1.5 - 4 * rows.values[row * 3 + 2]))) ? 1 : 0
  })
  return { ...rows, labels }
}

const all = movingRows()
const [rows, later] = [sliceOf(all, 0, learnt), sliceOf(all, learnt, size)]

async function aucOf(data: Dataset): Promise<{ auc: number; ridge: number }> {
  const recipe = recipeOf(profile, { kind: 'scorecard', columns: data.names, seed: 1 })
  const { file, card } = await trainModel({ profile, data, dictionary, recipe, command: '' })
  const names = file.features.map(({ name }) => name)
  const ridge = Number(/ridge ([\d.]+)/.exec(card)?.[1])
  return { auc: areaUnderRoc(probabilitiesOf(file, columnsOf(later, names)), later.labels), ridge }
}

test('the newest fifth and the gap before it count as all others do', async () => {
  const [whole, without] = [await aucOf(rows), await aucOf(sliceOf(rows, 0, moved - 10 * labelTicks))]
  expect(without.auc).toBeLessThan(0.6)
  expect(whole.auc).toBeGreaterThan(without.auc + 0.1)
})

describeWhere(await science.available(), 'scikit-learn', () => {
  test('the AUC on later rows is that of its fit on the same rows, and near that of its default penalty', async () => {
    const { auc, ridge } = await aucOf(rows)
    const given = { values: [...rows.values], labels: [...rows.labels], later: [...later.values], ridges: [ridge, 1] }
    const script = path.join(import.meta.dirname, 'newest.py')
    const fits = z.array(z.array(z.number())).parse(JSON.parse(await science.run(script, JSON.stringify(given))))
    const [same, usual] = fits.map((logOdds) => areaUnderRoc(Float64Array.from(logOdds), later.labels))
    expect(Math.abs(auc - same)).toBeLessThan(1e-4)
    expect(Math.abs(auc - usual)).toBeLessThan(0.01)
  }, 240_000)
})
