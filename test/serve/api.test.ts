/** The API over a small history: what pages show is what the log says, and what cannot be answered says why. */
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { ForewarnError } from '../../src/errors.ts'
import { EnterpriseList, Problem, Status, WarningDetail, WarningList } from '../../src/serve/contracts.ts'
import { csvOf } from '../../src/serve/table.ts'
import { memoryLog } from '../support/fold.ts'
import { play } from '../support/play.ts'
import { warningsOf } from '../support/readFold.ts'
import { served } from '../support/served.ts'
import { tinyProfile } from '../support/tinyProfile.ts'

/** Calm for the fourteen days without which counts are not judged, then a flood in one cell; its siblings stay calm. */
const flood = `
  day   cell   events  from  level
  1-16  P1/Y   4       4     calm
  1-16  P2/X   4       4     calm
  1-16  P2/Y   4       4     calm
  1-16  Q/X    4       4     calm
  1-16  Q/Y    4       4     calm
  1-14  P1/X   4       4     calm
  15    P1/X   15      8     yellow early
  16    P1/X   18      8     red early`

const { log } = await play(flood)
const { read, get, post, close } = await served(log, tinyProfile)
await read()
afterAll(close)

test('each warning of the log is on its page, with the numbers of its last record', async () => {
  const last = new Map((await warningsOf(log)).map((warning) => [warning.id, warning]))
  expect(last.size).toBeGreaterThan(0)
  const list = WarningList.parse((await get('/warnings')).json)
  expect(list.rows.map(({ id }) => id).sort()).toEqual([...last.keys()].sort())
  for (const [id, warning] of last) {
    const { row, evidence, changes, record } = WarningDetail.parse((await get(`/warnings/${id}`)).json)
    const { level, sentences } = warning
    const { expected, enterprises } = warning.evidence
    const observed = warning.statistic === 'risk' ? warning.evidence.risky : warning.evidence.count
    expect(row).toMatchObject({ observed, expected, enterprises, level, sentences })
    expect(evidence).toEqual(warning.evidence)
    expect(changes).toHaveLength((await warningsOf(log)).filter((one) => one.id === id).length)
    expect(record).toMatchObject({ id, tickLabel: warning.tickLabel })
  }
})

test.each([
  ['/warnings?levl=red', 400, 'FW_QUESTION'],
  ['/warnings?level=purple', 400, 'FW_QUESTION'],
  ['/warnings?level=red&level=blue', 400, 'FW_QUESTION'],
  ['/warnings?limit=0', 400, 'FW_QUESTION'],
  ['/warnings?limit=201', 400, 'FW_QUESTION'],
  ['/warnings?from=2026-02-30', 400, 'FW_QUESTION'],
  [`/warnings?q=${'x'.repeat(10_000)}`, 400, 'FW_QUESTION'],
  ['/warnings?cursor=abc', 400, 'FW_CURSOR'],
  ['/contradictions?kind=odd', 400, 'FW_QUESTION'],
  ['/sources?day=2026-03-14', 400, 'FW_QUESTION'],
  [`/enterprises?q=${'x'.repeat(10_000)}`, 400, 'FW_QUESTION'],
  [`/enterprises/${encodeURIComponent('../../etc/passwd')}`, 404, 'FW_ENTERPRISE_UNKNOWN'],
  ['/warnings?asOf=1999-01-01', 400, 'FW_AS_OF'],
  ['/warnings?asOf=2999-01-01', 400, 'FW_AS_OF'],
  ['/overview?asOf=yesterday', 400, 'FW_QUESTION'],
  ['/warnings/none', 404, 'FW_WARNING_NOT_FOUND'],
  [`/warnings/${encodeURIComponent('<script>alert(1)</script>')}`, 404, 'FW_WARNING_NOT_FOUND'],
  [`/warnings/${encodeURIComponent("' OR 1=1 --")}`, 404, 'FW_WARNING_NOT_FOUND'],
  [`/warnings/${'9'.repeat(250)}`, 400, 'FW_QUESTION'],
  [`/warnings/${'9'.repeat(1_000)}`, 400, 'FW_QUESTION'],
  ['/ticks/2999-01-01/cells', 404, 'FW_TICK_UNKNOWN'],
  ['/cells/planet/P1/X/series', 400, 'FW_QUESTION'],
  ['/enterprises/NOBODY', 404, 'FW_ENTERPRISE_UNKNOWN'],
  ['/words/xx', 400, 'FW_QUESTION'],
  ['/nothing', 404, 'FW_PAGE_UNKNOWN'],
  ['/%E0%A4%A', 400, 'FW_QUESTION'],
])('%s is answered %i %s', async (url, status, code) => {
  const answer = await get(url)
  expect([answer.status, Problem.parse(answer.json).code]).toEqual([status, code])
  expect(answer.headers['content-type']).toContain('application/problem+json')
})

test.each([
  '/overview?region=<b>',
  '/warnings?region=nowhere',
  `/enterprises?q=${encodeURIComponent('"*:^ OR NEAR(')}`,
  "/enterprises?q=%25'_;--",
])('nothing is found by %s', async (url) => {
  const { status, json } = await get(url)
  expect([status, Object(json).rows]).toEqual([200, []])
})

test('a cursor leads on under its own question alone', async () => {
  const { next, rows } = WarningList.parse((await get('/warnings?limit=1')).json)
  const second = WarningList.parse((await get(`/warnings?limit=1&cursor=${next}`)).json)
  expect(second.rows[0].id).not.toBe(rows[0].id)
  for (const other of ['level=red', 'sort=raised', 'asOf=2026-03-16', 'q=x'])
    expect(Problem.parse((await get(`/warnings?limit=1&cursor=${next}&${other}`)).json).code).toBe('FW_CURSOR')
  expect(Problem.parse((await get(`/enterprises?cursor=${next}`)).json).code).toBe('FW_CURSOR')
})

test('a name is given as it was sent, as JSON, which no browser takes for a page', async () => {
  const log = await memoryLog()
  const name = '<script>alert("贵阳")</script>'
  const value = { id: 'E1', region: 'P1', industry: 'X1', name }
  await log.append('enterprises', 0, [{ key: 'E1', timeMs: 0, value: Buffer.from(JSON.stringify(value)) }])
  const page = await served(log, tinyProfile)
  await page.read()
  for (const q of ['E1', 'alert("贵', '贵阳', name].map(encodeURIComponent)) {
    const { json, headers } = await page.get(`/enterprises?q=${q}`)
    expect(EnterpriseList.parse(json).rows.map((row) => row.name)).toEqual([name])
    expect(headers['content-type']).toContain('application/json')
    expect(headers['x-content-type-options']).toBe('nosniff')
  }
  await page.close()
})

test('before there is a log the status says so, and nothing else is shown', async () => {
  const { follower, watch, get, close } = await served(undefined, tinyProfile)
  expect(await follower.round()).toBe(false)
  expect(Status.parse((await get('/status')).json)).toMatchObject({ state: 'no-log', through: null, profile: null })
  expect(Problem.parse((await get('/overview')).json)).toMatchObject({ status: 503, code: 'FW_READMODEL_BEHIND' })
  watch.failed(new ForewarnError('FW_READMODEL_FULL'))
  expect(Status.parse((await get('/status')).json)).toMatchObject({
    state: 'stopped',
    problem: { code: 'FW_READMODEL_FULL' },
  })
  expect(Problem.parse((await get('/overview')).json).message).toContain('The disk of the read model is full')
  await close()
})

test('a question that was answered is answered by 304 until something changes', async () => {
  const { headers } = await get('/overview')
  const again = { 'if-none-match': String(headers.etag) }
  expect((await get('/overview', again)).status).toBe(304)
  expect((await get('/overview?region=P', again)).status).toBe(200)
  expect((await get('/enterprises', again)).headers['cache-control']).toBe('no-store')
})

test.each([
  [{ host: 'evil.example' }, 421, 'FW_HTTP_HOST'],
  [{ host: 'localhost:9480', origin: 'http://evil.example' }, 403, 'FW_HTTP_FOREIGN'],
  [{ host: 'localhost:9480', 'sec-fetch-site': 'cross-site' }, 403, 'FW_HTTP_FOREIGN'],
])('who asks with %o is answered %i', async (headers, status, code) => {
  const answer = await get('/me', headers)
  expect([answer.status, Problem.parse(answer.json).code]).toEqual([status, code])
})

test('no page runs what is not of this server', async () => {
  const { headers } = await get('/me')
  expect(headers['content-security-policy']).toContain("default-src 'self'")
  expect(headers['x-content-type-options']).toBe('nosniff')
})

test('what was known at the end of a tick is said in the same bytes when more is known', async () => {
  const overview = async (text: string): Promise<string> => {
    const { log } = await play(text)
    const page = await served(log, tinyProfile)
    await page.read()
    const answer = await page.get('/overview?asOf=2026-03-17')
    await page.close()
    expect(answer.status).toBe(200)
    return answer.text
  }
  const early = await overview(flood)
  const late = await overview(`${flood}\n  17  P1/X  4  4  red`)
  expect(late).toBe(early)
})

test('files say what the list says, and text that would be calculated is text', async () => {
  const { headers, text } = await get('/exports/warnings.csv?level=red')
  expect(headers['content-type']).toContain('text/csv')
  const [about, columns, ...rows] = text.replace('\uFEFF', '').trim().split('\r\n')
  expect(about).toContain('forewarn')
  expect(columns).toMatch(/^id,statistic,axis/)
  expect(rows.length).toBeGreaterThan(0)
  expect(rows).toHaveLength(WarningList.parse((await get('/warnings?level=red')).json).total)
  expect((await get('/exports/series.csv?axis=region&region=P1')).text).toContain('2026-03-16')
  expect((await get('/exports/cells.csv?tick=2026-03-16')).text.split('\r\n').length).toBeGreaterThan(4)
  expect((await get('/exports/warnings.xlsx')).text.slice(0, 2)).toBe('PK')
  expect(csvOf({ about: 'x', columns: ['a'], rows: [['=1+1'], ['+x'], ['@x'], ['-x'], ['a,"b"'], [-3], [null]] })).toBe(
    '\uFEFF# x\r\na\r\n\'=1+1\r\n\'+x\r\n\'@x\r\n\'-x\r\n"a,""b"""\r\n-3\r\n\r\n',
  )
})

test('answers are compressed for whoever takes them so', async () => {
  const plain = await get('/words/en')
  expect(plain.headers['content-encoding']).toBeUndefined()
  for (const [accepted, encoding, inflate] of [
    ['gzip, br', 'br', brotliDecompressSync],
    ['gzip', 'gzip', gunzipSync],
    ['gzip, br;q=0', 'gzip', gunzipSync],
  ] as const) {
    const { headers, bytes } = await get('/words/en', { 'accept-encoding': accepted })
    expect(headers['content-encoding']).toBe(encoding)
    expect(headers.vary).toBe('accept-encoding')
    expect(bytes.length).toBeLessThan(plain.bytes.length / 3)
    expect(JSON.parse(inflate(bytes).toString('utf8'))).toEqual(plain.json)
  }
  expect((await get('/me', { 'accept-encoding': 'br' })).headers['content-encoding']).toBeUndefined() // too short
})

test('the clock is set by pages of this server alone', async () => {
  const clock = { paused: true, daysPerSecond: 2 }
  expect(await post('/demo/clock', clock)).toMatchObject({ status: 200, json: clock })
  expect((await get('/demo/clock')).json).toEqual(clock)
  const foreign = { origin: 'http://evil.example' }
  expect(await post('/demo/clock', { ...clock, paused: false }, foreign)).toMatchObject({ status: 403 })
  expect(await post('/demo/clock', { paused: 'no' })).toMatchObject({ status: 400 })
  expect(await post('/demo/clock', { ...clock, daysPerSecond: -1 })).toMatchObject({ status: 400 })
  expect(await post('/demo/clock', 'paused=false', { 'content-type': 'text/plain' })).toMatchObject({ status: 415 })
  expect((await get('/demo/clock')).json).toEqual(clock)
})
