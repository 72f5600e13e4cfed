/**
 * What every log must do, written against the port alone. A log that passes can stand behind the program; what is particular to one
 * (offsets without gaps, locks, disks) is tested beside it.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { aheadMsMaxDefault, hourMs, KiB, MiB, minuteMs } from '../../src/limits.ts'
import { greatestTimeMs } from '../../src/log/lastRecord.ts'
import type { Log, LogRecord, NewRecord, TaskLog } from '../../src/log/port.ts'
import type { TaskId } from '../../src/log/tasks.ts'
import type { TopicName } from '../../streams/topics.ts'
import { foreverMs } from '../support/patience.ts'

export type OpenedLog = {
  log: Log
  /** Closes the log and opens it again; null for a log that does not outlive its closing. */
  reopen: (() => Promise<Log>) | null
  /** Closes what is open and removes what was made. */
  dispose: () => Promise<void>
}

const inputPartitions = 3
const enterpriseTask: TaskId = { kind: 'enterprise', partition: 1 }
const watchTask: TaskId = { kind: 'watch' }

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
export const text = (value: Uint8Array): string => new TextDecoder().decode(value)
export const plain = (value: string): NewRecord => ({ key: null, value: bytes(value) })

/** Every committed record of a partition, as a follower would read it. */
export async function readAll(log: Log, topic: TopicName, partition = 0, bytesMax = MiB): Promise<LogRecord[]> {
  const { start, end } = await log.range(topic, partition)
  const records: LogRecord[] = []
  for (let from = start; from < end; ) {
    const batch = await log.read(topic, partition, from, bytesMax)
    expect(batch.next).toBeGreaterThan(from)
    records.push(...batch.records)
    from = batch.next
  }
  return records
}

export async function readTexts(log: Log, topic: TopicName, partition = 0): Promise<string[]> {
  return (await readAll(log, topic, partition)).map((record) => text(record.value))
}

export async function journalTexts(task: TaskLog, from = 0): Promise<string[]> {
  const entries: string[] = []
  for await (const { entry } of task.journal(from)) entries.push(text(entry))
  return entries
}

/** Runs the suite on logs with three input partitions. */
export function describeLog(name: string, open: (partitions: number) => Promise<OpenedLog>): void {
  describe(`${name}: the log port`, () => {
    let opened: OpenedLog
    let log: Log
    beforeEach(async () => {
      opened = await open(inputPartitions)
      log = opened.log
    })
    afterEach(() => opened.dispose())

    describe('partitions', () => partitionTests(() => log))
    describe('records', () => recordTests(() => log))
    describe('reading', () => readingTests(() => log))
    describe('epochs', () => epochTests(() => log))
    describe('fencing', () => fencingTests(() => log))
    describe('checkpoints', () => checkpointTests(() => log))
    describe('forgetting', () => forgettingTests(() => log))
    describe('following', () => followingTests(() => log))

    it('holds everything after it was closed and opened again', async ({ skip }) => {
      if (opened.reopen === null) return skip('this log does not outlive its closing')
      await log.append('risk-events', 2, [{ key: 'k', value: bytes('kept'), headers: { a: 'b' }, timeMs: 17 }])
      const task = await log.openTask(watchTask)
      await task.commit({ outputs: [], journal: bytes('epoch'), timeMs: 1 })
      await task.writeCheckpoint(1, [bytes('page')], () => bytes('manifest'))
      const before = await readAll(log, 'risk-events', 2)

      const again = await opened.reopen()
      const taskAgain = await again.openTask(watchTask)
      expect(await readAll(again, 'risk-events', 2)).toEqual(before)
      expect(await journalTexts(taskAgain)).toEqual(['epoch'])
      expect(await taskAgain.readManifest(1)).toEqual(bytes('manifest'))
      expect(await taskAgain.readPage(1, 0)).toEqual(bytes('page'))
      await again.append('risk-events', 2, [plain('more')])
      expect(await readTexts(again, 'risk-events', 2)).toEqual(['kept', 'more'])
    })
  })
}

function partitionTests(log: () => Log): void {
  it.each<[TopicName, number]>([
    ['risk-events', 3],
    ['credit-grades', 3],
    ['enterprises', 3],
    ['scores', 3],
    ['shadow-scores', 3],
    ['enterprise-alerts', 3],
    ['cell-parts', 3],
    ['fates', 4],
    ['dead-letters', 4],
    ['journal', 4],
    ['checkpoints', 4],
    ['commands', 1],
    ['artifacts', 1],
    ['industry-warnings', 1],
    ['region-warnings', 1],
    ['cell-warnings', 1],
    ['cluster-warnings', 1],
    ['ticks', 1],
    ['notices', 1],
    ['command-results', 1],
  ])('%s has %i partitions when the inputs have 3', (topic, count) => {
    expect(log().partitions(topic)).toBe(count)
  })

  it('keeps partitions and topics apart', async () => {
    await log().append('risk-events', 0, [plain('zero')])
    await log().append('risk-events', 2, [plain('two')])
    await log().append('enterprises', 2, [plain('other topic')])
    expect(await readTexts(log(), 'risk-events', 0)).toEqual(['zero'])
    expect(await readTexts(log(), 'risk-events', 1)).toEqual([])
    expect(await readTexts(log(), 'risk-events', 2)).toEqual(['two'])
  })

  it('refuses a partition that is not there', async () => {
    await expect(log().append('commands', 1, [plain('lost')])).rejects.toThrow()
  })
}

const notUtf8 = Uint8Array.of(0xff, 0xfe, 0x00, 0xc3, 0x28)
const large = new Uint8Array(MiB).map((_, at) => at % 251)

function recordTests(log: () => Log): void {
  it.each<[string, NewRecord]>([
    ['a null key', { key: null, value: bytes('v') }],
    ['an empty key', { key: '', value: bytes('v') }],
    ['a key beyond ASCII', { key: '企业-Ω-\u{1f600}', value: bytes('v') }],
    ['headers', { key: 'k', value: bytes('v'), headers: { code: 'FW_RECORD_NOT_JSON', 地区: '上海', empty: '' } }],
    ['an empty value', { key: 'k', value: new Uint8Array(0) }],
    ['a value of 1 MiB', { key: 'k', value: large }],
    ['bytes that are not UTF-8', { key: 'k', value: notUtf8 }],
    ['a value that is a part of a larger buffer', { key: 'k', value: large.subarray(1_000, 1_010) }],
  ])('gives back %s', async (_, record) => {
    await log().append('enterprises', 1, [record])
    const [got] = await readAll(log(), 'enterprises', 1)
    expect(got.key).toBe(record.key)
    expect(Buffer.compare(got.value, record.value)).toBe(0)
    expect(got.headers ?? {}).toEqual(record.headers ?? {})
  })

  it('gives null for no headers', async () => {
    await log().append('enterprises', 1, [plain('v')])
    expect((await readAll(log(), 'enterprises', 1))[0].headers).toBeNull()
  })

  it('keeps the log time that is given, even an earlier one', async () => {
    const times = [1_700_000_000_000, 1_600_000_000_000, 1_600_000_000_001]
    await log().append(
      'risk-events',
      0,
      times.map((timeMs) => ({ ...plain('v'), timeMs })),
    )
    expect((await readAll(log(), 'risk-events')).map((record) => record.timeMs)).toEqual(times)
  })

  it('tells the greatest log time from an offset on, where log time runs back too', async () => {
    const latest = (from: number) => greatestTimeMs(log(), 'risk-events', 0, from)
    expect(await latest(0)).toBeUndefined()
    const records = [5, 9, 3].map((timeMs) => ({ ...plain('v'), timeMs: 1_700_000_000_000 + timeMs }))
    await log().append('risk-events', 0, records)
    const { start, end } = await log().range('risk-events', 0)
    const last = (await readAll(log(), 'risk-events'))[2].offset
    expect([await latest(start), await latest(last)]).toEqual([1_700_000_000_009, 1_700_000_000_003])
    expect(await latest(end)).toBeUndefined()
  })

  it('stamps the present when no time is given, never earlier than the record before, unless that one leads the clock too far', async () => {
    const stamped = async (): Promise<number[]> => (await readAll(log(), 'risk-events')).map((record) => record.timeMs)
    const beforeMs = Date.now()
    await log().append('risk-events', 0, [plain('now')])
    const aheadMs = beforeMs + 2 * minuteMs
    await log().append('risk-events', 0, [{ ...plain('ahead'), timeMs: aheadMs }])
    await log().append('risk-events', 0, [plain('after'), plain('after')])
    const [first, ...later] = await stamped()
    expect(first).toBeGreaterThanOrEqual(beforeMs)
    expect(first).toBeLessThan(aheadMs)
    expect(later).toEqual([aheadMs, aheadMs, aheadMs])
    await log().append('risk-events', 0, [{ ...plain('far ahead'), timeMs: beforeMs + hourMs }])
    await log().append('risk-events', 0, [plain('after it')])
    const bounded = (await stamped()).at(-1)
    expect(bounded).toBeGreaterThanOrEqual(beforeMs + aheadMsMaxDefault)
    expect(bounded).toBeLessThanOrEqual(Date.now() + aheadMsMaxDefault)
  })
}

function readingTests(log: () => Log): void {
  const numbered = (count: number) => Array.from({ length: count }, (_, at) => plain(String(at)))

  it('says that an empty partition is empty', async () => {
    const { start, end } = await log().range('ticks', 0)
    expect(start).toBe(end)
    expect((await log().read('ticks', 0, end, KiB)).records).toEqual([])
  })

  it('reads nothing at the end, and stays there', async () => {
    await log().append('risk-events', 0, numbered(3))
    const { end } = await log().range('risk-events', 0)
    expect(await log().read('risk-events', 0, end, KiB)).toEqual({ records: [], next: end })
  })

  it('keeps the order over several appends, with offsets that grow', async () => {
    await log().append('risk-events', 0, numbered(500))
    await log().append('risk-events', 0, [])
    await log().append('risk-events', 0, numbered(500))
    const records = await readAll(log(), 'risk-events')
    const expected = [...numbered(500), ...numbered(500)].map((record) => text(record.value))
    expect(records.map((record) => text(record.value))).toEqual(expected)
    expect(records.every((record, at) => at === 0 || record.offset > records[at - 1].offset)).toBe(true)
    const { start, end } = await log().range('risk-events', 0)
    expect(records[0].offset).toBeGreaterThanOrEqual(start)
    expect(records[records.length - 1].offset).toBeLessThan(end)
  })

  it('reads from the middle on', async () => {
    await log().append('risk-events', 0, numbered(10))
    const seventh = (await readAll(log(), 'risk-events'))[7]
    const batch = await log().read('risk-events', 0, seventh.offset, MiB)
    expect(batch.records.map((record) => text(record.value))).toEqual(['7', '8', '9'])
  })

  it('bounds a read by bytes, and `next` goes on without losing or repeating', async () => {
    const records = Array.from({ length: 40 }, (_, at) => ({ key: String(at), value: new Uint8Array(KiB) }))
    await log().append('risk-events', 0, records)
    const { start } = await log().range('risk-events', 0)
    const batch = await log().read('risk-events', 0, start, 10 * KiB)
    expect(batch.records.length).toBeGreaterThan(0)
    expect(batch.records.length).toBeLessThanOrEqual(10)
    const keys = (await readAll(log(), 'risk-events', 0, 10 * KiB)).map((record) => record.key)
    expect(keys).toEqual(records.map((record) => record.key))
  })

  it('gives at least one record, however large', async () => {
    await log().append('risk-events', 0, [plain('small'), { key: null, value: large }, plain('small')])
    expect((await readAll(log(), 'risk-events', 0, 1)).map((record) => record.value.byteLength)).toEqual([5, MiB, 5])
  })
}

function epochTests(log: () => Log): void {
  it('commits outputs and journal together, outputs in order', async () => {
    const task = await log().openTask(enterpriseTask)
    const outputs = ['a', 'b'].flatMap((value) => [
      { topic: 'scores', partition: 1, record: { key: value, value: bytes(`score ${value}`) } } as const,
      { topic: 'fates', partition: 1, record: { ...plain(`fate ${value}`), timeMs: 5 } } as const,
    ])
    await task.commit({ outputs, journal: bytes('epoch 0'), timeMs: 1_234 })
    expect(await readTexts(log(), 'scores', 1)).toEqual(['score a', 'score b'])
    expect(await readTexts(log(), 'fates', 1)).toEqual(['fate a', 'fate b'])
    expect((await readAll(log(), 'fates', 1)).map((record) => record.timeMs)).toEqual([5, 5])
    expect(await readTexts(log(), 'journal', 1)).toEqual(['epoch 0'])
    expect((await readAll(log(), 'journal', 1))[0].timeMs).toBe(1_234)
  })

  it('shows nothing of a commit that failed, and commits the next one', async () => {
    const task = await log().openTask(enterpriseTask)
    const good = { topic: 'scores', partition: 1, record: plain('score') } as const
    const bad = { topic: 'scores', partition: inputPartitions, record: plain('nowhere') } as const
    const many = Array.from({ length: 1_500 }, () => good) // more than is written in one go
    await expect(task.commit({ outputs: [...many, bad], journal: bytes('lost'), timeMs: 1 })).rejects.toThrow()
    expect(await readTexts(log(), 'scores', 1)).toEqual([])
    expect(await journalTexts(task)).toEqual([])
    await task.commit({ outputs: [good], journal: bytes('kept'), timeMs: 2 })
    expect(await readTexts(log(), 'scores', 1)).toEqual(['score'])
    expect(await journalTexts(task)).toEqual(['kept'])
  })

  it('shows a large epoch whole or not at all while it is written, and takes appends meanwhile', async () => {
    const task = await log().openTask(enterpriseTask)
    const outputs = Array.from({ length: 3_000 }, (_, n) => ({
      topic: 'scores' as const,
      partition: 1,
      record: plain(`${n}`),
    }))
    let committed = false
    const committing = task.commit({ outputs, journal: bytes('large'), timeMs: 1 }).then(() => {
      committed = true
    })
    const seen = new Set<string>()
    const look = async (): Promise<void> => {
      const [scores, entries] = [await readAll(log(), 'scores', 1), await journalTexts(task)]
      seen.add(`${scores.length} ${scores.length > 0 ? entries.join() : ''}`)
    }
    let appended = 0
    while (!committed) {
      await look()
      await log().append('risk-events', 0, [plain(`${appended++}`)])
      await nextTurn()
    }
    await committing
    await look()
    expect([...seen].filter((one) => one !== '0 ')).toEqual(['3000 large'])
    expect(await readTexts(log(), 'scores', 1)).toEqual(outputs.map((_, n) => `${n}`))
    expect(await readTexts(log(), 'risk-events')).toEqual(Array.from({ length: appended }, (_, n) => `${n}`))
  })

  it('goes through the journal from an offset on, each task its own', async () => {
    const task = await log().openTask(enterpriseTask)
    const watch = await log().openTask(watchTask)
    expect(await journalTexts(task)).toEqual([])
    for (const entry of ['0', '1', '2']) await task.commit({ outputs: [], journal: bytes(entry), timeMs: 1 })
    const atThree = await task.journalEnd()
    for (const entry of ['3', '4']) await task.commit({ outputs: [], journal: bytes(entry), timeMs: 1 })
    expect(await journalTexts(task)).toEqual(['0', '1', '2', '3', '4'])
    expect(await journalTexts(task, atThree)).toEqual(['3', '4'])
    expect(await journalTexts(task, await task.journalEnd())).toEqual([])
    expect(await journalTexts(watch)).toEqual([])
  })

  it('goes through a journal that is larger than one read', async () => {
    const task = await log().openTask(watchTask)
    for (let at = 0; at < 5; at++) await task.commit({ outputs: [], journal: large.subarray(at), timeMs: 1 })
    const sizes: number[] = []
    for await (const { entry } of task.journal(0)) sizes.push(entry.byteLength)
    expect(sizes).toEqual([0, 1, 2, 3, 4].map((at) => MiB - at))
  })
}

function fencingTests(log: () => Log): void {
  it('fences the earlier holder of a task, which then leaves nothing behind', async () => {
    const earlier = await log().openTask(enterpriseTask)
    await earlier.commit({ outputs: [], journal: bytes('earlier'), timeMs: 1 })
    const later = await log().openTask(enterpriseTask)
    const outputs = [{ topic: 'scores', partition: 1, record: plain('zombie') } as const]
    const fenced = { code: 'FW_TASK_FENCED' }
    await expect(earlier.commit({ outputs, journal: bytes('zombie'), timeMs: 2 })).rejects.toMatchObject(fenced)
    await expect(earlier.writeCheckpoint(0, [], () => bytes('zombie'))).rejects.toMatchObject(fenced)
    await later.commit({ outputs: [], journal: bytes('later'), timeMs: 3 })
    await expect(earlier.commit({ outputs, journal: bytes('zombie'), timeMs: 4 })).rejects.toMatchObject(fenced)
    expect(await journalTexts(later)).toEqual(['earlier', 'later'])
    expect(await readTexts(log(), 'scores', 1)).toEqual([])
    expect(await later.readManifest(0)).toBeUndefined()
  })

  it('does not fence the holders of other tasks', async () => {
    const task = await log().openTask(enterpriseTask)
    await log().openTask({ kind: 'enterprise', partition: 0 })
    await log().openTask(watchTask)
    await task.commit({ outputs: [], journal: bytes('mine'), timeMs: 1 })
    expect(await journalTexts(task)).toEqual(['mine'])
  })
}

function checkpointTests(log: () => Log): void {
  it('has nothing before the first checkpoint', async () => {
    const task = await log().openTask(enterpriseTask)
    expect(await task.readManifest(0)).toBeUndefined()
    expect(await task.readPage(0, 0)).toBeUndefined()
  })

  it('keeps two slots and replaces one as a whole', async () => {
    const task = await log().openTask(enterpriseTask)
    await task.writeCheckpoint(0, [bytes('p0'), bytes('p1'), bytes('p2')], () => bytes('first'))
    await task.writeCheckpoint(1, [notUtf8], () => bytes('second'))
    await task.writeCheckpoint(0, [bytes('q0'), new Uint8Array(0)], () => bytes('third'))
    expect(await task.readManifest(0)).toEqual(bytes('third'))
    expect(await task.readPage(0, 0)).toEqual(bytes('q0'))
    expect(await task.readPage(0, 1)).toEqual(new Uint8Array(0))
    expect(await task.readPage(0, 2)).toBeUndefined()
    expect(await task.readManifest(1)).toEqual(bytes('second'))
    expect(await task.readPage(1, 0)).toEqual(notUtf8)
  })

  it('keeps pages that are not given again, in their slot, also for whoever comes after', async () => {
    const task = await log().openTask(enterpriseTask)
    await task.writeCheckpoint(0, [bytes('p0'), bytes('p1'), bytes('p2'), bytes('p3')], () => bytes('first'))
    await task.writeCheckpoint(1, [bytes('other')], () => bytes('second'))
    await task.writeCheckpoint(0, [undefined, bytes('q1'), undefined], () => bytes('third'))
    await task.writeCheckpoint(1, [undefined], () => bytes('fourth'))
    await task.writeCheckpoint(0, [undefined, undefined, bytes('r2'), bytes('r3')], () => bytes('fifth'))
    for (const holder of [task, await log().openTask(enterpriseTask)]) {
      expect([await holder.readManifest(0), await holder.readManifest(1)]).toEqual([bytes('fifth'), bytes('fourth')])
      const pages = await Promise.all([0, 1, 2, 3, 4].map((page) => holder.readPage(0, page)))
      expect(pages).toEqual([bytes('p0'), bytes('q1'), bytes('r2'), bytes('r3'), undefined])
      expect([await holder.readPage(1, 0), await holder.readPage(1, 1)]).toEqual([bytes('other'), undefined])
    }
  })
  it('keeps the checkpoints of tasks apart', async () => {
    const task = await log().openTask(enterpriseTask)
    const watch = await log().openTask(watchTask)
    await task.writeCheckpoint(0, [bytes('task page')], () => bytes('task'))
    await watch.writeCheckpoint(0, [], () => bytes('watch'))
    expect(await task.readManifest(0)).toEqual(bytes('task'))
    expect(await watch.readManifest(0)).toEqual(bytes('watch'))
    expect(await watch.readPage(0, 0)).toBeUndefined()
  })

  it('gives no half-written checkpoint for a whole one when the pages fail', async () => {
    const task = await log().openTask(enterpriseTask)
    const failing = function* () {
      yield bytes('half')
      throw new Error('out of pages')
    }
    await expect(task.writeCheckpoint(0, failing(), () => bytes('never'))).rejects.toThrow('out of pages')
    expect(await task.readManifest(0)).toBeUndefined()
    await task.writeCheckpoint(0, [bytes('page')], () => bytes('whole'))
    expect(await task.readManifest(0)).toEqual(bytes('whole'))
  })
}

function forgettingTests(log: () => Log): void {
  it('takes away what lies before an offset, and goes on where it was', async () => {
    const texts = Array.from({ length: 10 }, (_, at) => `${at}`)
    await log().append('fates', 0, texts.map(plain))
    await log().append('fates', 1, [plain('another')])
    const offsets = (await readAll(log(), 'fates')).map(({ offset }) => offset)
    await log().forget([{ topic: 'fates', partition: 0, before: offsets[7] }])
    expect(await readTexts(log(), 'fates')).toEqual(['7', '8', '9'])
    expect((await log().range('fates', 0)).start).toBe(offsets[7])
    await expect(log().read('fates', 0, offsets[3], MiB)).rejects.toMatchObject({ code: 'FW_LOG_TRUNCATED' })
    await log().append('fates', 0, [plain('10')])
    const [last] = (await readAll(log(), 'fates')).slice(-1)
    expect(last.offset).toBeGreaterThan(offsets[9])
    expect(await readTexts(log(), 'fates', 1)).toEqual(['another'])
  })

  it('shows what a task has kept to whoever only reads', async () => {
    const task = await log().openTask(watchTask)
    await task.commit({ outputs: [], journal: bytes('epoch'), timeMs: 1 })
    await task.writeCheckpoint(0, [bytes('page')], () => bytes('manifest'))
    const kept = log().readTask(watchTask)
    expect(await kept.journalEnd()).toBe(await task.journalEnd())
    expect(text((await kept.readManifest(0)) ?? bytes(''))).toBe('manifest')
    expect(text((await kept.readPage(0, 0)) ?? bytes(''))).toBe('page')
    await task.commit({ outputs: [], journal: bytes('not fenced'), timeMs: 2 })
  })
}

function followingTests(log: () => Log): void {
  it('says at once that something was appended or committed since the last call', async () => {
    await log().changed(1)
    await log().append('risk-events', 0, [plain('v')])
    await log().changed(foreverMs)
    const task = await log().openTask(watchTask)
    await log().changed(1)
    await task.commit({ outputs: [], journal: bytes('e'), timeMs: 1 })
    await log().changed(foreverMs)
  })

  it('wakes whoever waits, all of them', async () => {
    await log().changed(1)
    const waiting = Promise.all([log().changed(foreverMs), log().changed(foreverMs)])
    await log().append('risk-events', 0, [plain('v')])
    await waiting
  })

  it('gives up after the time-out when nothing happens', async () => {
    await log().append('risk-events', 0, [plain('v')])
    await log().changed(1)
    const startMs = performance.now()
    await log().changed(120)
    expect(performance.now() - startMs).toBeGreaterThan(100)
  })
}
