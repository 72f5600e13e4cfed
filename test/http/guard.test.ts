/** Who may ask: names, pages of other sites, and the token. */

import { chmod, readFile, stat, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import path from 'node:path'
import { describe, expect, it, test } from 'vitest'
import type { ServerOptions } from '../../src/http/server.ts'
import { foundToken, madeToken, tokenOf } from '../../src/http/token.ts'
import { access, tempFolder } from '../ingest/support.ts'
import { memoryLog } from '../support/fold.ts'
import { serve } from './serve.ts'

async function portOf(more: Partial<ServerOptions> = {}): Promise<number> {
  return Number(new URL((await serve(await memoryLog(), more)).address).port)
}

/** Status and code; `fetch` would not let us choose the host. */
function ask(port: number, method: string, route: string, headers: Record<string, string>): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, method, path: route, headers }, (response) => {
      let text = ''
      response.on('data', (piece: Buffer) => {
        text += piece.toString()
      })
      response.on('end', () => resolve(`${response.statusCode} ${/"code":"(\w+)"/.exec(text)?.[1] ?? ''}`.trim()))
    })
    sent.on('error', reject)
    sent.end()
  })
}

const lines = { 'content-type': 'application/x-ndjson' }
const bearer = { authorization: `Bearer ${access.token}` }

describe('a server of this machine', () => {
  it.each([
    ['127.0.0.1:1', '200'],
    ['[::1]:9464', '200'],
    ['localhost', '200'],
    ['LOCALHOST:80', '200'],
    ['10.1.2.3', '200'], // an address is no name that somebody could make resolve to it
    ['watch.example', '200'],
    ['attacker.example', '421 FW_HTTP_HOST'],
    ['localhost.attacker.example', '421 FW_HTTP_HOST'],
    ['user@localhost', '421 FW_HTTP_HOST'],
    ['local host', '421 FW_HTTP_HOST'],
  ])('asked as %s answers %s', async (host, answer) => {
    expect(await ask(await portOf({ names: ['watch.example'] }), 'GET', '/metrics', { host })).toBe(answer)
  })

  it.each([
    [{ origin: 'http://attacker.example' }, '403 FW_HTTP_FOREIGN'],
    [{ origin: 'null' }, '403 FW_HTTP_FOREIGN'],
    [{ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }, '403 FW_HTTP_FOREIGN'],
    [{ 'sec-fetch-site': 'same-site' }, '403 FW_HTTP_FOREIGN'],
    [{ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }, '403 FW_HTTP_FOREIGN'], // a form
    [{ origin: 'http://127.0.0.1:77', 'sec-fetch-site': 'same-origin' }, '200'],
    [{}, '200'],
  ])('records from %j: %s', async (headers, answer) => {
    const host = '127.0.0.1:77'
    const port = await portOf()
    expect(await ask(port, 'POST', '/api/v1/records/risk-events', { ...lines, host, ...headers })).toBe(answer)
  })

  it('follows a link from elsewhere, and takes no text that a form could send', async () => {
    const port = await portOf()
    const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }
    expect(await ask(port, 'GET', '/metrics', link)).toBe('200')
    expect(await ask(port, 'POST', '/api/v1/records/risk-events', { 'content-type': 'text/plain' })).toBe(
      '415 FW_HTTP_TYPE',
    )
  })

  it.each(['/api/v1/commands', '/api/v1/artifacts'])('%s asks for the token', async (route) => {
    const port = await portOf()
    expect(await ask(port, 'POST', route, lines)).toBe('401 FW_HTTP_TOKEN')
    expect(await ask(port, 'POST', route, { ...lines, authorization: 'Bearer other' })).toBe('401 FW_HTTP_TOKEN')
    expect(await ask(port, 'POST', route, { ...lines, ...bearer })).toBe('200')
    const without = await portOf({ token: undefined })
    expect(await ask(without, 'POST', route, { ...lines, ...bearer })).toBe('401 FW_HTTP_TOKEN')
  })
})

it('in reach of others everything but its health asks for the token', async () => {
  const port = await portOf({ host: '0.0.0.0' })
  expect(await ask(port, 'GET', '/livez', {})).toBe('200')
  expect(await ask(port, 'GET', '/readyz', {})).toBe('200')
  expect(await ask(port, 'GET', '/metrics', {})).toBe('401 FW_HTTP_TOKEN')
  expect(await ask(port, 'GET', '/metrics', bearer)).toBe('200')
  expect(await ask(port, 'POST', '/api/v1/records/risk-events', lines)).toBe('401 FW_HTTP_TOKEN')
  expect(await ask(port, 'GET', '/no/such', {})).toBe('401 FW_HTTP_TOKEN')
})

test('the token lies in the folder of the log for its owner alone, and stays', async () => {
  const folder = await tempFolder()
  expect(foundToken(folder)).toBeUndefined()
  const token = madeToken(folder)
  const file = path.join(folder, 'http.token')
  expect(token).toMatch(/^[0-9a-f]{64}$/)
  expect((await readFile(file, 'utf8')).trim()).toBe(token)
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  await chmod(file, 0o644)
  expect(madeToken(folder)).toBe(token)
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect(foundToken(folder)).toBe(token)
})

test('a token of the environment is taken as it is, and a bad one is told', async () => {
  const file = path.join(await tempFolder(), 'secret')
  await writeFile(file, '  0123456789abcdef\n')
  expect(tokenOf({})).toBeUndefined()
  expect(tokenOf({ FOREWARN_HTTP_TOKEN_FILE: file })).toBe('0123456789abcdef')
  expect(tokenOf({ FOREWARN_HTTP_TOKEN: 'fedcba9876543210', FOREWARN_HTTP_TOKEN_FILE: file })).toBe('fedcba9876543210')
  expect(() => tokenOf({ FOREWARN_HTTP_TOKEN: 'short' })).toThrow(/at least 16 printable characters/)
  expect(() => tokenOf({ FOREWARN_HTTP_TOKEN_FILE: `${file}.not` })).toThrow(/cannot be read/)
})
