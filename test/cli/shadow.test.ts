/** `evaluate --shadow` judges what the stream said: the scores of champion and challenger, against what really happened. */
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { hourOf } from '../../models/facts.ts'
import { featureNames } from '../../models/features.ts'
import { Evaluation } from '../../models/quality/evaluation.ts'
import type { RiskModel } from '../../models/risk/riskModel.ts'
import { activate } from '../../src/activation.ts'
import { runProgram } from '../../src/cli/common.ts'
import { evaluateCommand } from '../../src/cli/models/evaluate.ts'
import { flag } from '../../src/enterprise/rows/rows.ts'
import { rowProbability } from '../../src/enterprise/score/score.ts'
import type { EnterpriseTask } from '../../src/enterprise/task.ts'
import { featureProfile } from '../../src/featureProfile.ts'
import { greatestBeat } from '../../src/fold/progress.ts'
import { supervise } from '../../src/fold/supervise.ts'
import { openEmbeddedLog } from '../../src/log/embedded/embeddedLog.ts'
import { modelIn } from '../../src/registry/modelFolder.ts'
import { loadProfile } from '../../src/settings/profiles.ts'
import { Score, ShadowScore } from '../../streams/outputs.ts'
import type { Profile } from '../../streams/profile.ts'
import { tempFolder, testScreen } from '../ingest/support.ts'
import { append, openTasks, readJson, type TestRecord } from '../support/fold.ts'
import { generatedHistory } from '../support/generated.ts'
import { historyStartMs } from '../support/histories.ts'
import { chunkRecords, modelCommand, modelFolder, overridden, type TestFolder } from '../support/models.ts'
import { wantedRows } from '../support/outcomes.ts'
import { tinySource } from '../support/tinyProfile.ts'

const beatMs = 1_000
const dayMs = 86_400_000
const within = { days: 6, delayDays: 2 }
const gridTicks = 2
const promotedDay = 4
const challengedDay = 10
const lastDay = 45

const prior = { rate: 0.2, events: 2 }
let folder = ''
let profile: Profile
let market: TestRecord[]
let models: { champion: TestFolder; challenger: TestFolder }
const at = (name: string): string => path.join(folder, name)
const instant = (day: number): number => historyStartMs + day * dayMs
const tickOfDay = (day: number): number => profile.calendar.tickOf(instant(day))

/** The tiny profile as a folder, with a label that is known early and a feature of what is around. */
async function makeProfile(): Promise<void> {
  await mkdir(at('profile'))
  const file = {
    ...tinySource.file,
    label: { kind: 'outcome-within', gridTicks, ...within },
    features: [{ name: 'near', kind: 'nearby', axis: 'region', of: ['PEN.FINE'], halfLifeDays: 5, prior }],
  }
  const table = (rows: typeof tinySource.regions): string =>
    ['code,parent,name_en', ...rows.map(({ code, parent }) => `${code},${parent},${code}`), ''].join('\n')
  const words = tinySource.messages.get('en')
  await writeFile(at('profile/profile.yaml'), JSON.stringify(file))
  await writeFile(at('profile/regions.csv'), table(tinySource.regions))
  await writeFile(at('profile/industries.csv'), table(tinySource.industries))
  await writeFile(at('profile/en.yaml'), JSON.stringify(words))
}

/** A scorecard with some weights, and peers of its own. */
function folderOf(weights: Readonly<Record<string, number>>, peers: Record<string, [number, number]>): TestFolder {
  const names = featureNames(featureProfile(profile))
  const scorecard = { intercept: -1.5, weights: names.map((name) => weights[name] ?? 0) }
  return modelFolder({
    profile,
    weight: 0,
    change: {
      scorecard,
      peers: { rows: peers, enterprisesMin: 30 },
      training: {
        from: '2025-01-01',
        to: '2026-03-05',
        rows: 1,
        positives: 0,
        seed: 1,
        dataHash: '',
        command: '',
        metrics: {},
      },
    },
  })
}

type Live = {
  scores: Score[]
  shadows: ShadowScore[]
  probabilities: Map<string, { champion: number; challenger: number }>
}

/** Folds the history of so many days into a log, as `run` does, and asks both models about every enterprise at the close of each tick. */
async function run(name: string, days: number, commands: readonly TestRecord[]): Promise<Live> {
  const log = await openEmbeddedLog({ path: at(name), mode: 'write' })
  const history = [...market.filter(({ timeMs }) => timeMs < instant(days)), ...commands]
  await append(
    log,
    history.toSorted((a, b) => a.timeMs - b.timeMs),
  )
  await activate({ log, profile, model: null, beatMs, now: () => 0 })
  const probabilities: Live['probabilities'] = new Map()
  const tasks = await openTasks(log, { profile, model: null, beatMs }, (notice) => {
    if (notice.kind === 'TickClosed') for (const task of tasks.enterprises) take(task, notice.tick)
  })
  const built = (of: TestFolder): RiskModel => modelIn(of.files, of.hash).model
  const [champion, challenger] = [built(models.champion), built(models.challenger)]
  const take = ({ known }: EnterpriseTask, tick: number): void => {
    const { rows, ids } = known
    const [one, other] = [champion, challenger].map((model) => rowProbability(known, model).probabilityOf)
    const hour = hourOf(profile.calendar.endMs(tick))
    for (let row = 0; row < rows.count; row++) {
      if (!rows.has(row, flag.registered) || rows.has(row, flag.place)) continue
      probabilities.set(`${tick} ${ids.idOf(row)}`, {
        champion: one(row, hour) ?? Number.NaN,
        challenger: other(row, hour) ?? Number.NaN,
      })
    }
  }
  const { signal } = new AbortController()
  const endBeat = await greatestBeat(log, beatMs)
  const options = { log, slackMs: 0, endBeat, pollMs: 1, now: () => 0, listener: () => {}, signal }
  await supervise([...tasks.runners, tasks.watchRunner], options)
  const scores = (await readJson(log, 'scores')).map((one) => Score.parse(one))
  const shadows = (await readJson(log, 'shadow-scores')).map((one) => ShadowScore.parse(one))
  await log.close()
  return { scores, shadows, probabilities }
}

async function evaluateShadow(name: string, ...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const screen = testScreen()
  const onLog = ['--shadow', '--log', `embedded:${at(name)}`, '--profile', at('profile'), '--json']
  const code = await runProgram(evaluateCommand(screen), [...onLog, ...args], screen)
  return { code, out: screen.out.text, err: screen.err.text }
}

/** Share of the pairs of one positive and one negative row that are in order; ties count half. */
function plainAuc(scores: readonly number[], labels: readonly number[]): number {
  let [right, pairs] = [0, 0]
  for (const [a, mine] of scores.entries())
    for (const [b, other] of scores.entries())
      if (labels[a] === 1 && labels[b] === 0) {
        pairs++
        right += mine > other ? 1 : mine === other ? 0.5 : 0
      }
  return right / pairs
}

const plainBrier = (scores: readonly number[], labels: readonly number[]): number =>
  scores.reduce((sum, score, row) => sum + (score - labels[row]) ** 2, 0) / scores.length

let promotion: TestRecord[]
let challenge: TestRecord[]

beforeAll(async () => {
  folder = await tempFolder()
  await makeProfile()
  profile = await loadProfile(at('profile'))
  market = generatedHistory({ seed: 11, days: lastDay, enterprises: 25, eventsPerDay: 30 }).filter(
    ({ topic }) => topic !== 'commands',
  )
  models = {
    champion: folderOf(
      { 'count.PEN.1d': 1.5, 'count.PEN.30d': 0.4, 'grade.D': 0.7, peer: 0.3 },
      { '|': [0.5, 0.7], 'X|P': [1.1, 0.4] },
    ),
    challenger: folderOf({ 'count.all.1d': 1.2, near: 0.1, peer: 0.4 }, { '|': [0.9, 0.5], 'X|': [0.2, 0.9] }),
  }
  const { champion, challenger } = models
  promotion = [
    ...chunkRecords(champion, instant(1)),
    ...chunkRecords(challenger, instant(1)),
    modelCommand('p', instant(2), tickOfDay(promotedDay), {
      kind: 'model.promote',
      hash: champion.hash,
      ...overridden,
    }),
  ]
  challenge = [
    modelCommand('c', instant(5), tickOfDay(challengedDay), { kind: 'model.challenge', hash: challenger.hash }),
  ]
})

describe('evaluate --shadow', () => {
  it('judges the very scores that the stream published, on what really happened', async () => {
    const { scores, shadows, probabilities } = await run('log', lastDay, [...promotion, ...challenge])

    // What the stream published at the end of a tick is what both models say of the row then.
    const isAtClose = ({ asOf, tick }: ShadowScore): boolean => Date.parse(asOf) === profile.calendar.endMs(tick)
    const published = { champion: scores.filter(isAtClose), challenger: shadows.filter(isAtClose) }
    expect(published.champion.length).toBeGreaterThan(20)
    expect(published.challenger.length).toBeGreaterThan(20)
    for (const role of ['champion', 'challenger'] as const)
      for (const { enterpriseId, tick, probability, model } of published[role]) {
        expect(model).toBe(models[role].hash)
        expect(probability, `${role} ${enterpriseId} ${tick}`).toBe(
          probabilities.get(`${tick} ${enterpriseId}`)?.[role],
        )
      }

    // The rows that can be judged, and what came of them.
    const wanted = wantedRows(market, profile, { beatMs, fromTick: tickOfDay(challengedDay) })
    const rows = wanted.flatMap(({ tick, id, label }) => {
      const said = probabilities.get(`${tick} ${id}`)
      return said === undefined ? [] : [{ ...said, label }]
    })
    const labels = rows.map(({ label }) => label)
    const [mine, others] = [rows.map(({ challenger }) => challenger), rows.map(({ champion }) => champion)]

    const { code, out, err } = await evaluateShadow('log')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const { candidate, others: beside, ...told } = Evaluation.parse(JSON.parse(out))
    const [{ model: champion, comparison }] = beside
    expect(candidate.name).toBe(`challenger (${models.challenger.hash.slice(0, 8)})`)
    expect(told.champion).toBe(`champion (${models.champion.hash.slice(0, 8)})`)
    expect(champion.name).toBe(told.champion)
    expect({ rows: told.rows, positives: told.positives }).toEqual({
      rows: rows.length,
      positives: labels.filter((label) => label === 1).length,
    })
    expect(told.positives).toBeGreaterThan(30)
    expect(comparison.rows).toBe(rows.length)
    expect(candidate.figures.auc?.value).toBeCloseTo(plainAuc(mine, labels), 12)
    expect(champion.figures.auc?.value).toBeCloseTo(plainAuc(others, labels), 12)
    expect(candidate.figures.brier?.value).toBeCloseTo(plainBrier(mine, labels), 12)
    expect(champion.figures.brier?.value).toBeCloseTo(plainBrier(others, labels), 12)
    const { aucDifference, brierDifference } = comparison
    expect(aucDifference?.value).toBeCloseTo(plainAuc(mine, labels) - plainAuc(others, labels), 12)
    expect(brierDifference?.value).toBeCloseTo(plainBrier(mine, labels) - plainBrier(others, labels), 12)
    expect(aucDifference?.low).toBeLessThan(aucDifference?.value ?? 0)
    expect(aucDifference?.high).toBeGreaterThan(aucDifference?.value ?? 0)
  })

  it('looks further back when asked, never into the training of either', async () => {
    const day = (number: number): string => profile.calendar.label(tickOfDay(number))
    const from = async (number: number): Promise<number> =>
      Evaluation.parse(JSON.parse((await evaluateShadow('log', '--from', day(number))).out)).rows
    expect(await from(challengedDay - 2)).toBeGreaterThan(await from(challengedDay))
    expect(await evaluateShadow('log', '--from', day(2))).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('was trained on rows up to 2026-03-05'),
    })
  })

  it('without a challenger that scores, or a champion, there is nothing to compare', async () => {
    await run('unchallenged', challengedDay - 1, [...promotion, ...challenge]) // its tick has not come
    expect(await evaluateShadow('unchallenged')).toMatchObject({
      code: 2,
      err: expect.stringContaining('No challenger'),
    })
    await run('unpromoted', challengedDay - 1, [])
    expect(await evaluateShadow('unpromoted')).toMatchObject({ code: 2, err: expect.stringContaining('No champion') })
  })

  it('tells when no outcome is known yet of what both have scored', async () => {
    await run('early', challengedDay + within.days, [...promotion, ...challenge])
    const { code, out, err } = await evaluateShadow('early')
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toContain('error FW_NO_ROWS')
    expect(err).toContain(
      profile.calendar.label(tickOfDay(challengedDay + within.days) - 1 - within.days - within.delayDays),
    )
  })
})
