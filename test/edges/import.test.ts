/** Imports: order, marks, what is refused, and going on after a cut. */
import { describe, expect, test } from 'vitest'
import { runImport } from '../../src/edges/ingest/import.ts'
import type { ImportOptions, ImportSummary } from '../../src/edges/ingest/importOptions.ts'
import { openEngine } from '../../src/engine.ts'
import { digest } from '../../src/log/digest.ts'
import type { Log } from '../../src/log/port.ts'
import { FileMapping } from '../../streams/mapping.ts'
import type { Profile } from '../../streams/profile.ts'
import { memoryLog, readJson } from '../support/fold.ts'
import { logOver } from '../support/logs.ts'
import { tinyProfile } from '../support/tinyProfile.ts'
import { csvProfile, event, fileOf, lines, recordsIn, tempFolder, textOf } from './support.ts'

const now = (): number => Date.parse('2026-03-01T00:00:00Z')
const at = (day: number, hour = 0): string => new Date(Date.UTC(2026, 0, day, hour)).toISOString()
const known = (id: string, enterpriseId: string, day: number, hour = 0): object =>
  event(id, enterpriseId, at(day), { knownAt: at(day, hour) })

async function run(log: Log, files: ImportOptions['files'], more: Partial<ImportOptions> = {}): Promise<ImportSummary> {
  return runImport({ log, profile: tinyProfile, field: 'knownAt', files, now, ...more })
}

async function market(folder: string): Promise<ImportOptions['files']> {
  const enterprises = [1, 2].map((n) => ({ id: `E${n}`, region: 'P1', industry: 'X1', knownAt: at(1) }))
  const grades = [1, 2].map((n) => ({ enterpriseId: `E${n}`, grade: 'B', effectiveAt: at(1), knownAt: at(1) }))
  const events = Array.from({ length: 200 }, (_, n) =>
    known(`e${n}`, `E${(n % 2) + 1}`, 1 + Math.floor(n / 10), n % 10),
  )
  return [
    { topic: 'risk-events', file: await fileOf(folder, 'events.ndjson', lines(...events)) },
    { topic: 'credit-grades', file: await fileOf(folder, 'grades.ndjson', lines(...grades)) },
    { topic: 'enterprises', file: await fileOf(folder, 'enterprises.ndjson', lines(...enterprises)) },
  ]
}

async function follow(log: Log): Promise<void> {
  const options = {
    log,
    profile: tinyProfile,
    model: null,
    beatMs: 1_000,
    slackMs: 0,
    checkpointEveryMs: 1e9,
    untilEnd: true,
    now,
  }
  const engine = await openEngine({ ...options, tell: () => {}, signal: new AbortController().signal })
  await engine.follow()
}

async function commands(log: Log): Promise<string[]> {
  const found: string[] = []
  for (const record of await recordsIn(log, 'commands')) {
    const { kind, through = '' } = JSON.parse(textOf(record))
    found.push(`${kind} ${through} ${new Date(record.timeMs).toISOString()}`.replace('  ', ' '))
  }
  return found
}

test('goes between begin and end, with log times of the records and marks on the way', async () => {
  const log = await memoryLog()
  const summary = await run(log, await market(await tempFolder()), { markRecords: 50 })
  expect(summary).toMatchObject({
    records: { enterprises: 2, 'credit-grades': 2, 'risk-events': 200 },
    held: 0,
    refused: {},
    from: at(1),
    to: at(20, 9),
  })
  const said = await commands(log)
  expect(said[0]).toBe(`import.begin ${at(1)}`)
  expect(said[1]).toBe(`import.mark 2026-01-05T05:59:59.999Z 2026-01-05T05:59:59.999Z`)
  expect(said.at(-2)).toBe(`import.mark ${at(20, 9)} ${at(20, 9)}`)
  expect(said.at(-1)).toBe(`import.end ${at(20, 9)}`)
  expect(said.length).toBe(2 + 5)
  const times = (await recordsIn(log, 'risk-events')).map(({ timeMs }) => timeMs)
  expect(times).toEqual([...times].sort((a, b) => a - b))
})

test('two runs into two logs say the same, whatever the partitions; the fold takes it', async () => {
  const files = await market(await tempFolder())
  const digests: unknown[] = []
  for (const partitions of [1, 3]) {
    const log = await memoryLog(partitions)
    await run(log, files, { markRecords: 50 })
    await follow(log)
    digests.push(await digest(log))
    expect(await readJson(log, 'command-results')).toHaveLength(8)
  }
  expect(digests[1]).toEqual(digests[0])
})

test('the order is (knownAt, kind, argument, line), and files need not be sorted', async () => {
  const folder = await tempFolder()
  const one = await fileOf(
    folder,
    'one.ndjson',
    lines(known('a3', 'E1', 3), known('a1', 'E1', 1), known('a2', 'E1', 2), known('a4', 'E1', 2)),
  )
  const two = await fileOf(folder, 'two.ndjson', lines(known('b1', 'E1', 1), known('b2', 'E1', 2)))
  for (const sortChunkBytes of [1, 1e6]) {
    const log = await memoryLog()
    await run(
      log,
      [
        { topic: 'risk-events', file: one },
        { topic: 'risk-events', file: two },
      ],
      { sortChunkBytes },
    )
    expect((await recordsIn(log, 'risk-events')).map((record) => JSON.parse(textOf(record)).id)).toEqual([
      'a1',
      'b1',
      'a2',
      'a4',
      'b2',
      'a3',
    ])
  }
})

test('a line without a time takes that of the line before it, the first ones that of the first', async () => {
  const log = await memoryLog()
  const file = await fileOf(
    await tempFolder(),
    'a.ndjson',
    lines('garbage 1', known('a1', 'E1', 1), 'garbage 2', known('a2', 'E1', 2), event('a3', 'E1', at(2))),
  )
  const summary = await run(log, [{ topic: 'risk-events', file }])
  const records = await recordsIn(log, 'risk-events')
  expect(records.map(({ timeMs }) => new Date(timeMs).getUTCDate())).toEqual([1, 1, 1, 2, 2])
  expect(records[2]).toMatchObject({ key: null, headers: { file, line: '3' } })
  expect(records[1]).toMatchObject({ key: 'E1', headers: null })
  expect(summary.refused).toEqual({ FW_RECORD_NOT_JSON: 2 })
  expect(summary.lines[1]).toEqual({ file, line: 3, code: 'FW_RECORD_NOT_JSON', detail: '' })
})

test('lines known later than the profile or the clock admits are counted and left out', async () => {
  const events = [
    known('a1', 'E1', 1),
    event('a2', 'E1', at(1), { knownAt: '2026-03-01T00:05:00.001Z' }),
    'garbage',
    event('a3', 'E1', at(1), { knownAt: '1969-12-31T00:00:00Z' }),
  ]
  const file = await fileOf(await tempFolder(), 'a.ndjson', lines(...events))
  const log = await memoryLog()
  const summary = await run(log, [{ topic: 'risk-events', file }])
  expect(summary).toMatchObject({
    records: { 'risk-events': 2 },
    refused: { FW_KNOWN_AT: 2, FW_RECORD_NOT_JSON: 1 },
    to: at(1),
  })
  expect(summary.lines.find(({ line }) => line === 2)).toMatchObject({
    code: 'FW_KNOWN_AT',
    detail: '2026-03-01T00:05:00.001Z',
  })
  const profile = { ...tinyProfile, file: { ...tinyProfile.file, knownAtMax: at(1, 5) } }
  const late = await fileOf(await tempFolder(), 'a.ndjson', lines(known('a1', 'E1', 1, 5), known('a2', 'E1', 1, 6)))
  expect(await run(await memoryLog(), [{ topic: 'risk-events', file: late }], { profile })).toMatchObject({
    records: { 'risk-events': 1 },
    refused: { FW_KNOWN_AT: 1 },
  })
})

test('is refused when the log is ahead of it: by a record, by a command, or by a folded beat', async () => {
  const folder = await tempFolder()
  const late = [
    { topic: 'risk-events' as const, file: await fileOf(folder, 'late.ndjson', lines(known('a1', 'E1', 9))) },
  ]
  const early = [
    { topic: 'risk-events' as const, file: await fileOf(folder, 'early.ndjson', lines(known('b1', 'E1', 8))) },
  ]
  const log = await memoryLog()
  await run(log, late)
  await expect(run(log, early)).rejects.toMatchObject({ code: 'FW_IMPORT_BEHIND' })
  await expect(run(log, late)).rejects.toMatchObject({ code: 'FW_USAGE' }) // it is in the log already
  const folded = await memoryLog()
  await run(folded, early)
  await follow(folded)
  const after = [
    { topic: 'risk-events' as const, file: await fileOf(folder, 'after.ndjson', lines(known('c1', 'E1', 8))) },
  ]
  await expect(run(folded, after)).rejects.toMatchObject({ code: 'FW_IMPORT_BEHIND' })
  await run(folded, late)
})

test('more records of one time than a beat may hold are refused before anything is written', async () => {
  const log = await memoryLog()
  const file = await fileOf(await tempFolder(), 'a.ndjson', lines(...[1, 2, 3, 4].map((n) => known(`a${n}`, 'E1', 1))))
  await expect(run(log, [{ topic: 'risk-events', file }], { beatRecordsMax: 3 })).rejects.toMatchObject({
    code: 'FW_IMPORT_DENSE',
  })
  expect(await commands(log)).toEqual([])
  expect((await run(log, [{ topic: 'risk-events', file }], { beatRecordsMax: 4 })).records['risk-events']).toBe(4)
})

test('no file with times, no import', async () => {
  const file = await fileOf(await tempFolder(), 'a.ndjson', lines(known('a1', 'E1', 1)))
  await expect(run(await memoryLog(), [{ topic: 'risk-events', file }], { field: 'published' })).rejects.toMatchObject({
    code: 'FW_USAGE',
  })
  const empty = await fileOf(await tempFolder(), 'b.ndjson', '')
  const log = await memoryLog()
  expect(await run(log, [{ topic: 'risk-events', file: empty }])).toMatchObject({ from: undefined, to: undefined })
  expect(await commands(log)).toEqual([])
})

/** Fails at its n-th append. */
function cutAfter(log: Log, appends: number): Log {
  let left = appends
  const append: Log['append'] = async (topic, partition, records) => {
    if (left-- === 0) throw new Error('cut')
    await log.append(topic, partition, records)
  }
  return logOver(log, { append })
}

test.each([1, 2, 3, 5, 6, 9, 12])('a cut after %i appends is made good by --resume, byte for byte', async (appends) => {
  const files = await market(await tempFolder())
  const whole = await memoryLog(2)
  await run(whole, files, { markRecords: 40 })
  const log = await memoryLog(2)
  await expect(run(cutAfter(log, appends), files, { markRecords: 40 })).rejects.toThrow('cut')
  await expect(run(log, files)).rejects.toMatchObject({ code: 'FW_IMPORT_OPEN' })
  const summary = await run(log, files, { markRecords: 40, resume: true })
  expect(summary.records).toEqual({ enterprises: 2, 'credit-grades': 2, 'risk-events': 200 })
  for (const topic of ['enterprises', 'credit-grades', 'risk-events'] as const) {
    expect((await recordsIn(log, topic)).map(textOf)).toEqual((await recordsIn(whole, topic)).map(textOf))
  }
  const said = await commands(log)
  expect(said.at(-1)).toMatch(/^import.end/)
  expect(new Set((await recordsIn(log, 'commands')).map((record) => JSON.parse(textOf(record)).id)).size).toBe(
    said.length,
  )
  await expect(run(log, files, { resume: true })).rejects.toMatchObject({ code: 'FW_USAGE' })
})

/** Columns no, who, day, grave; a plan at noon of the day before, a visit at 23:00, and a finding with it; a place at noon, too. */
const rowsProfile: Profile = {
  ...tinyProfile,
  file: {
    ...tinyProfile.file,
    files: {
      visits: FileMapping.parse({
        as: 'risk-events',
        when: { kind: { oneOf: ['visit'] } },
        knownAt: { from: 'day', addHours: 23 },
        fields: { enterpriseId: 'who', type: { constant: 'PEN.FINE' }, occurredAt: { from: 'day', as: 'instant' } },
        records: [
          { fields: { id: { from: 'no', prefix: { text: 'v' } } } },
          { when: { grave: { atLeast: 1 } }, fields: { id: { from: 'no', prefix: { text: 'c' } } } },
          {
            knownAt: { from: 'day', addHours: -12 },
            fields: {
              id: { from: 'no', prefix: { text: 'p' } },
              occurredAt: { from: 'day', as: 'instant', addHours: -12 },
            },
          },
        ],
      }),
      places: FileMapping.parse({
        as: 'enterprises',
        knownAt: { from: 'day', addHours: -12 },
        fields: { id: 'who', region: { constant: 'P1' }, industry: { constant: 'X1' } },
      }),
    },
  },
}
const visitFile = (mapping: 'visits' | 'places', file: string): ImportFile => ({
  topic: mapping === 'visits' ? 'risk-events' : 'enterprises',
  mapping,
  file,
})
type ImportFile = ImportOptions['files'][number]
const shownIn = async (log: Log, topic: 'risk-events' | 'enterprises'): Promise<string[]> =>
  (await recordsIn(log, topic)).map(
    (record) =>
      `${JSON.parse(textOf(record)).id ?? '?'} ${new Date(record.timeMs + 8 * 3_600_000).toISOString().slice(5, 13)}`,
  )

describe('several records of one row', () => {
  const csv = lines(
    'kind,no,who,day,grave',
    'visit,1,E1,2026-01-05,2',
    'visit,2,E2,2026-01-05,0',
    'call,3,E1,2026-01-05,0',
    'visit,4,E1,2026-01-04,1',
    'visit,5,E2,2026-01-06,0',
  )
  const wanted = [
    ...['p4 01-03T12', 'p1 01-04T12', 'p2 01-04T12', 'v4 01-04T23', 'c4 01-04T23'],
    ...['p5 01-05T12', 'v1 01-05T23', 'c1 01-05T23', 'v2 01-05T23', 'v5 01-06T23'],
  ]

  test.each([1, 300, 1_000, 1e6])('come in order of their own times, in runs of %i bytes', async (sortChunkBytes) => {
    const log = await memoryLog()
    const file = await fileOf(await tempFolder(), 'visits.csv', csv)
    const files = [visitFile('visits', file), visitFile('places', file)]
    const summary = await run(log, files, { profile: rowsProfile, field: undefined, sortChunkBytes })
    expect(summary).toMatchObject({ records: { enterprises: 5, 'risk-events': 10 }, refused: {}, leftOut: 1 })
    expect(await shownIn(log, 'risk-events')).toEqual(wanted)
    expect((await shownIn(log, 'enterprises')).map((text) => text.slice(3))).toEqual([
      '01-03T12',
      '01-04T12',
      '01-04T12',
      '01-04T12',
      '01-05T12',
    ])
  })

  test('their own times go before the field of the import, and their order is the same', async () => {
    const log = await memoryLog()
    const file = await fileOf(await tempFolder(), 'visits.csv', csv)
    await run(log, [visitFile('visits', file)], { profile: rowsProfile, field: 'day' })
    expect(await shownIn(log, 'risk-events')).toEqual(wanted)
  })

  test('a row of which a condition cannot be told is one dead letter with its line; a bad record is one by itself', async () => {
    const log = await memoryLog()
    const file = await fileOf(
      await tempFolder(),
      'visits.csv',
      lines('kind,no,who,day,grave', 'visit,1,E1,2026-01-05,0', 'visit,2,E1,2026-01-05,many', 'visit,3,,2026-01-06,1'),
    )
    const summary = await run(log, [visitFile('visits', file)], { profile: rowsProfile, field: undefined })
    expect(summary).toMatchObject({
      records: { 'risk-events': 6 },
      refused: { FW_RECORD_UNREADABLE: 1, FW_RECORD_INVALID: 3 },
      leftOut: 0,
    })
    expect(summary.lines.map(({ line, code }) => `${line} ${code}`).sort()).toEqual([
      '3 FW_RECORD_UNREADABLE',
      ...['4 FW_RECORD_INVALID', '4 FW_RECORD_INVALID', '4 FW_RECORD_INVALID'],
    ])
    expect(summary.lines.find(({ line }) => line === 3)?.detail).toBe('grave: "many" is no number')
    const [spoilt] = (await recordsIn(log, 'risk-events')).filter(({ headers }) => headers?.line === '3')
    expect(textOf(spoilt)).toBe('visit,2,E1,2026-01-05,many')
  })

  test('more of one time than a beat may hold are refused', async () => {
    const file = await fileOf(await tempFolder(), 'visits.csv', csv)
    const options = { profile: rowsProfile, field: undefined, beatRecordsMax: 2 }
    await expect(run(await memoryLog(), [visitFile('visits', file)], options)).rejects.toMatchObject({
      code: 'FW_IMPORT_DENSE',
    })
    expect(
      (await run(await memoryLog(), [visitFile('visits', file)], { ...options, beatRecordsMax: 3 })).refused,
    ).toEqual({})
  })

  test.each([2, 4, 7])('a cut after %i appends is made good by --resume', async (appends) => {
    const file = await fileOf(await tempFolder(), 'visits.csv', csv)
    const files = [visitFile('visits', file), visitFile('places', file)]
    const options = { profile: rowsProfile, field: undefined, markRecords: 3 }
    const log = await memoryLog(2)
    await expect(run(cutAfter(log, appends), files, options)).rejects.toThrow('cut')
    await run(log, files, { ...options, resume: true })
    const whole = await memoryLog(2)
    await run(whole, files, options)
    expect(await shownIn(log, 'risk-events')).toEqual(await shownIn(whole, 'risk-events'))
  })
})

test('lines that nothing gives a time are refused: no field, and no time in the mapping', async () => {
  const json = await fileOf(await tempFolder(), 'a.ndjson', lines(known('a1', 'E1', 1)))
  const csv = await fileOf(await tempFolder(), 'a.csv', 'no,who,what,when\n1,E1,PEN.FINE,2026-01-05\n')
  for (const [file, profile] of [
    [json, tinyProfile],
    [csv, csvProfile],
  ] as const) {
    const files = [{ topic: 'risk-events', file }] as const
    await expect(run(await memoryLog(), files, { profile, field: undefined })).rejects.toThrow(
      /Nothing says when the lines of .* became known; give --known-at FIELD, or files.risk-events.knownAt in the profile/,
    )
  }
})
