/** Logs that may not be written, or not be opened, or are damaged: read at rest, or refused with a code and the place. */
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { codedFault } from '../../src/cli/systemFault.ts'
import { openEmbeddedLog } from '../../src/log/embedded/embeddedLog.ts'
import { recordsOf } from '../../src/log/recordsOf.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'forewarn-access-'))
const at = path.join(folder, 'log')
const mayMount = process.platform === 'linux' && process.getuid?.() === 0
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function write(): Promise<void> {
  const log = await openEmbeddedLog({ path: at, mode: 'write' })
  await log.append('risk-events', 0, [{ key: 'E1', value: Buffer.from('{}') }])
  await log.close()
}

async function count(): Promise<number> {
  const log = await openEmbeddedLog({ path: at, mode: 'read' })
  let records = 0
  for await (const _ of recordsOf(log, 'risk-events', 0)) records++
  await log.close()
  return records
}

it.skipIf(!mayMount)(
  `a log at rest is read on a read-only mount, and not written${mayMount ? '' : ' (skipped: mounting needs root on Linux)'}`,
  async () => {
    await write()
    expect(spawnSync('mount', ['--bind', at, at]).status).toBe(0)
    try {
      expect(spawnSync('mount', ['-o', 'remount,ro,bind', at]).status).toBe(0)
      expect(await count()).toBe(1)
      await expect(openEmbeddedLog({ path: at, mode: 'write' })).rejects.toMatchObject({
        code: 'FW_LOG_ACCESS',
        message: expect.stringContaining(at),
      })
    } finally {
      spawnSync('umount', ['-l', at])
    }
    await write()
    expect(await count()).toBe(2)
  },
)

it('a damaged log is told with its place', async () => {
  await write()
  const file = path.join(at, 'forewarn.sqlite')
  const whole = readFileSync(file)
  truncateSync(file, 8_192)
  await expect(count()).rejects.toMatchObject({ code: expect.stringMatching(/^FW_LOG_(ACCESS|FORMAT)$/) })
  writeFileSync(file, 'no database at all, and long enough to be read as the head of one')
  await expect(count()).rejects.toMatchObject({ code: expect.stringMatching(/^FW_LOG_(ACCESS|FORMAT)$/) })
  writeFileSync(file, whole)
  chmodSync(file, 0o644)
})

it('what the file system refuses has a code and its place', () => {
  const missing = path.join(folder, 'missing', 'x')
  try {
    mkdtempSync(missing)
  } catch (error) {
    expect(codedFault(error)).toMatchObject({ code: 'FW_FILE_ACCESS', message: expect.stringContaining(missing) })
  }
  expect(codedFault(new Error('odd')).code).toBe('FW_INTERNAL')
})
