/** docs/fold.md rule 20: parts of a task's state that a checkpoint does not give are folded again by themselves, or read in their earlier form. */
import { expect, it } from 'vitest'
import { z } from 'zod'
import type { BeatRecords } from '../../src/fold/beatRecords.ts'
import { TaskRunner } from '../../src/fold/runner.ts'
import { jsonPart, type Refold, type StatePart } from '../../src/fold/state.ts'
import type { FoldTask } from '../../src/fold/task.ts'
import { digest } from '../../src/log/digest.ts'
import type { Log, LogRecord } from '../../src/log/port.ts'
import { type TaskId, taskName } from '../../src/log/tasks.ts'
import { inputsOf } from '../../src/log/topology.ts'
import type { Notice } from '../../src/notices.ts'
import { compileProfile, ProfileFile } from '../../streams/profile.ts'
import { type Change, changed } from '../support/changedState.ts'
import { append, foldInSessions, foldToEnd, memoryLog } from '../support/fold.ts'
import { generatedHistory } from '../support/generated.ts'
import { logOver } from '../support/logs.ts'
import { savedState } from '../support/state.ts'
import { tinyModel } from '../support/tinyModel.ts'
import { tinyProfile, tinySource } from '../support/tinyProfile.ts'

const beatMs = 1_000
const nearby = { kind: 'nearby', axis: 'region', of: ['PEN.FINE'], halfLifeDays: 3, prior: { rate: 0.25, events: 2 } }
const profile = compileProfile({
  ...tinySource,
  file: ProfileFile.parse({ ...tinySource.file, features: [{ name: 'near', ...nearby }] }),
})
const setting = { profile, model: tinyModel(profile, { near: 4 }), beatMs }
const records = generatedHistory({ seed: 7, days: 12, enterprises: 20, eventsPerDay: 8 })
const beatOf = ({ timeMs }: { timeMs: number }): number => Math.floor(timeMs / beatMs)
const [begin, last] = [beatOf(records[0]), beatOf(records[records.length - 1])]
const days = (count: number): number[] => Array.from({ length: count + 3 }, () => begin + count * 86_400)

const table: [change: Change, outcome: 'refolded' | 'skipped' | 'whole'][] = [
  [{ part: 'registry', how: 'older' }, 'refolded'],
  [{ part: 'registry', how: 'damaged' }, 'refolded'],
  [{ part: 'registry', how: 'absent' }, 'refolded'],
  [{ part: 'neighbourhood', how: 'older' }, 'refolded'],
  [{ part: 'neighbourhood', how: 'damaged' }, 'refolded'],
  [{ task: 'watch', part: 'registry', how: 'older' }, 'refolded'],
  [{ part: 'rows', how: 'older' }, 'skipped'],
  [{ part: 'active models', how: 'damaged' }, 'skipped'],
  [{ task: 'watch', part: 'judge', how: 'absent' }, 'skipped'],
  [{ part: 'registry', how: 'damaged', slot: 1 }, 'whole'], // the checkpoint before has all of it
]

it.each(table)('%o: %s', async (change, outcome) => {
  const { task: kind = 'enterprise', part, how, slot } = change
  const log = await memoryLog()
  await append(log, records)
  await foldInSessions(log, setting, [
    { throughBeats: days(4), checkpoint: true },
    { throughBeats: days(8), checkpoint: true },
  ])
  const notices: Notice[] = []
  const reads = new Map<string, number[]>()
  const watched = logOver(changed(log, { ...change, task: kind }), {
    read: (topic, partition, from, bytesMax) => {
      reads.set(topic, [...(reads.get(topic) ?? []), from])
      return log.read(topic, partition, from, bytesMax)
    },
  })
  const session = { throughBeats: [...days(8), ...Array.from({ length: 8 }, () => last)], checkpoint: false }
  const tasks = await foldInSessions(watched, setting, [session], (one) => notices.push(one))

  const whole = await memoryLog()
  await append(whole, records)
  const wanted = await foldToEnd(whole, setting)
  expect(await digest(log)).toEqual(await digest(whole))
  const [enterprise, watch] = [tasks.enterprises[0], deskOf(tasks.watch)]
  expect(savedState(enterprise).equals(savedState(wanted.enterprises[0]))).toBe(true)
  expect(savedState(watch).equals(savedState(deskOf(wanted.watch)))).toBe(true)

  const task = kind === 'watch' ? 'watch' : 'enterprise-0'
  const told = notices.filter(
    (one) => (one.kind === 'StateRefolded' || one.kind === 'CheckpointSkipped') && one.task === task,
  )
  const why = {
    older: `${part} is of version 0`,
    damaged: `a page of ${part} is missing or does not match its hash`,
    absent: `it holds no ${part}`,
  }[how]
  const kinds = {
    refolded: ['StateRefolded'],
    skipped: ['CheckpointSkipped', 'CheckpointSkipped'],
    whole: ['CheckpointSkipped'],
  }
  if (outcome === 'refolded')
    expect(told).toMatchObject([
      { kind: 'CheckpointSkipped', slot: 0 },
      { kind: 'StateRefolded', slot: 1, why },
    ])
  else expect(told.map((one) => one.kind)).toEqual(kinds[outcome])
  for (const one of told) expect(one).toMatchObject({ why })
  const fromBeat = { refolded: begin + 8 * 86_400, whole: begin + 4 * 86_400, skipped: undefined }[outcome]
  const restored = notices.find((one) => one.kind === 'Restored' && one.task === task)
  expect(restored).toMatchObject({
    fromBeat: slot === undefined || outcome !== 'whole' ? fromBeat : begin + 4 * 86_400,
  })
  // Nothing of what other parts come from is read again.
  const again = kind === 'watch' ? 'cell-parts' : 'risk-events'
  expect(reads.get(again)?.includes(0)).toBe(outcome === 'skipped')
})

const deskOf = ({ state }: Pick<FoldTask, 'state'>): Pick<FoldTask, 'state'> => ({
  state: state.filter(({ name }) => name === 'registry'),
})

it('a part is read in an earlier form, by the version that wrote it', async () => {
  const earlier = (): [Sums, StatePart] => {
    const sums: Sums = { count: 0, bytes: 0 }
    const contract = z.object({ records: z.int() })
    const save = (): { records: number } => ({ records: sums.count })
    return [
      sums,
      jsonPart(
        { name: 'sums', version: 1, contract },
        save,
        ({ records: count }) => void Object.assign(sums, { count }),
      ),
    ]
  }
  const upgrade = { 1: (saved: unknown) => ({ count: z.object({ records: z.int() }).parse(saved).records, bytes: -1 }) }
  const later = (): [Sums, StatePart] => {
    const sums: Sums = { count: 0, bytes: 0 }
    const contract = z.object({ count: z.int(), bytes: z.int() })
    return [
      sums,
      jsonPart(
        { name: 'sums', version: 2, contract },
        () => sums,
        (saved) => void Object.assign(sums, saved),
        upgrade,
      ),
    ]
  }
  const log = await memoryLog()
  await append(log, records.slice(0, 100))
  const first = await summing(log, earlier())
  await first.runner.step({ by: 'end', beat: last })
  await first.runner.checkpoint('now')
  const second = await summing(log, later())
  expect(second.sums).toEqual({ count: first.sums.count, bytes: -1 })
  expect(first.sums.count).toBeGreaterThan(0)
  expect(second.runner.foldedThrough).toBe(first.runner.foldedThrough)
})

it('a part that is added later is folded from its inputs, up to the checkpoint', async () => {
  const log = await memoryLog()
  await append(log, records)
  const first = await summing(log, bare())
  const until = begin + 3 * 86_400
  while (await first.runner.step({ by: 'end', beat: until }));
  await first.runner.checkpoint('now')
  while (await first.runner.step({ by: 'end', beat: last }));
  let count = 0
  const fold: Refold['fold'] = (_, { events }) => {
    count += events.length
  }
  const added = jsonPart(
    { name: 'added', version: 1, contract: z.object({ count: z.int() }), refold: { inputs: ['events'], fold } },
    () => ({ count }),
    (saved) => {
      count = saved.count
    },
  )
  await summing(log, bare(), [added])
  const events = records.filter((one) => one.topic === 'risk-events' && beatOf(one) <= until)
  expect(count).toBe(events.length)
})

type Sums = { count: number; bytes: number }

function bare(): [Sums, StatePart] {
  const sums: Sums = { count: 0, bytes: 0 }
  const contract = z.object({ count: z.int(), bytes: z.int() })
  return [
    sums,
    jsonPart(
      { name: 'sums', version: 1, contract },
      () => sums,
      (saved) => void Object.assign(sums, saved),
    ),
  ]
}

/** A task that counts its events, restored. */
async function summing(log: Log, [sums, part]: [Sums, StatePart], more: readonly StatePart[] = []) {
  const id: TaskId = { kind: 'enterprise', partition: 0 }
  const foldInSlices = function* (_: number, { events }: BeatRecords): Iterable<void> {
    sums.count += events.length
    sums.bytes += events.reduce((sum: number, { value }: LogRecord) => sum + value.length, 0)
    yield
  }
  const task: FoldTask = {
    id,
    profile: tinyProfile,
    inputs: inputsOf(id, 1).filter(({ name }) => name !== 'archive' && name !== 'levels'),
    state: [part, ...more],
    fold: (beat, one) => Array.from(foldInSlices(beat, one)),
    foldInSlices,
    endEpoch: () => [],
    nextTickEnd: () => undefined,
  }
  const options = {
    log,
    beatMs,
    foldVersion: 1,
    config: taskName(id),
    checkpointEveryMs: 0,
    now: () => 0,
    listener: () => {},
  }
  const runner = await TaskRunner.open(task, options)
  await runner.restore()
  return { runner, sums }
}
