/** Training rows are what the stream itself saw, bit for bit, and labels are what came of it. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { describe, expect, it, onTestFinished } from 'vitest'
import { hourOf } from '../../models/facts.ts'
import { featureNames } from '../../models/features.ts'
import { chosenFeatures, featureChoice } from '../../src/chosenFeatures.ts'
import { flag } from '../../src/enterprise/rows/rows.ts'
import { rowFeatures } from '../../src/enterprise/score/rowFeatures.ts'
import type { EnterpriseTask } from '../../src/enterprise/task.ts'
import { featureProfile } from '../../src/featureProfile.ts'
import { greatestBeat } from '../../src/fold/progress.ts'
import { supervise } from '../../src/fold/supervise.ts'
import type { Log } from '../../src/log/port.ts'
import { explain } from '../../src/training/explain.ts'
import { pastOf } from '../../src/training/extract/pastTasks.ts'
import { type ExtractOptions, trainingRows } from '../../src/training/extract/rows.ts'
import { writeRows } from '../../src/training/extract/writeRows.ts'
import { compileProfile, type Profile, ProfileFile } from '../../streams/profile.ts'
import { RowsDictionary } from '../../streams/trainingRows.ts'
import { type KeptRow, rowsOf, rowsOrNone, sourceOf, sourceOfRecords } from '../support/extracted.ts'
import { append, foldToEnd, memoryLog, openTasks, type TestRecord } from '../support/fold.ts'
import { generatedHistory } from '../support/generated.ts'
import { histories, historyStartMs } from '../support/histories.ts'
import { tinySource } from '../support/tinyProfile.ts'

const prior = { rate: 0.2, events: 2 }
const withLabel = (label: object): Profile =>
  compileProfile({
    ...tinySource,
    file: ProfileFile.parse({
      ...tinySource.file,
      label,
      features: [
        { name: 'near', kind: 'nearby', axis: 'region', of: ['PEN.FINE'], halfLifeDays: 5, prior },
        { name: 'fined', kind: 'rate', of: ['PEN.FINE'], per: ['CMP.COMPLAINT'], halfLifeDays: 20, prior },
      ],
    }),
  })
const within = { kind: 'outcome-within', days: 3, delayDays: 1, gridTicks: 2 } as const
const profile = withLabel(within)
const beatMs = 1_000
const features = featureNames(featureProfile(profile))
const choice = featureChoice(profile, ['*'])
const market = generatedHistory({ seed: 5, days: 16, enterprises: 30, eventsPerDay: 40 })

const source = (log: Log, of = profile): Promise<ExtractOptions> => sourceOf(log, of, beatMs)
const extracted = async (log: Log, options: Partial<ExtractOptions> = {}): Promise<KeptRow[]> =>
  rowsOf({ ...(await source(log, options.profile)), ...options })

/** Folds a log as `run` does, and takes all features of all rows at the close of each tick. */
async function foldedLive(log: Log): Promise<Map<string, number[]>> {
  const seen = new Map<string, number[]>()
  const tasks = await openTasks(log, { profile, model: null, beatMs }, (notice) => {
    if (notice.kind !== 'TickClosed') return
    for (const task of tasks.enterprises.filter(({ id }) =>
      notice.task.endsWith(String('partition' in id ? id.partition : '')),
    ))
      take(task, notice.tick)
  })
  const take = ({ known }: EnterpriseTask, tick: number): void => {
    const { rows, ids } = known
    const fill = rowFeatures(known, features, {})
    const out = new Float64Array(features.length)
    for (let row = 0; row < rows.count; row++) {
      if (!rows.has(row, flag.registered)) continue
      fill(row, hourOf(profile.calendar.endMs(tick)), out)
      seen.set(`${tick} ${ids.idOf(row)}`, [...out])
    }
  }
  const endBeat = await greatestBeat(log, beatMs)
  const signal = new AbortController().signal
  await supervise([...tasks.runners, tasks.watchRunner], {
    log,
    slackMs: 0,
    endBeat,
    pollMs: 1,
    now: () => 0,
    listener: () => {},
    signal,
  })
  return seen
}

async function logOf(records: readonly TestRecord[], partitions = 1): Promise<Log> {
  const log = await memoryLog(partitions)
  await append(log, records)
  return log
}

const without = features.filter((name) => name !== 'peer')
const peerAt = features.indexOf('peer')
const sansPeer = (values: readonly number[]): number[] => values.filter((_, at) => at !== peerAt)

describe('training rows', () => {
  it('have the features that the running task had at the end of their tick, bit for bit', async () => {
    await fc.assert(
      fc.asyncProperty(histories(), fc.constantFrom(1, 3), async (records, partitions) => {
        const log = await logOf(records, partitions)
        const live = await foldedLive(log)
        const rows = await rowsOrNone(await source(log))
        for (const { id, tick, features: values } of rows)
          expect(sansPeer(values), `${id} at ${tick}`).toEqual(sansPeer(live.get(`${tick} ${id}`) ?? []))
      }),
      { seed: 20_260_302, numRuns: 12 },
    )
  })

  it('are the same with any number of partitions, and hold what was known though it was taken back since', async () => {
    const [one, three] = [await logOf(market), await logOf(market, 3)]
    const live = await foldedLive(one)
    await foldToEnd(three, { profile, model: null, beatMs })
    const rows = await extracted(one)
    expect(rows.length).toBeGreaterThan(150)
    expect(await extracted(three)).toEqual(rows)
    for (const { id, tick, features: values } of rows)
      expect(sansPeer(values)).toEqual(sansPeer(live.get(`${tick} ${id}`) ?? []))
  })

  it('are what explain says of an enterprise at a tick', async () => {
    const log = await logOf(market, 3)
    await foldToEnd(log, { profile, model: null, beatMs })
    const rows = await extracted(log, { features: without })
    for (const { id, tick, features: values } of rows.filter((_, at) => at % 17 === 0)) {
      const said = await explain(pastOf(log, profile, beatMs), id, tick, { model: undefined, features: without })
      expect(said.features.map(({ value }) => value)).toEqual(values)
    }
    await expect(
      explain(pastOf(log, profile, beatMs), 'E999', rows[0].tick, { model: undefined, features }),
    ).rejects.toThrow(/E999/)
  })

  it('of a frozen list know no event after that tick, though time goes on', async () => {
    const log = await logOf(market)
    await foldToEnd(log, { profile, model: null, beatMs })
    const rows = await extracted(log)
    const frozenTick = rows[0].tick + 4
    const frozen = await extracted(log, { frozenTick })
    expect(frozen.filter(({ tick }) => tick <= frozenTick)).toEqual(rows.filter(({ tick }) => tick <= frozenTick))
    const count = features.indexOf('count.all.365d')
    const later = frozen.filter(({ tick }) => tick > frozenTick)
    expect(
      later.some(({ features: values }, at) => values[count] < rows[rows.length - later.length + at].features[count]),
    ).toBe(true)
    expect(
      later.every(({ features: values }, at) => values[count] <= rows[rows.length - later.length + at].features[count]),
    ).toBe(true)
  })

  it('of a result of an event are asked at the end of the tick before it, once for an enterprise and tick', async () => {
    const results = withLabel({
      kind: 'result-of-event',
      of: ['PEN.FINE', 'CMP.COMPLAINT'],
      positive: ['PEN.FINE'],
      delayDays: 0,
    })
    const log = await logOf(market)
    await foldToEnd(log, { profile: results, model: null, beatMs })
    const rows = await extracted(log, { profile: results })
    const keys = rows.map(({ id, tick }) => `${tick} ${id}`)
    expect(new Set(keys).size).toBe(keys.length)
    expect(keys).toEqual(keys.toSorted())
    expect(rows.some(({ label }) => label === 1) && rows.some(({ label }) => label === 0)).toBe(true)
  })

  it('are read back from Parquet as they were, with a dictionary of every column', async () => {
    const log = await logOf(market)
    await foldToEnd(log, { profile, model: null, beatMs })
    const rows = await extracted(log)
    const folder = await mkdtemp(path.join(tmpdir(), 'forewarn-rows-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const { dictionary } = await writeRows(folder, await trainingRows(await source(log)), { profile, choice })
    const file = await asyncBufferFromFile(path.join(folder, 'rows.parquet'))
    const back = await parquetReadObjects({ file })
    expect(back.map((row) => [row.enterpriseId, row.tick, row.label, row.region, row.industry, row.grade])).toEqual(
      rows.map(({ id, tick, label, region, industry, grade }) => [id, tick, label, region, industry, grade]),
    )
    expect(back.map((row) => features.map((name) => row[name]))).toEqual(rows.map((row) => row.features))
    expect(RowsDictionary.parse(JSON.parse(await readFile(path.join(folder, 'columns.json'), 'utf8')))).toEqual(
      dictionary,
    )
    expect(dictionary.columns.map(({ name }) => name)).toEqual(Object.keys(back[0]))
    const shown = dictionary.columns.filter((column) => column.default !== undefined)
    expect(shown.map(({ name }) => name)).toEqual(features)
    expect(shown.filter((column) => column.default === true).map(({ name }) => name)).toEqual(
      features.filter((name) => chosenFeatures(profile, undefined).includes(name)),
    )
    expect(dictionary.positives).toBe(rows.filter(({ label }) => label === 1).length)
  })

  it('leave features out for a reason, which is told', () => {
    const reasons = Object.fromEntries(
      featureChoice(profile, undefined).leftOut.flatMap(({ why, features: some }) => some.map((name) => [name, why])),
    )
    expect(reasons).toMatchObject({
      'count.CMP.7d': 'the default takes the half-lives 30d and 365d of them',
      'count.all.30d': 'the default takes count group by group',
      'severity.CMP.90d': 'the default takes severity of all groups together',
      'severity.all.1d': 'the default takes the half-lives 90d and 365d of them',
      'momentum.PEN': 'the default takes momentum of all groups together',
    })
    expect(Object.keys(reasons).some((name) => ['near', 'recency', 'peer', 'count.CMP.30d'].includes(name))).toBe(false)
    const asked = featureChoice(profile, ['recency'])
    expect(asked.leftOut).toEqual([
      { why: 'the command asked for others', features: features.filter((one) => one !== 'recency') },
    ])
    expect(asked.defaults).toContain('near')
  })

  it('are refused where there is no label, or nothing was folded', async () => {
    const log = await logOf(market)
    await foldToEnd(log, { profile, model: null, beatMs })
    await expect(extracted(log, { profile: withLabel({ kind: 'none' }) })).rejects.toThrow(/has no label/)
    await expect(extracted(await memoryLog())).rejects.toThrow(/nothing was folded/)
  })

  describe('that are not there are missing for a reason, which is told', () => {
    const results = withLabel({ kind: 'result-of-event', of: ['PEN.FINE'], positive: ['PEN.FINE'], delayDays: 0 })
    const day = (at: number): number => profile.calendar.tickOf(historyStartMs) + at
    const first = profile.calendar.label(day(0))
    const of = (topic: TestRecord['topic']) => market.filter((one) => one.topic === topic || one.topic === 'commands')
    const lateFine: TestRecord = {
      topic: 'risk-events',
      key: 'E7',
      timeMs: historyStartMs + 4 * 86_400_000,
      value: {
        id: 'late',
        enterpriseId: 'E7',
        type: 'PEN.FINE',
        occurredAt: new Date(historyStartMs + 4 * 86_400_000),
      },
    }
    const why =
      (records: readonly TestRecord[], options: Partial<ExtractOptions> = {}) =>
      (): Promise<KeptRow[]> => {
        const { profile: asked = profile } = options
        return rowsOf({ ...sourceOfRecords(records, asked, beatMs), ...options })
      }

    it.each<[string, () => Promise<KeptRow[]>, string]>([
      ['ends before it begins', why(market, { fromTick: day(9), toTick: day(8) }), 'before it begins on'],
      ['lies before the log', why(market, { fromTick: day(-9), toTick: day(-5) }), `the log begins on ${first}`],
      ['begins too late', why(market, { fromTick: day(30_000) }), 'labels are known of rows up to'],
      ['is younger than any label', why(market.slice(0, 120)), 'no label is known yet: a label is known 4 days after'],
      ['has nobody in it', why(of('commands')), 'no enterprise was known by its end'],
      ['has nobody who is registered', why(of('risk-events')), 'are not registered (records of the topic enterprises)'],
      [
        'has no event of the label',
        why(of('enterprises'), { profile: results }),
        'no event of PEN.FINE occurred in it',
      ],
      [
        'has results of enterprises of which nothing was known before',
        why([market[0], lateFine, market[market.length - 1]], { profile: results }),
        'of no enterprise with an event of PEN.FINE in it (1 rows) was anything known',
      ],
    ])('a window that %s', async (_, rows, reason) => {
      await expect(rows()).rejects.toMatchObject({ code: 'FW_NO_ROWS', message: expect.stringContaining(reason) })
    })
  })
})
