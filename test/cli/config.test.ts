/** Options from flags, the environment and a file: which of them holds, and what is told of mistakes. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Writable } from 'node:stream'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { configCommand } from '../../src/cli/run/config.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'forewarn-config-'))
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
})

const Result = z.object({
  settings: z.array(z.object({ option: z.string(), value: z.string(), from: z.string() })),
  unknown: z.array(z.string()),
})

async function said(...args: string[]): Promise<string> {
  let text = ''
  const out = new Writable({
    write: (piece, _encoding, done) => {
      text += String(piece)
      done()
    },
  })
  await configCommand({ out, err: out, stdin: process.stdin }).parseAsync(args, { from: 'user' })
  return text
}

async function settingsBy(...args: string[]): Promise<Map<string, string>> {
  const { settings } = Result.parse(JSON.parse(await said(...args, '--json')))
  return new Map(settings.map(({ option, value, from }) => [option, `${value} (${from})`]))
}

function file(text: string): string {
  const name = path.join(folder, 'forewarn.yaml')
  writeFileSync(name, text)
  return name
}

test('flags win over the environment, that over the file, that over the default', async () => {
  vi.stubEnv('FOREWARN_SLACK_MS', '700')
  vi.stubEnv('FOREWARN_HTTP', ':9000')
  const name = file('slack-ms: 800\nhttp: :9001\nlog-level: warn\n')
  const settings = await settingsBy('--config', name, '--http', ':9002')
  expect(settings.get('http')).toBe(':9002 (the command line)')
  expect(settings.get('slack-ms')).toBe('700 (FOREWARN_SLACK_MS)')
  expect(settings.get('log-level')).toBe(`warn (${name})`)
  expect(settings.get('beat-ms')).toBe('1000 (default)')
})

test('the file may be named by the environment', async () => {
  vi.stubEnv('FOREWARN_CONFIG', file('checkpoint-every: 5'))
  expect((await settingsBy()).get('checkpoint-every')).toMatch(/^5 \(/)
})

test.each([
  ['slak-ms: 1', 'has slak-ms, which is none of'],
  ['log-level: loud', 'log-level cannot be loud'],
  ['[1, 2]', 'cannot be used'],
  ['a: {b: c}', 'cannot be used'],
  ['"', 'cannot be used'],
])('a file with %j is refused in one sentence', async (text, why) => {
  await expect(said('--config', file(text))).rejects.toMatchObject({
    code: 'FW_USAGE',
    message: expect.stringContaining(why),
  })
})

test('a file that is not there is refused, and so is a variable that makes no sense', async () => {
  await expect(said('--config', path.join(folder, 'nothing'))).rejects.toMatchObject({ code: 'FW_USAGE' })
  vi.stubEnv('FOREWARN_LOG_LEVEL', 'loud')
  await expect(said()).rejects.toMatchObject({ code: 'FW_USAGE', message: expect.stringContaining('loud') })
})

test('secrets are not shown, and a variable that nothing reads is named', async () => {
  vi.stubEnv('FOREWARN_KAFKA_PASSWORD', 'geheim')
  vi.stubEnv('FOREWARN_HTTP_TOKEN', 'geheim')
  vi.stubEnv('FOREWARN_SLACKMS', '700')
  const text = await said()
  expect(text).not.toContain('geheim')
  expect(text).toMatch(/FOREWARN_KAFKA_PASSWORD +set/)
  expect(text).toContain('FOREWARN_SLACKMS is set, and nothing reads it.')
})
