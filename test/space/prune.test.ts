/** A log that was pruned goes on as one that was not: the same outputs, the same state, and the same answers within what it reaches. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ForewarnError } from '../../src/errors.ts'
import { dayMs } from '../../src/limits.ts'
import type { Log } from '../../src/log/port.ts'
import { placesOf, recordsOf } from '../../src/log/recordsOf.ts'
import { settingOf } from '../../src/registry/gate.ts'
import { archiveReach } from '../../src/space/archiveReach.ts'
import { type Needs, needsOf } from '../../src/space/needs.ts'
import { type Keep, prunableTopics, prune, prunePlan } from '../../src/space/prune.ts'
import { tasksAtRest } from '../../src/space/tasksAtRest.ts'
import { replayReach } from '../../src/training/extract/reach.ts'
import { type TopicName, topicNames } from '../../streams/topics.ts'
import { append, foldInSessions, memoryLog, openTasks, stepAll, type TestRecord } from '../support/fold.ts'
import { generatedHistory } from '../support/generated.ts'
import { savedState } from '../support/state.ts'
import { tinyModel } from '../support/tinyModel.ts'
import { tinyProfile } from '../support/tinyProfile.ts'

const beatMs = 1_000
const profile = tinyProfile
const model = tinyModel(profile)
const setting = { profile, model, beatMs }
const records = generatedHistory({ seed: 5, days: 40, enterprises: 15, eventsPerDay: 6 })
const begunMs = records[0].timeMs
const activation: TestRecord = {
  topic: 'commands',
  key: null,
  timeMs: begunMs,
  value: {
    ...{ ...settingOf(profile), id: 'a', actor: 'test', kind: 'profile.activate', profile: 'tiny' },
    ...{ profileHash: profile.hash, modelHash: model.hash, beatMs },
  },
}
const beatAt = (day: number): number => Math.floor((begunMs + day * dayMs) / beatMs)
const before = (day: number): TestRecord[] => records.filter(({ timeMs }) => timeMs < begunMs + day * dayMs)
const from = (day: number): TestRecord[] => records.filter(({ timeMs }) => timeMs >= begunMs + day * dayMs)

/** Folded through day 30, with checkpoints at days 28 and 30. */
async function foldedLog(): Promise<Log> {
  const log = await memoryLog()
  await append(log, [activation, ...before(30)])
  await foldInSessions(log, setting, [
    { throughBeats: [beatAt(10), beatAt(20), beatAt(28)], checkpoint: true },
    { throughBeats: [beatAt(30)], checkpoint: true },
  ])
  return log
}

async function needs(log: Log): Promise<Needs> {
  const found = await tasksAtRest(log, setting)
  if (found === undefined) throw new Error('the log was not begun')
  return needsOf(log, found, () => 0)
}

async function pruned(log: Log, keep: Keep): Promise<number> {
  let gone = 0
  const plan = await prunePlan(keep, { log, profile, needs: await needs(log) })
  await prune(log, plan, (count) => {
    gone += count
  })
  return gone
}

/** Goes on to the end; what it said since, and all state. */
async function goOn(log: Log): Promise<{ said: string[]; states: Buffer[] }> {
  const ends = new Map<string, number>()
  for (const place of placesOf(log, topicNames))
    ends.set(keyOf(place), (await log.range(place.topic, place.partition)).end)
  await append(log, from(30))
  const { runners, watchRunner, enterprises, watch } = await openTasks(log, setting)
  await stepAll(runners, watchRunner, beatAt(41))
  const said: string[] = []
  for (const place of placesOf(log, topicNames))
    for await (const { offset, key, timeMs, value } of recordsOf(
      log,
      place.topic,
      place.partition,
      ends.get(keyOf(place)),
    ))
      said.push(`${keyOf(place)} ${offset} ${timeMs} ${key} ${Buffer.from(value).toString('base64')}`)
  return { said, states: [...enterprises.map(savedState), savedState(watch)] }
}

const keyOf = ({ topic, partition }: { topic: TopicName; partition: number }): string => `${topic}#${partition}`

describe('a log that was pruned', () => {
  it('goes on as one that was not, whatever was asked', { timeout: 60_000 }, async () => {
    const whole = await goOn(await foldedLog())
    expect(whole.said.length).toBeGreaterThan(100)
    const days = fc.integer({ min: 0, max: 40 })
    const asked = fc.uniqueArray(fc.tuple(fc.constantFrom(...prunableTopics), days), {
      minLength: 1,
      selector: ([topic]) => topic,
    })
    await fc.assert(
      fc.asyncProperty(asked, async (keep) => {
        const log = await foldedLog()
        await pruned(log, new Map(keep.map(([topic, age]) => [topic, age * dayMs])))
        expect(await goOn(log)).toEqual(whole)
      }),
      { numRuns: 4, examples: [[prunableTopics.map((topic) => [topic, 0])]] },
    )
  })

  it('has lost what was asked for, and nothing else', async () => {
    const [log, whole] = [await foldedLog(), await foldedLog()]
    const gone = await pruned(
      log,
      new Map([
        ['fates', 10 * dayMs],
        ['risk-events', 0],
      ]),
    )
    expect(gone).toBeGreaterThan(100)
    for (const { topic, partition } of placesOf(log, topicNames)) {
      const [is, was] = [await log.range(topic, partition), await whole.range(topic, partition)]
      expect(is.end, topic).toBe(was.end)
      const isPruned = topic === 'risk-events' || (topic === 'fates' && was.end > 1)
      expect(is.start > 0, topic).toBe(isPruned)
    }
    for await (const { timeMs } of recordsOf(log, 'fates', 0))
      expect(timeMs).toBeGreaterThanOrEqual((beatAt(28) - 11 * 86_400) * beatMs)
  })

  it('keeps all events after the older checkpoint, and the last full state of the archive', async () => {
    const log = await foldedLog()
    const { offsetOf } = await needs(log)
    const needed = offsetOf('risk-events', 0)
    await pruned(
      log,
      new Map([
        ['risk-events', 0],
        ['ticks', 0],
      ]),
    )
    expect((await log.range('risk-events', 0)).start).toBe(needed)
    const reach = await archiveReach(log)
    const { calendar } = profile
    expect(reach).toBeGreaterThan(calendar.tickOf(begunMs))
    expect(reach).toBeLessThanOrEqual(calendar.tickOf(begunMs + 30 * dayMs))
  })

  it('says how far back it can be folded again: facts older than the horizon are missed by nobody', async () => {
    const log = await foldedLog()
    expect(await replayReach(log, profile)).toBeUndefined()
    expect(await archiveReach(log)).toBeUndefined()
    await pruned(log, new Map([['risk-events', 10 * dayMs]]))
    const first = (await log.read('risk-events', 0, (await log.range('risk-events', 0)).start, 1)).records[0]
    const fiveYearsMs = 5 * 365.25 * dayMs
    expect(await replayReach(log, profile)).toBe(profile.calendar.tickOf(first.timeMs + fiveYearsMs + 5 * 60_000))
  })

  it('is refused with one checkpoint, or with those of another version', async () => {
    const one = await memoryLog()
    await append(one, [activation, ...before(30)])
    await foldInSessions(one, setting, [{ throughBeats: [beatAt(28)], checkpoint: true }])
    await expect(needs(one)).rejects.toThrow(
      new ForewarnError('FW_PRUNE_REFUSED', [
        'enterprise-0 needs two whole checkpoints and has 1 (no other was written yet)',
      ]),
    )
  })
})
