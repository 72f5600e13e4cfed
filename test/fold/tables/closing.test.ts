/** docs/fold.md rules 2 to 4: when a beat is closed. */
import { expect, it } from 'vitest'
import { EnterpriseTask } from '../../../src/enterprise/task.ts'
import { type Closing, completeThrough } from '../../../src/fold/closing.ts'
import { ImportState } from '../../../src/fold/imports.ts'
import { endBeatOf, greatestBeat } from '../../../src/fold/progress.ts'
import { TaskRunner } from '../../../src/fold/runner.ts'
import { supervise } from '../../../src/fold/supervise.ts'
import type { Log } from '../../../src/log/port.ts'
import type { Input } from '../../../src/log/topology.ts'
import type { Notice } from '../../../src/notices.ts'
import { append, memoryLog, openTasks, type TestRecord } from '../../support/fold.ts'
import { fateCounts } from '../../support/readFold.ts'
import { tinyProfile } from '../../support/tinyProfile.ts'

const setting = { profile: tinyProfile, model: null, beatMs: 1_000 }
const none = Number.NEGATIVE_INFINITY

it('a beat of one input is complete', () => {
  const table: [
    what: string,
    closing: Closing,
    readToEnd: boolean,
    lastBeat: number,
    closedBy: Input['closedBy'],
    through: number,
  ][] = [
    [
      'not read to its end: what a later record shows',
      { by: 'clock', lookMs: 99_000, slackMs: 0 },
      false,
      7,
      'looks',
      6,
    ],
    ['nothing seen, not read to its end', { by: 'clock', lookMs: 99_000, slackMs: 0 }, false, none, 'looks', none],
    [
      'clock: the look was made after end(b) + slack',
      { by: 'clock', lookMs: 9_500, slackMs: 500 },
      true,
      3,
      'looks',
      8,
    ],
    ['clock: a millisecond too early', { by: 'clock', lookMs: 9_499, slackMs: 500 }, true, 3, 'looks', 7],
    [
      'clock: a later record closes more than the look',
      { by: 'clock', lookMs: 9_500, slackMs: 500 },
      true,
      12,
      'looks',
      11,
    ],
    ['mark: none yet', { by: 'mark', throughMs: undefined }, true, 3, 'looks', 2],
    ['mark: through >= end(b)', { by: 'mark', throughMs: 9_000 }, true, 3, 'looks', 8],
    ['mark: within the beat', { by: 'mark', throughMs: 9_999 }, true, 3, 'looks', 8],
    ['parts: a part closes its beat', { by: 'writers' }, true, 5, 'writers', 5],
    ['parts: none yet', { by: 'writers' }, true, none, 'writers', none],
    [
      'parts: commands close nothing and hold nothing back',
      { by: 'writers' },
      true,
      5,
      'looks',
      Number.POSITIVE_INFINITY,
    ],
    ['leader: as far as it lets the task go', { by: 'end', beat: 20 }, false, none, { leader: { kind: 'watch' } }, 2],
    ['end: by the beat given', { by: 'end', beat: 20 }, true, 5, 'looks', 20],
  ]
  for (const [what, closing, readToEnd, lastBeat, closedBy, through] of table) {
    expect(completeThrough({ readToEnd, lastBeat, closedBy, reach: 2 }, closing, 1_000), what).toBe(through)
  }
})

it('the runner folds what the clock, the marks or the end close', async () => {
  // Records of the beats 0 and 1, and one of beat 4.
  const table: [closing: Closing, folded: number | undefined][] = [
    [{ by: 'clock', lookMs: 999, slackMs: 0 }, undefined],
    [{ by: 'clock', lookMs: 1_000, slackMs: 1 }, undefined],
    [{ by: 'clock', lookMs: 1_000, slackMs: 0 }, 0],
    [{ by: 'clock', lookMs: 2_500, slackMs: 500 }, 1],
    [{ by: 'clock', lookMs: 4_999, slackMs: 0 }, 1],
    [{ by: 'clock', lookMs: 5_000, slackMs: 0 }, 4],
    [{ by: 'mark', throughMs: undefined }, undefined],
    [{ by: 'mark', throughMs: 1_999 }, 0],
    [{ by: 'mark', throughMs: 2_000 }, 1],
    [{ by: 'end', beat: 0 }, 0],
    [{ by: 'end', beat: 4 }, 4],
  ]
  for (const [closing, folded] of table) {
    const log = await memoryLog()
    await append(log, [event('a', 0), event('b', 1_500), event('c', 4_000)])
    const runner = await openRunner(log)
    await runner.step(closing)
    expect(runner.foldedThrough, JSON.stringify(closing)).toBe(folded)
  }
})

it('later records of every input close a beat without any look', async () => {
  const log = await memoryLog()
  await append(log, [
    event('a', 0),
    event('b', 2_000),
    { topic: 'enterprises', key: 'E1', timeMs: 3_000, value: { id: 'E1', region: 'P1', industry: 'X' } },
    {
      topic: 'credit-grades',
      key: 'E1',
      timeMs: 4_000,
      value: { enterpriseId: 'E1', grade: 'A', effectiveAt: '2026-03-01T00:00:00Z' },
    },
  ])
  const runner = await openRunner(log)
  await runner.step({ by: 'mark', throughMs: undefined })
  expect(runner.foldedThrough).toBeUndefined() // the commands have shown nothing
  await append(log, [command('import.begin', 5_000)])
  await runner.step({ by: 'mark', throughMs: undefined })
  expect(runner.foldedThrough).toBeUndefined() // nor have the artefacts
  await append(log, [{ topic: 'artifacts', key: null, timeMs: 5_000, value: 'no chunk' }])
  await runner.step({ by: 'mark', throughMs: undefined })
  expect(runner.foldedThrough).toBe(1) // the event of beat 2 may have company
})

it('rule 3: inside an import beats close by marks, and after its end by the clock', async () => {
  const log = await memoryLog()
  const imports = new ImportState(log)
  const seen: [boolean, number | undefined][] = []
  const after = async (record: TestRecord): Promise<void> => {
    await append(log, [record])
    await imports.read()
    seen.push([imports.open !== undefined, imports.open?.markedMs])
  }
  await after(mark(500, 400)) // outside of an import: says nothing
  await after(command('import.begin', 1_000))
  await after(mark(2_000, 1_900))
  await after(mark(2_100, 1_500)) // a mark never takes back what another said
  await after({ ...mark(2_200, 9_000), value: '{"kind":"import.mark"' })
  await after(command('import.end', 3_000))
  await after(command('import.begin', 4_000))
  expect(seen).toEqual([
    [false, undefined],
    [true, undefined],
    [true, 1_900],
    [true, 1_900],
    [true, 1_900],
    [false, undefined],
    [true, undefined],
  ])
})

it('rule 3: no mark for a minute is an alarm, once a minute', async () => {
  const log = await memoryLog()
  await append(log, [command('import.begin', 0)])
  const { runners, watchRunner } = await openTasks(log, setting)
  const stop = new AbortController()
  const notices: Notice[] = []
  let nowMs = 0
  const now = (): number => {
    nowMs += 5_000
    if (nowMs > 200_000) stop.abort()
    return nowMs
  }
  await supervise([...runners, watchRunner], {
    log,
    slackMs: 0,
    endBeat: undefined,
    pollMs: 1,
    now,
    listener: (one) => notices.push(one),
    signal: stop.signal,
  })
  const silences = notices.filter(({ kind }) => kind === 'ImportSilent').length
  expect(notices.filter(({ kind }) => kind === 'ImportSeen')).toEqual([{ kind: 'ImportSeen', open: true }])
  expect(silences).toBeGreaterThanOrEqual(2)
  expect(silences).toBeLessThanOrEqual(3)
})

it('rule 4: the greatest log time ends a fold to the end, and the last tick stays open', async () => {
  const log = await memoryLog()
  expect(await greatestBeat(log, 1_000)).toBeUndefined()
  await append(log, [event('a', 0), event('b', 86_400_000 * 3), command('import.begin', 86_400_000)])
  expect(await greatestBeat(log, 1_000)).toBe(86_400 * 3)
  const notices: Notice[] = []
  const { runners, watchRunner } = await openTasks(log, setting, (one) => notices.push(one))
  const signal = new AbortController().signal
  await supervise([...runners, watchRunner], {
    log,
    slackMs: 0,
    endBeat: 86_400 * 3,
    pollMs: 1,
    now: () => 0,
    listener: () => {},
    signal,
  })
  expect(runners[0].foldedThrough).toBe(86_400 * 3)
  expect(watchRunner.foldedThrough).toBe(86_400 * 3)
  expect(notices.filter(({ kind }) => kind === 'TickClosed')).toHaveLength(3)
})

it('rule 4: everything is folded at the end, also where log time runs back, and behind what was folded before', async () => {
  const log = await memoryLog(2)
  expect(await endBeatOf(log, 1_000)).toBeUndefined()
  const fold = async (): Promise<(number | undefined)[]> => {
    const { runners, watchRunner } = await openTasks(log, setting)
    const endBeat = await endBeatOf(log, 1_000)
    const signal = new AbortController().signal
    await supervise([...runners, watchRunner], {
      log,
      slackMs: 0,
      endBeat,
      pollMs: 1,
      now: () => 0,
      listener: () => {},
      signal,
    })
    return [...runners, watchRunner].map(({ foldedThrough }) => foldedThrough)
  }
  const folded = async (): Promise<number> => Object.values(await fateCounts(log)).reduce((a, b) => a + b, 0)
  await append(log, [event('ahead', 90_000), event('b', 10_000), command('import.begin', 5_000)])
  expect(await fold()).toEqual([90, 90, 90])
  expect(await folded()).toBe(3)
  await append(log, [event('c', 20_000)])
  expect(await fold()).toEqual([91, 91, 91])
  expect(await folded()).toBe(4)
  expect(await fold()).toEqual([91, 91, 91])
})

it('rule 12: a silent task says at least every ten seconds how far it is', async () => {
  const log = await memoryLog()
  let nowMs = 0
  await append(log, [event('a', 0)])
  const runner = await openRunner(log, () => nowMs)
  const step = async (): Promise<number | undefined> => {
    await runner.step({ by: 'clock', lookMs: nowMs, slackMs: 0 })
    return runner.foldedThrough
  }
  const seen: (number | undefined)[] = []
  for (const ms of [2_000, 11_000, 12_000, 21_500, 22_000]) {
    nowMs = ms
    seen.push(await step())
  }
  expect(seen).toEqual([0, 0, 11, 11, 21])
})

it('rule 12: inside an import a silent task says at every mark how far it is', async () => {
  const log = await memoryLog()
  await append(log, [event('a', 0)])
  const runner = await openRunner(log)
  for (const [throughMs, folded] of [
    [2_000, 1],
    [2_000, 1],
    [5_500, 4],
  ] as const) {
    while (await runner.step({ by: 'mark', throughMs }));
    expect(runner.foldedThrough).toBe(folded)
  }
})

it('rule 12: the watch closes a beat when the parts of all tasks are in', async () => {
  const log = await memoryLog(2)
  await append(log, [command('import.begin', 0), event('a', 1_000), event('b', 5_000)])
  const { runners, watchRunner } = await openTasks(log, setting)
  const folded: (number | undefined)[] = []
  for (const [task, beat] of [
    [0, 3],
    [1, 1],
    [1, 5],
    [0, 9],
  ] as const) {
    while (await runners[task].step({ by: 'end', beat }));
    while (await watchRunner.step({ by: 'writers' }));
    folded.push(watchRunner.foldedThrough)
  }
  expect(folded).toEqual([undefined, 1, 3, 5])
})

async function openRunner(log: Log, now: () => number = () => 0): Promise<TaskRunner> {
  const task = new EnterpriseTask({ ...setting, partition: 0, partitions: 1, hashSeed: [0, 0], listener: () => {} })
  const runner = await TaskRunner.open(task, {
    log,
    beatMs: 1_000,
    foldVersion: 1,
    config: '',
    checkpointEveryMs: 0,
    now,
    listener: () => {},
  })
  await runner.restore()
  return runner
}

function event(id: string, timeMs: number): TestRecord {
  const value = { id, enterpriseId: 'E1', type: 'PEN.FINE', occurredAt: new Date(timeMs).toISOString() }
  return { topic: 'risk-events', key: 'E1', timeMs, value }
}

function command(kind: string, timeMs: number): TestRecord {
  return { topic: 'commands', key: null, timeMs, value: { id: `${kind} ${timeMs}`, actor: 'test', kind } }
}

function mark(timeMs: number, throughMs: number): TestRecord {
  const value = { id: `mark ${timeMs}`, actor: 'test', kind: 'import.mark', through: new Date(throughMs).toISOString() }
  return { topic: 'commands', key: null, timeMs, value }
}
