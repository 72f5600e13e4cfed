/** Another model inside a log: from the first beat of its tick on, decided by the log alone, and alike by every task. */
import { describe, expect, it, test } from 'vitest'
import { hourOf } from '../../models/facts.ts'
import { rowProbability } from '../../src/enterprise/score/score.ts'
import { modelIn } from '../../src/registry/modelFolder.ts'
import { championAt, readRegistry } from '../../src/settings/registry/readRegistry.ts'
import { Warning } from '../../streams/warnings.ts'
import {
  append,
  foldInSessions,
  foldRecords,
  foldToEnd,
  inSmallBatches,
  memoryLog,
  type TestRecord,
} from '../support/fold.ts'
import { generatedHistory } from '../support/generated.ts'
import { chunkRecords, evaluated, type ModelRequest, modelCommand, modelFolder, overridden } from '../support/models.ts'
import {
  answersOf,
  at,
  champion,
  digestOf,
  foldMarket,
  inOrderOfTime,
  market,
  setting,
  tickOfDay,
  told,
} from '../support/promotions.ts'
import { all, fateCounts, readTicks } from '../support/readFold.ts'
import { tinyModel } from '../support/tinyModel.ts'
import { tinyProfile } from '../support/tinyProfile.ts'

const a = champion.hash
const b = modelFolder({ weight: 2 })
const c = modelFolder({ weight: 0.4 })
const firstMinute = (dayNumber: number): number => at(dayNumber) / 60_000

type Promotion = Omit<Extract<ModelRequest, { kind: 'model.promote' }>, 'kind'>
/** A promotion of b; with nothing else to stand on, by its override. */
const promote = (id: string, timeMs: number, dayNumber: number, more: Partial<Promotion> = {}): TestRecord => {
  const stand = 'evaluation' in more || 'override' in more ? {} : overridden
  return modelCommand(id, timeMs, tickOfDay(dayNumber), { kind: 'model.promote', hash: b.hash, ...stand, ...more })
}
const challenge = (id: string, timeMs: number, dayNumber: number, hash: string | null): TestRecord =>
  modelCommand(id, timeMs, tickOfDay(dayNumber), { kind: 'model.challenge', hash })
const rollback = (id: string, timeMs: number, dayNumber: number): TestRecord =>
  modelCommand(id, timeMs, tickOfDay(dayNumber), { kind: 'model.rollback' })
const published = [...chunkRecords(b, at(2, 9)), ...chunkRecords(c, at(2, 9), 300)]

/** Which models scored in each day, in order: `4 b` for short. */
function modelsByDay(scores: readonly { tick: number; model: string }[]): string[] {
  const names = new Map([
    [a, 'a'],
    [b.hash, 'b'],
    [c.hash, 'c'],
  ])
  return [...new Set(scores.map(({ tick, model }) => `${tick - tickOfDay(1) + 1} ${names.get(model)}`))]
}

describe('a promotion', () => {
  it('holds from the first beat of its tick: scores before by one model, from then on by the other', async () => {
    const found = await foldMarket([...published, promote('p', at(2, 10), 5)])
    expect(answersOf(found)).toEqual(['p accepted'])
    expect(new Set(found.scores.filter(({ tick }) => tick < tickOfDay(5)).map(({ model }) => model))).toEqual(
      new Set([a]),
    )
    expect(new Set(found.scores.filter(({ tick }) => tick >= tickOfDay(5)).map(({ model }) => model))).toEqual(
      new Set([b.hash]),
    )
  })

  it('scores every row again at its boundary, and says that the model is the cause', async () => {
    const records = inOrderOfTime([...market(), ...published, promote('p', at(2, 10), 5)]).filter(
      ({ timeMs }) => timeMs < at(5),
    )
    const log = await memoryLog()
    // A record of the first minute that the market does not score: the log ends there.
    await append(log, [...records, { topic: 'risk-events', key: 'E1', timeMs: at(5), value: '{' }])
    const { enterprises } = await foldToEnd(log, setting)
    const { known } = enterprises[0]
    const { rows, ids } = known
    const { files, hash } = b
    const { probabilityOf } = rowProbability(known, modelIn(files, hash).model)
    const byModel = (await told(log)).scores.filter(({ cause }) => cause === 'model')
    expect(byModel.length).toBeGreaterThan(2)
    expect(new Set(byModel.map(({ beat, tick, model }) => `${beat} ${tick} ${model}`))).toEqual(
      new Set([`${firstMinute(5)} ${tickOfDay(5)} ${hash}`]),
    )
    expect(byModel.map(({ enterpriseId }) => enterpriseId)).toEqual(
      byModel.map(({ enterpriseId }) => enterpriseId).toSorted(),
    )
    const bands = { low: 0, watch: 0, high: 0 }
    for (let row = 0; row < rows.count; row++) {
      const probability = probabilityOf(row, hourOf(at(5, 0, 1))) ?? Number.NaN
      expect(Math.abs(rows.probability(row) - probability), ids.idOf(row)).toBeLessThan(0.05)
      const said = byModel.find(({ enterpriseId }) => enterpriseId === ids.idOf(row))
      if (said !== undefined) expect(said.probability).toBe(probability)
      bands[(['low', 'watch', 'high'] as const)[rows.band(row)]]++
    }
    const stock = [...((await readTicks(log, tinyProfile)).get(tickOfDay(5))?.stock ?? [])]
    const registered = (band: string): number =>
      stock.filter(([key]) => key.endsWith(`|${band}`)).reduce((sum, [, count]) => sum + count, 0)
    expect({ low: registered('low'), watch: registered('watch'), high: registered('high') }).toEqual(bands)
    expect(bands.watch + bands.high).toBeGreaterThan(0)
  })

  it('is rolled back to the champion before, and that again', async () => {
    const found = await foldMarket([
      ...published,
      promote('p', at(2, 10), 3),
      rollback('back', at(3, 10), 5),
      rollback('forth', at(5, 10), 7),
    ])
    expect(answersOf(found)).toEqual(['p accepted', 'back accepted', 'forth accepted'])
    expect(modelsByDay(found.scores)).toEqual(expect.arrayContaining(['2 a', '3 b', '5 a', '7 b']))
    expect(modelsByDay(found.scores).filter((one) => one === '5 b' || one === '7 a' || one === '3 a')).toEqual([])
  })

  it('may name the baseline, which no artefact holds', async () => {
    const found = await foldMarket([
      ...published,
      promote('p', at(2, 10), 3),
      promote('home', at(3, 10), 6, { hash: a }),
    ])
    expect(answersOf(found)).toEqual(['p accepted', 'home accepted'])
    expect(modelsByDay(found.scores).at(-1)).toMatch(/ a$/)
  })

  it('of several for one tick the last by (log time, id) holds', async () => {
    const one = [promote('x', at(2, 10), 5, { hash: c.hash }), promote('y', at(2, 11), 5)]
    const other = [promote('x', at(2, 10), 5), promote('w', at(2, 10), 5, { hash: c.hash })]
    const sets = [one, other]
    for (const some of sets) {
      const found = await foldMarket([...published, ...some])
      expect(answersOf(found).every((answer) => answer.endsWith('accepted'))).toBe(true)
      expect(new Set(found.scores.filter(({ tick }) => tick >= tickOfDay(5)).map(({ model }) => model))).toEqual(
        new Set([b.hash]),
      )
    }
  })

  it('of the model that is champion already changes nothing', async () => {
    const plain = await foldMarket(published)
    const found = await foldMarket([...published, promote('p', at(2, 10), 5, { hash: a })])
    expect(found.scores).toEqual(plain.scores)
  })

  it('leaves what a log says as it was, when there is none', async () => {
    const plain = await foldMarket([])
    const found = await foldMarket(published)
    expect([found.scores, found.shadows, found.results]).toEqual([plain.scores, plain.shadows, plain.results])
  })
})

describe('a challenger', () => {
  it('scores in shadow from its tick on, until there is none; what counts stays as it is', async () => {
    const plain = await foldMarket([])
    const found = await foldMarket([
      ...published,
      challenge('on', at(2, 10), 3, b.hash),
      challenge('off', at(4, 10), 7, null),
    ])
    expect(answersOf(found)).toEqual(['on accepted', 'off accepted'])
    expect(found.scores).toEqual(plain.scores)
    const days = new Set(found.shadows.map(({ tick }) => tick - tickOfDay(1) + 1))
    expect(Math.min(...days)).toBeGreaterThanOrEqual(3)
    expect(Math.max(...days)).toBeLessThan(7)
    expect(new Set(found.shadows.map(({ model }) => model))).toEqual(new Set([b.hash]))
  })

  it('begins with nothing published, and leaves the shadow when it is promoted', async () => {
    const found = await foldMarket([
      ...published,
      challenge('first', at(2, 10), 3, b.hash),
      challenge('second', at(4, 10), 5, c.hash),
      promote('p', at(6, 10), 8, { hash: c.hash }),
    ])
    expect(modelsByDay(found.shadows).filter((one) => one.endsWith('c')).length).toBeGreaterThan(0)
    expect(found.shadows.every(({ tick }) => tick < tickOfDay(8))).toBe(true)
    expect(modelsByDay(found.scores).at(-1)).toMatch(/ c$/)
  })
})

describe('what is refused', () => {
  const whole = evaluated(b.hash, a)
  const failing = { ...whole, gates: [...whole.gates, { name: 'logLoss', passed: false, value: 0.31, limit: 0.3 }] }
  const foreign = modelFolder({ weight: 1, change: { profile: 'cn' } })
  const bands = modelFolder({ weight: 1, change: { bandEdges: [0.1, 0.2, 0.3] } })
  const features = modelFolder({
    weight: 1,
    change: { features: [{ name: 'count.NONE.7d', mean: 0, deviation: 1 }], scorecard: { intercept: 0, weights: [1] } },
  })
  const broken = { hash: '1'.repeat(64), files: b.files }
  const spoilt = new Map(b.files).set('MODEL_CARD.md', Buffer.from('# A nodel\n'))
  const flipped = chunkRecords({ hash: b.hash, files: spoilt }, at(2, 9), 500)
  const misfit = (folder: { hash: string; files: typeof b.files }): TestRecord[] => [
    ...chunkRecords(folder, at(2, 9)),
    promote('p', at(2, 10), 5, { hash: folder.hash }),
  ]
  test.each<[string, TestRecord[], string[]]>([
    ['a hash that the log does not hold', [promote('p', at(2, 10), 5)], ['p FW_MODEL_UNKNOWN']],
    [
      'an artefact with a chunk missing',
      [...chunkRecords(b, at(2, 9), 500).slice(0, -1), promote('p', at(2, 10), 5)],
      ['p FW_MODEL_INCOMPLETE'],
    ],
    ['a byte that is another', [...flipped, promote('p', at(2, 10), 5)], ['p FW_MODEL_HASH']],
    [
      'files under another hash',
      [...chunkRecords(broken, at(2, 9)), promote('p', at(2, 10), 5, { hash: broken.hash })],
      ['p FW_MODEL_HASH'],
    ],
    [
      'a command less than 60 s before the tick',
      [...published, promote('p', at(5) - 59_999, 5)],
      ['p FW_MODEL_TOO_LATE'],
    ],
    ['a command 60 s before the tick is in time', [...published, promote('p', at(5) - 60_000, 5)], ['p accepted']],
    ['a tick that is over', [...published, promote('p', at(5, 1), 3)], ['p FW_MODEL_TOO_LATE']],
    [
      'an artefact that is whole less than 60 s before the tick',
      [promote('p', at(2, 10), 5), ...chunkRecords(b, at(5) - 59_999)],
      ['p FW_MODEL_TOO_LATE'],
    ],
    [
      'an artefact after its command is in time',
      [promote('p', at(2, 10), 5), ...chunkRecords(b, at(5) - 60_000)],
      ['p accepted'],
    ],
    ['a gate that was not passed', [...published, promote('p', at(2, 10), 5, failing)], ['p FW_MODEL_GATE']],
    ['an evaluation against the champion is enough', [...published, promote('p', at(2, 10), 5, whole)], ['p accepted']],
    ['a model of another profile', misfit(foreign), ['p FW_MODEL_MISFIT']],
    ['other bands', misfit(bands), ['p FW_MODEL_MISFIT']],
    ['features that the profile does not have', misfit(features), ['p FW_MODEL_MISFIT']],
    ['a rollback without a champion before', [rollback('r', at(2, 10), 5)], ['r FW_MODEL_NO_PREVIOUS']],
    ['a challenger that is not there', [challenge('c', at(2, 10), 5, b.hash)], ['c FW_MODEL_UNKNOWN']],
    [
      'the same command once more',
      [...published, promote('p', at(2, 10), 5), promote('p', at(2, 11), 6)],
      ['p accepted'],
    ],
  ])('%s', async (_, records, answers) => {
    const found = await foldMarket(records)
    expect(answersOf(found)).toEqual(answers)
    const changes = answers[0].endsWith('accepted')
    expect(found.scores.some(({ model }) => model !== a)).toBe(changes)
  })

  it('names the gate, and records why it was overridden', async () => {
    const refused = await foldMarket([...published, promote('p', at(2, 10), 5, failing)])
    expect(refused.results[0].detail).toContain('logLoss is 0.31, the limit is 0.3')
    const found = await foldMarket([
      ...published,
      promote('p', at(2, 10), 5, { ...failing, override: 'the old one is broken' }),
    ])
    expect(found.results[0]).toMatchObject({ accepted: true, override: 'the old one is broken' })
    const needless = await foldMarket([...published, promote('p', at(2, 10), 5, { ...whole, override: 'to be sure' })])
    expect(needless.results[0]).not.toHaveProperty('override')
  })

  it('a spoilt artefact is mended by publishing it again', async () => {
    const found = await foldMarket([...flipped, ...chunkRecords(b, at(2, 9, 30), 500), promote('p', at(2, 10), 5)])
    expect(answersOf(found)).toEqual(['p accepted'])
  })
})

describe('whatever happens in between', () => {
  const story = [
    ...published,
    promote('early', at(2, 10), 4),
    challenge('shadow', at(2, 11), 4, c.hash),
    promote('waits', at(3, 10), 6, { hash: modelFolder({ weight: 3 }).hash }),
    ...chunkRecords(modelFolder({ weight: 3 }), at(5, 20), 400),
    promote('never', at(3, 11), 7, { hash: '9'.repeat(64) }),
    rollback('back', at(6, 12), 8),
    challenge('none', at(7, 12), 9, null),
  ]
  const records = inOrderOfTime([...market(), ...story])
  const whole = async (): Promise<string> => digestOf((await foldMarket(story)).log)

  it('tells the story', async () => {
    const found = await foldMarket(story)
    expect(answersOf(found)).toEqual([
      'early accepted',
      'shadow accepted',
      'waits accepted',
      'back accepted',
      'never FW_MODEL_UNKNOWN',
      'none accepted',
    ])
    expect(found.results.find(({ id }) => id === 'never')?.beat).toBe(firstMinute(7))
  })

  it('says the same bytes when it is stopped at every beat with a record, and begins again from a checkpoint or from the journal', async () => {
    const beats = [...new Set(records.map(({ timeMs }) => Math.floor(timeMs / 60_000)))]
    const boundaries = [4, 6, 7, 8, 9].map(firstMinute)
    const stops = [...new Set([...beats, ...boundaries, ...boundaries.map((beat) => beat - 1)])].toSorted(
      (x, y) => x - y,
    )
    const expected = await whole()
    for (const checkpoint of [true, false]) {
      const log = await memoryLog()
      await append(log, records)
      await foldInSessions(
        log,
        setting,
        stops.map((beat, at) => ({ throughBeats: [beat], checkpoint: checkpoint && at % 3 > 0 })),
      )
      expect(await digestOf(log)).toBe(expected)
    }
  })

  it('says the same in small batches, and with three partitions', async () => {
    const log = await memoryLog()
    await append(log, records)
    await foldToEnd(inSmallBatches(log, [1, 3, 2]), setting)
    expect(await digestOf(log)).toBe(await whole())
    expect(await digestOf((await foldMarket(story, 3)).log)).toBe(await whole())
  })

  it('gives every record its one fate', async () => {
    const { log } = await foldMarket(story)
    const sum = Object.values(await fateCounts(log)).reduce((total, count) => total + count, 0)
    expect(sum).toBe(records.length)
    expect(await fateCounts(log, ['artifacts'])).toEqual({
      applied: story.filter(({ topic }) => topic === 'artifacts').length,
    })
  })
})

describe('a task that met it too late', () => {
  /** Folds the market through a beat, then appends, and folds to the end. */
  async function later(through: number, before: readonly TestRecord[], after: readonly TestRecord[]): Promise<void> {
    const log = await memoryLog()
    await append(log, inOrderOfTime([...market(), ...before]))
    await foldInSessions(log, setting, [{ throughBeats: [through], checkpoint: true }])
    await append(log, after)
    await foldToEnd(log, setting)
  }

  it('stops: others may have met it in time', async () => {
    await expect(later(firstMinute(5), published, [promote('p', at(2, 10), 5)])).rejects.toMatchObject({
      code: 'FW_COMMAND_LATE',
    })
    await expect(later(firstMinute(5), [promote('p', at(2, 10), 5)], chunkRecords(b, at(4)))).rejects.toMatchObject({
      code: 'FW_COMMAND_LATE',
    })
  })

  it('goes on when the command would be refused anyway, or comes with the last beat in which it can', async () => {
    await later(firstMinute(5), published, [promote('p', at(2, 10), 5, { hash: '9'.repeat(64) })])
    await later(firstMinute(5), published, [promote('p', at(5, 10), 5)])
    await later(firstMinute(5) - 1, published, [promote('p', at(2, 10), 5)])
  })
})

it('a warning names the model in force at its tick', async () => {
  const history = generatedHistory({
    seed: 1,
    days: 60,
    enterprises: 60,
    eventsPerDay: 18,
    outbreakDays: [40, 41, 42, 43, 44, 45],
    outbreakEvents: 60,
  })
  const days = Map.groupBy(history, ({ timeMs }) => tinyProfile.calendar.tickOf(timeMs))
  const ticks = [...days.keys()].toSorted((x, y) => x - y)
  const tick = ticks[42]
  const early = tinyProfile.calendar.startMs(tick) - 3 * 86_400_000
  const more = [
    ...chunkRecords(b, early),
    modelCommand('p', early, tick, { kind: 'model.promote', hash: b.hash, ...overridden }),
  ]
  const { log } = await foldRecords(inOrderOfTime([...history, ...more]), {
    profile: tinyProfile,
    model: tinyModel(tinyProfile),
  })
  const warnings: Warning[] = []
  for (const topic of ['region-warnings', 'industry-warnings', 'cell-warnings'] as const)
    for await (const warning of all(log, topic, Warning.parse)) warnings.push(warning)
  const named = new Set(warnings.map((warning) => `${warning.tick < tick ? 'before' : 'after'} ${warning.model}`))
  expect(named).toEqual(new Set([`before ${a}`, `after ${b.hash}`]))
  const registry = await readRegistry(log, tinyProfile, a) // as `verify` asks
  for (const warning of warnings) expect(championAt(registry, warning.tick)).toBe(warning.model)
})
