/** From a log to a model that challenges, by the commands, as people call them. */
import { cp, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { beforeAll, describe, expect, it, test } from 'vitest'
import { featureNames } from '../../models/features.ts'
import { Evaluation } from '../../models/quality/evaluation.ts'
import { Gate } from '../../models/quality/gates.ts'
import { runProgram, type Screen } from '../../src/cli/common.ts'
import { explainCommand } from '../../src/cli/log/explain.ts'
import { ingestCommand } from '../../src/cli/log/ingest.ts'
import { evaluateCommand } from '../../src/cli/models/evaluate.ts'
import { extractCommand } from '../../src/cli/models/extract.ts'
import { importCommand } from '../../src/cli/models/importModel.ts'
import { modelsCommand } from '../../src/cli/models/models.ts'
import { retrainCommand } from '../../src/cli/models/retrain.ts'
import { trainCommand } from '../../src/cli/models/train.ts'
import { runCommand } from '../../src/cli/run/run.ts'
import { featureProfile } from '../../src/featureProfile.ts'
import { loadProfile } from '../../src/settings/profiles.ts'
import { EvaluationIdentity } from '../../streams/evaluationIdentity.ts'
import { tempFolder, testScreen } from '../ingest/support.ts'
import { makeTrainingMarket } from '../support/trainingMarket.ts'

const commands = {
  evaluate: evaluateCommand,
  explain: explainCommand,
  extract: extractCommand,
  import: importCommand,
  ingest: ingestCommand,
  models: modelsCommand,
  retrain: retrainCommand,
  run: runCommand,
  train: trainCommand,
} as const satisfies Record<string, (screen: Screen) => unknown>

let folder = ''
const at = (name: string): string => path.join(folder, name)

async function forewarn(name: keyof typeof commands, ...args: string[]) {
  const screen = testScreen()
  const code = await runProgram(commands[name](screen), args, screen)
  return { code, out: screen.out.text, err: screen.err.text }
}

const onLog = (): string[] => ['--log', `embedded:${at('log')}`, '--profile', at('profile')]
const ofProfile = (): string[] => ['--profile', at('profile')]

beforeAll(async () => {
  folder = await tempFolder()
  const { files } = await makeTrainingMarket(folder)
  expect(await forewarn('ingest', ...onLog(), '--known-at', 'knownAt', ...files)).toMatchObject({ code: 0 })
  const run = await forewarn('run', ...onLog(), '--until-end', '--beat-ms', '3600000', '--log-level', 'error')
  expect(run).toMatchObject({ code: 0, err: '' })
})

/** LightGBM's text of one tree with a split. */
const treesText = (feature: string): string =>
  [
    ...['tree', 'version=v4', 'num_class=1', 'num_tree_per_iteration=1', 'label_index=0', 'max_feature_idx=0'],
    ...[
      'objective=binary sigmoid:1',
      `feature_names=${feature}`,
      'feature_infos=[0:9]',
      'tree_sizes=300',
      '',
      'Tree=0',
    ],
    ...[
      'num_leaves=4',
      'num_cat=0',
      'split_feature=0 0 0',
      'split_gain=1 1 1',
      'threshold=0.7 1.2 1.6',
      'decision_type=2 2 2',
    ],
    ...['left_child=-1 -2 -3', 'right_child=1 2 -4', 'leaf_value=-5 -4.6 -4.2 -3.8', 'leaf_weight=1 1 1 1'],
    ...[
      'leaf_count=50 30 20 10',
      'internal_value=0 0 0',
      'internal_weight=0 0 0',
      'internal_count=110 60 30',
      'is_linear=0',
    ],
    ...['shrinkage=1', '', 'end of trees', '', 'pandas_categorical:null', ''],
  ].join('\n')

describe('rows, and a model of them', () => {
  it('extract takes rows of both classes, with every feature that it is asked for', async () => {
    const { code, out } = await forewarn('extract', ...onLog(), '--features', '*', '--out', at('rows'), '--json')
    const told = JSON.parse(out)
    const all = featureNames(featureProfile(await loadProfile(at('profile')))).length
    expect({ code, features: told.features }).toEqual({ code: 0, features: all })
    expect(told.positives).toBeGreaterThan(50)
    expect(told.rows - told.positives).toBeGreaterThan(1_000)
  })

  const judge = (model: string, ...args: string[]) =>
    forewarn('evaluate', model, '--rows', at('rows'), ...ofProfile(), ...args)

  it('train learns from all rows, and evaluate judges its recipe as fitted before those that judge', async () => {
    const trained = await forewarn(
      ...(['train', '--rows', at('rows'), ...ofProfile(), '--ridge', '20', '--out', at('model'), '--json'] as const),
    )
    expect(trained).toMatchObject({ code: 0, err: '' })
    const { hash, rows, slices } = JSON.parse(trained.out)
    const columns = JSON.parse(await readFile(at('rows/columns.json'), 'utf8'))
    expect(rows).toBe(columns.rows)
    expect(slices.length).toBeGreaterThan(0)
    const { training } = JSON.parse(await readFile(at('model/model.json'), 'utf8'))
    expect(training).toMatchObject({
      command: 'forewarn train --profile cn --kind scorecard --seed 1 --ridge 20',
      to: columns.to,
      recipe: { kind: 'scorecard', ridges: [20], columns: expect.arrayContaining(['count.CMP.30d']) },
    })
    const files = ['--html', at('report.html'), '--out', at('evaluation.json')]
    const judged = await judge(at('model'), '--from', '2025-08-10', '--champion', at('champion'), ...files)
    expect(judged).toMatchObject({ code: 0, err: '', out: expect.stringContaining('gate aucDifference: passed') })
    const evaluation = JSON.parse(await readFile(at('evaluation.json'), 'utf8'))
    expect(Evaluation.parse(evaluation).candidate.figures.auc?.value).toBeGreaterThan(0.6)
    expect(
      Gate.array()
        .parse(evaluation.gates)
        .map(({ name }) => name),
    ).toContain('featurePsi')
    const about = EvaluationIdentity.parse(evaluation.about)
    expect(about).toMatchObject({ candidate: hash, fittedOn: { count: columns.rows, to: columns.to } })
    expect(about.judged).not.toBe(hash)
    expect(evaluation.models[0].judgedAs.to < '2025-07-04').toBe(true) // 37 days before those that judge
    const page = await readFile(at('report.html'), 'utf8')
    expect(page).toContain(hash.slice(0, 8))
    expect(page).toMatch(/>[^<>]+省 \(\d+\)</) // names, and the codes that tell them apart
    expect(page).toContain('30天内出现不良结果')
    expect(await forewarn('models', 'publish', at('model'), ...onLog())).toMatchObject({
      code: 0,
      out: `Published ${hash}\n`,
    })
  })

  it('a table on the screen has a column for each model, with intervals, and the lift at 10 %', async () => {
    const { out, code } = await judge(at('model'), '--champion', at('champion'), '--against', at('champion'))
    expect(code).toBe(0)
    const lines = out.split('\n')
    const header = lines.find((line) => /^ {10,}\S/.test(line)) ?? ''
    const names = header.trim().split(/ {2,}/)
    expect(names).toHaveLength(2)
    expect(new Set(names).size).toBe(2)
    expect(lines.find((line) => line.startsWith('AUC '))).toMatch(/0\.\d{4} \(0\.\d{4} to \d\.\d{4}\) +0\.\d{4} \(/)
    expect(out).toMatch(/^Lift at 10 % +\d/m)
    expect(out).toMatch(/^What is foretold: an adverse outcome within 30 days/m)
    expect(out).toMatch(/^Band +From score +Rows +Outcomes +Precision +Recall$/m)
    expect(out).toMatch(/^Feature +Weight$/m)
    expect((await judge(at('model'), '--share', '0.25')).out).toMatch(/^Lift at 25 % +\d/m)
  })

  it('one that was trained on earlier rows alone is judged itself on those that lie clear of them', async () => {
    const window = ['--to', '2025-06-30', '--ridge', '20', '--out', at('early'), '--json']
    const { hash } = JSON.parse((await forewarn('train', '--rows', at('rows'), ...ofProfile(), ...window)).out)
    const aboutOf = async (...args: string[]) => JSON.parse((await judge(at('early'), ...args, '--json')).out).about
    expect(await aboutOf('--from', '2025-08-10')).toMatchObject({ candidate: hash, judged: hash })
    expect((await aboutOf('--from', '2025-07-02')).judged).not.toBe(hash) // labels of its rows reach so far
    expect((await aboutOf()).rows.to).toBe(JSON.parse(await readFile(at('rows/columns.json'), 'utf8')).to)
  })

  it('what is wrong is named: no row, no such place, no later row, the same model twice, another profile', async () => {
    const refused = async (code: number, text: string, ...args: string[]): Promise<void> =>
      expect(await judge(at('model'), ...args)).toMatchObject({ code, err: expect.stringContaining(text) })
    await refused(2, 'There is no row from 2027-01-01 to 2025-', '--from', '2027-01-01')
    await refused(2, '--share must lie between 0 and 1', '--share', '10')
    await refused(2, 'would be compared with itself', '--champion', at('model'))
    await refused(2, 'FW_MODEL_NOT_FOUND: There is no model nothing', '--champion', 'nothing')
    await refused(1, 'FW_ROWS_NOT_FOUND: There are no training rows at', '--rows', at('nothing'))
    await refused(2, 'none of the given rows is left to fit its recipe on', '--from', '2025-01-03')
    expect(await judge(at('champion'))).toMatchObject({
      code: 2,
      err: expect.stringContaining('was trained on rows up to 2025-03-26, and cannot be fitted again'),
    })
    await cp(at('model'), at('foreign'), { recursive: true })
    const json = JSON.parse(await readFile(at('foreign/model.json'), 'utf8'))
    await writeFile(at('foreign/model.json'), JSON.stringify({ ...json, profile: 'us-warn' }))
    await refused(1, 'is for profile us-warn, not cn', '--champion', at('foreign'))
    const train = (...args: string[]) =>
      forewarn('train', '--rows', at('rows'), ...ofProfile(), '--out', at('none'), ...args)
    expect(await train('--from', '2027-01-01')).toMatchObject({
      code: 2,
      err: expect.stringContaining('There is no row'),
    })
    const imported = ['nothing.txt', '--rows', at('rows'), ...ofProfile(), '--out', at('none')]
    expect(await forewarn('import', ...imported)).toMatchObject({
      code: 2,
      err: expect.stringContaining('nothing.txt cannot be read: there is no such file'),
    })
    const noModel = ['--rows', at('rows'), ...ofProfile(), '--out', at('none')]
    expect(await forewarn('import', at('rows/columns.json'), ...noModel)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/FW_MODEL_INVALID: The model .*columns.json is not valid/),
    })
  })

  it('trees are calibrated on the rows asked for, or on the latest; the evaluation says that they cannot be fitted again', async () => {
    await writeFile(at('trees.txt'), treesText('count.CMP.30d'))
    const imported = async (out: string, ...args: string[]) => {
      const onRows = ['--rows', at('rows'), ...ofProfile(), '--out', at(out), '--json']
      return JSON.parse((await forewarn('import', at('trees.txt'), ...onRows, ...args)).out)
    }
    const columns = JSON.parse(await readFile(at('rows/columns.json'), 'utf8'))
    const [latest, asked] = [
      await imported('latest'),
      await imported('asked', '--from', '2025-03-01', '--to', '2025-06-30'),
    ]
    expect(latest.rows / columns.rows).toBeGreaterThan(0.19)
    expect(latest.rows / columns.rows).toBeLessThan(0.25)
    expect(asked.rows).toBeGreaterThan(latest.rows)
    expect(await readFile(at('asked/MODEL_CARD.md'), 'utf8')).toContain(`| Calibration rows | ${asked.rows}, `)
    const { code, out } = await judge(at('asked'), '--from', '2025-08-10')
    expect({ code, out }).toEqual({
      code: 0,
      out: expect.stringContaining('it cannot be fitted again; calibrated on 2025-03-0'),
    })
    expect(await judge(at('latest'))).toMatchObject({ code: 2, err: expect.stringContaining('cannot be fitted again') })
  })

  it('a folder that is there is never written over', async () => {
    const again = await forewarn('train', '--rows', at('rows'), ...ofProfile(), '--out', at('model'))
    expect(again).toMatchObject({ code: 2, err: expect.stringContaining('is not empty') })
  })
})

test('explain gives the features of the row that was extracted', async () => {
  const rows = await parquetReadObjects({ file: await asyncBufferFromFile(at('rows/rows.parquet')) })
  const row = rows.findLast(({ label }) => label === 1) ?? {}
  const day = (await loadProfile(at('profile'))).calendar.label(Number(row.tick))
  const found = await forewarn(
    'explain',
    String(row.enterpriseId),
    ...onLog(),
    '--at',
    day,
    '--model',
    at('model'),
    '--json',
  )
  const { features, asOf, probability } = JSON.parse(found.out)
  expect({ code: found.code, asOf }).toEqual({ code: 0, asOf: row.asOf })
  expect(features.length).toBeGreaterThan(5)
  for (const { name, value } of features) expect(value, name).toBe(row[name])
  expect(probability).toBeGreaterThan(0)
  expect(await forewarn('explain', 'nobody', ...onLog(), '--at', day)).toMatchObject({
    code: 1,
    err: expect.stringContaining('FW_ENTERPRISE_UNKNOWN'),
  })
})

describe('retrain', () => {
  const retrain = (out: string, from: string, ...more: string[]) =>
    forewarn('retrain', ...onLog(), '--from', from, '--ridge', '20', '--out', at(out), '--json', ...more)
  const challengers = async (): Promise<string[]> => {
    const { out } = await forewarn('models', 'list', ...onLog(), '--json')
    const listed: { hash: string; states: { state: string }[] }[] = JSON.parse(out)
    return listed.filter(({ states }) => states.some(({ state }) => state === 'pending')).map(({ hash }) => hash)
  }

  it('publishes a model that passes its gates, and lets it challenge', async () => {
    const { code, out } = await retrain('better', '2025-03-15')
    const told = JSON.parse(out)
    expect(told.gates.filter(({ passed }: Gate) => !passed)).toEqual([])
    expect({ code, published: told.published }).toEqual({ code: 0, published: true })
    expect(await challengers()).toEqual([told.hash])
    // What is published has learnt from every row; what was judged, from those before the latest quarter.
    const columns = JSON.parse(await readFile(at('better/rows/columns.json'), 'utf8'))
    const { about } = JSON.parse(await readFile(at('better/evaluation.json'), 'utf8'))
    expect(about).toMatchObject({ candidate: told.hash, fittedOn: { count: columns.rows, to: columns.to } })
    expect(about.judged).not.toBe(told.hash)
    expect(about.rows.count).toBeLessThan(columns.rows / 3)
    expect(told.about).toEqual(about)
  })

  it('does not judge features of a young log by how they have grown, and says so', async () => {
    // In the first days of a log nothing has happened yet: later rows are not like them.
    const { out } = await retrain('young', '2025-01-01')
    const { gates, psi } = JSON.parse(await readFile(at('young/evaluation.json'), 'utf8'))
    const moved = { name: 'count.CMP.30d', unjudged: 'young' }
    expect(psi.features).toContainEqual(expect.objectContaining(moved))
    expect(gates).toContainEqual(
      expect.objectContaining({ name: 'featurePsi', passed: true, why: 'too young to judge: 1 of 6 features' }),
    )
    expect(JSON.parse(out).gates).toContainEqual(
      expect.objectContaining({ why: 'too young to judge: 1 of 6 features' }),
    )
    expect(await readFile(at('young/report.html'), 'utf8')).toContain('历史过短，暂不评判')
  })

  it('ends with 3 when a gate fails, publishes nothing, and leaves the report', async () => {
    const before = await challengers()
    const { code, out } = await retrain('worse', '2025-03-15', '--test-share', '0.02') // too few rows to show that it is better
    const told = JSON.parse(out)
    expect(told.gates.filter(({ passed }: Gate) => passed === false)).not.toEqual([])
    expect({ code, published: told.published }).toEqual({ code: 3, published: false })
    expect(await challengers()).toEqual(before)
    expect(await readFile(at('worse/report.html'), 'utf8')).toContain(told.hash.slice(0, 8))
  })

  it('under a profile whose model has changed since the log was begun nothing is published', async () => {
    await cp(at('better/model'), at('champion'), { recursive: true })
    const { code, err } = await retrain('alone', '2025-03-15')
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('FW_CONFIG_CHANGED') })
  })
})
