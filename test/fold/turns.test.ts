/** Catching up gives way: to the server and to the other tasks of the process. Turns are counted, by a clock that moves at each look. */
import { setImmediate as nextRound } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { EnterpriseTask } from '../../src/enterprise/task.ts'
import type { RecordsOf } from '../../src/fold/beatRecords.ts'
import { TaskRunner } from '../../src/fold/runner.ts'
import type { FoldTask } from '../../src/fold/task.ts'
import { Turns } from '../../src/fold/turns.ts'
import { foldVersion } from '../../src/fold/version.ts'
import { recordParseBytesMax, sliceBytes, turnMsMax } from '../../src/limits.ts'
import type { Log, LogRecord } from '../../src/log/port.ts'
import { sliceLength, sortedInSlices } from '../../src/slices.ts'
import { WatchTask } from '../../src/watch/task.ts'
import { append, bytesOf, memoryLog, type TestRecord } from '../support/fold.ts'
import { historyStartMs } from '../support/histories.ts'
import { chunkRecords, modelFolder } from '../support/models.ts'
import { tinyModel } from '../support/tinyModel.ts'
import { tinyProfile } from '../support/tinyProfile.ts'

const [lookMs, looksATurn] = [10, turnMsMax / 10]
const setting = { profile: tinyProfile, model: tinyModel(tinyProfile), beatMs: 1_000 }
const firstBeat = historyStartMs / 1_000

/** Counts the rounds of the event loop while work goes on: in each of them a server would have been served. */
async function roundsIn(work: () => Promise<unknown>): Promise<number> {
  let [rounds, done] = [0, false]
  const counting = (async () => {
    for (; !done; rounds++) await nextRound()
  })()
  await work()
  done = true
  await counting
  return rounds
}

/** A clock of which each look takes ten milliseconds, and how often it was looked at. */
function lookedAt(): { now: () => number; looks: () => number } {
  let looks = 0
  return { now: () => ++looks * lookMs, looks: () => looks }
}

async function opened<T extends FoldTask>(log: Log, task: T, now: () => number): Promise<TaskRunner<T>> {
  const options = { log, beatMs: 1_000, foldVersion, config: '', checkpointEveryMs: 1e15, now, listener: () => {} }
  return TaskRunner.open(task, options)
}

const enterpriseTask = () =>
  new EnterpriseTask({ ...setting, partition: 0, partitions: 1, hashSeed: [0, 0], listener: () => {} })
const watchTask = () => new WatchTask({ ...setting, foldVersion, partitions: 1, listener: () => {} })

const events = (count: number, timeOf: (n: number) => number): TestRecord[] =>
  Array.from({ length: count }, (_, n) => {
    const key = `E${n % 5_000}`
    const value = {
      id: `e${n}`,
      enterpriseId: key,
      type: 'PEN.FINE',
      occurredAt: new Date(historyStartMs - 1_000).toISOString(),
    }
    return { topic: 'risk-events', key, timeMs: timeOf(n), value }
  })

it('a long history, live, in a replay and of the watch: no turn has more looks than its length', async () => {
  const log = await memoryLog()
  const beats = 600
  await append(
    log,
    events(beats, (n) => historyStartMs + n * 1_000),
  )
  for (const [what, work] of [
    [
      'live',
      async (now: () => number) => (await begun(enterpriseTask(), now)).step({ by: 'end', beat: firstBeat + beats }),
    ],
    ['in a replay', (now: () => number) => begun(enterpriseTask(), now)],
    ['the watch', async (now: () => number) => (await begun(watchTask(), now)).step({ by: 'writers' })],
    ['the watch in a replay', (now: () => number) => begun(watchTask(), now)],
  ] as const) {
    const clock = lookedAt()
    const rounds = await roundsIn(() => work(clock.now))
    expect(clock.looks(), what).toBeGreaterThan(beats)
    expect(rounds, what).toBeGreaterThanOrEqual(Math.floor(beats / looksATurn))
  }

  async function begun(task: FoldTask, now: () => number): Promise<TaskRunner> {
    const runner = await opened(log, task, now)
    await runner.restore()
    return runner
  }
})

it('one beat that is long: five thousand rows are scored again at the end of a tick, in slices', async () => {
  const log = await memoryLog()
  await append(
    log,
    events(5_000, () => historyStartMs),
  )
  const clock = lookedAt()
  const runner = await opened(log, enterpriseTask(), clock.now)
  await runner.restore()
  await runner.step({ by: 'end', beat: firstBeat })
  const tick = tinyProfile.calendar.tickOf(historyStartMs)
  const endBeat = tinyProfile.calendar.endMs(tick) / 1_000 - 1
  const before = clock.looks()
  const rounds = await roundsIn(() => runner.step({ by: 'end', beat: endBeat }))
  expect(clock.looks() - before).toBeGreaterThan(5_000 / 256)
  expect(rounds).toBeGreaterThanOrEqual(Math.floor(5_000 / 256 / looksATurn))
})

it('a beat is folded in as many slices as it has records by the thousand, whatever they are', () => {
  const recordsOf = (some: readonly TestRecord[]): LogRecord[] =>
    some.map(({ key, timeMs, value }, offset) => ({ offset, timeMs, key, value: bytesOf(value), headers: null }))
  const places = Array.from({ length: 5_000 }, (_, n): TestRecord => {
    const [key, timeMs] = [`E${n}`, historyStartMs]
    return { topic: 'enterprises', key, timeMs, value: { id: key, region: 'P1', industry: 'X1' } }
  })
  const grades = places.map(({ key, timeMs }): TestRecord => {
    const value = { enterpriseId: key, grade: 'A', effectiveAt: new Date(historyStartMs).toISOString() }
    return { topic: 'credit-grades', key, timeMs, value }
  })
  const spread = events(5_000, () => historyStartMs)
  const ofOneRow = spread.map(
    ({ value, ...rest }): TestRecord => ({ ...rest, key: 'E1', value: { ...Object(value), enterpriseId: 'E1' } }),
  )
  const bad = spread.map((one): TestRecord => ({ ...one, value: '{' }))
  const none = { commands: [], enterprises: [], grades: [], events: [], artifacts: [], archive: [], levels: [] }
  const beats: [what: string, records: Partial<RecordsOf<'enterprise'>>, passes: number][] = [
    ['enterprises', { enterprises: recordsOf(places) }, 3],
    ['grades', { grades: recordsOf(grades) }, 3],
    ['events', { events: recordsOf(spread) }, 4],
    ['events of one row', { events: recordsOf(ofOneRow) }, 4],
    ['bad events', { events: recordsOf(bad) }, 2],
  ]
  for (const [what, records, passes] of beats) {
    const slices = [...enterpriseTask().foldInSlices(firstBeat, { ...none, ...records }, () => {})].length
    expect(slices, what).toBeGreaterThanOrEqual(passes * Math.floor(5_000 / sliceLength))
  }
})

it('a beat of records that are large, or that make models whole, is cut by what they cost, not by their number', () => {
  const recordOf = (value: Uint8Array, offset: number): LogRecord => ({
    offset,
    timeMs: historyStartMs,
    key: 'E1',
    value,
    headers: null,
  })
  const large = Array.from({ length: 40 }, (_, at) => recordOf(Buffer.alloc(recordParseBytesMax, '{'), at))
  const models = Array.from({ length: 10 }, (_, weight) => chunkRecords(modelFolder({ weight }), historyStartMs)).flat()
  const chunks = models.map(({ value }, at) => recordOf(bytesOf(value), at))
  const perSlice = sliceBytes / recordParseBytesMax
  const slicesOf = (records: Partial<RecordsOf<'enterprise'>>): number => {
    const none = { commands: [], enterprises: [], grades: [], events: [], artifacts: [], archive: [], levels: [] }
    return [...enterpriseTask().foldInSlices(firstBeat, { ...none, ...records }, () => {})].length
  }
  expect(slicesOf({ events: large })).toBeGreaterThanOrEqual((2 * large.length) / perSlice)
  expect(slicesOf({ enterprises: large })).toBeGreaterThanOrEqual((2 * large.length) / perSlice)
  expect(slicesOf({ artifacts: chunks })).toBeGreaterThanOrEqual(chunks.length)
  const watched = watchTask().foldInSlices(firstBeat, { commands: [], parts: [], artifacts: chunks }, () => {})
  expect([...watched].length).toBeGreaterThanOrEqual(chunks.length)
})

it('a list is sorted in slices as it would be in one go: equal ones stay in their order', () => {
  const items = fc.array(fc.record({ key: fc.nat(40), n: fc.nat() }), {
    minLength: 3 * sliceLength,
    maxLength: 5 * sliceLength,
  })
  const byKey = (a: { key: number }, b: { key: number }): number => a.key - b.key
  fc.assert(
    fc.property(items, (list) => {
      const slices = sortedInSlices([...list], byKey)
      let step = slices.next()
      while (step.done !== true) step = slices.next()
      expect(step.value).toEqual(list.toSorted(byKey))
    }),
    { seed: 1, numRuns: 5 },
  )
})

it('who waits goes on one after the other, one in each round', async () => {
  const turns = new Turns(() => 0)
  const seen: string[] = []
  let round = 0
  const rounds = (async () => {
    for (; round < 6; round++) await nextRound()
  })()
  const task = async (name: string): Promise<void> => {
    for (let turn = 0; turn < 2; turn++) {
      await turns.next()
      seen.push(`${name} in ${round}`)
    }
  }
  await Promise.all([task('a'), task('b'), rounds])
  expect(seen.map((one) => one[0])).toEqual(['a', 'b', 'a', 'b'])
  expect(new Set(seen.map((one) => one.slice(5))).size).toBe(4)
})

it('a turn is over after its time, and when the clock was set back', () => {
  let nowMs = 1_000_000
  const turns = new Turns(() => nowMs)
  expect(turns.over).toBe(false)
  nowMs += turnMsMax
  expect(turns.over).toBe(true)
  nowMs -= turnMsMax + 1
  expect(turns.over).toBe(true)
})
