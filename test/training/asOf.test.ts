/** A model on rows that it has learnt from: what is judged is its recipe, fitted on the rows before them, and that depends on nothing later. */
import { describe, expect, it } from 'vitest'
import { type Dataset, pickRows, sliceOf } from '../../models/learn/dataset.ts'
import { hashOf } from '../../src/settings/modelFolders.ts'
import { asOf, type NamedModel } from '../../src/training/asOf.ts'
import { evaluateModels } from '../../src/training/evaluateModels.ts'
import { recipeOf } from '../../src/training/recipeOf.ts'
import { within } from '../../src/training/split.ts'
import { trainModel } from '../../src/training/trainModel.ts'
import { EvaluationIdentity } from '../../streams/evaluationIdentity.ts'
import { labelledProfile, labelTicks, riskyRows } from '../support/rowsFolder.ts'

const profile = labelledProfile()
const rows = riskyRows(1_200)
const dictionary = { peers: {}, dataHash: 'c'.repeat(64), label: 'an adverse outcome within 3 days' }
const [firstTick, lastTick] = [rows.ticks[0], rows.ticks[1_199]]
const testTick = rows.ticks[900]
const lastLearnt = testTick - 1 - labelTicks

async function model(
  name: string,
  data: Dataset,
  changes: { seed?: number; ridge?: number } = {},
): Promise<NamedModel> {
  const recipe = recipeOf(profile, { kind: 'scorecard', columns: rows.names, seed: 1, ...changes })
  const made = await trainModel({ profile, data, dictionary, recipe, command: name })
  return { name, hash: hashOf(made), file: made.file }
}

const whole = await model('whole', rows)
const earlier = (data: Dataset) => ({ profile, data, dictionary, folder: 'rows' })

describe('a model that has learnt from the rows that judge', () => {
  it('is judged as its recipe, with its penalty chosen anew, on the rows whose labels were known before them', async () => {
    const { judged, hash } = await asOf(whole, testTick, earlier(rows))
    const before = await model('before', within(rows, firstTick, lastLearnt))
    expect(hash).toBe(whole.hash)
    expect(judged.hash).not.toBe(whole.hash)
    expect({ ...judged.file, training: { ...judged.file.training, command: '' } }).toEqual({
      ...before.file,
      training: { ...before.file.training, command: '' },
    })
  })

  it('and nothing of the rows that judge, nor of those whose labels reach into them, makes a difference', async () => {
    const from = rows.ticks.findIndex((tick) => tick > lastLearnt)
    const other = { ...rows, labels: rows.labels.map((label, row) => (row < from ? label : 1 - label)) }
    const { judged } = await asOf(whole, testTick, earlier(rows))
    expect((await asOf(whole, testTick, earlier(other))).judged).toEqual(judged)
    const known = { ...rows, labels: rows.labels.map((label, row) => (row < from - 1 ? label : 1 - label)) }
    expect((await asOf(whole, testTick, earlier(known))).judged).not.toEqual(judged)
  })

  it('begins no earlier than its own window', async () => {
    const late = await model('late', within(rows, firstTick + 20, lastTick))
    const { judged } = await asOf(late, testTick, earlier(rows))
    expect(judged.file.training.rows).toBe(within(rows, firstTick + 20, lastLearnt).labels.length)
  })

  it('is refused where no row is left to learn from', async () => {
    await expect(asOf(whole, firstTick + labelTicks, earlier(rows))).rejects.toMatchObject({ code: 'FW_USAGE' })
    const few = asOf(whole, firstTick + labelTicks + 3, earlier(rows))
    await expect(few).rejects.toMatchObject({ code: 'FW_ROWS_INVALID' })
    await expect(few).rejects.toThrow('the recipe of whole, fitted on the rows before')
  })
})

it('a model that has seen nothing of them is judged itself, and so is one that cannot be fitted again', async () => {
  const before = await model('before', within(rows, firstTick, lastLearnt))
  expect((await asOf(before, testTick, earlier(rows))).judged.hash).toBe(before.hash)
  const { recipe: _, ...training } = whole.file.training
  const old: NamedModel = { ...whole, file: { ...whole.file, training } }
  expect((await asOf(old, testTick, earlier(rows))).judged).toEqual({ hash: whole.hash, file: old.file })
})

describe('an evaluation', async () => {
  const test = within(rows, testTick, lastTick)
  const evaluate = async (candidate: NamedModel, others: NamedModel[], champion?: string) => {
    const judged = await Promise.all([candidate, ...others].map((one) => asOf(one, testTick, earlier(rows))))
    const [first, ...rest] = judged
    return evaluateModels({
      profile,
      profileHash: profile.hash,
      data: test,
      peers: {},
      candidate: first,
      others: rest,
      champion,
      share: 0.1,
    })
  }
  const other = await model('other', rows, { ridge: 500 })

  it('names the model that it promotes, the fit that was judged, the champion, the profile and the rows', async () => {
    const { about, models } = await evaluate(whole, [other], 'other')
    expect(EvaluationIdentity.parse(JSON.parse(JSON.stringify(about)))).toEqual(about)
    expect(about).toMatchObject({ candidate: whole.hash, comparedWith: other.hash, profile: profile.hash })
    expect(about.judged).toBe((await asOf(whole, testTick, earlier(rows))).judged.hash)
    expect(about.fittedOn).toMatchObject({ count: 1_200, from: profile.calendar.label(firstTick) })
    expect(about.rows).toMatchObject({ count: test.labels.length, to: profile.calendar.label(lastTick) })
    expect(models[0]).toMatchObject({ trained: { rows: 1_200 }, judgedAs: { to: profile.calendar.label(lastLearnt) } })
    expect((await evaluate(whole, [])).about.comparedWith).toBe(null)
  })

  it('has the hash of the rows that judge, whatever else is compared, and another one for others', async () => {
    const [alone, beside] = [await evaluate(whole, []), await evaluate(whole, [other])]
    expect(beside.about.rows).toEqual(alone.about.rows)
    const fewer = pickRows(test, Uint32Array.from(test.labels.keys()).slice(1))
    const candidate = await asOf(whole, testTick, earlier(rows))
    const { about } = evaluateModels({
      profile,
      profileHash: profile.hash,
      data: fewer,
      peers: {},
      candidate,
      others: [],
      champion: undefined,
      share: 0.1,
    })
    expect(about.rows.hash).not.toBe(alone.about.rows.hash)
  })

  it('passes one whose champion is of the same recipe: as judged they are one model, and no worse than each other', async () => {
    const champion = await model('champion', sliceOf(rows, 0, 1_100)) // last month's
    const { gates, sameRecipe, about, others } = await evaluate(whole, [champion], 'champion')
    expect(sameRecipe).toEqual(['champion'])
    expect(gates.map(({ name, passed }) => [name, passed])).toEqual([
      ['aucDifference', true],
      ['brierDifference', true],
      ['regionRecall', true],
      ['scorePsi', null],
      ['featurePsi', null],
    ])
    expect(about.comparedWith).toBe(champion.hash)
    expect(others[0].comparison.brierDifference?.value).toBe(0)
  })
})
