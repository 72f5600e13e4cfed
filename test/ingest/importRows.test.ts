/** Imports of files of which one row gives several records, each known at a time of its own. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ImportOptions } from '../../src/ingest/imports/importOptions.ts'
import type { Log } from '../../src/log/port.ts'
import { FileMapping } from '../../streams/mapping.ts'
import type { Profile } from '../../streams/profile.ts'
import { memoryLog } from '../support/fold.ts'
import { tinyProfile } from '../support/tinyProfile.ts'
import { cutAfter, run } from './importSupport.ts'
import { fileOf, lines, recordsIn, tempFolder, textOf } from './support.ts'

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

test('whatever the rows and the runs, the order is (knownAt, line, position)', async () => {
  const rows = fc.array(
    fc.record({
      day: fc.integer({ min: 1, max: 9 }),
      grave: fc.integer({ min: 0, max: 1 }),
      kind: fc.constantFrom('visit', 'visit', 'call'),
    }),
    { minLength: 1, maxLength: 12 },
  )
  const folder = await tempFolder()
  await fc.assert(
    fc.asyncProperty(rows, fc.constantFrom(1, 500, 2_000, 1e6), async (drawn, sortChunkBytes) => {
      const csv = drawn.map(({ day, grave, kind }, at) => `${kind},${at},E1,2026-01-0${day},${grave}`)
      const wanted = drawn
        .flatMap(({ day, grave, kind }, at) =>
          kind === 'call'
            ? []
            : [
                { id: `v${at}`, hour: day * 24 + 23 },
                ...(grave === 1 ? [{ id: `c${at}`, hour: day * 24 + 23 }] : []),
                { id: `p${at}`, hour: day * 24 - 12 },
              ],
        )
        .sort((a, b) => a.hour - b.hour)
      const log = await memoryLog()
      const file = await fileOf(folder, 'visits.csv', lines('kind,no,who,day,grave', ...csv))
      await run(log, [visitFile('visits', file)], { profile: rowsProfile, field: undefined, sortChunkBytes })
      expect((await shownIn(log, 'risk-events')).map((text) => text.split(' ')[0])).toEqual(wanted.map(({ id }) => id))
    }),
    { numRuns: 40 },
  )
})
