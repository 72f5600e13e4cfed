/** The commands of data scientists on a real broker: what the embedded log gives of the same history, Kafka gives too, and a model comes back to score. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { hourMs } from '../../src/limits.ts'
import { recordsOf } from '../../src/log/recordsOf.ts'
import { loadProfile } from '../../src/settings/profiles.ts'
import { Score, ShadowScore } from '../../streams/outputs.ts'
import { partitionOf } from '../../streams/partition.ts'
import { event, recordsIn, tempFolder, textOf } from '../ingest/support.ts'
import { bytesOf } from '../support/fold.ts'
import { makeTrainingMarket, type TrainingMarket } from '../support/trainingMarket.ts'
import { differencesFromCalm } from './chaos/verdict.ts'
import { type CommandName, type Ended, runCommandLine } from './commandLine.ts'
import { logArgs, newKafkaLog, type TestLog } from './logs.ts'
import { describeWithKafka, sharedBroker } from './support.ts'

const partitions = 3
/** The commands run on the day after the history's last: a model scores from the next day on. */
const beganMs = Date.parse('2025-10-28T01:00:00+08:00')
const sides = ['embedded', 'kafka'] as const
type Side = (typeof sides)[number]
const beat = ['--beat-ms', String(hourMs), '--log-level', 'error']

describeWithKafka('training on Kafka', () => {
  let folder: string
  let market: TrainingMarket
  let kafka: TestLog
  let clock: { mockRestore(): void } | undefined
  let aheadMs = 0
  let retrained = ''
  const at = (name: string): string => path.join(folder, name)

  beforeAll(async () => {
    folder = await tempFolder()
    market = await makeTrainingMarket(folder)
    kafka = await newKafkaLog((await sharedBroker()).host, partitions)
    const real = Date.now
    aheadMs = real() - beganMs
    clock = vi.spyOn(Date, 'now').mockImplementation(() => real() - aheadMs)
    for (const side of sides) {
      await done(side, 'ingest', '--known-at', 'knownAt', ...market.files)
      await done(side, 'run', '--until-end', ...beat)
    }
  })
  afterAll(() => {
    clock?.mockRestore()
    return kafka?.dispose()
  })

  function forewarn(side: Side, name: CommandName, ...args: string[]): Promise<Ended> {
    const log = side === 'kafka' ? logArgs(kafka) : ['--log', `embedded:${at('log')}`]
    return runCommandLine([name, ...args, ...(name === 'train' ? [] : log), '--profile', market.profile])
  }

  /** What a command prints that does what it is asked. */
  async function done(side: Side, name: CommandName, ...args: string[]): Promise<string> {
    const { code, out, err } = await forewarn(side, name, ...args)
    expect({ side, name, code, err }).toMatchObject({ code: 0 })
    return out
  }

  const json = async (...args: Parameters<typeof done>): Promise<Record<string, unknown>> =>
    JSON.parse(await done(args[0], args[1], ...args.slice(2), '--json'))

  async function rowsOf(side: Side) {
    return parquetReadObjects({ file: await asyncBufferFromFile(at(`${side}/rows.parquet`)) })
  }

  it('extract takes the same rows out of both logs, bit for bit and in one order', async () => {
    for (const side of sides) await done(side, 'extract', '--features', '*', '--out', at(side))
    const [embedded, onKafka] = await Promise.all(sides.map(rowsOf))
    expect(onKafka.length).toBeGreaterThan(5_000)
    expect(new Set(onKafka.map(({ enterpriseId }) => partitionOf(String(enterpriseId), partitions))).size).toBe(3)
    expect(onKafka.filter((row, which) => !isDeepStrictEqual(row, embedded[which]))).toEqual([])
    for (const name of ['rows.parquet', 'columns.json']) {
      const [one, other] = await Promise.all(sides.map((side) => readFile(at(`${side}/${name}`))))
      expect(one.equals(other), name).toBe(true)
    }
  })

  it('explain says the same of an enterprise in each partition, and it is the row that was extracted', async () => {
    const { calendar } = await loadProfile(market.profile)
    const rows = await rowsOf('kafka')
    for (let partition = 0; partition < partitions; partition++) {
      const of = ({ label, enterpriseId }: Record<string, unknown>): boolean =>
        label === 1 && partitionOf(String(enterpriseId), partitions) === partition
      const { enterpriseId, tick, ...row } = rows.findLast(of) ?? {}
      const args = [String(enterpriseId), '--at', calendar.label(Number(tick))]
      const told = await json('kafka', 'explain', ...args)
      expect(told).toMatchObject({ enterpriseId, tick, probability: expect.any(Number) })
      const features = Object.entries(Object(told.features)).map(([, one]) => Object(one))
      expect(features.length).toBeGreaterThan(5)
      for (const { name, value } of features) if (name !== 'peer') expect(value, name).toBe(row[name])
      expect(told).toEqual(await json('embedded', 'explain', ...args))
    }
  })

  it('a model that was trained on these rows is published, and promoted only in time', async () => {
    const trained = await json('kafka', 'train', '--rows', at('kafka'), '--to', '2025-06-30', '--out', at('model'))
    const hash = String(trained.hash)
    expect(await done('kafka', 'models', 'publish', at('model'))).toBe(`Published ${hash}\n`)
    const late = await forewarn('kafka', 'promote', hash, '--at', '2025-10-01', '--override', 'a try')
    expect(late).toMatchObject({ code: 1, err: expect.stringContaining('FW_MODEL_TOO_LATE') })
    expect(await statesOf(hash)).toEqual([])
  })

  it('retrain publishes a challenger, and the next run scores with it, in shadow, in each partition', async () => {
    const { calendar } = await loadProfile(market.profile)
    const today = calendar.tickOf(beganMs)
    const told = await json('kafka', 'retrain', '--from', '2025-03-15', '--ridge', '20', '--out', at('retrained'))
    const hash = String(told.hash)
    retrained = hash
    expect(told).toMatchObject({ passed: true, published: true })
    const tomorrow = { as: 'challenger', at: calendar.label(today + 1) }
    expect(await statesOf(hash)).toEqual([{ state: 'pending', accepted: true, ...tomorrow }])
    expect(await recordsIn(kafka.log, 'shadow-scores')).toEqual([])

    const struck = await onePerPartition()
    await strike(struck, calendar.startMs(today + 1) + 12 * hourMs)
    await done('kafka', 'run', '--until-end', ...beat)
    expect(await statesOf(hash)).toEqual([{ state: 'challenger' }])
    const scores = (await recordsIn(kafka.log, 'shadow-scores')).map((record) =>
      ShadowScore.parse(JSON.parse(textOf(record))),
    )
    expect(scores.map(({ enterpriseId }) => enterpriseId)).toEqual(struck)
    expect(scores).toMatchObject(struck.map(() => ({ model: hash, tick: today + 1, cause: 'records' })))
  })

  it('evaluate --shadow compares the two on rows that came after both were trained', async () => {
    const none = await forewarn('kafka', 'evaluate', '--shadow') // both score since a day of which no outcome is known yet
    expect(none).toMatchObject({ code: 1, err: expect.stringContaining('FW_NO_ROWS') })
    const { calendar } = await loadProfile(market.profile)
    const { training } = JSON.parse(await readFile(at('retrained/model/model.json'), 'utf8'))
    const after = calendar.label((calendar.parse(training.to) ?? 0) + 1)
    const judged = await json('kafka', 'evaluate', '--shadow', '--from', after)
    expect(judged).toMatchObject({
      candidate: { name: expect.stringContaining('challenger') },
      champion: expect.stringContaining('champion'),
    })
  })

  it('promoted, it scores from its tick on in each partition, and the log says what a calm run in one file says', async () => {
    const { calendar } = await loadProfile(market.profile)
    const today = calendar.tickOf(beganMs)
    const tick = today + 3
    aheadMs -= calendar.startMs(today + 2) + hourMs - Date.now() // two days later: nothing goes back in time
    const asked = ['--at', calendar.label(tick), '--evaluation', at('retrained/evaluation.json')]
    const sent = await json('kafka', 'promote', retrained, ...asked)
    expect(sent).toMatchObject({ accepted: true, hash: retrained, tick: calendar.label(tick) })
    await strike(await onePerPartition(), calendar.startMs(tick) + 12 * hourMs)
    await done('kafka', 'run', '--until-end', ...beat)
    expect(await statesOf(retrained)).toEqual([{ state: 'champion', at: calendar.label(tick) }])
    for (let partition = 0; partition < partitions; partition++) {
      const scores: Score[] = []
      for await (const record of recordsOf(kafka.log, 'scores', partition))
        scores.push(Score.parse(JSON.parse(textOf(record))))
      const [before, since] = [scores.filter((one) => one.tick < tick), scores.filter((one) => one.tick === tick)]
      expect(before.filter(({ model }) => model === retrained)).toEqual([])
      expect(since.filter(({ model }) => model !== retrained)).toEqual([])
      expect(since.filter(({ cause }) => cause === 'model').length).toBeGreaterThan(10) // every row of the partition moves
    }
    expect(await differencesFromCalm(kafka.log, { profile: market.profile, beatMs: hourMs })).toEqual([])
  })

  /** An event of each of these, which lie in the partitions in their order. */
  async function strike(struck: readonly string[], timeMs: number): Promise<void> {
    for (const [partition, key] of struck.entries()) {
      const value = bytesOf(event(`${timeMs}-${key}`, key, new Date(timeMs).toISOString()))
      await kafka.log.append('risk-events', partition, [{ key, timeMs, value }])
    }
  }

  /** An enterprise of each partition, in their order. */
  async function onePerPartition(): Promise<string[]> {
    const ids = (await rowsOf('kafka')).map(({ enterpriseId }) => String(enterpriseId))
    return Array.from({ length: partitions }, (_, partition) => {
      const found = ids.find((id) => partitionOf(id, partitions) === partition)
      if (found === undefined) throw new Error(`no enterprise in partition ${partition}`)
      return found
    })
  }

  async function statesOf(hash: string): Promise<unknown> {
    const listed: { hash: string; states: unknown }[] = JSON.parse(await done('kafka', 'models', 'list', '--json'))
    return listed.find((one) => one.hash === hash)?.states
  }
})
