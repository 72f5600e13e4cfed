/** A log and what is written of enterprises belongs to one user alone, whatever the umask; another user neither reads it nor stops it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { runProgram } from '../../src/cli/common.ts'
import { digestCommand } from '../../src/cli/log/digest.ts'
import { doctorCommand } from '../../src/cli/log/doctor.ts'
import { type EmbeddedLog, openEmbeddedLog } from '../../src/log/embedded/embeddedLog.ts'
import { lockFile } from '../../src/log/embedded/folder.ts'
import { testScreen } from '../ingest/support.ts'
import { Forewarn } from './forewarn.ts'
import { expectError, start, tempFolder } from './support.ts'

const nobody = 65_534
const isRoot = process.platform === 'linux' && process.getuid?.() === 0
const asNobody = isRoot ? '' : ' (skipped: to be another user needs root on Linux)'

const kept = process.umask()
beforeAll(() => void process.umask(0)) // processes that are started have it too
afterAll(() => void process.umask(kept))

const children: ChildProcess[] = []
afterEach(async () => {
  vi.unstubAllEnvs()
  await Promise.all(children.splice(0).map(end))
})

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}

const modeOf = (place: string): string => (statSync(place).mode & 0o777).toString(8)

/** Mode of the folder as `.`, and of what is in it, by name. */
function modesIn(folder: string): Record<string, string> {
  const files = readdirSync(folder).map((name) => [name, modeOf(path.join(folder, name))])
  return Object.fromEntries([['.', modeOf(folder)], ...files])
}

/** What a writer makes in any case, and what the first reader leaves. */
const made = ['forewarn.sqlite', 'forewarn.sqlite-shm', 'forewarn.sqlite-wal', 'writer.lock']

/** As versions of old left a log: for everybody to read. */
function opened(folder: string): void {
  for (const name of readdirSync(folder)) chmodSync(path.join(folder, name), 0o644)
  chmodSync(folder, 0o755)
}

/** A folder in a place that every user can reach. */
async function reachable(name: string): Promise<string> {
  const above = await tempFolder()
  chmodSync(above, 0o755)
  return path.join(above, name)
}

async function writer(folder: string): Promise<EmbeddedLog> {
  const log = await openEmbeddedLog({ path: folder, mode: 'write' })
  await log.append('risk-events', 0, [{ key: 'E1', value: Buffer.from('{}') }])
  return log
}

async function doctor(folder: string): Promise<{ checks: Record<string, string>[]; err: string }> {
  const screen = testScreen()
  const args = ['--log', `embedded:${folder}`, '--profile', 'us-warn', '--json']
  await runProgram(doctorCommand(screen), args, screen)
  return { checks: JSON.parse(screen.out.text), err: screen.err.text }
}

it('a running log and its folder are open to nobody else', async () => {
  const folder = path.join(await tempFolder(), 'a', 'log')
  const running = start(['run', '--log', `embedded:${folder}`, '--profile', 'us-warn', '--http', '127.0.0.1:0'])
  await running.line('Serving')
  const { '.': ofFolder, ...ofFiles } = modesIn(folder)
  expect(ofFolder).toBe('700')
  expect(Object.keys(ofFiles)).toEqual(expect.arrayContaining([...made, 'http.token', 'writer.json']))
  expect(new Set(Object.values(ofFiles))).toEqual(new Set(['600']))
  running.kill('SIGTERM')
  expect((await running.ended).code).toBe(0)
})

it('a simulation too, made or written over', async () => {
  const folder = path.join(await tempFolder(), 'market')
  const simulate = ['simulate', '--out', folder, '--enterprises', '600', '--days', '30', '--json']
  const closed = { 'credit-grades.ndjson': '600', 'enterprises.ndjson': '600', 'hazard.ndjson': '600' }
  const all = { ...closed, 'risk-events.ndjson': '600', 'truth.json': '600' }
  expect((await start(simulate).ended).code).toBe(0)
  expect(modesIn(folder)).toEqual({ '.': '700', ...all })
  opened(folder)
  expect((await start(simulate).ended).code).toBe(0)
  expect(modesIn(folder)).toEqual({ '.': '755', ...all })
})

it('an older log that others may read is closed by its writer, and until then told by doctor', async () => {
  const folder = path.join(await tempFolder(), 'log')
  await (await writer(folder)).close()
  const rights = async (): Promise<unknown> => (await doctor(folder)).checks.find(({ name }) => name === 'rights')
  expect(await rights()).toMatchObject({ verdict: 'ok' })
  opened(folder)
  chmodSync(path.join(folder, 'writer.lock'), 0o606)
  expect(await rights()).toEqual({
    name: 'rights',
    verdict: 'warn',
    code: 'FW_OPEN_TO_OTHERS',
    says: `Other users of this machine may read or write ${[folder, ...made.map((name) => path.join(folder, name))].join(', ')}.`,
    remedy: expect.stringContaining('chmod go='),
  })
  await (await writer(folder)).close()
  expect(modesIn(folder)).toEqual({ '.': '700', 'forewarn.sqlite': '600', 'writer.lock': '600' })
  expect(await rights()).toMatchObject({ verdict: 'ok' })
})

it('a folder in which there is more than a log keeps its rights, and so does what only a link names', async () => {
  const folder = await tempFolder()
  chmodSync(folder, 0o755)
  writeFileSync(path.join(folder, 'notes.txt'), '')
  symlinkSync('notes.txt', path.join(folder, 'http.token'))
  await (await writer(folder)).close()
  expect(modesIn(folder)).toMatchObject({ '.': '755', 'notes.txt': '666', 'forewarn.sqlite': '600' })
})

/** Takes a shared lock as another user, and says `held`, or what refuses it. */
async function lockAsNobody(folder: string): Promise<string> {
  const script = `
    const { DatabaseSync } = require('node:sqlite')
    try {
      const db = new DatabaseSync(process.argv[1], { readOnly: true })
      db.exec('BEGIN')
      db.prepare('SELECT * FROM sqlite_schema').all()
      console.log('held')
      setInterval(() => db, 1_000)
    } catch (error) {
      console.log(error.message)
    }`
  const child = spawn(process.execPath, ['--no-warnings', '-e', script, lockFile(folder)], { uid: nobody, gid: nobody })
  children.push(child)
  const [said] = await once(child.stdout, 'data')
  return String(said).trim()
}

it.skipIf(!isRoot)(`another user cannot lock the log, so that none could write it${asNobody}`, async () => {
  const folder = await reachable('log')
  await (await writer(folder)).close()
  opened(folder)
  expect(await lockAsNobody(folder)).toBe('held')
  await expect(openEmbeddedLog({ path: folder, mode: 'write' })).rejects.toMatchObject({ code: 'FW_LOG_HELD' })
  await Promise.all(children.splice(0).map(end))

  await (await writer(folder)).close() // the rights are those of the writer again
  expect(await lockAsNobody(folder)).toBe('unable to open database file')
  chmodSync(folder, 0o755)
  expect(await lockAsNobody(folder)).toBe('unable to open database file')
  await (await writer(folder)).close()
})

it.skipIf(!isRoot)(`the log of another user is refused with its place${asNobody}`, async () => {
  const folder = await reachable('log')
  const log = await writer(folder)
  const refuse = async (...args: string[]): Promise<void> => {
    const ended = await new Forewarn([...args, '--log', `embedded:${folder}`], { uid: nobody }).ended
    expectError(ended, 'FW_LOG_ACCESS')
    expect(ended.err).toContain(folder)
  }
  for (const mode of [0o700, 0o755]) {
    chmodSync(folder, mode)
    await refuse('tail', 'scores')
    await refuse('digest')
    await refuse('run', '--profile', 'us-warn')
    await refuse('ingest', '--profile', 'us-warn', '--as', 'risk-events', '-')
    const { code, out } = await new Forewarn(['doctor', '--log', `embedded:${folder}`], { uid: nobody }).ended
    expect(code).toBe(1)
    expect(out).toContain(`fail  log: The log at ${folder} cannot be used`)
  }
  await log.close()
})

it('a password that would go out in clear ends the command before anything is sent', async () => {
  vi.stubEnv('FOREWARN_KAFKA_SASL', 'plain')
  vi.stubEnv('FOREWARN_KAFKA_USERNAME', 'u')
  vi.stubEnv('FOREWARN_KAFKA_PASSWORD', 'not to be told')
  const screen = testScreen()
  expect(await runProgram(digestCommand(screen), ['--log', 'kafka://127.0.0.1:1'], screen)).toBe(2)
  expect(screen.err.text).toMatch(/^error FW_USAGE: FOREWARN_KAFKA_SASL=plain sends the password in clear/)
  expect(screen.err.text).not.toContain('not to be told')
})

it('files with secrets that others may read are warned of, by each command and by doctor', async () => {
  const folder = await tempFolder()
  const [password, key, token] = ['password', 'key', 'token'].map((name) => path.join(folder, name))
  for (const file of [password, key, token]) writeFileSync(file, 'a-secret-of-tests-alone', { mode: 0o600 })
  vi.stubEnv('FOREWARN_KAFKA_PASSWORD_FILE', password)
  vi.stubEnv('FOREWARN_KAFKA_TLS_KEY_FILE', key)
  vi.stubEnv('FOREWARN_HTTP_TOKEN_FILE', token)
  const log = path.join(folder, 'log')
  mkdirSync(log)
  expect(await doctor(log)).toMatchObject({
    err: '',
    checks: expect.arrayContaining([expect.objectContaining({ name: 'secrets', verdict: 'ok' })]),
  })
  chmodSync(password, 0o640)
  chmodSync(token, 0o602)
  const { err, checks } = await doctor(log)
  const says = `Other users of this machine may read or write ${token}, ${password}.`
  expect(err).toMatch(`warning FW_OPEN_TO_OTHERS: ${says}\n  Take these rights from them: \`chmod go= PLACE\``)
  expect(checks).toContainEqual(
    expect.objectContaining({ name: 'secrets', verdict: 'warn', code: 'FW_OPEN_TO_OTHERS', says }),
  )
})
