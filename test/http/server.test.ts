/** The server over real HTTP: records in, and every way in which they are refused. */
import { request } from 'node:http'
import { expect, test } from 'vitest'
import { ForewarnError } from '../../src/errors.ts'
import { readiness } from '../../src/http/readiness.ts'
import type { Pages } from '../../src/http/server.ts'
import { ingestRequestsMax, MiB, recordBytesMax, recordParseBytesMax, registryBodyBytesMax } from '../../src/limits.ts'
import type { Log } from '../../src/log/port.ts'
import { partitionOf } from '../../streams/partition.ts'
import { access, event, lines, recordsIn, textOf } from '../ingest/support.ts'
import { append, memoryLog } from '../support/fold.ts'
import { logOver } from '../support/logs.ts'
import { serve } from './serve.ts'

async function post(
  address: string,
  topic: string,
  body: string | Buffer<ArrayBuffer>,
  type = 'application/x-ndjson',
): Promise<{ status: number; json: unknown }> {
  const response = await fetch(`${address}/api/v1/records/${topic}`, {
    method: 'POST',
    body,
    headers: { 'content-type': type },
  })
  return { status: response.status, json: await response.json() }
}

const at = '2026-01-01T00:00:00.000Z'

test('good lines are in the log when the answer comes, keyed and in their partitions', async () => {
  const log = await memoryLog(3)
  const { address } = await serve(log)
  const body = lines(...Array.from({ length: 30 }, (_, n) => event(`e${n}`, `E${n}`, at)))
  expect(await post(address, 'risk-events', body)).toEqual({
    status: 200,
    json: { accepted: 30, refused: [], counts: {} },
  })
  for (let partition = 0; partition < 3; partition++) {
    const { records } = await log.read('risk-events', partition, 0, MiB)
    expect(records.every(({ key }) => key !== null && partitionOf(key, 3) === partition)).toBe(true)
  }
  expect(await recordsIn(log, 'risk-events')).toHaveLength(30)
  expect(
    (await post(address, 'enterprises', '\ufeff{"id":"E1","region":"P1","industry":"X1"}\r\n', 'application/x-ndjson'))
      .json,
  ).toMatchObject({ accepted: 1 })
  expect(
    (
      await post(
        address,
        'credit-grades',
        '{"enterpriseId": "E1","grade":"A","effectiveAt":"2026-01-01T00:00:00Z"}',
        'application/x-ndjson; charset=utf-8',
      )
    ).json,
  ).toMatchObject({ accepted: 1 })
  expect((await recordsIn(log, 'credit-grades'))[0].key).toBe('E1')
})

test('bad lines are told by number and code, and lie in the log all the same', async () => {
  const log = await memoryLog()
  const bad = [
    'not json',
    event('b', 'E1', at),
    '',
    event('c', 'e1', at),
    event('d', 'E1', at, { type: 'NO.SUCH' }),
    { id: 'e', type: 'PEN.FINE', occurredAt: at },
    event('f', 'E1', 'yesterday'),
    { attributes: { enterpriseId: 'E9' }, ...event('g', 'E1', at) },
    event('h', 'E1', at, { attributes: { note: 'x'.repeat(recordParseBytesMax) } }),
  ]
  const { json } = await post((await serve(log)).address, 'risk-events', lines(...bad))
  expect(json).toMatchObject({
    accepted: 2,
    refused: [
      { line: 1, code: 'FW_RECORD_NOT_JSON' },
      { line: 4, code: 'FW_ENTERPRISE_ID', detail: 'e1' },
      { line: 5, code: 'FW_EVENT_UNKNOWN_TYPE', detail: 'NO.SUCH' },
      { line: 6, code: 'FW_RECORD_INVALID' },
      { line: 7, code: 'FW_RECORD_INVALID' },
      { line: 9, code: 'FW_RECORD_TOO_LARGE' },
    ],
    counts: { FW_RECORD_NOT_JSON: 1, FW_RECORD_INVALID: 2, FW_RECORD_TOO_LARGE: 1 },
  })
  const records = await recordsIn(log, 'risk-events')
  expect(records.map(({ key }) => key)).toEqual([null, 'E1', 'e1', 'E1', null, 'E1', 'E1', null])
  expect(textOf(records[0])).toBe('not json')
})

test('a line larger than a log takes is refused by itself; at most a thousand are listed, all are counted', async () => {
  const log = await memoryLog()
  const { address } = await serve(log)
  const huge = Buffer.concat([Buffer.alloc(recordBytesMax + 1, 120), Buffer.from('\nx\n')])
  expect((await post(address, 'risk-events', huge)).json).toMatchObject({
    accepted: 0,
    counts: { FW_RECORD_TOO_LARGE: 1, FW_RECORD_NOT_JSON: 1 },
  })
  expect(await recordsIn(log, 'risk-events')).toHaveLength(1)
  const { json } = await post(address, 'risk-events', 'x\n'.repeat(1_500))
  expect(json).toMatchObject({ counts: { FW_RECORD_NOT_JSON: 1_500 } })
  expect(JSON.stringify(json).match(/"line"/g)).toHaveLength(1_000)
})

test.each([
  ['a body that is too large', { body: { bytesMax: 100 } }, ['risk-events', 'x'.repeat(101)], 413, 'FW_BODY_TOO_LARGE'],
  ['another type', {}, ['risk-events', '{}', 'application/json'], 415, 'FW_HTTP_TYPE'],
  ['another topic', {}, ['commands', '{}'], 404, 'FW_HTTP_ROUTE'],
] as const)('refuses %s as a whole', async (_, more, [topic, body, type], status, code) => {
  const log = await memoryLog()
  const answer = await post((await serve(log, more)).address, topic, body, type)
  expect(answer).toMatchObject({
    status,
    json: { code, message: expect.stringMatching(/./), remedy: expect.stringMatching(/./) },
  })
  expect(await recordsIn(log, 'risk-events')).toEqual([])
})

test('a packed body is refused', async () => {
  const headers = { 'content-type': 'application/x-ndjson', 'content-encoding': 'gzip' }
  const response = await fetch(`${(await serve(await memoryLog())).address}/api/v1/records/risk-events`, {
    method: 'POST',
    body: 'x',
    headers,
  })
  expect(response.status).toBe(415)
})

test('while an import is open, records wait outside', async () => {
  const log = await memoryLog()
  const { address } = await serve(log)
  const command = (id: string, kind: string): Promise<void> =>
    append(log, [{ topic: 'commands', key: null, timeMs: 0, value: { id, actor: 'test', kind } }])
  await command('1', 'import.begin')
  expect(await post(address, 'risk-events', lines(event('a', 'E1', at)))).toMatchObject({
    status: 409,
    json: { code: 'FW_IMPORT_OPEN' },
  })
  await command('2', 'import.end')
  expect(await post(address, 'risk-events', lines(event('a', 'E1', at)))).toMatchObject({ status: 200 })
})

/** A log whose appends wait for `gate`. */
function gated(log: Log, gate: () => Promise<void>): Log {
  return logOver(log, { append: gate })
}

test('a full log is 507, what is not ours is 500 without its words', async () => {
  const full = gated(await memoryLog(), () => Promise.reject(new ForewarnError('FW_LOG_FULL', ['no space'])))
  expect(await post((await serve(full)).address, 'risk-events', lines(event('a', 'E1', at)))).toMatchObject({
    status: 507,
    json: { code: 'FW_LOG_FULL' },
  })
  const broken = gated(await memoryLog(), () => Promise.reject(new Error('secret')))
  const answer = await post((await serve(broken)).address, 'risk-events', lines(event('a', 'E1', at)))
  expect(answer).toMatchObject({ status: 500, json: { code: 'FW_INTERNAL' } })
  expect(JSON.stringify(answer)).not.toContain('secret')
})

test('only so many bodies are taken at once', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const { address } = await serve(gated(await memoryLog(), () => promise))
  const waiting = Array.from({ length: ingestRequestsMax }, () =>
    post(address, 'risk-events', lines(event('a', 'E1', at))),
  )
  await expect.poll(async () => (await post(address, 'enterprises', '')).status).toBe(503)
  resolve()
  expect((await Promise.all(waiting)).every(({ status }) => status === 200)).toBe(true)
  expect((await post(address, 'enterprises', '')).status).toBe(200)
})

test('a sender that goes away in the middle leaves nothing behind', async () => {
  const log = await memoryLog()
  const { address } = await serve(log)
  for (let at = 0; at < ingestRequestsMax + 1; at++) {
    await new Promise<void>((resolve) => {
      const sending = request(`${address}/api/v1/records/risk-events`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-ndjson', 'content-length': 1000 },
      })
      sending.on('error', () => resolve())
      sending.write('x\n')
      setTimeout(() => sending.destroy(new Error('gone')), 20)
    })
  }
  expect((await post(address, 'risk-events', '')).status).toBe(200)
  expect(await recordsIn(log, 'risk-events')).toEqual([])
})

test('tells whether it lives and whether it is ready', async () => {
  const { listener, state } = readiness(() => 100_000)
  const { address } = await serve(await memoryLog(), { ready: state })
  const ready = async (): Promise<[number, unknown]> => {
    const response = await fetch(`${address}/readyz`)
    return [response.status, await response.json()]
  }
  expect((await fetch(`${address}/livez`)).status).toBe(200)
  expect(await ready()).toEqual([503, { ready: false, reason: 'Waiting for tasks.' }])
  listener({ kind: 'TasksAssigned', tasks: ['enterprise/0', 'watch'] })
  expect(await ready()).toEqual([503, { ready: false, reason: 'Restoring: 0 of 2 tasks are done.' }])
  for (const task of ['enterprise/0', 'watch']) {
    if (task === 'watch')
      expect(await ready()).toEqual([503, { ready: false, reason: 'Restoring: 1 of 2 tasks are done.' }])
    listener({ kind: 'Restored', task, fromBeat: undefined, beatsReplayed: 0, seconds: 0 })
  }
  expect(await ready()).toEqual([503, { ready: false, reason: 'It is not known yet how far the tasks are.' }])
  for (const task of ['enterprise/0', 'watch']) {
    listener({ kind: 'Restoring', task, endMs: 90_000 })
    listener({ kind: 'Restored', task, fromBeat: undefined, beatsReplayed: 0, seconds: 0 })
  }
  expect(await ready()).toEqual([200, { ready: true }])
  listener({ kind: 'CommitRefused', task: 'watch', code: 'FW_LOG_FULL', message: 'The log refuses records: no space.' })
  expect(await ready()).toEqual([503, { ready: false, reason: 'The log refuses records: no space.' }])
  listener({
    kind: 'EpochCommitted',
    task: 'watch',
    beats: 1,
    lastBeat: 1,
    endMs: 2_000,
    records: 0,
    bytes: 0,
    beatSeconds: [],
    outputs: 0,
    seconds: 0,
  })
  expect((await ready())[0]).toBe(200)
  listener({ kind: 'InputsWaiting', task: 'enterprise/0', records: { 'risk-events': 3 }, untilMs: 400_000 })
  expect(await ready()).toEqual([
    503,
    {
      ready: false,
      reason:
        'Records of enterprise/0 wait for beats to come: log time leads the clock by 300 s. Look at the clocks of the senders and of this machine.',
    },
  ])
  listener({ kind: 'InputsWaiting', task: 'enterprise/0', records: { 'risk-events': 0 } })
  expect(await ready()).toEqual([200, { ready: true }])
  for (const task of ['enterprise/0', 'watch'])
    listener({
      kind: 'EpochCommitted',
      task,
      beats: 1,
      lastBeat: 1,
      endMs: 160_000,
      records: 0,
      bytes: 0,
      beatSeconds: [],
      outputs: 0,
      seconds: 0,
    })
  expect(await ready()).toEqual([200, { ready: true, warning: expect.stringContaining('leads the clock by 60 s') }])
})

test('a port that is taken is FW_HTTP_BUSY', async () => {
  const port = Number(new URL((await serve(await memoryLog())).address).port)
  await expect(serve(await memoryLog(), { port })).rejects.toMatchObject({ code: 'FW_HTTP_BUSY' })
})

test('changes of model and chunks of models are taken; other commands, and what cannot be used, are refused as a whole', async () => {
  const log = await memoryLog(3)
  const { address } = await serve(log)
  const send = async (
    topic: string,
    body: string,
    type = 'application/x-ndjson',
  ): Promise<{ status: number; json: unknown }> => {
    const headers = { 'content-type': type, authorization: `Bearer ${access.token}` }
    const response = await fetch(`${address}/api/v1/${topic}`, { method: 'POST', body, headers })
    return { status: response.status, json: await response.json() }
  }
  const hash = 'c'.repeat(64)
  const command = { id: 'p', actor: 'test', kind: 'model.promote', hash, effectiveTick: 20_000 }
  const chunk = { hash, kind: 'model', file: 'model.json', chunk: 0, chunks: 1, bytes: 'e30=' }
  expect(await send('commands', lines(command))).toEqual({ status: 200, json: { accepted: 1 } })
  expect(await send('artifacts', lines(chunk, { ...chunk, file: 'MODEL_CARD.md' }))).toMatchObject({ status: 200 })
  expect((await recordsIn(log, 'artifacts')).map(({ key }) => key)).toEqual([
    `${hash}/model.json/0`,
    `${hash}/MODEL_CARD.md/0`,
  ])
  expect(await send('commands', lines(command), 'text/plain')).toMatchObject({ status: 415 })
  const refused: [string, string, number, string][] = [
    ['commands', lines(command, { id: 'i', actor: 'test', kind: 'import.begin' }), 400, 'FW_RECORD_INVALID'],
    ['commands', lines(command, '{'), 400, 'FW_RECORD_INVALID'],
    ['artifacts', lines({ ...chunk, chunk: 1 }), 400, 'FW_RECORD_INVALID'],
    ['artifacts', lines({ ...chunk, file: '../model.json' }), 400, 'FW_RECORD_INVALID'],
    ['artifacts', 'x'.repeat(registryBodyBytesMax + 1), 413, 'FW_BODY_TOO_LARGE'],
  ]
  for (const [topic, body, status, code] of refused)
    expect(await send(topic, body)).toMatchObject({ status, json: { code } })
  await append(log, [
    { topic: 'commands', key: null, timeMs: 0, value: { id: 'b', actor: 'test', kind: 'import.begin' } },
  ])
  expect(await send('commands', lines(command))).toMatchObject({ status: 409, json: { code: 'FW_IMPORT_OPEN' } })
  expect(await recordsIn(log, 'commands')).toHaveLength(2)
  expect(await recordsIn(log, 'artifacts')).toHaveLength(2)
})

test('the root leads to the pages, and metrics tell of them, once they are served', async () => {
  let pages: Pages | undefined
  const { address } = await serve(await memoryLog(), { pages: () => pages })
  const none = await fetch(`${address}/`, { redirect: 'manual' })
  expect([none.status, await none.json()]).toMatchObject([404, { code: 'FW_PAGES_ELSEWHERE' }])
  const page = async (): Promise<string> => (await fetch(`${address}/metrics`)).text()
  expect(await page()).not.toContain('of_pages')
  pages = { address: 'http://127.0.0.1:9480', metrics: async () => 'of_pages 1' }
  expect(await page()).toMatch(/\nof_pages 1$/)
  const there = await fetch(`${address}/`, { redirect: 'manual' })
  expect([there.status, there.headers.get('location')]).toEqual([302, 'http://127.0.0.1:9480/'])
})
