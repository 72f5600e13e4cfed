/** One process that follows its log and takes records over HTTP: what it answers, what it shows, how it ends and begins again. */
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { until } from '../support/patience.ts'
import { type Forewarn, forewarn, forewarnJson, logLines } from './forewarn.ts'
import {
  accountOf,
  expectCalm,
  expectError,
  fatesOnPage,
  freePort,
  post,
  ready,
  start,
  tempFolder,
  textsIn,
} from './support.ts'

const enterprise = '91110000600037341L'
const event = (id: string, more: object = {}): string =>
  JSON.stringify({ id, enterpriseId: enterprise, type: 'PEN.FINE', occurredAt: '2026-01-01T00:00:00Z', ...more })
const isoNow = (): string => new Date().toISOString()

let folder: string
let log: string
let at: string
let server: Forewarn
const errors: string[] = []

function run(): Forewarn {
  return start(['run', '--log', `embedded:${log}`, '--http', at.replace('http://', ''), '--json'])
}

async function end(): Promise<Record<string, unknown>> {
  server.kill('SIGTERM')
  const { code, signal, out, err } = await server.ended
  expect({ code, signal }).toEqual({ code: 0, signal: null })
  errors.push(err)
  return JSON.parse(out)
}

beforeAll(async () => {
  folder = await tempFolder()
  log = path.join(folder, 'log')
  at = `http://127.0.0.1:${await freePort()}`
  server = run()
  await ready(at)
})

test('lines over HTTP: good ones are taken, bad ones told by number', async () => {
  const occurredAt = isoNow()
  expect(
    await post(at, 'enterprises', JSON.stringify({ id: enterprise, region: '110105', industry: '5210', name: 'Café' })),
  ).toMatchObject({ status: 200, body: { accepted: 1, refused: [] } })
  const grade = JSON.stringify({ enterpriseId: enterprise, grade: 'C', effectiveAt: '2026-01-01T00:00:00+08:00' })
  expect(await post(at, 'credit-grades', grade)).toMatchObject({ status: 200, body: { accepted: 1 } })
  const lines = [event('a', { occurredAt }), event('b', { type: 'NO.SUCH' }), 'garbage', event('c', { occurredAt })]
  expect(await post(at, 'risk-events', lines.join('\n'))).toEqual({
    status: 200,
    body: {
      accepted: 2,
      refused: [
        { line: 2, code: 'FW_EVENT_UNKNOWN_TYPE', detail: 'NO.SUCH' },
        { line: 3, code: 'FW_RECORD_NOT_JSON', detail: '' },
      ],
      counts: { FW_EVENT_UNKNOWN_TYPE: 1, FW_RECORD_NOT_JSON: 1 },
    },
  })
  // What was answered for is on disk, whatever the fold does with it later.
  expect(await textsIn(log, 'risk-events')).toEqual(lines)
  const seen = await until('six fates', async () => {
    const fates = await fatesOnPage(at)
    return fates.applied === 4 && fates.dead === 2 ? fates : undefined
  })
  expect(seen).toEqual({ applied: 4, dead: 2 })
})

test('a request that is wrong is told so', async () => {
  const there = await fetch(`${at}/api/v1/records/nosuch`, { method: 'POST', body: '{}' })
  expect(there.status).toBe(404)
  expect(await there.json()).toMatchObject({ code: 'FW_HTTP_ROUTE', remedy: expect.stringContaining('risk-events') })
  const typed = await fetch(`${at}/api/v1/records/risk-events`, {
    method: 'POST',
    body: '[]',
    headers: { 'content-type': 'application/json' },
  })
  expect(typed.status).toBe(415)
  expect(await typed.json()).toMatchObject({ code: 'FW_HTTP_TYPE' })
})

test('ingest beside it goes over HTTP, its records are folded once', async () => {
  const file = path.join(folder, 'events.ndjson')
  const again = event('a', { occurredAt: '2026-01-01T00:00:00Z' }) // of another time than the first: a conflict
  await writeFile(file, [event('d', { occurredAt: isoNow() }), 'garbage', again, ''].join('\n'))
  const told = await forewarnJson(['ingest', '--log', `embedded:${log}`, '--as', 'risk-events', file])
  expect(told).toMatchObject({
    accepted: 2,
    refused: [{ line: 2, file, code: 'FW_RECORD_NOT_JSON' }],
    counts: { FW_RECORD_NOT_JSON: 1 },
  })
  const seen = await until('nine fates', async () => {
    const fates = await fatesOnPage(at)
    return fates.applied === 5 && fates.dead === 3 ? fates : undefined
  })
  expect(seen).toEqual({ applied: 5, dead: 3, conflict: 1 })
})

test('explain asks the process, and beside it folds the log again', async () => {
  const onLog = ['--log', `embedded:${log}`]
  const asked = await fetch(`${at}/api/v1/enterprises/${enterprise}/explanation`)
  expect(asked.status).toBe(200)
  const now = Object(await asked.json())
  expect(now).toMatchObject({ enterpriseId: enterprise, probability: expect.any(Number), model: expect.any(String) })
  const fines = (of: { features: { name: string; value: number }[] }): number | undefined =>
    of.features.find(({ name }) => name === 'count.PEN.30d')?.value
  expect(fines(now)).toBeGreaterThan(0)
  const told = await forewarnJson(['explain', enterprise, ...onLog])
  expect(told).toMatchObject({ enterpriseId: enterprise, model: now.model, features: expect.any(Array) })
  expect(Date.parse(String(told.asOf))).toBeGreaterThanOrEqual(Date.parse(now.asOf))
  expect(Date.parse(String(told.asOf))).toBeLessThanOrEqual(Date.now())
  const person = await forewarn(['explain', enterprise, ...onLog])
  expect(person).toMatchObject({ code: 0, err: '', out: expect.stringContaining(`${enterprise} at `) })
  expectError(await forewarn(['explain', '91110000600037342L', ...onLog]), 'FW_ENTERPRISE_UNKNOWN')
  const early = new Date(Date.now() - 2 * 86_400_000).toISOString().slice(0, 10) // closed, and nothing was known yet
  expectError(await forewarn(['explain', enterprise, ...onLog, '--at', early]), 'FW_ENTERPRISE_UNKNOWN')
  expect(await (await fetch(`${at}/metrics`)).text()).not.toContain(enterprise)
})

test('a second process is refused, and told which one has the log', async () => {
  const second = ['run', '--log', `embedded:${log}`, '--http', `127.0.0.1:${await freePort()}`]
  const refused = await forewarn(second)
  expectError(refused, 'FW_LOG_HELD')
  expect(refused.err).toContain(`process ${server.pid}.`)
  const imported = [
    'ingest',
    '--log',
    `embedded:${log}`,
    '--known-at',
    'knownAt',
    `risk-events=${folder}/events.ndjson`,
  ]
  expectError(await forewarn(imported), 'FW_LOG_HELD')
})

test('an address that is taken is told, and the log is free afterwards', async () => {
  const other = `embedded:${path.join(folder, 'other')}`
  const busy = await forewarn(['run', '--log', other, '--http', at.replace('http://', ''), '--log-level', 'silent'])
  expectError(busy, 'FW_HTTP_BUSY', 2)
  const taken = await forewarn(['ingest', '--log', other, '--as', 'risk-events', '-']) // nothing comes, so there is nothing to take
  expect(taken).toMatchObject({ code: 1, out: expect.stringContaining('Took 0 risk-events'), err: '' })
})

test('doctor and tail read beside it', async () => {
  const doctor = await forewarn(['doctor', '--log', `embedded:${log}`])
  expect(doctor).toMatchObject({ code: 0, err: '' })
  expect(doctor.out).toContain(String(server.pid))
  const tail = await forewarn(['tail', 'dead-letters', '--log', `embedded:${log}`])
  expect(tail).toMatchObject({ code: 0, err: '' })
  expect(tail.out.trim().split('\n')).toHaveLength(4)
})

test('SIGTERM ends it, and it goes on where it was: nothing is counted twice', async () => {
  expect(await end()).toMatchObject({ events: 9, enterprises: 1, fates: { applied: 5, dead: 3, conflict: 1 } })
  await expect(fetch(`${at}/livez`)).rejects.toThrow()
  const ended = await accountOf(log)
  expect(ended).toMatchObject({ records: 9, rows: 9 + ended.commands })

  // With nobody there, ingest writes into the log itself.
  const alone = ['ingest', '--log', `embedded:${log}`, '--as', 'risk-events', '-']
  expect(await forewarn(alone, event('e', { occurredAt: isoNow() }))).toMatchObject({ code: 0, err: '' })

  server = run()
  await ready(at)
  await post(at, 'risk-events', event('f', { occurredAt: isoNow() }))
  const seen = await until('two fates', async () => {
    const fates = await fatesOnPage(at)
    return (fates.applied ?? 0) >= 2 ? fates : undefined
  })
  expect(seen).toEqual({ applied: 2 })
  expect(await end()).toMatchObject({ events: 2, enterprises: 1 })
  const account = await accountOf(log)
  expect(account).toMatchObject({ records: 11, rows: 11 + account.commands })
  expect(account.fates).toEqual({ applied: 7 + account.commands, dead: 3, conflict: 1 })
})

test('all that it said is lines of its log, and nothing was amiss', () => {
  expect(errors).toHaveLength(2)
  for (const err of errors) {
    expectCalm(err)
    expect(logLines(err)).toHaveLength(err.trim().split('\n').length)
    expect(logLines(err).filter(({ level }) => level !== 'info' && level !== 'debug')).toEqual([])
    expect(err).not.toContain(enterprise)
  }
})
