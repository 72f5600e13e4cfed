/** Bodies that do not come to their end, connections that say nothing, and what is told of what was taken. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, expect, test } from 'vitest'
import { z } from 'zod'
import { ForewarnError } from '../../src/errors.ts'
import type { Server } from '../../src/http/server.ts'
import { bodyGivesWayMs, httpConnectionsMax, ingestRequestsMax, KiB, MiB, sliceLines } from '../../src/limits.ts'
import { event, lines, recordsIn, tempFolder, textOf } from '../ingest/support.ts'
import { memoryLog } from '../support/fold.ts'
import { logOver } from '../support/logs.ts'
import { serve } from './serve.ts'

const sockets: Socket[] = []
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
})

/** A connection over which `said` was sent, and all that is answered until it is closed. */
function speak({ address }: Server, said: string): { socket: Socket; answer: Promise<string> } {
  const socket = connect(Number(new URL(address).port), '127.0.0.1')
  sockets.push(socket)
  socket.write(said)
  return { socket, answer: text(socket).catch(() => 'reset') }
}

const head = (more: string): string =>
  `POST /api/v1/records/risk-events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\n${more}\r\n\r\n`
const chunk = (said: string): string => `${said.length.toString(16)}\r\n${said}\r\n`
const events = (from: number, count: number): string =>
  lines(...Array.from({ length: count }, (_, n) => event(`e${from + n}`, 'E1', '2026-01-01T00:00:00.000Z')))

const Refused = z.object({
  code: z.string(),
  message: z.string(),
  taken: z.object({ lines: z.int(), accepted: z.int() }).optional(),
})
const refusedIn = (answer: string): z.infer<typeof Refused> =>
  Refused.parse(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n'))))

test.each([
  ['sends nothing more', async () => {}],
  ['sends a byte now and then', async (socket: Socket) => void setInterval(() => socket.write(chunk('x')), 40).unref()],
])('a sender that %s is cut off, and told what was taken', async (_, goOn) => {
  const log = await memoryLog()
  const server = await serve(log, { body: { pauseMs: 150, waitMs: 450 } })
  const whole = events(0, 20_000)
  const { socket, answer } = speak(server, head('Transfer-Encoding: chunked') + chunk(`${whole}{"id":"half`))
  await goOn(socket)
  const said = await answer
  expect(said).toMatch(/^HTTP\/1.1 408 /)
  const { code, taken } = refusedIn(said)
  expect(code).toBe('FW_HTTP_TIMEOUT')
  const records = await recordsIn(log, 'risk-events')
  expect(records.length).toBeGreaterThan(sliceLines)
  expect(taken).toMatchObject({ lines: records.length, accepted: records.length })
  expect(records.map(textOf)).toEqual(whole.split('\n').slice(0, records.length))
})

test('a sender that ends in the middle of its body and still listens is told what was taken', async () => {
  const log = await memoryLog()
  const { socket, answer } = speak(await serve(log), head('Content-Length: 9000000') + events(0, 20_000))
  socket.end()
  const said = await answer
  expect(said).toMatch(/^HTTP\/1.1 400 /)
  const { code, taken } = refusedIn(said)
  expect([code, taken?.lines]).toEqual(['FW_HTTP_REQUEST', (await recordsIn(log, 'risk-events')).length])
})

test('a log that is full in the middle of a body says what it took before', async () => {
  const whole = await memoryLog()
  let appends = 0
  const log = logOver(whole, {
    append: async (...all) => {
      if (++appends > 2) throw new ForewarnError('FW_LOG_FULL', ['no space'])
      await whole.append(...all)
    },
  })
  const { address } = await serve(log)
  const response = await fetch(`${address}/api/v1/records/risk-events`, {
    method: 'POST',
    body: events(0, 3 * sliceLines),
    headers: { 'content-type': 'application/x-ndjson' },
  })
  expect(await response.json()).toMatchObject({ code: 'FW_LOG_FULL', taken: { lines: 2 * sliceLines } })
  expect(await recordsIn(whole, 'risk-events')).toHaveLength(2 * sliceLines)
})

test('senders that have fallen silent lose their places to the next, one for each', async () => {
  const log = await memoryLog()
  let nowMs = 0
  const server = await serve(log, { now: () => nowMs })
  const silent = Array.from({ length: ingestRequestsMax }, () =>
    speak(server, `${head('Content-Length: 500')}{"id":"half`),
  )
  const post = async (): Promise<number> => {
    const body = events(0, 1)
    const response = await fetch(`${server.address}/api/v1/records/risk-events`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/x-ndjson' },
    })
    await response.body?.cancel()
    return response.status
  }
  await expect.poll(post).toBe(503)
  nowMs += bodyGivesWayMs
  expect(await post()).toBe(200)
  expect(await Promise.race(silent.map(({ answer }) => answer))).toMatch(/^HTTP\/1.1 408 /)
})

test('a body of one slice does not wait for large ones', async () => {
  const server = await serve(await memoryLog())
  const large = Array.from({ length: ingestRequestsMax }, () =>
    speak(server, head('Transfer-Encoding: chunked') + chunk('{"id":"half')),
  )
  await expect.poll(() => postTo(server, 'chunked')).toBe(503)
  expect(await postTo(server, 'of known length')).toBe(200)
  for (const { socket } of large) socket.destroy()
})

/** The status that one good record comes to. */
async function postTo({ address }: Server, how: 'chunked' | 'of known length'): Promise<number> {
  const text = events(0, 1)
  const body = how === 'chunked' ? new Blob([text]).stream() : text
  const headers = { 'content-type': 'application/x-ndjson' }
  const options = { method: 'POST', body, headers, duplex: 'half' } as const
  const response = await fetch(`${address}/api/v1/records/risk-events`, options)
  await response.body?.cancel()
  return response.status
}

test('whoever only holds connections shuts nobody out: the oldest go, and not one that sends a body', async () => {
  const server = await serve(await memoryLog())
  const upload = speak(server, `${head('Content-Length: 500')}{"id":"half`)
  await once(upload.socket, 'connect')
  await fetch(`${server.address}/livez`)
  const silent = Array.from({ length: httpConnectionsMax + 10 }, () => speak(server, ''))
  expect(await Promise.all(silent.slice(0, 10).map(({ answer }) => answer))).toEqual(Array(10).fill(''))
  expect((await fetch(`${server.address}/livez`)).status).toBe(200)
  await server.close()
  expect(refusedIn(await upload.answer).code).toBe('FW_HTTP_CLOSING')
})

test('the end of a server waits for no connection that is silent or idle, and not for ever for any other', async () => {
  const log = await memoryLog()
  const calm = await serve(log)
  const silent = speak(calm, '')
  const idle = speak(calm, 'GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n')
  const half = speak(calm, 'GET /livez HTTP/1.1\r\nHost')
  await once(idle.socket, 'data')
  await calm.close()
  expect(await Promise.all([silent.answer, idle.answer, half.answer])).toBeDefined()

  const busy = await serve(log)
  const upload = speak(busy, `${head('Content-Length: 500')}{"id":"half`)
  const deaf = speak(busy, `GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n`.repeat(1_000))
  deaf.socket.pause()
  await expect.poll(async () => (await fetch(`${busy.address}/livez`)).ok).toBe(true)
  await busy.close()
  expect(refusedIn(await upload.answer).code).toBe('FW_HTTP_CLOSING')
})

test('what cannot be read as HTTP is answered with a code', async () => {
  const { answer } = speak(await serve(await memoryLog()), 'nonsense\r\n\r\n')
  expect(refusedIn(await answer).code).toBe('FW_HTTP_REQUEST')
})

/** `mib` mebibytes of the same piece. */
function* repeated(piece: string, mib: number): Generator<Buffer> {
  const bytes = Buffer.from(piece.repeat(Math.ceil((64 * KiB) / piece.length)))
  for (let sent = 0; sent < mib * MiB; sent += bytes.length) yield bytes
}

async function send(address: string, body: Iterable<Buffer>): Promise<{ status: number | undefined; body: string }> {
  const sending = request(`${address}/api/v1/records/risk-events`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
  })
  const answered = once(sending, 'response')
  for (const piece of body) if (!sending.write(piece)) await Promise.race([once(sending, 'drain'), answered])
  sending.end()
  const [response]: IncomingMessage[] = await answered
  return { status: response.statusCode, body: await text(response) }
}

const Told = z.object({ peakMiB: z.number() })
const growthMiBMax = 64 // and it is not more for larger bodies: 100 MiB are what the intake may take whatever comes
const littleGarbage = ['--max-semi-space-size=4'] // what the intake holds is measured, not how long young objects may lie about

test.each([
  ['line feeds', '\n', 8],
  ['lines of one byte', 'x\n', 1 / 64],
  ['one line', 'x', 16],
  ['small records that break their contract', '{"id":1}\n', 1 / 4],
  ['lines that look like JSON and are none', '{"a"}\n', 1 / 4],
  ['good records', events(0, 1), 1],
])('eight bodies of %s are taken in little memory', async (_, piece, mib) => {
  const child = fork(new URL('./intakeChild.ts', import.meta.url), [await tempFolder()], { execArgv: littleGarbage })
  try {
    const [{ address }] = z.tuple([z.object({ address: z.string() })]).parse((await once(child, 'message')).slice(0, 1))
    const peakMiB = async (): Promise<number> => {
      child.send('peak')
      return Told.parse((await once(child, 'message'))[0]).peakMiB
    }
    const before = await peakMiB()
    const bodies = Array.from({ length: ingestRequestsMax }, () => send(address, repeated(piece, mib)))
    for (const { status, body } of await Promise.all(bodies)) expect(status, body).toBe(200)
    const grown = (await peakMiB()) - before
    expect(grown).toBeLessThan(growthMiBMax)
  } finally {
    child.kill('SIGKILL')
  }
})
