/** No secret is in what a process says, however much it says. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { until } from '../support/patience.ts'
import { projectFolder } from './forewarn.ts'
import { tempFolder } from './support.ts'

const [token, password] = ['0123456789-token-of-http', 'password-of-kafka']

/** Runs until `work` is done, and gives all that it printed. */
async function said(env: Record<string, string>, work: (text: () => string) => Promise<void>): Promise<string> {
  const args = [path.join(projectFolder, 'src/main.ts'), 'run', '--log-level', 'trace', '--http', '127.0.0.1:0']
  const child = spawn(process.execPath, args, { env: { PATH: process.env.PATH, ...env } })
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (piece: string) => {
      text += piece
    })
  const closed = once(child, 'close')
  try {
    await work(() => text)
  } finally {
    child.kill('SIGTERM')
    await closed
  }
  return text
}

test('a token is not in the log, whether it is shown or not', { timeout: 60_000 }, async () => {
  const folder = await tempFolder()
  const file = path.join(folder, 'token')
  await writeFile(file, token, { mode: 0o600 })
  const env = { FOREWARN_LOG: `embedded:${path.join(folder, 'log')}`, FOREWARN_HTTP_TOKEN_FILE: file }
  const text = await said(env, async (soFar) => {
    const at = await until('its address', async () => /"address":"(http[^"]+)"/.exec(soFar())?.[1])
    for (const shown of [token, `${token}-wrong`]) {
      const headers = { authorization: `Bearer ${shown}`, 'content-type': 'application/x-ndjson' }
      await (await fetch(`${at}/api/v1/commands?token=${shown}`, { method: 'POST', headers, body: '{}' })).text()
    }
    await until('both requests', async () =>
      (soFar().match(/"kind":"Request"/g) ?? []).length >= 2 ? true : undefined,
    )
  })
  expect(text).not.toContain(token)
})

test('a password of Kafka is not in the log when the broker is not there', { timeout: 60_000 }, async () => {
  const env = {
    FOREWARN_LOG: 'kafka://127.0.0.1:1',
    FOREWARN_KAFKA_SASL: 'scram-sha-512',
    FOREWARN_KAFKA_USERNAME: 'somebody',
    FOREWARN_KAFKA_PASSWORD: password,
  }
  const text = await said(env, async (soFar) => {
    await until('a refusal', async () => (/ECONNREFUSED|FW_LOG_UNAVAILABLE/.test(soFar()) ? true : undefined))
  })
  expect(text).not.toContain(password)
  expect(text).not.toContain(Buffer.from(password).toString('base64'))
})
