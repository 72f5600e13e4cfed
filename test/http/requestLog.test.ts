/** Requests are told apart, and told at debug, without what they asked about. */
import { fastify } from 'fastify'
import { expect, test } from 'vitest'
import { logRequests, requestId } from '../../src/http/requestLog.ts'
import { createLogger } from '../../src/telemetry/logging.ts'

async function served(
  level: 'debug' | 'info',
): Promise<{ lines: Record<string, unknown>[]; ask: (id?: string) => Promise<string> }> {
  const lines: Record<string, unknown>[] = []
  const app = fastify({ logger: false, genReqId: requestId })
  logRequests(app, createLogger({ level, destination: { write: (line: string) => void lines.push(JSON.parse(line)) } }))
  app.get('/enterprises/:id', async () => 'known')
  const ask = async (id?: string): Promise<string> => {
    const headers = id === undefined ? {} : { 'x-request-id': id }
    const answer = await app.inject({ url: '/enterprises/91440101MA5CJQ4N59?token=secret', headers })
    return String(answer.headers['x-request-id'])
  }
  return { lines, ask }
}

test('a request is a line at debug: its number, method, route, status and time', async () => {
  const { lines, ask } = await served('debug')
  const given = await ask('from-a-proxy_1')
  const made = await ask()
  expect(given).toBe('from-a-proxy_1')
  expect(made).toMatch(/^[0-9a-f-]{36}$/)
  const line = { kind: 'Request', method: 'GET', route: '/enterprises/:id', status: 200, ms: expect.any(Number) }
  expect(lines).toMatchObject([
    { ...line, request: given },
    { ...line, request: made },
  ])
  expect(JSON.stringify(lines)).not.toMatch(/91440101MA5CJQ4N59|secret/)
})

test.each(['two words', 'x'.repeat(65), 'a"b', ''])('a number of another form is not taken: %o', async (id) => {
  const { ask } = await served('debug')
  expect(await ask(id)).toMatch(/^[0-9a-f-]{36}$/)
})

test('at info there is none', async () => {
  const { lines, ask } = await served('info')
  await ask()
  expect(lines).toEqual([])
})
