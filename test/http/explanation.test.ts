/** What a running task says of an enterprise over HTTP is what its log, folded again, says of that tick: to the byte. */
import fc from 'fast-check'
import { describe, expect, it, onTestFinished, test, vi } from 'vitest'
import type { RiskModel } from '../../models/risk/riskModel.ts'
import { explainAtRest } from '../../src/atRest.ts'
import { flag } from '../../src/enterprise/rows/rows.ts'
import { Explanation } from '../../src/enterprise/score/explanation.ts'
import type { EnterpriseTask } from '../../src/enterprise/task.ts'
import { lastFolded } from '../../src/fold/progress.ts'
import { busy, Questions } from '../../src/fold/questions.ts'
import type { TaskRunner } from '../../src/fold/runner.ts'
import { questionPatienceMs } from '../../src/limits.ts'
import type { Log } from '../../src/log/port.ts'
import { type TaskId, taskInputs } from '../../src/log/tasks.ts'
import { settingOf } from '../../src/registry/gate.ts'
import { modelIn } from '../../src/registry/modelFolder.ts'
import { RunningTasks } from '../../src/running.ts'
import { championAt, readRegistry } from '../../src/settings/registry/readRegistry.ts'
import { explain } from '../../src/training/explain.ts'
import { pastOf } from '../../src/training/extract/pastTasks.ts'
import type { Activation } from '../../streams/commands.ts'
import { Score } from '../../streams/outputs.ts'
import { partitionOf } from '../../streams/partition.ts'
import { compileProfile, type Profile, ProfileFile } from '../../streams/profile.ts'
import { append, type FoldSetting, memoryLog, openTasks, readJson, stepAll, type TestRecord } from '../support/fold.ts'
import { generatedHistory } from '../support/generated.ts'
import { histories } from '../support/histories.ts'
import { logOver, taskLogOver } from '../support/logs.ts'
import { chunkRecords, modelCommand, modelFolder, overridden } from '../support/models.ts'
import { at, inOrderOfTime, market, setting, tickOfDay } from '../support/promotions.ts'
import { tinyModel } from '../support/tinyModel.ts'
import { tinySource } from '../support/tinyProfile.ts'
import { serve } from './serve.ts'

const prior = { rate: 0.2, events: 2 }
const profile = compileProfile({
  ...tinySource,
  file: ProfileFile.parse({
    ...tinySource.file,
    features: [
      { name: 'near', kind: 'nearby', axis: 'region', of: ['PEN.FINE'], halfLifeDays: 5, prior },
      { name: 'fined', kind: 'rate', of: ['PEN.FINE'], per: ['CMP.COMPLAINT'], halfLifeDays: 20, prior },
    ],
  }),
})
const model = tinyModel(profile, { near: 0.4, fined: 0.7 })
const beatMs = 1_000

const enterprise = (partition: number): TaskId => ({ kind: 'enterprise', partition })
const eventsInput = Object.keys(taskInputs.enterprise).indexOf('events')
const begun = { ...settingOf(profile), id: 'a', actor: 'test', kind: 'profile.activate', profile: 'tiny' } as const

function given<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('nothing is given')
  return value
}

type Answer = { status: number; text: string }

async function addressOf(of: Profile, explain: (id: string) => Promise<Explanation>): Promise<string> {
  return (await serve(await memoryLog(), { profile: of, explain })).address
}

async function ask(address: string, id: string): Promise<Answer> {
  const response = await fetch(`${address}/api/v1/enterprises/${encodeURIComponent(id)}/explanation`)
  return { status: response.status, text: await response.text() }
}

type Live = { tasks: Awaited<ReturnType<typeof openTasks>>; running: RunningTasks }

/** The tasks of a log as a process has them, restored from their checkpoints and journals. */
async function goLive(log: Log, of: FoldSetting & { beatMs: number }): Promise<Live> {
  const tasks = await openTasks(log, of)
  const partitions = log.partitions('risk-events')
  const running = new RunningTasks({ beatMs: of.beatMs, partitions })
  for (const [partition, runner] of tasks.runners.entries()) await running.take(partition, Promise.resolve(runner))
  return { tasks, running }
}

async function foldThrough({ tasks: { runners, watchRunner } }: Live, beat: number): Promise<void> {
  await stepAll(runners, watchRunner, beat)
}

/** Folds a log tick by tick, and asks for a third of the enterprises at the close of each; every third time after a restart. */
async function answersAtClose(
  log: Log,
  of: FoldSetting & { beatMs: number },
  records: readonly TestRecord[],
): Promise<{ id: string; tick: number; answer: Answer }[]> {
  const { calendar } = of.profile
  const ticks = records.map(({ timeMs }) => calendar.tickOf(timeMs))
  const ids = [...new Set(records.flatMap(({ topic, key }) => (topic === 'commands' || key === null ? [] : [key])))]
  const found: { id: string; tick: number; answer: Answer }[] = []
  let live = await goLive(log, of)
  const address = await addressOf(of.profile, (id) => live.running.explain(id))
  for (let tick = Math.min(...ticks); tick < Math.max(...ticks); tick++) {
    await foldThrough(live, calendar.endMs(tick) / of.beatMs - 1)
    if (tick % 3 === 0) {
      for (const runner of live.tasks.runners) await runner.checkpoint('now')
      live = await goLive(log, of)
    }
    for (const id of ids.filter((_, index) => (index + tick) % 3 === 0))
      found.push({ id, tick, answer: await ask(address, id) })
  }
  await foldThrough(live, Math.floor(Math.max(...records.map(({ timeMs }) => timeMs)) / of.beatMs))
  return found
}

async function logOf(records: readonly TestRecord[], partitions = 1): Promise<Log> {
  const log = await memoryLog(partitions)
  await append(log, records)
  return log
}

type Refolder = (log: Log, of: Profile, tick: number, id: string) => Promise<Explanation>
const by =
  (champion: RiskModel): Refolder =>
  (log, of, tick, id) =>
    explain(pastOf(log, of, beatMs), id, tick, { model: champion, features: [] })

/** Compares some of the answers with those of the log as it stands at the end, when later records have changed the rows. */
async function expectSame(
  log: Log,
  of: Profile,
  answers: Awaited<ReturnType<typeof answersAtClose>>,
  refold: Refolder,
) {
  for (const { id, tick, answer } of answers) {
    const told = await refold(log, of, tick, id).then(
      (found) => ({ status: 200, text: JSON.stringify(found) }),
      () => undefined,
    )
    if (told === undefined) expect(answer.status, `${id} at ${tick}`).toBe(404)
    else expect(answer, `${id} at ${tick}`).toEqual(told)
  }
}

describe('the answer of a log at rest', () => {
  it('is that of the process that folded it, and reads no record before the newest checkpoint', async () => {
    const records = generatedHistory({ seed: 9, days: 9, enterprises: 12, eventsPerDay: 25, outbreakDays: [6] })
    const log = await logOf(records, 3)
    const live = await goLive(log, { profile, model, beatMs })
    const lastBeat = Math.floor(Math.max(...records.map(({ timeMs }) => timeMs)) / beatMs)
    await foldThrough(live, lastBeat - 4 * 86_400)
    for (const runner of live.tasks.runners) await runner.checkpoint('now')
    const ends = await Promise.all(
      [0, 1, 2].map(async (at) => (await lastFolded(log, enterprise(at)))?.cuts[eventsInput]),
    )
    await foldThrough(live, lastBeat - 1)
    const begins: { partition: number; from: number }[] = []
    const watched = logOver(log, {
      readTask: (task) => given(log.readTask(task)),
      read: (topic, partition, from, bytes) => {
        if (topic === 'risk-events') begins.push({ partition, from })
        return log.read(topic, partition, from, bytes)
      },
    })
    const activation: Activation = { ...begun, profileHash: profile.hash, modelHash: model.hash, beatMs }
    const ids = [
      ...new Set(records.flatMap(({ topic, key }) => (topic === 'enterprises' && key !== null ? [key] : []))),
    ]
    for (const id of ids)
      expect(await explainAtRest(id, { log: watched, profile, model, activation, now: () => 0 }), id).toEqual(
        await live.running.explain(id),
      )
    expect(begins.length).toBeGreaterThanOrEqual(ids.length)
    for (const { partition, from } of begins) expect(from).toBeGreaterThanOrEqual(given(ends[partition]))
    await expect(explainAtRest('nobody', { log, profile, model, activation, now: () => 0 })).rejects.toThrow(
      /FW_ENTERPRISE_UNKNOWN|nobody/,
    )
  })

  it('of a log of which nothing was folded yet is that nobody is known', async () => {
    const log = await logOf([])
    const activation: Activation = { ...begun, profileHash: profile.hash, modelHash: model.hash, beatMs }
    await expect(explainAtRest('E1', { log, profile, model, activation, now: () => 0 })).rejects.toMatchObject({
      code: 'FW_ENTERPRISE_UNKNOWN',
    })
  })
})

describe('the answer at the close of a tick', () => {
  it('is that of the log folded again, whatever came since, with any partitions and after a restart', async () => {
    await fc.assert(
      fc.asyncProperty(histories(), fc.constantFrom(1, 3), async (records, partitions) => {
        const log = await logOf(records, partitions)
        const answers = await answersAtClose(log, { profile, model, beatMs }, records)
        const every = Math.ceil(answers.length / 14)
        await expectSame(
          log,
          profile,
          answers.filter((_, index) => index % every === 0),
          by(model),
        )
      }),
      { seed: 20_260_302, numRuns: 8 },
    )
  })

  it('is so in a market with an outbreak nearby', async () => {
    const records = generatedHistory({ seed: 8, days: 12, enterprises: 12, eventsPerDay: 25, outbreakDays: [6] })
    const log = await logOf(records, 3)
    const answers = await answersAtClose(log, { profile, model, beatMs }, records)
    const some = answers.filter((_, index) => index % 3 === 0)
    const told = some.filter(({ answer }) => answer.status === 200)
    expect(told.length).toBeGreaterThan(10)
    await expectSame(log, profile, some, by(model))
    const known = told.map(({ answer }) => Explanation.parse(JSON.parse(answer.text)))
    expect(known.every(({ tickClosed }) => tickClosed)).toBe(true)
    expect(
      new Set(known.flatMap(({ features }) => features.find(({ name }) => name === 'near')?.value)).size,
    ).toBeGreaterThan(5)
    expect(known.some(({ reasons }) => reasons.some(({ facts }) => facts.length > 0))).toBe(true)
  })

  it('is by the champion in force, before a promotion and after it', async () => {
    const { hash, files } = modelFolder({ weight: 2 })
    const promotion = modelCommand('p', at(2, 10), tickOfDay(5), { kind: 'model.promote', hash, ...overridden })
    const records = inOrderOfTime([...market(), ...chunkRecords({ hash, files }, at(2, 9)), promotion])
    const log = await logOf(records)
    const of = { profile: setting.profile, model: setting.model, beatMs: 60_000 }
    const answers = (await answersAtClose(log, of, records)).filter(({ id }) => id === 'E3' || id === 'E8')
    const registry = await readRegistry(log, of.profile, of.model?.hash ?? null)
    const promoted = modelIn(files, hash).model
    await expectSame(log, of.profile, answers, (past, its, tick, id) => {
      const champion = championAt(registry, tick) === hash ? promoted : (of.model ?? undefined)
      return explain(pastOf(past, its, of.beatMs), id, tick, { model: champion, features: [] })
    })
    const models = answers.map(
      ({ tick, answer }) => `${tick >= tickOfDay(5)} ${JSON.parse(answer.text).model === hash}`,
    )
    expect(new Set(models)).toEqual(new Set(['false false', 'true true']))
  })
})

test('within a tick it is what is known by the last beat: the probability and the reasons of the score published then', async () => {
  const records = generatedHistory({ seed: 3, days: 8, enterprises: 10, eventsPerDay: 20 })
  const log = await logOf(records)
  const live = await goLive(log, { profile, model, beatMs })
  const compared = new Set<string>()
  let read = 0
  for (const { timeMs } of records.filter((_, index) => index % 7 === 0)) {
    await foldThrough(live, Math.floor(timeMs / beatMs))
    const published = (await readJson(log, 'scores')).map((score) => Score.parse(score))
    for (const score of published.slice(read)) {
      if (score.beat !== live.tasks.runners[0].foldedThrough) continue
      const found = await live.running.explain(score.enterpriseId)
      const { probability, tick, model: hash } = found
      expect({ probability, tick, hash }).toEqual({
        probability: score.probability,
        tick: score.tick,
        hash: score.model,
      })
      expect(found.asOf).toBe(new Date((score.beat + 1) * beatMs).toISOString())
      expect(found.reasons.map(({ feature, text, facts }) => ({ feature, text, facts }))).toEqual(
        score.reasons.map(({ feature, text, facts }) => ({ feature, text, facts })),
      )
      compared.add(`${score.enterpriseId} ${found.tickClosed}`)
    }
    read = published.length
  }
  expect([...compared].filter((one) => one.endsWith('false')).length).toBeGreaterThan(3)
})

test('without a model features are told, and nothing is made of them', async () => {
  const log = await logOf(generatedHistory({ seed: 3, days: 3, enterprises: 3, eventsPerDay: 5 }))
  const live = await goLive(log, { profile, model: null, beatMs })
  await expect(live.running.explain('E1')).rejects.toMatchObject({ code: 'FW_ENTERPRISE_UNKNOWN', message: /E1 yet/ })
  await foldThrough(live, Math.floor(Date.parse('2026-03-04T00:00:00Z') / beatMs))
  const found = await live.running.explain('E1')
  expect(found).toMatchObject({ model: null, probability: undefined, reasons: [] })
  expect(found.features.length).toBeGreaterThan(5)
  expect(found.features.every(({ logOdds }) => logOdds === undefined)).toBe(true)
})

describe('whoever asks for what is not there', () => {
  const records = generatedHistory({ seed: 5, days: 4, enterprises: 9, eventsPerDay: 20 })

  it.each([
    ['an id that nobody has', 'E999', 404, 'FW_ENTERPRISE_UNKNOWN'],
    ['a place, which nobody scores', 'place:P2', 404, 'FW_ENTERPRISE_UNKNOWN'],
    ['no printable ASCII', '统一\u0000', 404, 'FW_ENTERPRISE_UNKNOWN'],
    ['characters beyond a byte whose low halves spell an id', '\u0145\u0131', 404, 'FW_ENTERPRISE_UNKNOWN'],
    ['a path', '../../../etc/passwd', 404, 'FW_ENTERPRISE_UNKNOWN'],
    ['an object', '__proto__', 404, 'FW_ENTERPRISE_UNKNOWN'],
    ['markup', '<script>alert(1)</script>', 404, 'FW_ENTERPRISE_UNKNOWN'],
    ['a long one', 'E'.repeat(65), 404, 'FW_ENTERPRISE_UNKNOWN'],
    ['a very long one', 'E'.repeat(5_000), 400, 'FW_HTTP_REQUEST'],
    ['nothing', '', 404, 'FW_ENTERPRISE_UNKNOWN'],
  ])('%s', async (_, id, status, code) => {
    const live = await goLive(await logOf(records), { profile, model, beatMs })
    await foldThrough(live, Math.floor(records[records.length - 1].timeMs / beatMs))
    const { rows, ids } = live.tasks.enterprises[0].known
    expect(rows.has(ids.find('place:P2') ?? 0, flag.place)).toBe(true)
    const answer = await ask(await addressOf(profile, (asked) => live.running.explain(asked)), id)
    expect(answer.status).toBe(status)
    expect(JSON.parse(answer.text)).toEqual({
      code,
      message: expect.stringMatching(/./),
      remedy: expect.stringMatching(/./),
    })
    expect(answer.text.length).toBeLessThan(1_000)
  })

  it('a path that cannot be decoded, a past tick, another method', async () => {
    const address = await addressOf(profile, () => Promise.reject(new Error('not to be asked')))
    const status = async (path: string, init?: RequestInit): Promise<[number, unknown]> => {
      const response = await fetch(`${address}/api/v1/enterprises/${path}`, init)
      return [response.status, Object(await response.json()).code]
    }
    expect(await status('%zz/explanation')).toEqual([400, 'FW_HTTP_REQUEST'])
    expect(await status('E1/explanation?at=2026-03-03')).toEqual([400, 'FW_HTTP_PAST'])
    expect(await status('E1/explanation', { method: 'POST' })).toEqual([404, 'FW_HTTP_ROUTE'])
    expect(await status('E1/explanation')).toEqual([500, 'FW_INTERNAL'])
  })

  it('a task of another process, one that is restored, and one that was let go of', async () => {
    const log = await logOf(records, 3)
    const ids = ['E1', 'E2', 'E3', 'E4', 'E5', 'E6', 'E7', 'E8']
    const idOf = (partition: number): string => ids.find((id) => partitionOf(id, 3) === partition) ?? ''
    const { runners } = await openTasks(log, { profile, model, beatMs })
    const running = new RunningTasks({ beatMs, partitions: 3 })
    const opening = Promise.withResolvers<TaskRunner<EnterpriseTask>>()
    const taken = running.take(0, opening.promise)
    await running.take(1, Promise.resolve(runners[1]))
    while (await runners[1].step({ by: 'end', beat: Math.floor(Date.parse('2026-03-05T00:00:00Z') / beatMs) }));
    const address = await addressOf(profile, (id) => running.explain(id))
    const codeOf = async (id: string): Promise<[number, unknown]> => {
      const { status, text } = await ask(address, id)
      return [status, JSON.parse(text).code ?? JSON.parse(text).enterpriseId]
    }
    expect(await codeOf(idOf(0))).toEqual([503, 'FW_TASK_BUSY'])
    expect(await codeOf(idOf(1))).toEqual([200, idOf(1)])
    expect(await codeOf(idOf(2))).toEqual([421, 'FW_TASK_ELSEWHERE'])
    expect((await ask(address, idOf(2))).text).toContain('enterprise-2')
    await runners[1].close()
    expect(await codeOf(idOf(1))).toEqual([421, 'FW_TASK_ELSEWHERE'])
    opening.reject(busy('the log is gone'))
    await expect(taken).rejects.toThrow()
    expect(await codeOf(idOf(0))).toEqual([421, 'FW_TASK_ELSEWHERE'])
  })
})

test('nobody on the way keeps an answer', async () => {
  const answer: Explanation = {
    enterpriseId: 'E1',
    tick: 1,
    tickClosed: true,
    asOf: '2026-01-01T00:00:00.000Z',
    profile: profile.hash,
    model: null,
    features: [],
    reasons: [],
  }
  const address = await addressOf(profile, () => Promise.resolve(answer))
  const response = await fetch(`${address}/api/v1/enterprises/E1/explanation`)
  expect(response.headers.get('cache-control')).toBe('no-store')
  expect(await response.json()).toEqual(answer)
})

describe('questions to a task', () => {
  it('wait while it is ahead of its journal, and are answered by the state that is in it', async () => {
    const questions = new Questions('enterprise/0')
    let state = 'restored'
    const asked = [questions.ask(() => state)]
    state = 'folded, committed'
    questions.turn('settled')
    asked.push(questions.ask(() => state))
    questions.turn('ahead')
    state = 'folded'
    asked.push(questions.ask(() => state))
    state = 'folded on, committed'
    questions.turn('settled')
    expect(await Promise.all(asked)).toEqual(['folded, committed', 'folded, committed', 'folded on, committed'])
  })

  it('fail by themselves, and are refused when the task is let go of', async () => {
    const questions = new Questions('enterprise/0')
    questions.turn('settled')
    const failing = (): never => {
      throw new Error('a mistake')
    }
    await expect(questions.ask(failing)).rejects.toThrow('a mistake')
    questions.turn('ahead')
    const waiting = questions.ask(() => 1)
    questions.turn('over')
    await expect(waiting).rejects.toMatchObject({ code: 'FW_TASK_ELSEWHERE' })
    await expect(questions.ask(() => 1)).rejects.toMatchObject({ code: 'FW_TASK_ELSEWHERE' })
  })

  it('are told to come again when the task stays ahead', async () => {
    vi.useFakeTimers()
    onTestFinished(() => {
      vi.useRealTimers()
    })
    const questions = new Questions('enterprise/0')
    const asked = expect(questions.ask(() => 1)).rejects.toMatchObject({ code: 'FW_TASK_BUSY' })
    vi.advanceTimersByTime(questionPatienceMs)
    await asked
  })

  it('of an epoch that is not in the log yet nothing is told', async () => {
    const log = await logOf(generatedHistory({ seed: 5, days: 2, enterprises: 3, eventsPerDay: 5 }))
    const committed = Promise.withResolvers<void>()
    const slow = logOver(log, {
      openTask: async (task) => {
        const own = await log.openTask(task)
        return taskLogOver(own, {
          commit: async (epoch) => {
            await committed.promise
            await own.commit(epoch)
          },
        })
      },
    })
    const { runners } = await openTasks(slow, { profile, model, beatMs })
    const running = new RunningTasks({ beatMs, partitions: 1 })
    await running.take(0, Promise.resolve(runners[0]))
    const step = runners[0].step({ by: 'end', beat: Math.floor(Date.parse('2026-03-03T00:00:00Z') / beatMs) })
    await expect.poll(() => runners[0].foldedThrough).toBeDefined()
    let answered = false
    const asked = running.explain('E1').then((found) => {
      answered = true
      return found
    })
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect(answered).toBe(false)
    committed.resolve()
    await step
    expect((await asked).tick).toBe(profile.calendar.tickOf((runners[0].foldedThrough ?? 0) * beatMs))
  })
})
