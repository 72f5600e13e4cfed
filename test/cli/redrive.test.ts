/** `forewarn dead-letters redrive` on the embedded log. */
import { expect, test } from 'vitest'
import { runProgram } from '../../src/cli/common.ts'
import { deadLettersCommand } from '../../src/cli/log/deadLetters.ts'
import { openEmbeddedLog } from '../../src/log/embedded/embeddedLog.ts'
import type { Log, LogRecord } from '../../src/log/port.ts'
import { event, recordsIn, tempFolder, testScreen } from '../ingest/support.ts'
import { foldToEnd } from '../support/fold.ts'
import { fateCounts } from '../support/readFold.ts'
import { tinyProfile } from '../support/tinyProfile.ts'

const hourAgo = Date.now() - 3_600_000
const at = new Date(hourAgo - 60_000).toISOString()

async function withLog<T>(folder: string, work: (log: Log) => Promise<T>): Promise<T> {
  const log = await openEmbeddedLog({ path: folder, mode: 'write', partitions: 2 })
  return work(log).finally(() => log.close())
}

const fold = (folder: string): Promise<unknown> =>
  withLog(folder, (log) => foldToEnd(log, { profile: tinyProfile, model: null }))

async function redrive(folder: string, ...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const screen = testScreen()
  const all = ['redrive', '--log', `embedded:${folder}`, ...args]
  const code = await runProgram(deadLettersCommand(screen), all, screen)
  return { code, out: screen.out.text, err: screen.err.text }
}

/** One good event, one under a strange key, one of an unknown type, and one that is no JSON; folded. */
async function foldedLog(): Promise<string> {
  const folder = await tempFolder()
  const bytes = (value: object): Buffer => Buffer.from(JSON.stringify(value))
  await withLog(folder, async (log) => {
    await log.append('risk-events', 1, [
      { key: 'E3', timeMs: hourAgo, value: bytes(event('good', 'E3', at)) },
      { key: 'E9', timeMs: hourAgo, value: bytes(event('strange', 'E3', at)), headers: { trace: '7' } },
    ])
    await log.append('risk-events', 0, [
      { key: 'E1', timeMs: hourAgo, value: bytes(event('unknown', 'E1', at, { type: 'NO.SUCH' })) },
      { key: 'E1', timeMs: hourAgo, value: Buffer.from('no json') },
    ])
  })
  await fold(folder)
  return folder
}

const reading = async <T>(folder: string, read: (log: Log) => Promise<T>): Promise<T> => withLog(folder, read)
const fates = (folder: string): Promise<object> => reading(folder, fateCounts)
const events = (folder: string): Promise<LogRecord[]> => reading(folder, (log) => recordsIn(log, 'risk-events'))

test('a misrouted record is applied after its redrive, and everything has one fate', async () => {
  const folder = await foldedLog()
  expect(await fates(folder)).toEqual({ applied: 1, dead: 3 })
  expect(await redrive(folder, '--code', 'FW_MISROUTED')).toEqual({
    code: 0,
    out: 'Would send 1 to risk-events.\n',
    err: 'Nothing was sent; --yes sends them.\n',
  })
  expect(await events(folder)).toHaveLength(4)
  expect(await redrive(folder, '--code', 'FW_MISROUTED', '--yes')).toEqual({
    code: 0,
    out: 'Sent 1 to risk-events.\n',
    err: '',
  })
  const sent = (await events(folder)).find(({ headers }) => headers?.['redriven-from'] !== undefined)
  expect(sent).toMatchObject({ key: 'E3', headers: { trace: '7', 'redriven-from': '1/0' } })
  expect(Object.keys(sent?.headers ?? {})).toHaveLength(2)
  await fold(folder)
  expect(await fates(folder)).toEqual({ applied: 2, dead: 3 })
})

test('a letter is sent once; --again sends it once more', async () => {
  const folder = await foldedLog()
  await redrive(folder, '--code', 'FW_MISROUTED', '--yes')
  expect(await redrive(folder, '--code', 'FW_MISROUTED', '--yes')).toEqual({
    code: 0,
    out: 'No dead letters to send back.\n',
    err: '1 were sent back before; --again sends them once more.\n',
  })
  expect((await redrive(folder, '--code', 'FW_MISROUTED', '--yes', '--again')).out).toBe('Sent 1 to risk-events.\n')
  await fold(folder)
  expect(await fates(folder)).toEqual({ applied: 2, dead: 3, duplicate: 1 })
})

test('what the profile does not know dies again, under the same key', async () => {
  const folder = await foldedLog()
  await redrive(folder, '--code', 'FW_EVENT_UNKNOWN_TYPE', '--yes')
  await fold(folder)
  expect(await fates(folder)).toEqual({ applied: 1, dead: 4 })
  expect(JSON.parse((await redrive(folder, '--code', 'FW_EVENT_UNKNOWN_TYPE', '--json')).out)).toEqual({
    sent: { 'risk-events': 1 }, // its new letter
    before: 1,
    refused: {},
    dryRun: true,
  })
})

test('bytes that cannot become good stay, unless --any', async () => {
  const folder = await foldedLog()
  expect(await redrive(folder, '--code', 'FW_RECORD_NOT_JSON', '--yes')).toEqual({
    code: 1,
    out: 'No dead letters to send back.\n',
    err: '1 stay where they are: their bytes are no record.\n',
  })
  expect((await redrive(folder, '--yes', '--limit', '1')).out).toBe('Sent 1 to risk-events.\n')
  expect((await redrive(folder, '--yes', '--any')).out).toBe('Sent 2 to risk-events.\n')
  await fold(folder)
  expect(await fates(folder)).toEqual({ applied: 2, dead: 5 })
})

test('only letters from a time on; none while another process writes the log', async () => {
  const folder = await foldedLog()
  expect((await redrive(folder, '--since', '2100-01-01')).out).toBe('No dead letters to send back.\n')
  await withLog(folder, async () => {
    expect(await redrive(folder, '--yes')).toMatchObject({ code: 1, err: expect.stringContaining('FW_LOG_HELD') })
    expect(await redrive(folder, '--dry-run')).toMatchObject({ code: 0 })
  })
})
