/** What is configured wrongly is told in one sentence with its remedy, exit code 2, and nothing is begun. */
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import path from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { tempFolder } from '../e2e/support.ts'
import { type Ended, runCommandLine } from '../kafka/commandLine.ts'

afterEach(() => {
  vi.unstubAllEnvs()
})

/** The environment, the file and the flags of a run. `FOLDER` stands for a folder of its own. */
type Mistake = { env?: Record<string, string>; file?: string; args?: string[] }

const kafka = {
  FOREWARN_LOG: 'kafka://127.0.0.1:1',
  FOREWARN_KAFKA_SASL: 'scram-sha-512',
  FOREWARN_KAFKA_USERNAME: 'u',
}
const table: [string, Mistake, RegExp][] = [
  ['an unknown key', { file: 'slak-ms: 800' }, /has slak-ms, which is none of/],
  ['a file that is no YAML', { file: ': : :\n- {' }, /forewarn\.yaml cannot be used/],
  ['a file that is not there', { env: { FOREWARN_CONFIG: 'FOLDER/nowhere.yaml' } }, /nowhere\.yaml cannot be used/],
  ['a value that makes no sense', { file: 'log-level: loud' }, /log-level cannot be loud/],
  ['a number that is none', { env: { FOREWARN_SLACK_MS: 'soon' } }, /--slack-ms must be a whole number/],
  ['a log that is no URL', { env: { FOREWARN_LOG: 'kafka:/broker' } }, /--log must be embedded:DIR/],
  ['a broker without a port', { env: { FOREWARN_LOG: 'kafka://broker' } }, /--log must be embedded:DIR/],
  ['a port that is none', { env: { FOREWARN_LOG: 'kafka://broker:70000' } }, /--log must be embedded:DIR/],
  ['an address that is none', { file: 'http: here' }, /--http must be HOST:PORT/],
  [
    'a token that cannot be read',
    { env: { FOREWARN_HTTP_TOKEN_FILE: 'FOLDER/none' } },
    /FOREWARN_HTTP_TOKEN_FILE .*cannot be read/,
  ],
  ['a token that is too short', { env: { FOREWARN_HTTP_TOKEN: 'short' } }, /at least 16 printable characters/],
  [
    'a password that cannot be read',
    { env: { ...kafka, FOREWARN_KAFKA_PASSWORD_FILE: 'FOLDER/none' } },
    /FOREWARN_KAFKA_PASSWORD_FILE/,
  ],
]

async function run({ env = {}, file, args = [] }: Mistake): Promise<Ended & { folder: string }> {
  const folder = await tempFolder()
  const all: Record<string, string> = { FOREWARN_LOG: `embedded:${path.join(folder, 'log')}`, ...env }
  for (const [name, value] of Object.entries(all)) vi.stubEnv(name, value.replace('FOLDER', folder))
  const config = path.join(folder, 'forewarn.yaml')
  if (file !== undefined) await writeFile(config, file)
  const flags = file === undefined ? args : [...args, '--config', config]
  return { folder, ...(await runCommandLine(['run', '--until-end', ...flags])) }
}

test.each(table)('%s', async (_, mistake, says) => {
  const { folder, code, out, err } = await run(mistake)
  expect({ code, out }).toEqual({ code: 2, out: '' })
  const [sentence, remedy, ...more] = err.trimEnd().split('\n')
  expect(sentence).toMatch(/^error FW_USAGE: /)
  expect(sentence).toMatch(says)
  expect(remedy).toMatch(/^ {2}\S/)
  expect(more).toEqual([])
  expect(existsSync(path.join(folder, 'log'))).toBe(false)
})

test('a port that is in use, before a log is made', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const { folder, code, err } = await run({ args: ['--http', `127.0.0.1:${port}`, '--log-level', 'silent'] })
  await new Promise((resolve) => server.close(resolve))
  expect(code).toBe(2)
  expect(existsSync(path.join(folder, 'log'))).toBe(false)
  expect(err).toMatch(
    new RegExp(`^error FW_HTTP_BUSY: The address 127\\.0\\.0\\.1:${port} is in use\\.\\n {2}\\S.*\\n$`),
  )
})
