/** What the embedded log promises when processes are killed and disks are full. Real processes, real SIGKILL, a real small disk. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { KiB, MiB } from '../../src/limits.ts'
import { openEmbeddedLog } from '../../src/log/embedded/embeddedLog.ts'
import { readWriter } from '../../src/log/embedded/writerLock.ts'
import type { Log } from '../../src/log/port.ts'
import { mountSmallDisk } from '../support/smallDisk.ts'
import { bytes, journalTexts, plain, readAll } from './conformance.ts'
import { batchRecords } from './embeddedChild.ts'

type Mode = 'hold' | 'append' | 'commit'

/** A child that holds the log, with the lines that it prints. */
class Writer {
  readonly #child: ChildProcess
  readonly #lines: string[] = []
  readonly #exit: Promise<unknown>

  constructor(mode: Mode, path: string) {
    const script = join(import.meta.dirname, 'embeddedChild.ts')
    this.#child = spawn(process.execPath, [script, mode, path], { stdio: ['ignore', 'pipe', 'inherit'] })
    this.#exit = once(this.#child, 'close')
    createInterface({ input: this.#child.stdout! }).on('line', (line) => this.#lines.push(line))
  }

  get pid(): number {
    return this.#child.pid!
  }

  get firstLine(): string {
    return this.#lines[0]
  }

  async printed(lines: number): Promise<void> {
    while (this.#lines.length < lines && this.#child.exitCode === null) await sleep(2)
    expect(this.#lines.length).toBeGreaterThanOrEqual(lines)
  }

  /** Kills the process as `kill -9` does and gives the numbers that it acknowledged. */
  async kill(): Promise<number[]> {
    this.#child.kill('SIGKILL')
    await this.#exit
    return this.#lines.slice(1).map(Number)
  }
}

describe('embedded log, other processes', () => {
  let path: string
  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), 'forewarn-crash-'))
  })
  afterEach(() => rmSync(path, { recursive: true }))

  const withLog = async (work: (log: Log) => Promise<void>): Promise<void> => {
    const log = await openEmbeddedLog({ path, mode: 'write' })
    await work(log).finally(() => log.close())
  }

  it('has one writer: a second one is told the log and the process, until the first is killed', async () => {
    const holder = new Writer('hold', path)
    await holder.printed(1)
    await expect(openEmbeddedLog({ path, mode: 'write' })).rejects.toMatchObject({
      code: 'FW_LOG_HELD',
      message: `The log embedded:${path} is being written by process ${holder.pid}.`,
    })
    expect(readWriter(path)).toMatchObject({ live: true, note: { pid: holder.pid, http: '127.0.0.1:7777' } })
    const reader = await openEmbeddedLog({ path, mode: 'read' })
    await reader.close()

    await holder.kill()
    expect(readWriter(path)).toEqual({ live: false })
    await withLog((log) => log.append('commands', 0, [plain('v')]))
  })

  it('gives the log to one of two processes that start together', async () => {
    const rivals = [new Writer('hold', path), new Writer('hold', path)]
    for (const rival of rivals) await rival.printed(1)
    expect(rivals.map((rival) => rival.firstLine).sort()).toEqual(['FW_LOG_HELD', 'ready'])
    for (const rival of rivals) await rival.kill()
  })

  // Delays in milliseconds after the first acknowledged batch; one batch takes about 3, a checkpoint of SQLite comes every 15 or so.
  const delaysMs = [0, 3, 7, 20, 41, 64, 95]

  it('never holds half of an append that was killed, and all of an acknowledged one', async () => {
    let acknowledged = -1
    for (const delayMs of delaysMs) {
      const writer = new Writer('append', path)
      await writer.printed(2)
      await sleep(delayMs)
      acknowledged = Math.max(...(await writer.kill()))
      const reader = await openEmbeddedLog({ path, mode: 'read' })
      const keys = (await readAll(reader, 'risk-events')).map((record) => Number(record.key))
      await reader.close()
      expect(keys.length % batchRecords).toBe(0)
      expect(keys.length).toBeGreaterThanOrEqual((acknowledged + 1) * batchRecords)
      expect(keys.every((key, at) => key === Math.floor(at / batchRecords))).toBe(true)
    }
  })

  it('never holds half of an epoch that was killed', async () => {
    for (const delayMs of delaysMs) {
      const writer = new Writer('commit', path)
      await writer.printed(2)
      await sleep(delayMs)
      const acknowledged = Math.max(...(await writer.kill()))
      await withLog(async (log) => {
        const epochs = (await log.range('journal', 0)).end
        expect(epochs).toBeGreaterThan(acknowledged)
        expect((await readAll(log, 'scores')).length).toBe(epochs * batchRecords)
      })
    }
  })
})

const { folder: disk, skipped, unmount } = mountSmallDisk(8)

describe('embedded log, full disk', () => {
  afterAll(unmount)

  it.skipIf(disk === null)(
    `refuses, loses nothing acknowledged, and goes on when there is space${skipped}`,
    async () => {
      const path = join(disk!, 'log')
      const ballast = join(disk!, 'ballast')
      let nowMs = 1_000
      const log = await openEmbeddedLog({ path, mode: 'write', now: () => nowMs })
      // Leaves so much that SQLite's write-ahead file fills the disk before it is large enough to be moved into the database.
      writeFileSync(ballast, new Uint8Array(4.2 * MiB))
      const task = await log.openTask({ kind: 'enterprise', partition: 0 })

      // Records are refused first, while there is still room for epochs.
      const batch = Array.from({ length: 50 }, () => ({ key: 'k', value: new Uint8Array(KiB) }))
      const appended = await countUntilFull(() => {
        nowMs += 2_000
        return log.append('risk-events', 0, batch)
      })
      expect(appended).toBeGreaterThan(5)
      const epoch = (value: Uint8Array) => ({ topic: 'scores', partition: 0, record: { key: 'k', value } }) as const
      await task.commit({ outputs: [epoch(bytes('still'))], journal: bytes('0'), timeMs: 1 })

      // Then epochs fill the reserve as well.
      const outputs = Array.from({ length: 50 }, () => epoch(new Uint8Array(KiB)))
      const committed = await countUntilFull(() => task.commit({ outputs, journal: bytes('more'), timeMs: 1 }))
      expect(committed).toBeGreaterThan(0)
      await expect(task.writeCheckpoint(0, [new Uint8Array(8 * MiB)], () => bytes('m'))).rejects.toMatchObject({
        code: 'FW_LOG_FULL',
      })

      const holdsAll = async (log: Log, more: number) => {
        expect((await readAll(log, 'risk-events')).length).toBe((appended + more) * batch.length)
        expect((await readAll(log, 'scores')).length).toBe(1 + (committed + more) * outputs.length)
        expect((await log.range('journal', 0)).end).toBe(1 + committed + more)
      }
      await holdsAll(log, 0)

      rmSync(ballast)
      nowMs += 2_000
      await log.append('risk-events', 0, batch)
      await task.commit({ outputs, journal: bytes('last'), timeMs: 1 })
      expect((await journalTexts(task)).at(-1)).toBe('last')
      await holdsAll(log, 1)
      await log.close()

      const again = await openEmbeddedLog({ path, mode: 'write' })
      await holdsAll(again, 1)
      await again.close()
    },
  )
})

/** How often `write` succeeded before the log said that it is full. */
async function countUntilFull(write: () => Promise<void>): Promise<number> {
  for (let count = 0; ; count++) {
    const outcome = await write().then(
      () => 'written' as const,
      (error: unknown) => error,
    )
    if (outcome === 'written') continue
    expect(outcome).toMatchObject({ code: 'FW_LOG_FULL' })
    return count
  }
}
