/** docs/fold.md rules 18, 20, 21 and 22: configuration, checkpoints, the digest, fates and letters. */
import { expect, it } from 'vitest'
import { openEngine } from '../../../src/engine.ts'
import { ForewarnError } from '../../../src/errors.ts'
import { digest } from '../../../src/log/digest.ts'
import type { Log, TaskLog } from '../../../src/log/port.ts'
import { recordsOf } from '../../../src/log/recordsOf.ts'
import type { Notice } from '../../../src/notices.ts'
import { append, foldInSessions, foldToEnd, memoryLog, type TestRecord } from '../../support/fold.ts'
import { generatedHistory } from '../../support/generated.ts'
import { logOver, taskLogOver } from '../../support/logs.ts'
import { tinyModel } from '../../support/tinyModel.ts'
import { tinyProfile } from '../../support/tinyProfile.ts'

const setting = { profile: tinyProfile, model: tinyModel(tinyProfile), beatMs: 1_000 }
const records = generatedHistory({ seed: 7, days: 12, enterprises: 20, eventsPerDay: 8 })
const [three, six, nine] = [3, 6, 9].map((day) => Math.floor(records[0].timeMs / 1_000) + day * 86_400)
const last = Math.floor(records[records.length - 1].timeMs / 1_000)

it('rule 20: a damaged page or manifest is told and skipped, the older checkpoint used; the digest is the same', async () => {
  const whole = await memoryLog()
  await append(whole, records)
  await foldToEnd(whole, setting)
  const wanted = await digest(whole)
  const noneFits = ['tick', 'registry', 'rows', 'active models', 'risk context', 'contradictions']
    .map((part) => `a page of ${part} is missing or does not match its hash`)
    .join('; ')
  const table: [what: string, damage: Damage, skipped: string[]][] = [
    ['nothing', {}, []],
    ['a byte of every page', { page: 1 }, [noneFits]],
    ['the pages are gone', { gone: 1 }, [noneFits]],
    ['the manifest', { manifest: 1 }, ['the manifest cannot be read']],
    ['pages of both', { page: 2 }, [noneFits, noneFits]],
  ]
  for (const [what, damage, skipped] of table) {
    const log = await memoryLog()
    const notices: Notice[] = []
    const until = (beat: number): number => records.findIndex(({ timeMs }) => timeMs >= beat * 1_000)
    for (const [from, to] of [
      [0, until(three)],
      [until(three), until(nine)],
    ] as const) {
      await append(log, records.slice(from, to))
      const throughBeats = [Math.floor(records[to].timeMs / 1_000) - 1]
      await foldInSessions(log, setting, [{ throughBeats, checkpoint: true }], (one) => notices.push(one))
    }
    await append(log, records.slice(until(nine)))
    const [older, newer] = notices
      .filter((one) => one.kind === 'CheckpointWritten' && one.task === 'enterprise-0')
      .map((one) => ('beat' in one ? one.beat : undefined))
    notices.length = 0
    await foldInSessions(damaged(log, damage), setting, [{ throughBeats: [last], checkpoint: false }], (one) =>
      notices.push(one),
    )
    const told = notices
      .filter((one) => one.kind === 'CheckpointSkipped' && one.task === 'enterprise-0')
      .map((one) => ('why' in one ? one.why : ''))
    expect(told, what).toEqual(skipped)
    const from = notices.find((one) => one.kind === 'Restored' && one.task === 'enterprise-0')
    expect(from, what).toMatchObject({ fromBeat: [newer, older, undefined][skipped.length] })
    expect(await digest(log), what).toEqual(wanted)
  }
})

it('rule 20: a checkpoint of another fold version is not used', async () => {
  const log = await memoryLog()
  await append(log, records)
  await foldInSessions(log, setting, [{ throughBeats: [six], checkpoint: true }])
  const notices: Notice[] = []
  await foldInSessions(
    damaged(log, { foldVersion: true }),
    setting,
    [{ throughBeats: [last], checkpoint: false }],
    (one) => notices.push(one),
  )
  expect(notices).toContainEqual(
    expect.objectContaining({ kind: 'CheckpointSkipped', why: 'it was written by fold version 999' }),
  )
  expect(notices).toContainEqual(
    expect.objectContaining({ kind: 'Restored', task: 'enterprise-0', fromBeat: undefined }),
  )
  const whole = await memoryLog()
  await append(whole, records)
  await foldToEnd(whole, setting)
  expect(await digest(log)).toEqual(await digest(whole))
})

it('rule 18: another profile, beat or model than the log was started with is refused', async () => {
  const log = await memoryLog()
  await append(log, records.slice(0, 5))
  const model = tinyModel(tinyProfile)
  const base = {
    log,
    profile: tinyProfile,
    model,
    beatMs: 1_000,
    slackMs: 0,
    checkpointEveryMs: 0,
    untilEnd: true,
    now: () => 0,
    listener: () => {},
    signal: new AbortController().signal,
  }
  await (await openEngine(base)).follow()
  const table: [what: string, change: Partial<typeof base>, refused: boolean][] = [
    ['the same', {}, false],
    ['another profile', { profile: { ...tinyProfile, hash: 'c'.repeat(64) } }, true],
    ['another beat', { beatMs: 2_000 }, true],
    ['another model', { model: { ...model, hash: 'd'.repeat(64) } }, true],
  ]
  for (const [what, change, refused] of table) {
    const code = await openEngine({ ...base, ...change }).then(
      () => undefined,
      (error: unknown) => (error instanceof ForewarnError ? error.code : String(error)),
    )
    expect(code, what).toBe(refused ? 'FW_CONFIG_CHANGED' : undefined)
  }
  for (const beatMs of [0, -1, 1.5, 7_000, 3_600_001])
    await expect(openEngine({ ...base, beatMs }), String(beatMs)).rejects.toThrow('must divide the hour')
  let activations = 0
  for await (const record of recordsOf(log, 'commands', 0))
    if (Buffer.from(record.value).toString().includes('profile.activate')) activations++
  expect(activations).toBe(1)
})

it('beats that are folded again after a restart are not told again', async () => {
  const log = await memoryLog()
  await append(log, records)
  const told: Notice[] = []
  const options = {
    log,
    profile: tinyProfile,
    model: tinyModel(tinyProfile),
    beatMs: 1_000,
    slackMs: 0,
    checkpointEveryMs: 1e12,
    untilEnd: true,
    now: () => 0,
    listener: (notice: Notice) => void told.push(notice),
    signal: new AbortController().signal,
  }
  await (await openEngine(options)).follow()
  expect(told.filter(({ kind }) => kind === 'BeatFolded').length).toBeGreaterThan(0)
  told.length = 0
  await (await openEngine({ ...options, log: withoutCheckpoints(log) })).follow()
  expect(told.filter(({ kind }) => kind === 'BeatFolded' || kind === 'WarningChanged')).toEqual([])
  expect(told.some((notice) => notice.kind === 'Restored' && notice.beatsReplayed > 0)).toBe(true)
})

/** The same log, in which no checkpoint is found. */
function withoutCheckpoints(log: Log): Log {
  const none = { readManifest: async () => undefined, readPage: async () => undefined }
  return logOver(log, { openTask: async (id) => taskLogOver(await log.openTask(id), none) })
}

it('rule 21: the digest leaves out task, partition and page, and hears every other change', async () => {
  const digestOf = async (some: readonly TestRecord[], partitions = 1) => {
    const log = await memoryLog(partitions)
    await append(log, some)
    await foldToEnd(log, setting)
    return digest(log)
  }
  const one = await digestOf(records)
  expect(await digestOf(records, 4)).toEqual(one)
  const change = (at: number, value: object): TestRecord[] =>
    records.map((record, index) =>
      index === at ? { ...record, value: { ...Object(record.value), ...value } } : record,
    )
  const at = records.findLastIndex(({ topic }) => topic === 'risk-events')
  expect(await digestOf(change(at, { severity: 5 }))).not.toEqual(one)
  expect((await digestOf(change(at, { note: 'unknown fields are ignored' }))).scores).toEqual(one.scores)
  expect((await digestOf(change(at, { note: 'unknown fields are ignored' }))).fates.hash).not.toBe(one.fates.hash)
})

it('rule 22: a dead letter keeps bytes, key and headers, and says code, topic, partition and offset', async () => {
  const log = await memoryLog()
  const value = Buffer.from([0xff, 0x7b, 0x00, 0x01])
  await append(log, records.slice(0, 3))
  await log.append('risk-events', 0, [
    { key: 'E1', timeMs: records[2].timeMs, value, headers: { traceparent: '00-abc', mine: 'kept' } },
  ])
  await append(log, [{ topic: 'commands', key: null, timeMs: records[2].timeMs, value: 'no command' }])
  await foldToEnd(log, setting)
  const found = []
  for (let partition = 0; partition < log.partitions('dead-letters'); partition++)
    for await (const letter of recordsOf(log, 'dead-letters', partition)) found.push(letter)
  const inputs = await log.range('risk-events', 0)
  expect(
    found.map(({ key, value: bytes, headers }) => ({ key, bytes: Buffer.from(bytes).toString('hex'), headers })),
  ).toEqual([
    {
      key: 'E1',
      bytes: value.toString('hex'),
      headers: {
        traceparent: '00-abc',
        mine: 'kept',
        'error-code': 'FW_RECORD_NOT_JSON',
        'error-detail': '',
        topic: 'risk-events',
        partition: '0',
        offset: String(inputs.end - 1),
        'known-at': new Date(records[2].timeMs).toISOString(),
      },
    },
    {
      key: null,
      bytes: Buffer.from('no command').toString('hex'),
      headers: expect.objectContaining({ 'error-code': 'FW_RECORD_NOT_JSON', topic: 'commands' }),
    },
  ])
})

/** Newest so many slots with a flipped byte or without their pages; another fold version in every manifest. */
type Damage = { page?: number; gone?: number; manifest?: number; foldVersion?: boolean }

function damaged(log: Log, damage: Damage): Log {
  return logOver(log, { openTask: async (task) => damagedTask(await log.openTask(task), damage) })
}

function damagedTask(task: TaskLog, { page = 0, gone = 0, manifest = 0, foldVersion = false }: Damage): TaskLog {
  // Two sessions wrote slot 0, then slot 1: the newest is slot 1.
  const isHit = (slot: number, newest: number): boolean => slot >= 2 - newest
  return taskLogOver(task, {
    readManifest: async (slot) => {
      const bytes = await task.readManifest(slot)
      if (bytes === undefined || !isHit(slot, foldVersion ? 2 : manifest)) return bytes
      const text = Buffer.from(bytes).toString()
      return Buffer.from(foldVersion ? text.replace(/"foldVersion":\d+/, '"foldVersion":999') : text.slice(0, -1))
    },
    readPage: async (slot, at) => {
      const bytes = await task.readPage(slot, at)
      if (bytes === undefined || isHit(slot, gone)) return undefined
      return isHit(slot, page) ? bytes.map((byte, index) => (index === bytes.length - 5 ? byte ^ 1 : byte)) : bytes
    },
  })
}

it('rule 20: a grade that fell to the limit of sixteen begins nowhere, recovered or not', async () => {
  const [startMs, dayMs] = [records[0].timeMs, 86_400_000]
  const at = (timeMs: number): string => new Date(timeMs).toISOString()
  const early: TestRecord[] = [
    records[0],
    { topic: 'enterprises', key: 'E1', timeMs: startMs, value: { id: 'E1', region: 'P1', industry: 'X' } },
    ...Array.from({ length: 17 }, (_, n): TestRecord => {
      const value = {
        enterpriseId: 'E1',
        grade: 'AB'[n % 2],
        effectiveAt: at(startMs + (n === 0 ? 10 : 20 + n) * dayMs),
      }
      return { topic: 'credit-grades', key: 'E1', timeMs: startMs, value }
    }),
    // Just below the lowest band's edge: nothing but a grade that begins is a reason to score it again.
    ...['a', 'b'].map((id): TestRecord => {
      const value = { id, enterpriseId: 'E1', type: 'CMP.COMPLAINT', occurredAt: at(startMs) }
      return { topic: 'risk-events', key: 'E1', timeMs: startMs, value }
    }),
  ]
  const late: TestRecord[] = [
    {
      topic: 'commands',
      key: null,
      timeMs: startMs + 12 * dayMs,
      value: { id: 'late', actor: 'test', kind: 'import.end' },
    },
  ]
  const digests = []
  for (const checkpoint of [true, false]) {
    const log = await memoryLog()
    await append(log, early)
    await foldInSessions(log, setting, [{ throughBeats: [startMs / 1_000], checkpoint }])
    await append(log, late)
    await foldInSessions(log, setting, [{ throughBeats: [startMs / 1_000 + 12 * 86_400], checkpoint }])
    digests.push(await digest(log))
  }
  expect(digests[0]).toEqual(digests[1])
})
