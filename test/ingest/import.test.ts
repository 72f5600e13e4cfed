/** Imports: order, marks, what is refused, and going on after a cut. */
import { describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { openEngine } from '../../src/engine.ts'
import type { ImportOptions } from '../../src/ingest/imports/importOptions.ts'
import { digest } from '../../src/log/digest.ts'
import type { Log } from '../../src/log/port.ts'
import { KnownAt } from '../../streams/mapping.ts'
import type { Profile } from '../../streams/profile.ts'
import { memoryLog, readJson } from '../support/fold.ts'
import { tinyProfile } from '../support/tinyProfile.ts'
import { at, cutAfter, known, now, run } from './importSupport.ts'
import { csvProfile, event, fileOf, lines, recordsIn, tempFolder, textOf } from './support.ts'

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
  const engine = await openEngine({ ...options, listener: () => {}, signal: new AbortController().signal })
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

test('a line that is no record takes the time of the line before it, the first ones that of the first', async () => {
  const log = await memoryLog()
  const file = await fileOf(
    await tempFolder(),
    'a.ndjson',
    lines('garbage 1', known('a1', 'E1', 1), 'garbage 2', known('a2', 'E1', 2), '[1]'),
  )
  const summary = await run(log, [{ topic: 'risk-events', file }])
  const records = await recordsIn(log, 'risk-events')
  expect(records.map(({ timeMs }) => new Date(timeMs).getUTCDate())).toEqual([1, 1, 1, 2, 2])
  expect(records[2]).toMatchObject({ key: null, headers: { file, line: '3' } })
  expect(records[1]).toMatchObject({ key: 'E1', headers: null })
  expect(summary.refused).toEqual({ FW_RECORD_NOT_JSON: 3 })
  expect(summary.lines[1]).toEqual({ file, line: 3, code: 'FW_RECORD_NOT_JSON', detail: '' })
})

test.each([
  ['', 'knownAt is blank'],
  ['2026-01-05T25:00:00Z', 'knownAt: "2026-01-05T25:00:00Z" is no time that can be read'],
  ['2026-02-30', 'knownAt: "2026-02-30" is no time that can be read'],
  ['5/1/2026', 'knownAt: "5/1/2026" is no time that can be read'],
  ['46027', 'knownAt: "46027" is no time that can be read'],
  [1_767_571_200, 'knownAt: 1767571200 is no time that can be read'],
  [null, 'knownAt: null is no time that can be read'],
  [undefined, 'knownAt is missing'],
  ['1969-12-31T23:59:59Z', '1969-12-31T23:59:59.000Z is before 1970'],
  [
    '2026-03-01T00:05:00.001Z',
    '2026-03-01T00:05:00.001Z is later than 2026-03-01T00:05:00.000Z, the latest that is admitted',
  ],
])('a record known at %j takes no time of another line: it is refused, in order or not', async (knownAt, detail) => {
  const records = [known('a1', 'E1', 2), event('a2', 'E1', at(1), { knownAt }), known('a3', 'E1', 3)]
  for (const more of [records, [...records, known('a4', 'E1', 1)]]) {
    const log = await memoryLog()
    const file = await fileOf(await tempFolder(), 'a.ndjson', lines(...more))
    const summary = await run(log, [{ topic: 'risk-events', file }])
    expect(summary.lines).toEqual([{ file, line: 2, code: 'FW_KNOWN_AT', detail }])
    expect(summary.refused).toEqual({ FW_KNOWN_AT: 1 })
    const held = (await recordsIn(log, 'risk-events')).map((record) => JSON.parse(textOf(record)).id)
    expect(held).toEqual(more.length === 3 ? ['a1', 'a3'] : ['a4', 'a1', 'a3'])
  }
})

/** The CSV mapping of `support.ts`, with another column for when a row became known. */
function knownBy(knownAt: z.input<typeof KnownAt>, formats?: string[]): Profile {
  const mapping = csvProfile.file.files['risk-events']
  const files = { 'risk-events': { ...mapping, knownAt: KnownAt.parse(knownAt), formats } }
  return { ...csvProfile, file: { ...csvProfile.file, files } }
}

/** `id day` of each record in the log, and `line what is wrong` of each that is refused. */
async function importedRows(profile: Profile, rows: readonly string[]): Promise<{ held: string[]; told: string[] }> {
  const log = await memoryLog()
  const csv = lines('no,who,what,when,published', ...rows.map((day, at) => `${at},E1,PEN.FINE,2026-01-01,${day}`))
  const file = await fileOf(await tempFolder(), 'a.csv', csv)
  const summary = await run(log, [{ topic: 'risk-events', file }], { profile, field: undefined })
  const held = (await recordsIn(log, 'risk-events')).map((record) => {
    const { id = '?' } = /"id":"(?<id>\d+)"/.exec(textOf(record))?.groups ?? {}
    return `${id} ${new Date(record.timeMs + 8 * 3_600_000).toISOString().slice(5, 10)}`
  })
  return { held, told: summary.lines.map(({ line, code, detail }) => `${line} ${code} ${detail}`.trim()) }
}

describe('a column that says when rows became known', () => {
  test('dates with the year first are read without zeros too', async () => {
    const rows = ['2026/1/15', '2026/1/5', '2026-1-8 9:05', '2026.2.3', '2026年2月4日', '2026/13/1']
    expect(await importedRows(knownBy({ from: 'published' }), rows)).toEqual({
      held: ['1 01-05', '2 01-08', '0 01-15', '3 02-03', '4 02-04'],
      told: ['7 FW_KNOWN_AT published: "2026/13/1" is no time that can be read'],
    })
  })

  test('other dates are read in the form that the profile declares, and only in that', async () => {
    const rows = ['15/1/2026', '5/1/2026 21:30', '2026-01-05', '1/15/2026']
    for (const profile of [
      knownBy({ from: 'published', formats: ['d/M/yyyy', 'd/M/yyyy H:mm'] }),
      knownBy({ from: 'published' }, ['d/M/yyyy', 'd/M/yyyy H:mm']), // of `when`, too, so its records are bad
    ]) {
      const { held, told } = await importedRows(profile, rows)
      expect({ held, told: told.filter((line) => line.includes('FW_KNOWN_AT')) }).toEqual({
        held: ['1 01-05', '0 01-15'],
        told: [
          '4 FW_KNOWN_AT published: "2026-01-05" is no time that can be read',
          '5 FW_KNOWN_AT published: "1/15/2026" is no time that can be read',
        ],
      })
    }
  })

  test('a blank is refused, and takes what stands above it only where the profile says so', async () => {
    const rows = ['', '2026-02-03', '', '2026-01-05', ' ', 'soon', '', '2026-01-09', '', '2027-01-01', '']
    expect(await importedRows(knownBy({ from: 'published' }), rows)).toMatchObject({
      held: ['3 01-05', '7 01-09', '1 02-03'],
      told: expect.arrayContaining(['2 FW_KNOWN_AT published is blank', '4 FW_KNOWN_AT published is blank']),
    })
    const { held, told } = await importedRows(knownBy({ from: 'published', blank: 'previous' }), rows)
    expect(held).toEqual(['3 01-05', '4 01-05', '7 01-09', '8 01-09', '1 02-03', '2 02-03'])
    expect(told.map((line) => Number.parseInt(line, 10))).toEqual([2, 7, 8, 11, 12])
    expect(told[0]).toBe('2 FW_KNOWN_AT published is blank')
    expect(told.slice(1, 3).map((line) => line.slice(2))).toEqual(
      Array(2).fill('FW_KNOWN_AT published: "soon" is no time that can be read'),
    )
    expect(told.slice(3).every((line) => line.includes('2026-12-31T16:00:00.000Z is later than'))).toBe(true)
  })

  test('a row that cannot be read hands nothing on', async () => {
    const rows = ['2026-01-05', '2026-01-09,extra', '', '2026-01-07', '']
    expect(await importedRows(knownBy({ from: 'published', blank: 'previous' }), rows)).toEqual({
      held: ['0 01-05', '? 01-05', '3 01-07', '4 01-07'],
      told: ['4 FW_KNOWN_AT published is blank', '3 FW_RECORD_UNREADABLE 6 columns, the first line has 5'],
    })
  })

  test('a file without any time says what its first record has instead', async () => {
    await expect(importedRows(knownBy({ from: 'published' }), ['46027', '46028'])).rejects.toThrow(
      /No line of .*a.csv has a time in "published" that can be admitted; line 2: published: "46027" is no time that can be read\./,
    )
  })
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
    detail: '2026-03-01T00:05:00.001Z is later than 2026-03-01T00:05:00.000Z, the latest that is admitted',
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

test('a few records long before the rest of their source are told, and nothing else is', async () => {
  const folder = await tempFolder()
  const of = (source: string, id: string, day: number): object => event(id, 'E1', at(day), { knownAt: at(day), source })
  const daily = (source: string, from: number): object[] =>
    Array.from({ length: 20 }, (_, n) => of(source, `${source}${n}`, from + n))
  const imported = async (events: object[]): Promise<unknown> => {
    const files = [{ topic: 'risk-events' as const, file: await fileOf(folder, 'events.ndjson', lines(...events)) }]
    return (await run(await memoryLog(), files)).leadingGaps
  }
  expect(await imported([...daily('hotline', 1), ...daily('court', 15)])).toEqual([])
  // 31 days are no gap: a feed may send once a month.
  expect(await imported([of('court', 'first', -16), ...daily('hotline', -16), ...daily('court', 15)])).toEqual([])
  const [from, to] = [at(-9_000), at(15)]
  expect(await imported([of('court', 'one', -9_001), of('court', 'other', -9_000), ...daily('court', 15)])).toEqual([
    { source: 'court', records: 2, from, to, days: 9_015 },
  ])
  // Of one source alone, while another goes on; a source that never comes again is told of all.
  expect(
    await imported([
      of('court', 'one', -80),
      ...daily('hotline', -79),
      ...daily('hotline', -59),
      ...daily('court', 15),
    ]),
  ).toEqual([expect.objectContaining({ source: 'court', records: 1, from: at(-80), days: 95 })])
  expect(await imported([of('court', 'one', -80), ...daily('hotline', 1)])).toEqual([
    { records: 1, from: at(-80), to: at(1), days: 81 },
  ])
})
