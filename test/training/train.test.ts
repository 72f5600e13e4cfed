/** From a folder of rows to a model: what is in it, that a seed gives the same bytes, and what each bad folder is told. */
import { readFile, truncate, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { describe, expect, it, test } from 'vitest'
import { chooseCalibration } from '../../models/learn/calibrate.ts'
import { columnsOf, type Dataset, pickRows, sliceOf } from '../../models/learn/dataset.ts'
import { trainScorecard } from '../../models/learn/scorecard.ts'
import { psi, psiReference } from '../../models/quality/psi.ts'
import { areaUnderRoc } from '../../models/quality/ranking.ts'
import { buildModel } from '../../models/risk/buildModel.ts'
import { calibrate } from '../../models/risk/calibration.ts'
import { ModelFile } from '../../models/risk/modelFile.ts'
import { PsiReference } from '../../models/risk/psiReference.ts'
import { scorecard } from '../../models/risk/scorecard.ts'
import { artifactBytesMax } from '../../src/limits.ts'
import { checkNewFolder, writeModelFolder } from '../../src/settings/modelFolders.ts'
import { readModelFolder } from '../../src/settings/models.ts'
import { importTrees } from '../../src/training/importTrees.ts'
import { importedTrees, type Learner, learnerOf } from '../../src/training/learners.ts'
import { readRows } from '../../src/training/readRows.ts'
import { recipeOf } from '../../src/training/recipeOf.ts'
import { probabilitiesOf } from '../../src/training/scores.ts'
import { loadTensorFlow } from '../../src/training/tensorflow.ts'
import { type TrainedModel, trainModel } from '../../src/training/trainModel.ts'
import { dictionaryFile, rowsFile } from '../../streams/trainingRows.ts'
import { tempFolder } from '../ingest/support.ts'
import { largestDifference } from '../support/difference.ts'
import { unsplit } from '../support/randomTrees.ts'
import { labelledProfile, labelTicks, riskyRows, rowsFolder } from '../support/rowsFolder.ts'

const profile = labelledProfile()
const asked = { kind: 'scorecard', columns: ['a', 'b', 'c'], seed: 1, ridge: 5 } as const

async function folderOf(data: Dataset): Promise<string> {
  const folder = await tempFolder()
  await rowsFolder(folder, profile, data)
  return folder
}

async function trained(
  data: Dataset,
  learner?: Learner,
  of = profile,
  recipe = recipeOf(of, asked),
): Promise<TrainedModel> {
  const { dictionary, data: rows } = await readRows(await folderOf(data), profile)
  return trainModel({
    profile: of,
    data: rows,
    dictionary,
    recipe,
    learner: learner ?? learnerOf(recipe),
    command: 'train',
  })
}

/** Log-odds of the share of positives: a fit on fewer rows is moved to that of all. */
function levelOf({ labels }: Dataset): number {
  const share = labels.filter((label) => label === 1).length / labels.length
  return Math.log(share / (1 - share))
}

/** The latest two fifths of the rows: fits on the rows before each fifth score them. */
const slicesOf = (data: Dataset): Dataset => sliceOf(data, Math.round(data.labels.length * 0.6), data.labels.length)

const changed = (data: Dataset, column: number, value: (old: number, row: number) => number): Dataset => ({
  ...data,
  values: data.values.map((old, at) => (at % 3 === column ? value(old, Math.floor(at / 3)) : old)),
})

const rows = riskyRows(900)

describe('a scorecard', async () => {
  const { file, card } = await trained(rows)

  it('finds what raises and what lowers the risk', () => {
    if (file.kind !== 'scorecard') throw new Error(file.kind)
    const [a, b, c] = file.scorecard.weights
    expect(a).toBeGreaterThan(0.8)
    expect(b).toBeLessThan(-0.5)
    expect(Math.abs(c)).toBeLessThan(0.4)
  })

  it('has all that the stream needs of it: it loads, is calibrated, has bands, reference and figures', async () => {
    const folder = path.join(await tempFolder(), 'model')
    await checkNewFolder(folder)
    const hash = await writeModelFolder(folder, { file, card })
    const loaded = await readModelFolder(folder)
    expect(loaded).toMatchObject({ hash, file })
    const row = Float64Array.of(2.5, -1, 0)
    expect(loaded.model.score(row)).toBe(buildModel(file, hash).score(row))
    expect(file).toMatchObject({ calibration: { kind: expect.any(String) }, label: 'an adverse outcome within 3 days' })
    expect(file.bandEdges).toHaveLength(2)
    expect(file.reference?.features).toHaveLength(3)
    expect(file.training).toMatchObject({
      from: '2026-02-16',
      seed: 1,
      dataHash: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
    expect(card).toContain('ridge 5')
    await expect(checkNewFolder(folder)).rejects.toMatchObject({ code: 'FW_USAGE' })
    // A file there would be met only after all the training.
    await expect(checkNewFolder(path.join(folder, 'model.json'))).rejects.toMatchObject({ code: 'FW_USAGE' })
  })

  it('learns from all rows, the newest too, and says so', () => {
    if (file.kind !== 'scorecard') throw new Error(file.kind)
    expect(file.scorecard).toEqual(trainScorecard(rows, { ridge: 5 }).weights)
    const positives = rows.labels.filter((label) => label === 1).length
    expect(file.training).toMatchObject({ rows: 900, positives, from: '2026-02-16', to: '2026-05-16' })
    expect(card).toContain(`| Training rows | 900, ${positives} positive, 2026-02-16 to 2026-05-16, every 2 ticks |`)
  })

  it('is calibrated by fits on rows whose labels were known before those that they score', () => {
    const later = slicesOf(rows)
    const logOdds = new Float64Array(later.labels.length)
    for (const [at, from] of [540, 720].entries()) {
      const earlier = sliceOf(rows, 0, from - 10 * labelTicks) // ten rows a tick
      const { weights, features } = trainScorecard(earlier, { ridge: 5 })
      const values = sliceOf(rows, from, from + 180).values
      scorecard({ features, scorecard: weights }).logOdds(values, logOdds.subarray(180 * at, 180 * (at + 1)))
      for (let row = 180 * at; row < 180 * (at + 1); row++) logOdds[row] += levelOf(rows) - levelOf(earlier)
      expect(file.training.slices?.[at]).toMatchObject({ rows: 180, fitted: { rows: earlier.labels.length } })
    }
    expect(file.training.slices).toHaveLength(2)
    expect(file.calibration?.kind).toBe(chooseCalibration(logOdds, later.labels).kind)
    const auc = areaUnderRoc(logOdds, later.labels)
    expect(file.training.metrics).toMatchObject({ validationRows: 360, validationAuc: expect.closeTo(auc, 5) })
    expect(auc).toBeGreaterThan(0.75)
    expect(card).toMatch(/Slice 2 \| 2026-04-29 to 2026-05-16: 180 rows, .* by a fit on 680 rows/)
  })

  it('takes its share of the latest rows into each band, and measures drift against them', () => {
    const scores = probabilitiesOf(file, sliceOf(rows, 720, 900).values)
    expect(file.bandEdges.map((edge) => scores.filter((p) => p >= edge).length)).toEqual([18, 5])
    expect(psi(PsiReference.parse(file.reference?.score), scores)).toBeLessThan(0.001)
    expect(file.reference?.features[0]).toEqual(psiReference(columnsOf(rows, ['a'])))
    const others = probabilitiesOf(file, riskyRows(900, 2).values)
    expect(psi(PsiReference.parse(file.reference?.score), others)).toBeLessThan(0.1)
  })

  it('is the same to the byte when trained again, in whatever order rows and columns lie in the file', async () => {
    const again = await trained(rows)
    expect(JSON.stringify([again.file, again.card])).toBe(JSON.stringify([file, card]))
    const backwards = pickRows(rows, Uint32Array.from(rows.labels.keys()).reverse())
    const { dictionary, data } = await readRows(await folderOf(backwards), profile)
    expect(data).toEqual(rows)
    const shuffled = await trainModel({
      profile,
      data,
      dictionary: { ...dictionary, dataHash: file.training.dataHash },
      recipe: recipeOf(profile, asked),
      command: 'train',
    })
    expect(shuffled).toEqual({ file, card, notes: [] })
    const order = [2, 0, 1]
    const turned: Dataset = {
      ...rows,
      names: order.map((column) => rows.names[column]),
      values: rows.values.map((_, at) => rows.values[at - (at % 3) + order[at % 3]]),
    }
    const byName = await readRows(await folderOf(turned), profile, () => rows.names)
    expect(byName.data).toEqual(rows)
  })
})

test('a network is the same for the same seed, another for another one, and says on what it was computed', async () => {
  await loadTensorFlow('wasm')
  const of = labelledProfile({ network: { hidden: [4] } })
  const few = riskyRows(300)
  const network = (seed: number): Promise<TrainedModel> =>
    trained(few, undefined, of, recipeOf(of, { ...asked, kind: 'network', seed, epochs: 2 }))
  const [first, again, other] = [await network(7), await network(7), await network(8)]
  expect(first.file.kind).toBe('network')
  expect(JSON.stringify(again)).toBe(JSON.stringify(first))
  expect(JSON.stringify(other.file)).not.toBe(JSON.stringify(first.file))
  expect(first.card).toMatch(/TensorFlow\.js runs on/)
  const p = buildModel(first.file, '').score(few.values.slice(0, 3))
  expect(p).toBeGreaterThan(0)
  expect(p).toBeLessThan(1)
})

test.each<[string, Dataset, string | RegExp]>([
  ['labels of one class', { ...rows, labels: rows.labels.map(() => 0) }, /labels: 0 of \d+ rows are positive/],
  ['a column without values', changed(rows, 1, () => Number.NaN), 'features: b has no value in any row'],
  [
    'a value that is missing',
    changed(rows, 1, (old, row) => (row === 3 ? Number.NaN : old)),
    'features: b has no value in 1 of',
  ],
  [
    'a value without bound',
    changed(rows, 0, (old, row) => (row === 3 ? Infinity : old)),
    'features: a is infinite in 1 of',
  ],
  ['10 rows', riskyRows(10), 'rows: 10 are too few to learn from'],
  [
    'rows enough to learn from, too few to calibrate',
    riskyRows(110),
    /no fit on the rows before .* could score these: rows: 40 are too few/,
  ],
  [
    'rows of one tick',
    { ...rows, ticks: rows.ticks.map(() => 20_500), ids: rows.ids.map((_, row) => `E${row}`) },
    'none is left to learn from',
  ],
  [
    'rows that stand twice',
    pickRows(
      rows,
      Uint32Array.from(rows.labels.keys(), (row) => row - (row % 2)),
    ),
    /are the same/,
  ],
  ['constant columns only', { ...rows, values: rows.values.map(() => 1) }, 'every one is the same in all rows'],
])('it is said what to do about %s', async (_, data, message) => {
  await expect(trained(data)).rejects.toThrow(message)
})

test('a model that is far too sure is calibrated by its own log-odds, also where its probabilities are 1', async () => {
  const part = {
    kind: 'scorecard' as const,
    features: rows.names.map((name) => ({ name, mean: 0, deviation: 1 })),
    scorecard: { intercept: -20, weights: [12, -4, 0] },
  }
  const learner: Learner = async () => ({ part, choice: {}, says: 'made up', notes: [] })
  const { file } = await trained(rows, learner)
  const { values, labels } = slicesOf(rows)
  const raised = [500, 680].map((learnt) => levelOf(rows) - levelOf(sliceOf(rows, 0, learnt)))
  const logOdds = Float64Array.from(
    labels,
    (_, row) => -20 + 12 * values[row * 3] - 4 * values[row * 3 + 1] + raised[row < 180 ? 0 : 1],
  )
  expect(logOdds.filter((one) => 1 / (1 + Math.exp(-one)) === 1).length).toBeGreaterThan(10)
  const own = Float64Array.from(logOdds, (one, row) => one - raised[row < 180 ? 0 : 1])
  const expected = own.map(calibrate(chooseCalibration(logOdds, labels)))
  const scores = probabilitiesOf(ModelFile.parse(JSON.parse(JSON.stringify(file))), values)
  expect(largestDifference(scores, expected)).toBeLessThan(1e-9)
})

/** One tree that knows each row by heart, and next to nothing of any other: what trees do that are too large for their rows. */
const byHeart: Learner = async (data) => {
  const { values, labels, names } = data
  const usual = levelOf(data)
  const order = [...labels.keys()].sort((a, b) => values[a * 3 + 2] - values[b * 3 + 2])
  const near = 1e-7
  const thresholds = order.flatMap((row) => [values[row * 3 + 2] - near, values[row * 3 + 2] + near])
  const leaves = [
    ...order.flatMap((row) => [
      usual + 0.001 * values[row * 3],
      usual + (labels[row] === 1 ? 3 : -3) + 0.001 * values[row * 3 + 1],
    ]),
    usual,
  ]
  const tree = unsplit(
    leaves,
    leaves.map(() => 1),
  )
  const grow = (from: number, to: number): number => {
    if (to - from === 1) return -1 - from
    const [split, middle] = [tree.features.length, (from + to) >> 1]
    tree.features.push(2)
    tree.thresholds.push(thresholds[middle - 1])
    tree.decisions.push(2)
    tree.left.push(0)
    tree.right.push(0)
    tree.left[split] = grow(from, middle)
    tree.right[split] = grow(middle, to)
    return split
  }
  grow(0, leaves.length)
  const features = names.map((name) => ({ name, mean: 0, deviation: 1 }))
  return { part: { kind: 'trees', features, trees: [tree] }, choice: {}, says: 'by heart', notes: [] }
}

test('what a model knows by heart sets neither its bands nor the reference of its score', async () => {
  const { file, notes } = await trained(riskyRows(2_000), byHeart)
  expect(notes.join()).toContain('bands and reference of the score are by fits on earlier rows')
  expect(file.training.metrics.trainAuc).toBe(1)
  const scores = probabilitiesOf(file, riskyRows(2_000, 2).values)
  expect(psi(PsiReference.parse(file.reference?.score), scores)).toBeLessThan(0.1)
  const above = scores.filter((p) => p >= file.bandEdges[0]).length / scores.length
  expect(above).toBeGreaterThan(0.05)
  expect(above).toBeLessThan(0.15)
})

test('bands without their shares are told before anything is learnt', async () => {
  const of = labelledProfile()
  const four = { ...of, file: { ...of.file, bands: [...of.file.bands, { code: 'severe' }] } }
  await expect(trained(rows, undefined, four)).rejects.toThrow('training.bandShares: 2 shares for 4 bands; give 3')
})

test('a constant column is left out, and the card says so', async () => {
  const { file, card } = await trained(changed(rows, 2, () => 4))
  expect(file.features.map(({ name }) => name)).toEqual(['a', 'b'])
  expect(card).toContain('c is 4 in all rows and was left out')
})

describe('a folder that is not what it should be is refused', async () => {
  const refused = async (harm: (folder: string) => Promise<void>, message: string | RegExp): Promise<void> => {
    const folder = await folderOf(riskyRows(60))
    await harm(folder)
    const reading = readRows(folder, profile)
    await expect(reading).rejects.toMatchObject({ code: 'FW_ROWS_INVALID' })
    await expect(reading).rejects.toThrow(message)
  }
  const dictionary = (change: (text: string) => string) => async (folder: string) => {
    const file = path.join(folder, dictionaryFile)
    await writeFile(file, change(await readFile(file, 'utf8')))
  }

  it.each<[string, (folder: string) => Promise<void>, string | RegExp]>([
    ['another profile', dictionary((text) => text.replace('"tiny"', '"cn"')), 'they are of profile cn'],
    ['columns.json cut short', dictionary((text) => text.slice(0, 40)), 'columns.json'],
    [
      'columns.json without features',
      dictionary((text) => text.replace('"features"', '"feature"')),
      /columns\.json.*features/,
    ],
    [
      'columns.json of a later format',
      dictionary((text) => text.replace('"formatVersion": 1', '"formatVersion": 2')),
      'columns.json',
    ],
    [
      'a column that is not in the file',
      dictionary((text) => text.replace(/"c"(?=\s*\])/, '"d"')),
      'there is no column d',
    ],
    ['a file cut short', (folder) => truncate(path.join(folder, rowsFile), 900), 'rows.parquet'],
    ['an empty file', (folder) => truncate(path.join(folder, rowsFile), 0), 'rows.parquet'],
    [
      'a file of something else',
      (folder) => writeFile(path.join(folder, rowsFile), 'a,b\n1,2\n'.repeat(9)),
      'rows.parquet',
    ],
  ])('%s', (_, harm, message) => refused(harm, message))

  it.each<[string, string, unknown, string]>([
    ['a label that is neither 0 nor 1', 'label', 2, 'row 3 has the label 2, which is neither 0 nor 1'],
    ['a row without a label', 'label', null, 'row 3 has the label null, which is neither 0 nor 1'],
    ['a row without a tick', 'tick', null, 'row 3 has the tick null, which is no whole number'],
    ['a row without an enterprise', 'enterpriseId', null, 'row 3 has no enterpriseId'],
    ['a row without a region', 'region', null, 'row 3 has no region'],
  ])('%s', (_, column, value, message) =>
    refused((folder) => rewritten(folder, (row, at) => (at === 3 ? { ...row, [column]: value } : row)), message),
  )

  it('a feature that another program wrote as text', () =>
    refused(
      (folder) => rewritten(folder, (row, at) => ({ ...row, b: `x${at}` })),
      'row 0 has b x0, which is no number',
    ))
})

/** The file written again by another program, with other rows or groups of rows. */
async function rewritten(
  folder: string,
  change: (row: Record<string, unknown>, at: number) => Record<string, unknown>,
  rowGroupSize = 1_000,
): Promise<void> {
  const file = path.join(folder, rowsFile)
  const rows = (await parquetReadObjects({ file: await asyncBufferFromFile(file) })).map(change)
  const columnData = Object.keys(rows[0]).map((name) => ({ name, data: rows.map((row) => row[name]) }))
  await writeFile(file, Buffer.from(parquetWriteBuffer({ columnData, rowGroupSize })))
}

test('the rows are the same in however many groups they lie', async () => {
  const folder = await folderOf(riskyRows(60))
  const { data } = await readRows(folder, profile)
  await rewritten(folder, (row) => row, 7)
  expect((await readRows(folder, profile)).data).toEqual(data)
})

test('a model that no log takes is not written', async () => {
  const folder = path.join(await tempFolder(), 'model')
  const { file } = await trained(rows)
  const cardOf = (bytes: number): string => '-'.repeat(bytes - Buffer.byteLength(JSON.stringify(file)) - 1)
  const written = writeModelFolder(folder, { file, card: cardOf(artifactBytesMax + 1) })
  await expect(written).rejects.toMatchObject({ code: 'FW_MODEL_TOO_LARGE' })
  await checkNewFolder(folder)
  await writeModelFolder(folder, { file, card: cardOf(artifactBytesMax) })
})

test('no byte of a model folder can be flipped in silence: it is refused, or it is another model', async () => {
  const folder = path.join(await tempFolder(), 'model')
  const hash = await writeModelFolder(folder, await trained(rows))
  const file = path.join(folder, 'model.json')
  const bytes = await readFile(file)
  let [refused, other] = [0, 0]
  for (let at = 0; at < bytes.length; at += 97) {
    const harmed = Buffer.from(bytes)
    harmed[at] ^= 1
    await writeFile(file, harmed)
    try {
      expect((await readModelFolder(folder)).hash).not.toBe(hash)
      other++
    } catch (error) {
      expect(error).toMatchObject({ code: 'FW_MODEL_INVALID' })
      refused++
    }
  }
  expect(Math.min(refused, other)).toBeGreaterThan(0)
})

describe('trees of LightGBM', () => {
  const tree = [
    'Tree=0',
    'num_leaves=3',
    'num_cat=0',
    'split_feature=0 0',
    'split_gain=1 1',
    'threshold=2 3',
    'decision_type=2 2',
    'left_child=-1 -2',
    'right_child=1 -3',
    'leaf_value=-1 0.5 1',
    'leaf_weight=1 1 1',
    'leaf_count=50 30 10',
    'internal_value=0 0',
    'internal_weight=0 0',
    'internal_count=90 40',
    'is_linear=0',
    'shrinkage=1',
    '',
  ]
  const head = [
    'tree',
    'version=v4',
    'num_class=1',
    'num_tree_per_iteration=1',
    'label_index=0',
    'max_feature_idx=1',
    'objective=binary sigmoid:1',
    'feature_names=a b',
    'feature_infos=[0:4] [-9:9]',
    'tree_sizes=300',
    '',
  ]
  const text = [...head, ...tree, 'end of trees', '', 'pandas_categorical:null', ''].join('\n')

  const imported = async (data: Dataset, file = text): Promise<TrainedModel> => {
    const { dictionary, data: found } = await readRows(await folderOf(data), profile)
    return importTrees({ profile, data: found, dictionary, partFor: importedTrees(file).partFor, command: 'import' })
  }

  it('score on the columns that they name, and the rows that calibrate them are not called training rows', async () => {
    expect(importedTrees(text).names).toEqual(['a', 'b'])
    const { file, card } = await imported(slicesOf(rows))
    expect(file.kind).toBe('trees')
    const { positives } = file.training
    expect(file.training).toMatchObject({ rows: 360, from: '2026-04-11', to: '2026-05-16' })
    expect(file.training.recipe).toBeUndefined()
    expect(card).toContain(`| Calibration rows | 360, ${positives} positive, 2026-04-11 to 2026-05-16`)
    expect(card).toMatch(/\| AUC \| calibration 0\.\d+ \|/)
    expect(card).not.toMatch(/[Tt]raining rows/)
    expect(file.training.metrics.validationAuc).toBeGreaterThan(0.6)
    const [low, high] = [1.9, 2.1].map((a) => buildModel(file, '').score(Float64Array.of(a, 0)) ?? Number.NaN)
    expect(low).toBeLessThan(high)
  })

  it.each([
    ['cut short', text.slice(0, text.indexOf('leaf_weight')), /./],
    ['of another objective', text.replace('binary sigmoid:1', 'regression'), 'train with objective=binary'],
    ['of several classes', text.replace('iteration=1', 'iteration=3'), 'objective=binary'],
    ['no model at all', 'hello', /./],
  ])('are refused when the file is %s', (_, bad, message) => {
    expect(() => importedTrees(bad)).toThrow(message)
  })

  it('are refused when they ask for a column that the rows lack', async () => {
    const bad = text.replace('feature_names=a b', 'feature_names=a d')
    await expect(imported(rows, bad)).rejects.toThrow('there is no column d')
  })
})
