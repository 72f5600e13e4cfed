/** The commands about models, end to end on a small log of the default profile. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import { afterEach, expect, test } from 'vitest'
import { activate } from '../../src/activation.ts'
import { runProgram } from '../../src/cli/common.ts'
import { tailCommand } from '../../src/cli/log/tail.ts'
import { tickOf } from '../../src/cli/log/ticks.ts'
import { modelsCommand } from '../../src/cli/models/models.ts'
import { challengeCommand, promoteCommand, rollbackCommand } from '../../src/cli/models/promote.ts'
import { championIn, tickBy } from '../../src/cli/models/registry.ts'
import { artifactBytesMax } from '../../src/limits.ts'
import { openEmbeddedLog } from '../../src/log/embedded/embeddedLog.ts'
import { loadModel, modelOf, readModelFolder } from '../../src/settings/models.ts'
import { loadProfile } from '../../src/settings/profiles.ts'
import { listModels } from '../../src/settings/registry/listModels.ts'
import { readRegistry } from '../../src/settings/registry/readRegistry.ts'
import { CommandResult, Score } from '../../streams/outputs.ts'
import { event, fileOf, recordsIn, tempFolder, testScreen, textOf } from '../ingest/support.ts'
import { foldCalmly } from '../support/calm.ts'
import { evaluated } from '../support/models.ts'

const children: ChildProcess[] = []
afterEach(async () => {
  for (const child of children.splice(0)) {
    const gone = once(child, 'exit')
    child.kill()
    await gone
  }
})

const profile = await loadProfile('cn')
const model = await modelOf(profile)
const baseline = model?.hash ?? ''
const beatMs = 60_000
const enterprise = '91110000600037341L'
const commands = {
  models: modelsCommand,
  promote: promoteCommand,
  challenge: challengeCommand,
  rollback: rollbackCommand,
} as const

async function forewarn(log: string, name: keyof typeof commands, ...args: string[]) {
  const screen = testScreen()
  const command: Command = commands[name](screen)
  const code = await runProgram(command, [...args, '--log', `embedded:${log}`], screen)
  return { code, out: screen.out.text, err: screen.err.text }
}

/** The baseline with another intercept, which is another model. */
async function folderOf(intercept: number, change: object = {}): Promise<{ folder: string; hash: string }> {
  const folder = await tempFolder()
  await cp(fileURLToPath(new URL('../../models/baseline', import.meta.url)), folder, { recursive: true })
  const file = path.join(folder, 'model.json')
  const json = JSON.parse(await readFile(file, 'utf8'))
  await writeFile(file, JSON.stringify({ ...json, ...change, scorecard: { ...json.scorecard, intercept } }))
  return { folder, hash: (await loadModel(folder)).hash }
}

/** A log that was run, with one event known now. */
async function logOfToday(): Promise<string> {
  const folder = await tempFolder()
  await events(folder, 'first', Date.now())
  await fold(folder)
  return folder
}

async function events(folder: string, id: string, timeMs: number): Promise<void> {
  const log = await openEmbeddedLog({ path: folder, mode: 'write' })
  const occurred = new Date(timeMs).toISOString()
  const value = Buffer.from(JSON.stringify(event(id, enterprise, occurred)))
  if ((await recordsIn(log, 'commands')).length === 0)
    await activate({ log, profile, model, beatMs, now: () => timeMs })
  await log.append('risk-events', 0, [{ key: enterprise, value, timeMs }])
  await log.close()
}

async function fold(folder: string): Promise<void> {
  const log = await openEmbeddedLog({ path: folder, mode: 'write' })
  await foldCalmly({ log, profile, model, beatMs })
  await log.close()
}

async function read<T>(folder: string, topic: 'scores' | 'command-results', parse: (json: unknown) => T): Promise<T[]> {
  const log = await openEmbeddedLog({ path: folder, mode: 'read' })
  try {
    return (await recordsIn(log, topic)).map((record) => parse(JSON.parse(textOf(record))))
  } finally {
    await log.close()
  }
}

const statesOf = async (log: string, hash: string): Promise<unknown> =>
  JSON.parse((await forewarn(log, 'models', 'list', '--json')).out).find((one: { hash: string }) => one.hash === hash)
    ?.states

test('publish, promote, challenge, roll back: the log does what was said', async () => {
  const log = await logOfToday()
  const { folder, hash } = await folderOf(4)
  const tick = profile.calendar.tickOf(Date.now() + 70_000) + 1
  const [day, nextDay] = [profile.calendar.label(tick), profile.calendar.label(tick + 1)]

  expect(await forewarn(log, 'models', 'publish', folder)).toMatchObject({ code: 0, out: `Published ${hash}\n` })
  expect((await forewarn(log, 'models', 'publish', folder)).out).toBe(`The log holds it already: ${hash}\n`)
  expect(await statesOf(log, hash)).toEqual([])
  expect(await statesOf(log, baseline)).toEqual([{ state: 'champion' }])

  const { gates, evaluation: about } = evaluated(hash, baseline, profile)
  const evaluation = await fileOf(folder, 'evaluation.json', JSON.stringify({ gates, about, more: 1 }))
  const promoted = await forewarn(
    log,
    'promote',
    hash.slice(0, 8),
    '--at',
    'next',
    '--evaluation',
    evaluation,
    '--json',
  )
  expect(promoted).toMatchObject({ code: 0, err: '' })
  expect(JSON.parse(promoted.out)).toMatchObject({ accepted: true, kind: 'model.promote', tick: day, hash })
  expect(await statesOf(log, hash)).toEqual([{ state: 'pending', as: 'champion', at: day, accepted: true }])
  expect((await forewarn(log, 'models', 'list')).out).toContain(`${hash.slice(0, 12)}  champion at ${day}`)

  await events(log, 'second', profile.calendar.startMs(tick) + 3_600_000)
  await fold(log)
  const models = (await read(log, 'scores', Score.parse)).map((score) => `${score.tick - tick} ${score.model}`)
  expect(models.at(-1)).toBe(`0 ${hash}`)
  expect(await statesOf(log, hash)).toEqual([{ state: 'champion', at: day }])
  expect(await statesOf(log, baseline)).toEqual([{ state: 'was champion' }])

  expect((await forewarn(log, 'challenge', baseline, '--at', nextDay)).out).toBe(
    `Sent: from ${nextDay} on model ${baseline.slice(0, 12)} scores in shadow.\n`,
  )
  expect((await forewarn(log, 'rollback', '--at', nextDay)).code).toBe(0)
  await events(log, 'third', profile.calendar.startMs(tick + 1) + 3_600_000)
  await fold(log)
  expect((await read(log, 'scores', Score.parse)).at(-1)?.model).toBe(baseline)
  const results = await read(log, 'command-results', CommandResult.parse)
  expect(results.map(({ kind, accepted }) => `${kind} ${accepted}`)).toEqual([
    'profile.activate true',
    'model.promote true',
    'model.challenge true',
    'model.rollback true',
  ])
})

test('what the registry would refuse is not sent', async () => {
  const log = await logOfToday()
  const { folder, hash } = await folderOf(4)
  const { folder: foreign } = await folderOf(4, { profile: 'us-warn' })
  const today = profile.calendar.label(profile.calendar.tickOf(Date.now()))
  const { gates, evaluation: about } = evaluated(hash, baseline, profile)
  const logLoss = { name: 'logLoss', passed: false, value: 0.31, limit: 0.3 }
  const json = async (name: string, value: object): Promise<string> =>
    fileOf(folder, `${name}.json`, JSON.stringify(value))
  const failed = await json('failed', { gates: [...gates, logLoss], about })
  const old = await json('old', { gates })
  const another = await json('another', { gates, about: { ...about, candidate: baseline } })
  const rival = await json('rival', { gates, about: { ...about, comparedWith: hash } })
  const asked = async (code: string, ...args: Parameters<typeof forewarn>): Promise<void> => {
    const ended = await forewarn(...args)
    expect(ended.err, JSON.stringify(args)).toContain(code)
    expect(ended.code).toBe(code === 'FW_USAGE' ? 2 : 1)
  }
  await asked('FW_MODEL_UNKNOWN', log, 'promote', hash, '--at', 'next')
  await asked('FW_MODEL_NO_PREVIOUS', log, 'rollback', '--at', 'next')
  await asked('FW_MODEL_MISFIT', log, 'models', 'publish', foreign)
  await forewarn(log, 'models', 'publish', folder)
  await asked('FW_MODEL_TOO_LATE', log, 'promote', hash, '--at', today, '--override', 'a try')
  await asked('FW_MODEL_GATE', log, 'promote', hash, '--at', 'next')
  for (const evaluation of [failed, another, rival])
    await asked('FW_MODEL_GATE', log, 'promote', hash, '--at', 'next', '--evaluation', evaluation)
  await asked('FW_USAGE', log, 'promote', hash, '--at', 'next', '--evaluation', old)
  await asked('FW_USAGE', log, 'promote', hash, '--at', '30 February')
  await asked('FW_LOG_NOT_FOUND', `${log}/nosuch`, 'models', 'list')
  const reading = await openEmbeddedLog({ path: log, mode: 'read' })
  expect(await recordsIn(reading, 'commands')).toHaveLength(1)
  await reading.close()
  for (const evaluation of [[], ['--evaluation', failed]])
    expect(
      (await forewarn(log, 'promote', hash, '--at', 'next', ...evaluation, '--override', 'it is broken')).code,
    ).toBe(0)
})

test('a rollback behind a promotion that is pending is sent, and goes back to the champion before it', async () => {
  const log = await logOfToday()
  const { folder, hash } = await folderOf(4)
  await forewarn(log, 'models', 'publish', folder)
  const tick = profile.calendar.tickOf(Date.now() + 70_000) + 1
  const [first, second] = [tick, tick + 1].map((one) => profile.calendar.label(one))
  await forewarn(log, 'promote', hash, '--at', first, '--override', 'it is better')
  expect((await forewarn(log, 'rollback', '--at', first)).err).toContain('FW_MODEL_NO_PREVIOUS')
  const back = await forewarn(log, 'rollback', '--at', second, '--json')
  expect(back).toMatchObject({ code: 0, err: '' })
  expect(JSON.parse(back.out)).toMatchObject({ accepted: true, tick: second, hash: baseline })
  expect(await statesOf(log, baseline)).toEqual([
    { state: 'champion' },
    { state: 'pending', as: 'champion', at: second, accepted: false },
  ])
})

test('a model larger than a log takes is refused, and no chunk of it is sent', async () => {
  const log = await logOfToday()
  const { folder } = await folderOf(4)
  await writeFile(path.join(folder, 'MODEL_CARD.md'), Buffer.alloc(artifactBytesMax, '-'))
  const ended = await forewarn(log, 'models', 'publish', folder)
  expect(ended).toMatchObject({ code: 1, out: '', err: expect.stringContaining('error FW_MODEL_TOO_LARGE: ') })
  const reading = await openEmbeddedLog({ path: log, mode: 'read' })
  expect(await recordsIn(reading, 'artifacts')).toEqual([])
  await reading.close()
})

test('show and diff', async () => {
  const log = await logOfToday()
  const { folder, hash } = await folderOf(4)
  await forewarn(log, 'models', 'publish', folder)
  const shown = await forewarn(log, 'models', 'show', hash.slice(0, 6))
  expect(shown.out).toContain(
    await readFile(path.join(folder, 'MODEL_CARD.md'), 'utf8').then((card) => card.split('\n')[0]),
  )
  const { out } = await forewarn(log, 'models', 'diff', baseline, hash, '--json')
  expect(JSON.parse(out)).toEqual([{ path: 'scorecard.intercept', a: expect.any(Number), b: 4 }])
  expect((await forewarn(log, 'models', 'diff', baseline, hash)).out).toMatch(/^scorecard\.intercept: -?[\d.]+ \| 4\n$/)
})

test('a process that holds the log is written to over HTTP', async () => {
  const folder = await tempFolder()
  const holder = fileURLToPath(new URL('./holderChild.ts', import.meta.url))
  const child = spawn(process.execPath, [holder, folder, 'true'], { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  await once(createInterface({ input: child.stdout }), 'line')
  const { folder: model, hash } = await folderOf(4)
  expect(await forewarn(folder, 'models', 'publish', model)).toMatchObject({ code: 0, out: `Published ${hash}\n` })
  expect((await forewarn(folder, 'promote', hash, '--at', 'next', '--override', 'it is better')).code).toBe(0)
  expect(await statesOf(folder, hash)).toMatchObject([{ state: 'pending', accepted: true }])
})

test('a champion whose files are not here is named, and nothing is taken in its place', async () => {
  const folder = await tempFolder()
  const log = await openEmbeddedLog({ path: folder, mode: 'write' })
  const former = 'f'.repeat(64) // the built-in model of an earlier version
  await activate({ log, profile, model: model && { ...model, hash: former }, beatMs, now: () => 0 })
  const registry = await readRegistry(log, profile, baseline)
  const models = listModels(registry, profile, await readModelFolder('baseline'))
  expect(() => championIn({ registry, models }, 20_000)).toThrow(`The log holds no model ${former}.`)
  await log.close()
})

test('next is the first tick for which there is time', () => {
  const startMs = profile.calendar.startMs(20_000)
  const [minute, hour] = [60_000, 3_600_000]
  expect(tickBy('next', profile, startMs - hour)).toBe(20_000)
  expect(tickBy('next', profile, startMs - minute)).toBe(20_001)
  expect(tickBy(profile.calendar.label(20_000), profile, startMs - hour)).toBe(20_000)
})

test('a label that is none is told in the same words by every option', () => {
  const told = (option: string, or = ''): string => `${option} must be a day such as 2026-01-05${or}; not 30 February.`
  expect(() => tickBy('30 February', profile, 0)).toThrow(told('--at', ', or next'))
  expect(() => tickOf(profile, '--from', '30 February')).toThrow(told('--from'))
  expect(() => tickOf(profile, '--from', '1969-12-30')).toThrow('; not 1969-12-30.') // no log reaches back there
  expect(tickOf(profile, '--from', profile.calendar.label(20_000))).toBe(20_000)
  expect(tickOf(profile, '--from', undefined)).toBeUndefined()
})

test('tail says of a chunk what it is of, and not its bytes', async () => {
  const log = await logOfToday()
  const { folder, hash } = await folderOf(4)
  await forewarn(log, 'models', 'publish', folder)
  const screen = testScreen()
  await runProgram(tailCommand(screen), ['artifacts', '--log', `embedded:${log}`], screen)
  const sizes = await Promise.all(
    ['MODEL_CARD.md', 'model.json'].map(
      async (name) => `${name}, chunk 1 of 1, ${(await readFile(path.join(folder, name))).length} bytes`,
    ),
  )
  const lines = screen.out.text
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/^\S+ /, ''))
  expect(lines).toEqual(sizes.map((said) => `model ${hash.slice(0, 12)} ${said}`))
})
