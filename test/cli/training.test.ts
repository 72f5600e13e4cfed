/** From a log to a model that challenges, by the commands, as people call them. */
import { cp, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { beforeAll, describe, expect, it, test } from 'vitest'
import { featureNames } from '../../models/features.ts'
import { Evaluation } from '../../models/quality/evaluation.ts'
import { Gate } from '../../models/quality/gates.ts'
import { runProgram, type Screen } from '../../src/cli/common.ts'
import { evaluateCommand } from '../../src/cli/evaluate.ts'
import { explainCommand } from '../../src/cli/explain.ts'
import { extractCommand } from '../../src/cli/extract.ts'
import { ingestCommand } from '../../src/cli/ingest.ts'
import { modelsCommand } from '../../src/cli/models.ts'
import { retrainCommand } from '../../src/cli/retrain.ts'
import { runCommand } from '../../src/cli/run.ts'
import { trainCommand } from '../../src/cli/train.ts'
import { loadProfile } from '../../src/edges/profiles.ts'
import { featureProfile } from '../../src/enterprise/featureProfile.ts'
import { tempFolder, testScreen } from '../edges/support.ts'
import { makeTrainingMarket } from '../support/trainingMarket.ts'

const commands = {
  evaluate: evaluateCommand,
  explain: explainCommand,
  extract: extractCommand,
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

describe('rows, and a model from the earlier of them', () => {
  it('extract takes rows of both classes, with every feature that it is asked for', async () => {
    const { code, out } = await forewarn('extract', ...onLog(), '--features', '*', '--out', at('rows'), '--json')
    const told = JSON.parse(out)
    const all = featureNames(featureProfile(await loadProfile(at('profile')))).length
    expect({ code, features: told.features }).toEqual({ code: 0, features: all })
    expect(told.positives).toBeGreaterThan(50)
    expect(told.rows - told.positives).toBeGreaterThan(1_000)
  })

  it('train writes a model that evaluate judges on later rows only', async () => {
    const window = ['--to', '2025-06-30', '--ridge', '20']
    const trained = await forewarn(
      'train',
      '--rows',
      at('rows'),
      ...ofProfile(),
      ...window,
      '--out',
      at('model'),
      '--json',
    )
    expect(trained).toMatchObject({ code: 0, err: '' })
    const { hash } = JSON.parse(trained.out)
    const judge = (...args: string[]) =>
      forewarn('evaluate', at('model'), '--rows', at('rows'), ...ofProfile(), ...args)
    expect(await judge()).toMatchObject({ code: 2, err: expect.stringContaining('judge it on later ones (--from)') })
    expect(await judge('--from', '2027-01-01')).toMatchObject({ code: 2, err: expect.stringContaining('no row') })
    const { training } = JSON.parse(await readFile(at('model/model.json'), 'utf8'))
    expect(training.command).toBe('forewarn train --profile cn --kind scorecard --seed 1 --ridge 20 --to 2025-06-30')
    await cp(at('model'), at('foreign'), { recursive: true })
    const json = JSON.parse(await readFile(at('foreign/model.json'), 'utf8'))
    await writeFile(at('foreign/model.json'), JSON.stringify({ ...json, profile: 'us-warn' }))
    const foreign = { code: 1, err: expect.stringContaining('is for profile us-warn, not cn') }
    expect(await judge('--from', '2025-08-10', '--champion', at('foreign'))).toMatchObject(foreign)
    const files = ['--html', at('report.html'), '--out', at('evaluation.json')]
    const judged = await judge('--from', '2025-08-10', '--champion', at('champion'), ...files)
    expect(judged).toMatchObject({ code: 0, err: '', out: expect.stringContaining('gate aucDifference: passed') })
    const evaluation = JSON.parse(await readFile(at('evaluation.json'), 'utf8'))
    expect(Evaluation.parse(evaluation).candidate.figures.auc?.value).toBeGreaterThan(0.6)
    expect(
      Gate.array()
        .parse(evaluation.gates)
        .map(({ name }) => name),
    ).toContain('featurePsi')
    const page = await readFile(at('report.html'), 'utf8')
    expect(page).toContain(hash.slice(0, 8))
    expect(page).toMatch(/>[^<>]+省 \(\d+\)</) // names, and the codes that tell them apart
    expect(await judge('--from', '2025-07-02')).toMatchObject({
      code: 0,
      err: expect.stringContaining('Labels of the training rows reach into rows before 2025-'),
    })
    expect(await forewarn('models', 'publish', at('model'), ...onLog())).toMatchObject({
      code: 0,
      out: `Published ${hash}\n`,
    })
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
  const retrain = (out: string, from: string) =>
    forewarn('retrain', ...onLog(), '--from', from, '--ridge', '20', '--out', at(out), '--json')
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
  })

  it('ends with 3 when a gate fails, publishes nothing, and leaves the report', async () => {
    const before = await challengers()
    // In the first days of a log nothing has happened yet: later rows are not like them.
    const { code, out } = await retrain('worse', '2025-01-01')
    const told = JSON.parse(out)
    expect(told.gates.filter(({ passed }: Gate) => !passed).map(({ name }: Gate) => name)).toContain('featurePsi')
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
