import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MiB } from '../../src/limits.ts'
import { type EmbeddedLog, type EmbeddedLogOptions, openEmbeddedLog } from '../../src/log/embedded/embeddedLog.ts'
import { readWriter } from '../../src/log/embedded/writerLock.ts'
import { foreverMs } from '../support/patience.ts'
import { bytes, describeLog, plain, readAll, readTexts } from './conformance.ts'

describeLog('embedded, in a folder', async (partitions) => {
  const path = mkdtempSync(join(tmpdir(), 'forewarn-log-'))
  let log = await openEmbeddedLog({ path, mode: 'write', partitions })
  const reopen = async () => {
    await log.close()
    log = await openEmbeddedLog({ path, mode: 'write' })
    return log
  }
  const dispose = async () => {
    await log.close()
    rmSync(path, { recursive: true })
  }
  return { log, reopen, dispose }
})

describeLog('embedded, in memory', async (partitions) => {
  const log = await openEmbeddedLog({ path: ':memory:', mode: 'write', partitions })
  return { log, reopen: null, dispose: () => log.close() }
})

describe('embedded log', () => {
  let folder: string
  let path: string
  let openLogs: EmbeddedLog[]
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'forewarn-log-'))
    path = join(folder, 'log')
    openLogs = []
  })
  afterEach(async () => {
    for (const log of openLogs) await log.close()
    rmSync(folder, { recursive: true })
  })
  const open = async (options: Omit<EmbeddedLogOptions, 'path'>): Promise<EmbeddedLog> => {
    const log = await openEmbeddedLog({ path, ...options })
    openLogs.push(log)
    return log
  }
  const close = async (log: EmbeddedLog): Promise<void> => {
    openLogs = openLogs.filter((one) => one !== log)
    await log.close()
  }
  const change = (sql: string): void => {
    const db = new DatabaseSync(join(path, 'forewarn.sqlite'))
    db.exec(sql)
    db.close()
  }

  it('goes on with a topic whose records have another form, under the name of its version', async () => {
    const log = await open({ mode: 'write', partitions: 1 })
    await log.append('cell-warnings', 0, [plain('then')])
    await close(log)
    change('ALTER TABLE "forewarn.cell-warnings.v2#0" RENAME TO "forewarn.cell-warnings.v1#0"')
    const reader = await open({ mode: 'read' })
    expect(await readTexts(reader, 'cell-warnings', 0)).toEqual(['then'])
    await close(reader)
    const writer = await open({ mode: 'write' })
    await writer.append('cell-warnings', 0, [plain('now')])
    expect(await readTexts(writer, 'cell-warnings', 0)).toEqual(['then', 'now'])
  })

  it('counts offsets from 0 without gaps', async () => {
    const log = await open({ mode: 'write' })
    for (let batch = 0; batch < 3; batch++) await log.append('commands', 0, [plain('a'), plain('b')])
    expect((await readAll(log, 'commands')).map((record) => record.offset)).toEqual([0, 1, 2, 3, 4, 5])
    expect(await log.range('commands', 0)).toEqual({ start: 0, end: 6 })
  })

  it('stamps by the clock that it is given, and stands still when that goes back', async () => {
    const clock = [1_000, 900, 1_100]
    const log = await openEmbeddedLog({ path: ':memory:', mode: 'write', now: () => clock[0] })
    openLogs.push(log)
    for (; clock.length > 0; clock.shift()) await log.append('commands', 0, [plain('v')])
    expect((await readAll(log, 'commands')).map((record) => record.timeMs)).toEqual([1_000, 1_000, 1_100])
  })

  it('never stamps more than the bound ahead of the clock, whatever a record before brought or the clock has done', async () => {
    const clock = [10_000, 3_000, 9_000, 20_000]
    const log = await openEmbeddedLog({ path: ':memory:', mode: 'write', now: () => clock[0], aheadMsMax: 5_000 })
    openLogs.push(log)
    for (; clock.length > 0; clock.shift()) await log.append('commands', 0, [plain('v')])
    expect((await readAll(log, 'commands')).map((record) => record.timeMs)).toEqual([10_000, 8_000, 9_000, 20_000])
    clock.push(30_000)
    await log.append('commands', 0, [{ ...plain('v'), timeMs: 99_000 }, plain('v')])
    expect((await readAll(log, 'commands')).at(-1)?.timeMs).toBe(35_000)
  })

  it('keeps the number of partitions of its making', async () => {
    await close(await open({ mode: 'write', partitions: 4 }))
    const log = await open({ mode: 'write' })
    expect(log.partitions('risk-events')).toBe(4)
    expect((await open({ mode: 'read' })).partitions('journal')).toBe(5)
    await close(log)
    await expect(open({ mode: 'write', partitions: 2 })).rejects.toMatchObject({ code: 'FW_CONFIG_CHANGED' })
  })

  it('is not found before there is one', async () => {
    await expect(open({ mode: 'read' })).rejects.toMatchObject({ code: 'FW_LOG_NOT_FOUND' })
    mkdirSync(path)
    writeFileSync(join(path, 'forewarn.sqlite'), '')
    await expect(open({ mode: 'read' })).rejects.toMatchObject({ code: 'FW_LOG_NOT_FOUND' })
  })

  it('has no topics under other prefixes', async () => {
    await open({ mode: 'write' })
    const prefixes = { input: 'other', output: 'other' }
    await expect(open({ mode: 'read', prefixes })).rejects.toMatchObject({ code: 'FW_LOG_NOT_FOUND' })
  })

  it.each(['write', 'read'] as const)('refuses another format when opened to %s', async (mode) => {
    await close(await open({ mode: 'write' }))
    change("UPDATE meta SET value = '7' WHERE name = 'format'")
    await expect(open({ mode })).rejects.toMatchObject({
      code: 'FW_LOG_FORMAT',
      message: `The log at ${path} has format 7, this program reads format 1.`,
    })
    expect(readWriter(path)).toEqual({ live: false })
  })

  it('refuses a file that is no log at all', async () => {
    mkdirSync(path)
    writeFileSync(join(path, 'forewarn.sqlite'), 'no database, but long enough to be taken for one. '.repeat(100))
    await expect(open({ mode: 'read' })).rejects.toMatchObject({ code: 'FW_LOG_FORMAT' })
    await expect(open({ mode: 'write' })).rejects.toMatchObject({ code: 'FW_LOG_FORMAT' })
  })

  it('says so when records that are asked for were removed', async () => {
    await close(await open({ mode: 'write' }))
    const log = await open({ mode: 'write' })
    await log.append('commands', 0, [plain('0'), plain('1'), plain('2')])
    await close(log)
    change('DELETE FROM "forewarn.commands.v1#0" WHERE offset < 2')
    const reader = await open({ mode: 'read' })
    expect(await reader.range('commands', 0)).toEqual({ start: 2, end: 3 })
    await expect(reader.read('commands', 0, 1, MiB)).rejects.toMatchObject({ code: 'FW_LOG_TRUNCATED' })
    expect((await reader.read('commands', 0, 2, MiB)).next).toBe(3)
  })

  it('opens one that an older version wrote, which had fewer topics and fewer tasks', async () => {
    const writer = await open({ mode: 'write', partitions: 2 })
    await writer.append('fates', 1, [plain('kept')])
    await close(writer)
    const newer = ['forewarn.fates.v1#2', 'forewarn.journal.v1#2', 'forewarn.notices.v1#0']
    for (const table of newer) change(`DROP TABLE "${table}"`)
    const reader = await open({ mode: 'read' })
    expect(await reader.range('journal', 2)).toEqual({ start: 0, end: 0 })
    expect((await reader.read('fates', 2, 0, MiB)).records).toEqual([])
    expect(await readTexts(reader, 'notices')).toEqual([])
    expect(await readTexts(reader, 'fates', 1)).toEqual(['kept'])
    const again = await open({ mode: 'write' })
    await (await again.openTask({ kind: 'watch' })).commit({ outputs: [], journal: bytes('beat'), timeMs: 0 })
    expect(await again.range('journal', 2)).toEqual({ start: 0, end: 1 })
  })

  it('is read beside its writer, and tells the reader of changes', async () => {
    const writer = await open({ mode: 'write' })
    const reader = await open({ mode: 'read' })
    expect(await readTexts(reader, 'commands')).toEqual([])
    const waiting = reader.changed(foreverMs)
    await writer.append('commands', 0, [plain('seen')])
    await waiting
    expect(await readTexts(reader, 'commands')).toEqual(['seen'])
    await expect(reader.append('commands', 0, [plain('v')])).rejects.toMatchObject({ code: 'FW_INTERNAL' })
    await expect(reader.openTask({ kind: 'watch' })).rejects.toMatchObject({ code: 'FW_INTERNAL' })
  })

  it('wakes whoever waits when it closes', async () => {
    const log = await open({ mode: 'write' })
    await log.changed(1)
    const waiting = log.changed(60_000)
    await close(log)
    await waiting
  })

  it('has one writer in one process too, and says who it is', async () => {
    const now = () => Date.UTC(2026, 0, 2)
    const log = await open({ mode: 'write', now, http: '127.0.0.1:8080' })
    await expect(open({ mode: 'write' })).rejects.toMatchObject({ code: 'FW_LOG_HELD' })
    const note = { pid: process.pid, http: '127.0.0.1:8080', since: '2026-01-02T00:00:00.000Z' }
    expect(readWriter(path)).toEqual({ live: true, note })
    log.announce('127.0.0.1:9090')
    expect(readWriter(path)).toEqual({ live: true, note: { ...note, http: '127.0.0.1:9090' } })
    writeFileSync(join(path, 'writer.json'), '{')
    expect(readWriter(path)).toEqual({ live: true, note: null })
    await close(log)
    expect(readWriter(path)).toEqual({ live: false })
    await close(await open({ mode: 'write' }))
  })

  it('takes back an append that fails half-way, and goes on', async () => {
    const log = await open({ mode: 'write' })
    const bad = { key: null, value: bytes('v'), timeMs: 0.5 }
    await expect(log.append('commands', 0, [plain('v'), bad])).rejects.toMatchObject({ code: 'FW_INTERNAL' })
    await log.append('commands', 0, [plain('next')])
    expect((await readAll(log, 'commands')).map((record) => record.offset)).toEqual([0])
  })
})
