/** The probabilities of a model on rows, as a file that other programs read. */
import { readFile, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet'
import { expect, it } from 'vitest'
import { featureNames } from '../../models/features.ts'
import { featureChoice } from '../../src/chosenFeatures.ts'
import { runProgram } from '../../src/cli/common.ts'
import { scoreCommand } from '../../src/cli/models/score.ts'
import { featureProfile } from '../../src/featureProfile.ts'
import { modelIn } from '../../src/registry/modelFolder.ts'
import { trainingRows } from '../../src/training/extract/rows.ts'
import { writeRows } from '../../src/training/extract/writeRows.ts'
import { scoreRows } from '../../src/training/scoreRows.ts'
import { compileProfile, ProfileFile } from '../../streams/profile.ts'
import { tempFolder, testScreen } from '../ingest/support.ts'
import { rowsOf, sourceOfRecords } from '../support/extracted.ts'
import { generatedHistory } from '../support/generated.ts'
import { modelFolder } from '../support/models.ts'
import { labelledProfile, riskyRows, rowsFolder } from '../support/rowsFolder.ts'
import { tinySource } from '../support/tinyProfile.ts'

const read = async (file: string) => parquetReadObjects({ file: await asyncBufferFromFile(file) })

it('is one row for each, in their order, with who, when, what came of it and of which event', async () => {
  const label = { kind: 'result-of-event', of: ['PEN.FINE', 'PEN.NOTE'], positive: ['PEN.FINE'], delayDays: 1 }
  const profile = compileProfile({ ...tinySource, file: ProfileFile.parse({ ...tinySource.file, label }) })
  const source = sourceOfRecords(
    generatedHistory({ seed: 5, days: 12, enterprises: 30, eventsPerDay: 40 }),
    profile,
    1_000,
  )
  const folder = await tempFolder()
  const [rows, out] = [path.join(folder, 'rows'), path.join(folder, 'made', 'scores.parquet')]
  const found = await trainingRows({ ...source, peers: { '|': [0.1, 0.5] } })
  const { dictionary } = await writeRows(rows, found, { profile, choice: featureChoice(profile, ['*']) })
  const names = featureNames(featureProfile(profile))
  const weights = names.map((name) => (name === 'count.all.7d' ? 2 : name === 'peer' ? 1 : 0))
  const change = { peers: { rows: { '|': [0.3, 2] }, enterprisesMin: 30 }, scorecard: { intercept: -3, weights } }
  const { hash, files } = modelFolder({ profile, weight: 2, change })
  const { file, model } = modelIn(files, hash)

  expect(await scoreRows(rows, profile, { hash, file }, out)).toEqual({ rows: dictionary.rows, refused: 0 })
  const wanted = await rowsOf({ ...source, peers: { '|': [0.3, 2] } })
  expect(wanted.length).toBeGreaterThan(50)
  const utc8 = (ms: number): string => new Date(ms + 8 * 3_600_000).toISOString().slice(0, 10)
  expect(await read(out)).toEqual(
    wanted.map(({ id, tick, label: came, event, region, industry, grade, features }) => ({
      enterpriseId: id,
      tick,
      asOf: new Date(profile.calendar.endMs(tick)).toISOString(),
      label: came,
      region,
      industry,
      grade,
      eventId: event?.id,
      eventDate: utc8(event?.occurredMs ?? 0),
      probability: expect.closeTo(model.score(Float64Array.from(features)) ?? Number.NaN, 12),
    })),
  )
  for (const file of [path.join(rows, 'rows.parquet'), out]) expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect((await stat(rows)).mode & 0o777).toBe(0o700)
  const { key_value_metadata: about = [] } = await parquetMetadataAsync(await asyncBufferFromFile(out))
  expect(Object.fromEntries(about.map(({ key, value }) => [key, value]))).toMatchObject({
    model: hash,
    label: dictionary.label,
  })
})

it('has no probability of a row that the model refuses, and names what is wrong with rows', async () => {
  const profile = labelledProfile()
  const features = ['a', 'b', 'c'].map((name) => ({ name, mean: 0, deviation: 1 }))
  const change = { features, scorecard: { intercept: -1, weights: [1, -1, 0] } }
  const { hash, files } = modelFolder({ profile, weight: 0, change })
  const { file } = modelIn(files, hash)
  const folder = await tempFolder()
  const at = (name: string): string => path.join(folder, name)
  const data = riskyRows(20)
  data.values[3 * 7] = Number.NaN
  await rowsFolder(at('rows'), profile, data)
  expect(await scoreRows(at('rows'), profile, { hash, file }, at('scores'))).toEqual({ rows: 20, refused: 1 })
  const scores = (await read(at('scores'))).map(({ probability }) => probability)
  expect(scores.flatMap((score, row) => (score === null ? [row] : []))).toEqual([7])
  expect(scores[0]).toBeCloseTo(1 / (1 + Math.exp(1 - data.values[0] + data.values[1])), 12)

  const score = (rows: string, of = { hash, file }) => scoreRows(at(rows), profile, of, at('other'))
  const more = [...features, { name: 'd', mean: 0, deviation: 1 }]
  await expect(score('rows', { hash, file: { ...file, features: more } })).rejects.toThrow(
    /no column d; extract the rows/,
  )
  await rowsFolder(at('foreign'), labelledProfile({}, 'foreign'), data)
  await expect(score('foreign')).rejects.toThrow(/they are of profile foreign/)
  await rowsFolder(at('torn'), profile, data)
  await writeFile(at('torn/rows.parquet'), (await readFile(at('torn/rows.parquet'))).subarray(0, 300))
  await expect(score('torn')).rejects.toMatchObject({ code: 'FW_ROWS_INVALID' })
  await expect(score('nowhere')).rejects.toThrow(/columns.json/)
})

it('is refused for a model of another profile, and never takes the place of the rows', async () => {
  const screen = testScreen()
  const score = (...args: string[]) => runProgram(scoreCommand(screen), args, screen)
  expect(await score('baseline', '--rows', 'rows', '--profile', 'us-warn', '--out', 'scores')).toBe(1)
  expect(screen.err.text).toContain('FW_MODEL_MISFIT')
  expect(await score('baseline', '--rows', 'rows', '--out', 'rows/rows.parquet')).toBe(2)
  expect(screen.err.text).toContain('--out is the file of the rows')
})
