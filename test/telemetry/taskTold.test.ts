/** What tasks tell of their memory, their records and their restore, seen in a fold. */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openEmbeddedLog } from '../../src/log/embedded/embeddedLog.ts'
import type { Notice, NoticeOf } from '../../src/notices.ts'
import { event } from '../ingest/support.ts'
import { append, foldInSessions, foldToEnd, memoryLog, type TestRecord } from '../support/fold.ts'
import { tinyProfile } from '../support/tinyProfile.ts'

const setting = { profile: tinyProfile, model: null }
const dayMs = 86_400_000

function eventOf(id: string, day: number, more: object = {}): TestRecord {
  const timeMs = day * dayMs
  const value = event(id, 'E1', new Date(timeMs - 1_000).toISOString(), more)
  return { topic: 'risk-events', key: 'E1', timeMs, value }
}

function heard(): { listener: (notice: Notice) => void; of: <K extends Notice['kind']>(kind: K) => NoticeOf[K][] } {
  const all: Notice[] = []
  const isOf =
    <K extends Notice['kind']>(kind: K) =>
    (notice: Notice): notice is NoticeOf[K] =>
      notice.kind === kind
  return { listener: (notice) => void all.push(notice), of: (kind) => all.filter(isOf(kind)) }
}

test('facts and tombstones are counted as they come and go, from a checkpoint too', async () => {
  const log = await memoryLog()
  const records = [1, 2, 3].map((day) => eventOf(`e${day}`, day))
  await append(log, [...records, eventOf('r1', 4, { retracts: 'e2' })])
  const told = heard()
  await foldInSessions(log, setting, [{ throughBeats: [4 * 86_400], checkpoint: true }], told.listener)
  const facts = told.of('BeatFolded').map(({ facts }) => facts)
  expect([...new Set(facts)]).toEqual([1, 2, 3]) // the tombstone keeps the place of the event
  expect(told.of('BeatFolded').at(-1)).toMatchObject({ enterprises: 1, facts: facts.at(-1) })
  expect(told.of('BeatFolded').at(-1)?.tableBytes).toBeGreaterThan(0)
  expect(told.of('BeatFolded').at(-1)?.arenaBytes).toBeGreaterThan(0)

  await append(log, [eventOf('e9', 5)])
  const later = heard()
  await foldToEnd(log, setting, later.listener)
  expect(later.of('BeatFolded').at(-1)?.facts).toBe((facts.at(-1) ?? 0) + 1)
})

test('an epoch tells the bytes of its records and a time for each of its beats', async () => {
  const log = await memoryLog()
  const records = [1, 2].map((day) => eventOf(`e${day}`, day))
  await append(log, records)
  const told = heard()
  await foldToEnd(log, setting, told.listener)
  const ours = told.of('EpochCommitted').filter(({ task }) => task === 'enterprise-0')
  const bytes = records.reduce((sum, { value }) => sum + JSON.stringify(value).length, 0)
  expect(ours.reduce((sum, epoch) => sum + epoch.bytes, 0)).toBe(bytes)
  for (const { beats, beatSeconds } of told.of('EpochCommitted')) expect(beatSeconds).toHaveLength(beats)
})

test('a restore tells how far it is, from the checkpoint to the end of the journal', async () => {
  const log = await memoryLog()
  await append(
    log,
    [1, 2, 3].map((day) => eventOf(`e${day}`, day)),
  )
  await foldInSessions(log, setting, [{ throughBeats: [86_400, 2 * 86_400, 3 * 86_400], checkpoint: false }])
  const told = heard()
  await foldToEnd(log, setting, told.listener)
  const ours = told.of('RestoreProgressed').filter(({ task }) => task === 'enterprise-0')
  expect(ours[0]).toMatchObject({ done: 0, of: 3 })
  expect(ours.at(-1)).toMatchObject({ done: 3, of: 3 })
})

test('an embedded log on a disk says what it takes and what is free', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'forewarn-space-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const log = await openEmbeddedLog({ path: folder, mode: 'write' })
  const before = log.space?.()
  await append(log, [eventOf('e1', 1, { narrative: 'x'.repeat(200_000) })])
  const after = log.space?.()
  await log.close()
  expect(before?.freeBytes).toBeGreaterThan(0)
  expect((after?.usedBytes ?? 0) - (before?.usedBytes ?? 0)).toBeGreaterThanOrEqual(200_000)
  expect(statSync(folder).isDirectory()).toBe(true)
  expect((await memoryLog()).space?.()).toBeUndefined()
})
