/** A later version of the fold opens a log: one that was pruned by its checkpoint, part by part; any other by folding it again. */
import { expect, it } from 'vitest'
import { chosenFeatures } from '../../src/chosenFeatures.ts'
import { EnterpriseTask } from '../../src/enterprise/task.ts'
import { configOf, type Restored, restoreTask } from '../../src/fold/restore.ts'
import { Turns } from '../../src/fold/turns.ts'
import { foldVersion } from '../../src/fold/version.ts'
import { dayMs } from '../../src/limits.ts'
import type { Log } from '../../src/log/port.ts'
import { recordsOf } from '../../src/log/recordsOf.ts'
import type { Notice } from '../../src/notices.ts'
import { explain } from '../../src/training/explain.ts'
import { pastOf } from '../../src/training/extract/pastTasks.ts'
import { checkReach, replayReach } from '../../src/training/extract/reach.ts'
import { append, foldInSessions, memoryLog, type TestRecord } from '../support/fold.ts'
import { generatedHistory } from '../support/generated.ts'
import { savedState } from '../support/state.ts'
import { tinyModel } from '../support/tinyModel.ts'
import { tinyProfile } from '../support/tinyProfile.ts'

const beatMs = 1_000
const profile = tinyProfile
const model = tinyModel(profile)
const setting = { profile, model, beatMs }
const config = configOf({ profile: profile.hash, beatMs, model: model.hash, partitions: 1 })
const beatOf = (ms: number): number => Math.floor(ms / beatMs)
const history = generatedHistory({ seed: 6, days: 12, enterprises: 8, eventsPerDay: 5 })

async function logOf(records: readonly TestRecord[]): Promise<Log> {
  const log = await memoryLog()
  await append(log, records)
  const lastMs = records[records.length - 1].timeMs
  await foldInSessions(log, setting, [
    { throughBeats: [beatOf(lastMs - dayMs)], checkpoint: true },
    { throughBeats: [beatOf(lastMs)], checkpoint: true },
  ])
  return log
}

/** The enterprise task as a program of some fold version restores it. */
async function restored(
  log: Log,
  version: number,
  foldedAgainMax?: number,
): Promise<Restored & { told: string[]; state: Buffer }> {
  const told: string[] = []
  const listener = ({ kind }: Notice): void => void told.push(kind)
  const task = new EnterpriseTask({ ...setting, partition: 0, partitions: 1, hashSeed: [0, 0], listener })
  const options = { log, beatMs, foldVersion: version, config, listener, turns: new Turns(() => 0), now: () => 0 }
  const found = await restoreTask(task, log.readTask(task.id), { ...options, foldedAgainMax })
  return { ...found, told, state: savedState(task) }
}

it('takes the checkpoint over when the log was pruned, and folds it again when it was not', async () => {
  const log = await logOf(history)
  const now = await restored(log, foldVersion)
  expect(now.checkpoint).toMatchObject({ asWritten: true })
  const again = await restored(log, foldVersion + 1)
  expect(again.checkpoint).toBeUndefined()
  expect(again.state.equals(now.state)).toBe(true)

  await log.forget([{ topic: 'risk-events', partition: 0, before: 5 }])
  const migrated = await restored(log, foldVersion + 1)
  expect(migrated.checkpoint).toMatchObject({ asWritten: false })
  expect(migrated.told).toContain('StateMigrated')
  expect(migrated.state.equals(now.state)).toBe(true)
  // An older program does not read what a later one wrote.
  await expect(restored(log, foldVersion - 1)).rejects.toMatchObject({ code: 'FW_LOG_TRUNCATED' })
})

it('folds no more again than is allowed: FW_UPGRADE_NEEDED', async () => {
  const log = await logOf(history)
  await expect(restored(log, foldVersion + 1, 10)).rejects.toMatchObject({ code: 'FW_UPGRADE_NEEDED' })
  expect((await restored(log, foldVersion + 1, 10_000)).beatsReplayed).toBeGreaterThan(0)
  expect((await restored(log, foldVersion, 10)).checkpoint).toBeDefined()
})

it('explains within its reach what it explained before it was pruned', { timeout: 60_000 }, async () => {
  // The same days again after six years, of the same enterprises.
  const yearsMs = 2_192 * dayMs
  const later = history.map((record): TestRecord => {
    const { topic, timeMs, value } = record
    const shifted = JSON.stringify(value).replace(/20\d\d-\d\d-\d\dT[\d:.]+Z/g, (text) =>
      new Date(Date.parse(text) + yearsMs).toISOString(),
    )
    const again = JSON.parse(shifted)
    return {
      ...record,
      timeMs: timeMs + yearsMs,
      value: topic === 'risk-events' ? { ...again, id: `${again.id}-later`, ...retractionOf(again) } : again,
    }
  })
  const log = await logOf([...history, ...later])
  const tick = profile.calendar.tickOf(later[later.length - 1].timeMs) - 1
  const ids = [...new Set(history.flatMap(({ topic, key }) => (topic === 'enterprises' && key !== null ? [key] : [])))]
  const answers = (): Promise<unknown[]> =>
    Promise.all(
      ids.map((id) =>
        explain(pastOf(log, profile, beatMs), id, tick, { model, features: chosenFeatures(profile, undefined) }),
      ),
    )
  const before = await answers()
  let first = 0
  for await (const { offset, timeMs } of recordsOf(log, 'risk-events', 0))
    if (timeMs < history[0].timeMs + 300 * dayMs) first = offset + 1
  await log.forget([{ topic: 'risk-events', partition: 0, before: first - 2 }]) // two of the old ones stay
  expect(await replayReach(log, profile)).toBeLessThanOrEqual(tick)
  expect(await answers()).toEqual(before)
  const early = profile.calendar.tickOf(history[0].timeMs) + 5
  await expect(checkReach(log, profile, early, 'this')).rejects.toMatchObject({ code: 'FW_OUT_OF_REACH' })
})

const retractionOf = ({ retracts }: { retracts?: string }): object =>
  retracts === undefined ? {} : { retracts: `${retracts}-later` }
