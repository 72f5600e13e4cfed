/** `forewarn ingest` as people call it: live, by the process that holds the log, and as an import. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, expect, test, vi } from 'vitest'
import { runProgram } from '../../src/cli/common.ts'
import { ingestCommand } from '../../src/cli/log/ingest.ts'
import { MiB } from '../../src/limits.ts'
import { openEmbeddedLog } from '../../src/log/embedded/embeddedLog.ts'
import { fileOf, lines, recordsIn, tempFolder, testScreen, textOf } from '../ingest/support.ts'
import { mountSmallDisk } from '../support/smallDisk.ts'

const small = mountSmallDisk(1)
afterAll(small.unmount)

const children: ChildProcess[] = []
afterEach(async () => {
  vi.unstubAllEnvs()
  for (const child of children.splice(0)) {
    const gone = once(child, 'exit')
    child.kill()
    await gone
  }
})

async function run(args: readonly string[], stdin = ''): Promise<{ code: number; out: string; err: string }> {
  const screen = testScreen({ stdin })
  const code = await runProgram(ingestCommand(screen), args, screen)
  return { code, out: screen.out.text, err: screen.err.text }
}

const id = '91110000600037341L'
const event = (name: string, more: object = {}): object => ({
  id: name,
  enterpriseId: id,
  type: 'PEN.FINE',
  occurredAt: '2026-01-01T00:00:00Z',
  ...more,
})

async function eventsIn(folder: string): Promise<string[]> {
  const log = await openEmbeddedLog({ path: folder, mode: 'read' })
  try {
    return (await recordsIn(log, 'risk-events')).map(textOf)
  } finally {
    await log.close()
  }
}

test('live: files and standard input, bad lines told by file and number', async () => {
  const folder = await tempFolder()
  const file = await fileOf(folder, 'events.ndjson.gz', gzipSync(lines(event('a'), 'garbage')))
  const log = `embedded:${folder}/log`
  const first = await run(['--log', log, '--as', 'risk-events', file])
  expect(first).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^Took 1 risk-events and refused 1, in \d+\.\d s\.\n$/),
  })
  expect(first.err).toBe(`${file}:2: FW_RECORD_NOT_JSON\n`)
  const second = await run(['--log', log, '--as', 'risk-events', '--json', '-'], lines(event('b')))
  expect(JSON.parse(second.out)).toMatchObject({ accepted: 1, refused: [], counts: {} })
  expect(await eventsIn(`${folder}/log`)).toEqual([JSON.stringify(event('a')), 'garbage', JSON.stringify(event('b'))])
})

test('live: CSV by the mapping of the profile', async () => {
  const folder = await tempFolder()
  const csv =
    '\ufeff事件编号,统一社会信用代码,事件类型,发生时间,金额\r\nz1,91110000600037341l,pen.fine,2026/01/01,"1200.50"\r\nz2,short\r\n'
  const { code, err } = await run([
    '--log',
    `embedded:${folder}/log`,
    '--as',
    'risk-events',
    await fileOf(folder, 'e.csv', csv),
  ])
  expect(code).toBe(0)
  expect(err).toContain('e.csv:3: FW_RECORD_UNREADABLE 2 columns, the first line has 5')
  expect(JSON.parse((await eventsIn(`${folder}/log`))[0])).toEqual({
    id: 'z1',
    enterpriseId: id,
    type: 'PEN.FINE',
    occurredAt: '2025-12-31T16:00:00.000Z',
    amount: 1200.5,
  })
})

test('live: nothing of several files is sent when one of them is none of records', async () => {
  const folder = await tempFolder()
  const good = await fileOf(folder, 'good.ndjson', lines(event('a')))
  const semicolons = await fileOf(folder, 'semicolons.csv', 'id;enterpriseId;type;occurredAt\na;b;c;d\n')
  const { code, out, err } = await run(['--log', `embedded:${folder}/log`, '--as', 'risk-events', good, semicolons])
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(err).toContain('semicolons.csv lacks columns that risk-events needs (id or 事件编号, ')
  const history = await run(['--log', `embedded:${folder}/log`, '--known-at', 'at', `risk-events=${semicolons}`])
  expect(history).toMatchObject({ code: 2, err: expect.stringContaining('semicolons.csv lacks columns') })
  await expect(eventsIn(`${folder}/log`)).rejects.toMatchObject({ code: 'FW_LOG_NOT_FOUND' })
  const piped = await run(['--log', `embedded:${folder}/log`, '--as', 'risk-events', '-'], '[{"id":"a"}]\n')
  expect(piped).toMatchObject({ code: 2, err: expect.stringContaining('standard input is a JSON array') })
  expect(await eventsIn(`${folder}/log`)).toEqual([])
})

const register = `统一社会信用代码,行政区划代码,行业代码,企业名称,登记状态
91440106MA0000000X,440106000000,F5211,甲,存续（在营、开业、在册）
91440106MA00000011,440106012,Ｆ５２１１,乙,"吊销，未注销"
９１４４０１０６ＭＡ０００００ ０２４,990000,F5211,丙,停业待查
91440106MA00000037,广东省广州市天河区,Q9999,丁,停业待查
91440106MA0000004A,４４０１０６,,戊,
`.replace('０ ０', '００')

test('a register as it is: what is read of it, and what is told at the end, live and as history', async () => {
  const folder = await tempFolder()
  const file = await fileOf(folder, 'register.csv', register)
  const told = `kept, with codes that profile cn does not know: status 停业待查 (2 records, first ${file}:4), region 990000 (1 record, first ${file}:4), industry Q9999 (1 record, first ${file}:5), industry UNKNOWN (1 record, first ${file}:6)\n`
  const live = ['--log', `embedded:${folder}/log`, '--as', 'enterprises', file]
  expect(await run(live)).toMatchObject({ code: 0, err: told, out: expect.stringContaining('Took 5 enterprises') })
  const history = ['--log', `embedded:${folder}/history`, '--known-at', 'at']
  const dated = await fileOf(
    folder,
    'dated.csv',
    register.replace(/^.*$/gm, (row) => row && `${row},2026-01-05`).replace('2026-01-05', 'at'),
  )
  expect((await run([...history, `enterprises=${dated}`])).err).toBe(told.replaceAll(file, dated))
  const serving = await tempFolder()
  await holder(serving, true)
  const { code, out, err } = await run(['--log', `embedded:${serving}`, '--as', 'enterprises', '--json', file])
  expect({ code, err }).toEqual({ code: 0, err: told })
  expect(JSON.parse(out)).toMatchObject({
    accepted: 5,
    unknown: {
      codes: expect.arrayContaining([{ field: 'region', code: '990000', records: 1, line: 4, file }]),
      others: 0,
    },
  })
})

test.each([
  ['empty.ndjson', '', 'Took 0 risk-events and refused 0, in'],
  ['header.csv', 'id,enterpriseId,type,occurredAt\n', 'Took 0 risk-events and refused 0, in'],
  ['bad.ndjson', '{"id":"a"}\n', 'Took 0 risk-events and refused 1, in'],
])('who takes nothing has failed: %s', async (name, content, says) => {
  const folder = await tempFolder()
  const file = await fileOf(folder, name, content)
  const log = ['--log', `embedded:${folder}/log`]
  expect(await run([...log, '--as', 'risk-events', file])).toMatchObject({
    code: 1,
    out: expect.stringContaining(says),
  })
  const history = await run(['--log', `embedded:${folder}/history`, '--known-at', 'occurredAt', `risk-events=${file}`])
  expect(history.code).toBe(name === 'bad.ndjson' ? 2 : 1) // no line of it has a time
})

/** A process that holds a log and serves HTTP on it. */
async function holder(folder: string, serves: boolean): Promise<void> {
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('./holderChild.ts', import.meta.url)), folder, String(serves)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  children.push(child)
  await once(createInterface({ input: child.stdout }), 'line')
}

test('live: to the process that holds the log', async () => {
  const folder = await tempFolder()
  await holder(folder, true)
  const csv =
    'id,enterpriseId,type,occurredAt\nb1,91110000600037341L,PEN.FINE,2026-01-01\nb2,"two\nlines"\nb3,91110000600037341L,NO.SUCH,2026-01-01\n'
  const file = await fileOf(await tempFolder(), 'e.csv', csv)
  const { code, out, err } = await run(['--log', `embedded:${folder}`, '--as', 'risk-events', '--json', file])
  expect(code).toBe(0)
  expect(JSON.parse(out)).toMatchObject({ accepted: 1, counts: { FW_RECORD_UNREADABLE: 1, FW_EVENT_UNKNOWN_TYPE: 1 } })
  expect(err).toContain(`${file}:3: FW_RECORD_UNREADABLE 2 columns, the first line has 4`)
  expect(err).toContain(`${file}:5: FW_EVENT_UNKNOWN_TYPE NO.SUCH`)
  expect(await eventsIn(folder)).toHaveLength(3)
})

test('a log held by a process without HTTP, and an import into a held log, are refused', async () => {
  const folder = await tempFolder()
  await holder(folder, false)
  const file = await fileOf(await tempFolder(), 'e.ndjson', lines(event('a', { knownAt: '2026-01-01' })))
  expect(await run(['--log', `embedded:${folder}`, '--as', 'risk-events', file])).toMatchObject({
    code: 1,
    err: expect.stringContaining('FW_LOG_HELD'),
  })
  expect(await run(['--log', `embedded:${folder}`, '--known-at', 'knownAt', `risk-events=${file}`])).toMatchObject({
    code: 1,
    err: expect.stringContaining('FW_LOG_HELD'),
  })
})

test('import: all kinds at once', async () => {
  const folder = await tempFolder()
  const events = await fileOf(
    folder,
    'e.ndjson',
    lines(event('a', { knownAt: '2026-01-02' }), event('b', { knownAt: '2026-01-03', type: 'NO.SUCH' })),
  )
  const enterprises = await fileOf(
    folder,
    'n.ndjson',
    lines({ id, region: '110101', industry: 'C14', knownAt: '2026-01-02' }),
  )
  const args = [
    '--log',
    `embedded:${folder}/log`,
    '--known-at',
    'knownAt',
    `risk-events=${events}`,
    `enterprises=${enterprises}`,
  ]
  const { code, out, err } = await run(args)
  expect({ code, err }).toEqual({ code: 0, err: `${events}:2: FW_EVENT_UNKNOWN_TYPE NO.SUCH\n` })
  expect(out).toMatch(
    /^Imported 1 enterprise records, 0 grades, 2 risk events, known from 2026-01-01T16:00:00.000Z to 2026-01-02T16:00:00.000Z, in \d+\.\d s\.\n$/,
  )
  expect(await run(args)).toMatchObject({ code: 2, err: expect.stringContaining('complete') })
})

test('import: the notices of us-warn, CSV with the column of the profile', async () => {
  const folder = await tempFolder()
  const header = 'dedupe_key,employer_key,employer_name,layoff_type,notice_date,employees_affected,state,naics\n'
  const csv = `${header}1,acme,"Acme, Inc.",closure,2020-03-02,120,CA,31\n2,,Café Zoë,other,2020-03-01,,TX,\n3,late,Late,closure,2030-01-01,1,TX,\n`
  const { out } = await run([
    '--log',
    `embedded:${folder}/log`,
    '--profile',
    'us-warn',
    '--known-at',
    'notice_date',
    '--json',
    `risk-events=${await fileOf(folder, 'w.csv', csv)}`,
  ])
  expect(JSON.parse(out)).toMatchObject({
    records: { 'risk-events': 2 },
    refused: { FW_KNOWN_AT: 1 },
    from: '2020-03-01T00:00:00.000Z',
  })
  expect((await eventsIn(`${folder}/log`)).map((text) => JSON.parse(text).enterpriseId)).toEqual(['n:cafe zoe', 'acme'])
})

const inspections = `Inspection_ID,License,Facility_Type,Risk,Zip,Inspection_Date,Inspection_Type,Results,criticalCount,seriousCount,minorCount
1,7,Restaurant,Risk 1 (High),60601,2012-03-02,Canvass,Fail,1,0,3
2,8,Bakery,Risk 2 (Medium),60602,2012-03-01,Canvass,Pass,0,0,0
3,8,Bakery,Risk 2 (Medium),60602,2012-03-05,Complaint,Pass,0,0,0
`

test('import: mappings that a profile names, which say themselves when their records became known', async () => {
  const folder = await tempFolder()
  const file = await fileOf(folder, 'inspections.csv', inspections)
  const log = ['--log', `embedded:${folder}/log`, '--profile', 'chicago-food']
  const { code, out, err } = await run(['places', 'risks', 'visits'].map((name) => `${name}=${file}`).concat(log))
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(out).toMatch(
    /^Imported 3 enterprise records, 3 grades, 5 risk events, 1 row left out by the profile, known from 2012-02-29T18:00:00.000Z to 2012-03-04T18:00:00.000Z, in /,
  )
  expect((await eventsIn(`${folder}/log`)).map((text) => JSON.parse(text).id)).toEqual([
    'v-2',
    'k-2',
    'v-1',
    'n-1',
    'm-1',
  ])
})

test('live: a mapping that a profile names', async () => {
  const folder = await tempFolder()
  const file = await fileOf(folder, 'inspections.csv', inspections.replace('Fail,1', 'Fail,x'))
  const log = ['--log', `embedded:${folder}/log`, '--profile', 'chicago-food']
  const { code, out, err } = await run([...log, '--as', 'visits', file])
  expect({ code, err }).toEqual({ code: 0, err: `${file}:2: FW_RECORD_UNREADABLE criticalCount: "x" is no number\n` })
  expect(out).toMatch(/^Took 2 visits and refused 1, 1 row left out by the profile, in /)
})

test.each([
  [['--as', 'risk-event', 'x'], 'risk-events'],
  [['visits=x'], 'with a kind of enterprises, credit-grades, risk-events; not visits=x'],
  [['--profile', 'chicago-food', 'visit=x'], 'risk-events, places, risks, plans, visits; not visit=x'],
  [['--profile', 'chicago-food', '--as', 'visit', 'x'], '--as enterprises|credit-grades|risk-events|places|'],
  [['x'], '--as'],
  [['--as', 'risk-events', '--known-at', 'knownAt', 'x'], 'cannot be used with'],
  [['--known-at', 'knownAt', 'x'], 'KIND=FILE'],
  [['--known-at', 'knownAt', 'risk-events=-'], 'standard input'],
  [['--as', 'risk-events', '--resume', 'x'], 'cannot be used with'],
  [['--as', 'risk-events', '--log', 'kafka://localhost', '-'], 'kafka://HOST:PORT'],
  [['--as', 'risk-events', '--log', './data', '-'], 'embedded:./data'],
  [['--as', 'risk-events', '/nowhere/at-all'], 'cannot be read'],
  [['--known-at', 'knownAt', 'risk-events=/'], '/ is no file, and an import reads each file twice'],
  [['--knwon-at', 'x', 'y'], 'Did you mean --known-at'],
])('ingest %j is refused', async (args, says) => {
  const { code, out, err } = await run(['--log', `embedded:${await tempFolder()}`, ...args])
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(err).toContain(says)
})

test('help has examples', async () => {
  const { code, out, err } = await run(['--help'])
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(out).toContain('$ forewarn ingest --as risk-events events.ndjson')
})

test('import: one that was cut is ended with --abandon, and named until then', async () => {
  const folder = await tempFolder()
  const at = ['--log', `embedded:${folder}/log`]
  const file = await fileOf(folder, 'e.ndjson', lines(event('a', { knownAt: '2026-01-01' })))
  await (await openEmbeddedLog({ path: `${folder}/log`, mode: 'write' })).close()
  expect(await run([...at, '--abandon'])).toMatchObject({ code: 2, err: expect.stringContaining('No import') })
  const files = [{ kind: 'risk-events', file, bytes: 120, hash: 'a' }]
  const begin = { id: 'import-0-0', actor: 'forewarn ingest', kind: 'import.begin' }
  const log = await openEmbeddedLog({ path: `${folder}/log`, mode: 'write' })
  await log.append('commands', 0, [
    {
      key: null,
      timeMs: Date.parse('2026-01-01T00:00:00Z'),
      value: Buffer.from(JSON.stringify(begin)),
      headers: { source: JSON.stringify({ field: 'knownAt', profile: '', files }) },
    },
  ])
  await log.close()
  const refused = await run([...at, '--as', 'risk-events', '-'], lines(event('a')))
  expect(refused).toMatchObject({ code: 1, err: expect.stringContaining(`is open: risk-events=${file} (120 bytes).`) })
  expect(refused.err).toContain('Taken before it ended: nothing of standard input; in all 0 good lines and 0 refused.')
  expect(await run([...at, '--abandon', file])).toMatchObject({ code: 2 })
  expect(await run([...at, '--abandon'])).toMatchObject({
    code: 0,
    out: `Ended the import of risk-events=${file} (120 bytes). What it had written stays; it is complete through 2026-01-01T00:00:00.000Z.\n`,
  })
  expect((await run([...at, '--as', 'risk-events', '-'], lines(event('a')))).code).toBe(0)
})

test.skipIf(small.folder === null)(
  `import: a temporary folder without space is named, and with space --resume goes on${small.skipped}`,
  async () => {
    const folder = await tempFolder()
    const day = (n: number): string => new Date(Date.UTC(2026, 0, 1) - n * 1_000).toISOString()
    const events = Array.from({ length: 10_000 }, (_, n) => event(`e${n}`, { knownAt: day(n) }))
    const file = await fileOf(folder, 'e.ndjson', lines(...events)) // from the last to the first: sorted through the folder
    expect(lines(...events).length).toBeGreaterThan(MiB)
    const args = ['--log', `embedded:${folder}/log`, '--known-at', 'knownAt', '--json', `risk-events=${file}`]
    vi.stubEnv('TMPDIR', small.folder ?? '')
    expect(await run(args)).toEqual({
      code: 1,
      out: '',
      err: expect.stringMatching(
        new RegExp(
          `^error FW_FILE_ACCESS: The file or folder ${small.folder}/forewarn-import-.* cannot be used: ENOSPC`,
        ),
      ),
    })
    expect(await readdir(small.folder ?? '')).toEqual([])
    vi.unstubAllEnvs()
    expect(await run([...args, '--resume'])).toMatchObject({ code: 0 })
    expect((await eventsIn(`${folder}/log`)).map((text) => JSON.parse(text).id)).toEqual(
      events.map((_, n) => `e${events.length - 1 - n}`),
    )
  },
)

test('import: killed in the middle, and finished with --resume', async () => {
  const folder = await tempFolder()
  const day = (n: number): string => new Date(Date.UTC(2026, 0, 1) + n * 1_000).toISOString()
  const events = Array.from({ length: 60_000 }, (_, n) => event(`e${n}`, { knownAt: day(n) }))
  const args = [
    '--log',
    `embedded:${folder}/log`,
    '--known-at',
    'knownAt',
    '--json',
    `risk-events=${await fileOf(folder, 'e.ndjson', lines(...events))}`,
  ]
  const script = `
    import { ingestCommand } from '${new URL('../../src/cli/log/ingest.ts', import.meta.url)}'
    await ingestCommand().parseAsync(${JSON.stringify(args)}, { from: 'user' })`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'ignore' })
  const gone = once(child, 'exit')
  await expect.poll(async () => (await eventsIn(`${folder}/log`).catch(() => [])).length).toBeGreaterThan(0)
  child.kill('SIGKILL')
  expect(await gone).toEqual([null, 'SIGKILL'])
  expect(await run(args)).toMatchObject({ code: 1, err: expect.stringContaining('FW_IMPORT_OPEN') })
  const { code, out } = await run([...args, '--resume'])
  expect(code).toBe(0)
  expect(JSON.parse(out)).toMatchObject({ records: { 'risk-events': 60_000 }, held: expect.any(Number) })
  expect(JSON.parse(out).held).toBeGreaterThan(0)
  const found = (await eventsIn(`${folder}/log`)).map((text) => JSON.parse(text).id)
  expect(found).toEqual(events.map((_, n) => `e${n}`))
})
