import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { parse } from 'csv-parse/sync'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { loadProfile } from '../../src/settings/profiles.ts'
import { RiskEvent } from '../../streams/contracts.ts'
import { DateFormats, instantReader } from '../../streams/dateFormats.ts'
import { FieldMapping, FileMapping } from '../../streams/mapping.ts'
import { type Row, rowMapper } from '../../streams/mapRow.ts'
import type { Profile } from '../../streams/profile.ts'
import { readInstantMs, readNumber } from '../../streams/readText.ts'

const warn = await loadProfile('us-warn')
const cn = await loadProfile('cn')

/** What one rule makes of one row. */
function value(rule: z.input<typeof FieldMapping>, row: Row, profile: Profile = warn): unknown {
  return rowMapper(FileMapping.parse({ fields: { it: rule } }), profile)(row).it
}

describe('rules', () => {
  test.each<[z.input<typeof FieldMapping>, Row, unknown]>([
    ['a', { a: ' x ' }, 'x'],
    ['a', { a: '' }, undefined],
    ['a', {}, undefined],
    ['toString', {}, undefined],
    [{ constant: 3 }, {}, 3],
    [{ from: ['a', 'b'] }, { a: ' ', b: 'y' }, 'y'],
    [{ from: 'a', otherwise: 'z' }, { a: '' }, 'z'],
    [[{ from: 'a', trimTo: 'industries' }, 'b', { constant: 'z' }], { a: '335', b: 'y' }, '335'],
    [[{ from: 'a', trimTo: 'industries' }, 'b', { constant: 'z' }], { a: 'none', b: 'y' }, 'y'],
    [[{ from: 'a', trimTo: 'industries' }, 'b', { constant: 'z' }], { a: '', b: ' ' }, 'z'],
    [['a', 'b'], { a: '', b: '' }, undefined],
    [{ from: 'a', normalise: true }, { a: ' Café  Zoë, Inc.' }, 'cafe zoe inc'],
    [{ from: ['a', 'b'], normalise: true }, { a: '公司', b: 'B&B' }, 'b b'],
    [{ from: ['a', 'b'], normalise: { onlyFrom: ['b'] } }, { a: 'qid:Q1' }, 'qid:Q1'],
    [{ from: ['a', 'b'], prefix: { text: 'n:', onlyFrom: ['b'] } }, { a: '', b: 'B' }, 'n:B'],
    [{ from: ['a', 'b'], prefix: { text: 'n:', onlyFrom: ['b'] } }, { a: 'A', b: 'B' }, 'A'],
    [{ from: 'a', prefix: { text: 'n:' }, maxLength: 5 }, { a: 'ab cd' }, 'n:ab'],
    [{ from: 'a', upperCase: true }, { a: '91440101ma5cjq4n59' }, '91440101MA5CJQ4N59'],
    [{ from: 'a', upperCase: true }, { a: 'place:440100' }, 'place:440100'],
    [{ from: 'a', map: { x: 'y' } }, { a: 'x' }, 'y'],
    [{ from: 'a', map: { x: 'y' } }, { a: 'q' }, 'q'],
    [{ from: 'a', map: { x: 'y' }, otherwise: 'o' }, { a: 'constructor' }, 'o'],
    [{ from: 'a', as: 'number' }, { a: '12.50' }, 12.5],
    [{ from: 'a', as: 'number' }, { a: 'many' }, 'many'],
    [{ from: 'a', as: 'number' }, { a: '1e400' }, '1e400'],
    [{ from: 'a', as: 'number', otherwise: '3' }, { a: '' }, 3],
    [{ from: 'a', as: 'instant' }, { a: '2020-03-15' }, '2020-03-15T00:00:00.000Z'],
    [{ from: 'a', as: 'instant' }, { a: '2020-02-30' }, '2020-02-30'],
    [{ from: 'a', as: 'instant' }, { a: 'soon' }, 'soon'],
    [{ from: 'a', as: 'instant', addHours: -12 }, { a: '2020-03-15' }, '2020-03-14T12:00:00.000Z'],
    [{ from: 'a', as: 'instant', addHours: 0.1 }, { a: '2020-03-15 10:00' }, '2020-03-15T10:06:00.000Z'],
    [{ from: 'a', as: 'instant', addHours: 12 }, { a: 'soon' }, 'soon'],
    [{ from: 'a', map: { blue: 1 } }, { a: 'blue' }, 1],
    [{ from: 'a', map: { blue: 1 }, otherwise: 0 }, { a: 'red' }, 0],
  ])('%j of %j is %j', (rule, row, expected) => {
    expect(value(rule, row)).toEqual(expected)
  })

  const steps = [
    { from: 0, value: 1 },
    { from: 50, value: 2 },
  ]
  test.each([
    ['0', 1],
    ['49.9', 1],
    ['50', 2],
    ['99999', 2],
    ['-1', undefined],
    ['', undefined],
    ['x', undefined],
  ])('step of %j is %j', (a, expected) => {
    expect(value({ from: 'a', steps }, { a })).toBe(expected)
  })

  test('a step that is not reached takes otherwise', () => {
    expect(value({ from: 'a', steps, otherwise: 4 }, { a: '-1' })).toBe(4)
  })

  const aliases = { '31': '31-33', '33': '31-33' }
  test.each([
    ['335221', '33522'],
    ['336399', '33639'],
    ['33', '31-33'],
    ['31-33', '31-33'],
    ['5133', '51'],
    ['318', '31-33'],
    ['99', undefined],
    ['', undefined],
  ])('industry %j trims to %j', (a, expected) => {
    expect(value({ from: 'a', trimTo: 'industries', aliases }, { a })).toBe(expected)
  })

  test('a date is the first instant of its local day', () => {
    expect(value({ from: 'a', as: 'instant' }, { a: '2026-08-03' }, cn)).toBe('2026-08-02T16:00:00.000Z')
  })

  test('attributes', () => {
    const mapping = FileMapping.parse({ fields: { id: 'a' }, attributes: { county: 'c', temporary: 't', people: 'p' } })
    const profile = { ...warn, file: { ...warn.file, factColumns: ['people'] } }
    expect(rowMapper(mapping, profile)({ a: '1', c: '01003', t: '', p: '12' })).toEqual({
      id: '1',
      attributes: { county: '01003', people: 12 },
    })
    expect(rowMapper(mapping, profile)({ a: '1' })).toEqual({ id: '1' })
  })

  test.each<[z.input<typeof FieldMapping>, string, unknown]>([
    [{ from: 'c', map: { blue: 1, red: 2 } }, 'red', 2],
    [{ from: 'c', map: { blue: 1, red: 2 } }, 'green', 'green'],
    [{ from: 'c', map: { blue: 1, red: '2' } }, 'red', 2],
    [{ from: 'c', steps: [{ from: 10, value: 7 }] }, '12', 7],
    [{ from: 'c', otherwise: 3 }, '', 3],
    [{ constant: 4 }, '', 4],
    ['c', 'many', 'many'],
  ])('attribute %j of %j is %j where a number is kept', (how, c, expected) => {
    const profile = { ...warn, file: { ...warn.file, factColumns: ['colour'] } }
    const mapping = FileMapping.parse({ attributes: { colour: how } })
    expect(rowMapper(mapping, profile)({ c })).toEqual({ attributes: { colour: expected } })
  })

  test('hours are added to instants only', () => {
    const { error } = FieldMapping.safeParse({ from: 'a', addHours: 1 })
    expect(z.prettifyError(error ?? new z.ZodError([]))).toContain('needs as: instant')
    expect(FieldMapping.safeParse({ from: 'a', as: 'instant', addHours: 9_000 }).success).toBe(false)
  })

  test('forms of dates are for instants only, and go before those of the file', () => {
    expect(FieldMapping.safeParse({ from: 'a', formats: ['d/M/yyyy'] }).success).toBe(false)
    const mapping = FileMapping.parse({
      formats: ['M/d/yyyy'],
      fields: { id: { from: 'a', as: 'instant' }, type: { from: 'a', as: 'instant', formats: ['d/M/yyyy'] } },
    })
    expect(rowMapper(mapping, warn)({ a: '3/4/2020' })).toEqual({
      id: '2020-03-04T00:00:00.000Z',
      type: '2020-04-03T00:00:00.000Z',
    })
  })

  test('steps must rise', () => {
    expect(FieldMapping.safeParse({ from: 'a', steps: [...steps].reverse() }).success).toBe(false)
  })
})

test.each([
  ['2026-08-03', '2026-08-02T16:00:00.000Z'],
  ['2026/08/03', '2026-08-02T16:00:00.000Z'],
  ['2026-08-03 09:15', '2026-08-03T01:15:00.000Z'],
  ['2026-08-03T09:15:30.5', '2026-08-03T01:15:30.500Z'],
  ['2026-08-03T09:15:30.123456Z', '2026-08-03T09:15:30.123Z'],
  ['2026-08-03T09:15:00-0330', '2026-08-03T12:45:00.000Z'],
  ['1969-12-31T23:59:59Z', '1969-12-31T23:59:59.000Z'],
  ['2026/1/5', '2026-01-04T16:00:00.000Z'],
  ['2026-1-5 9:05', '2026-01-05T01:05:00.000Z'],
  ['2026.1.5', '2026-01-04T16:00:00.000Z'],
  ['2026年1月5日', '2026-01-04T16:00:00.000Z'],
  ['2026年1月5日9:05:07', '2026-01-05T01:05:07.000Z'],
  ['2024-02-29', '2024-02-28T16:00:00.000Z'],
  ['2026-02-30', undefined],
  ['2026/2/29', undefined],
  ['2026-00-10', undefined],
  ['2026-13-01', undefined],
  ['2026-08-03T24:00', undefined],
  ['2026-08-03 25:00', undefined],
  ['2026-08-03 09:60', undefined],
  ['2026-08-03 09:155', undefined],
  ['2026-08-03 09:15+99:00', undefined],
  ['2026/08-03', undefined],
  ['5/1/2026', undefined],
  ['1/5/26', undefined],
  ['20260105', undefined],
  ['46027', undefined],
  ['1764475079', undefined],
  ['3 Aug 2026', undefined],
  ['', undefined],
])('%j at +08:00 is %j', (text, expected) => {
  const ms = readInstantMs(text, 480)
  expect(ms === undefined ? undefined : new Date(ms).toISOString()).toBe(expected)
})

test.each([
  [['d/M/yyyy'], '5/1/2026', '2026-01-04T16:00:00.000Z'],
  [['d/M/yyyy'], '05/01/2026', '2026-01-04T16:00:00.000Z'],
  [['dd/MM/yyyy'], '5/1/2026', undefined],
  [['M/d/yyyy h:mm a'], '1/5/2026 12:30 AM', '2026-01-04T16:30:00.000Z'],
  [['M/d/yyyy h:mm a'], '1/5/2026 3:00 pm', '2026-01-05T07:00:00.000Z'],
  [['M/d/yyyy h:mm a'], '1/5/2026 13:00 PM', undefined],
  [['yyyyMMdd'], '20260105', '2026-01-04T16:00:00.000Z'],
  [['yyyyMMddTHHmmssXXX'], '20260105T093000Z', '2026-01-05T09:30:00.000Z'],
  [['yyyyMMdd'], '20260230', undefined],
  [['d.M.yyyy H:mm:ss.SSS'], '5.1.2026 9:05:07.250', '2026-01-05T01:05:07.250Z'],
  [['d.M.yyyy'], '5x1x2026', undefined],
  [['d/M/yyyy'], '2026-01-05', undefined],
  [['d/M/yyyy', 'iso'], '2026-01-05', '2026-01-04T16:00:00.000Z'],
  [['d/M/yyyy', 'M/d/yyyy'], '3/4/2026', undefined],
  [['d/M/yyyy', 'M/d/yyyy'], '4/4/2026', '2026-04-03T16:00:00.000Z'],
  [['d/M/yyyy', 'M/d/yyyy'], '25/4/2026', '2026-04-24T16:00:00.000Z'],
  [['epochSeconds'], '1764475079', '2025-11-30T03:57:59.000Z'],
  [['epochMilliseconds'], '1764475079123', '2025-11-30T03:57:59.123Z'],
  [['epochSeconds'], '2026-01-05', undefined],
])('in the forms %j, %j at +08:00 is %j', (formats, text, expected) => {
  expect(DateFormats.safeParse(formats).success).toBe(true)
  const ms = instantReader(formats, 480)(text)
  expect(ms === undefined ? undefined : new Date(ms).toISOString()).toBe(expected)
})

test.each([
  '',
  'yyyy',
  'd/M',
  'yy-M-d',
  'yyyy-M-d-d',
  'yyyy-MM-dd mm',
  'yyyy-MM-dd hh',
  'yyyy-MM-dd a',
  'soon',
  'toString',
])('%j is no form of a date', (format) => {
  expect(DateFormats.safeParse([format]).error?.issues[0].message).toContain('must be iso, epochSeconds')
})

test.each([
  ['1', 1],
  ['-1.5', -1.5],
  ['.5', 0.5],
  ['1e3', 1000],
  ['1,200', undefined],
  ['0x10', undefined],
  ['1e400', undefined],
  ['NaN', undefined],
  ['', undefined],
  [' 1', undefined],
])('number %j is %j', (text, expected) => {
  expect(readNumber(text)).toBe(expected)
})

const header =
  'state,employer_key,employer_name,canonical_name,industry,naics,naics_basis,sic,cik,ticker,parent_cik,county_fips,county_name,place_name,location,notice_date,effective_date,employees_affected,layoff_type,is_temporary,is_amendment,dedupe_key'

const Rows = z.array(z.record(z.string(), z.string()))
const mapWarn = rowMapper(warn.file.files['risk-events'], warn)

function warnRow(changes: Row): Record<string, unknown> {
  return mapWarn({
    ...Object.fromEntries(header.split(',').map((column) => [column, ''])),
    state: 'CA',
    notice_date: '2020-03-15',
    dedupe_key: 'k',
    ...changes,
  })
}

describe('layoff notices', () => {
  test.each<[Row, Record<string, unknown>]>([
    [
      { employer_name: 'Intuit Inc.', layoff_type: 'unknown' },
      { enterpriseId: 'n:intuit inc', type: 'WRN.OTHER' },
    ],
    [
      { employer_key: 'qid:Q1123399', layoff_type: 'closure', employees_affected: '100' },
      { enterpriseId: 'qid:Q1123399', type: 'WRN.CLOSURE', severity: 3, amount: 100 },
    ],
    [
      { employer_key: `n:${'long name '.repeat(9)}`, layoff_type: '' },
      { enterpriseId: `n:${'long name '.repeat(7).slice(0, 62)}`.trimEnd(), type: 'WRN.OTHER' },
    ],
    [
      { employer_key: 'ein:1', layoff_type: 'mass_layoff', naics: '44', employees_affected: '0' },
      { enterpriseId: 'ein:1', type: 'WRN.MASS_LAYOFF', industry: '44-45', severity: 1, amount: 0 },
    ],
    [
      { employer_key: 'ein:1', naics: '452111' },
      { enterpriseId: 'ein:1', type: 'WRN.OTHER', industry: '452' },
    ],
  ])('%j', (changes, expected) => {
    const record = warnRow(changes)
    expect(record).toEqual({ id: 'k', region: 'CA', occurredAt: '2020-03-15T00:00:00.000Z', ...expected })
    expect(RiskEvent.safeParse(record).success).toBe(true)
  })

  test.each<[Row, string]>([
    [{ employer_key: 'ein:1', employees_affected: '-5' }, 'amount'],
    [{ employer_key: 'ein:1', employees_affected: 'about 50' }, 'amount'],
    [{ employer_key: 'ein:1', notice_date: '2020-02-30' }, 'occurredAt'],
    [{ employer_key: 'ein:1', dedupe_key: '' }, 'id'],
    [{ employer_name: '公司' }, 'enterpriseId'],
  ])('%j is refused for its %s', (changes, field) => {
    const parsed = RiskEvent.safeParse(warnRow(changes))
    expect(parsed.error?.issues.map((issue) => issue.path.join('.'))).toEqual([field])
  })

  const file = fileURLToPath(new URL('../../../shared/data/warn/warn_4of4.csv.gz', import.meta.url))
  test.skipIf(!existsSync(file))('the real register (../shared/data/warn): every row becomes a record', () => {
    const text = gunzipSync(readFileSync(file)).toString('utf8')
    expect(text.slice(0, text.indexOf('\n')).trim()).toBe(header)
    const records = Rows.parse(parse(text, { columns: true, bom: true })).map((row) => RiskEvent.parse(mapWarn(row)))
    expect(new Set(records.map((record) => record.id)).size).toBe(records.length)
    for (const record of records) {
      expect(warn.idPattern.test(record.enterpriseId)).toBe(true)
      expect(warn.regions.has(record.region ?? '')).toBe(true)
      expect(record.industry === undefined || warn.industries.has(record.industry)).toBe(true)
    }
  })
})
