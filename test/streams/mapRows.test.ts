/** Which records a row gives, and when each became known. */
import { describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { loadProfile } from '../../src/settings/profiles.ts'
import { Condition, FileMapping } from '../../streams/mapping.ts'
import { rowsMapper } from '../../streams/mapRows.ts'

const profile = await loadProfile('chicago-food') // six hours west of Greenwich

/** `id known at`, one text a record. */
function given(mapping: z.input<typeof FileMapping>, row: Record<string, string>, field?: string): string[] | string {
  const mapped = rowsMapper(FileMapping.parse(mapping), profile, field)(row)
  if ('unreadable' in mapped) return mapped.unreadable
  return mapped.records.map(({ record, knownAtMs }) =>
    `${record.id} ${knownAtMs === undefined ? '' : new Date(knownAtMs).toISOString()}`.trim(),
  )
}

describe('conditions', () => {
  test.each<[z.input<typeof Condition>, string | undefined, boolean | string]>([
    [{ atLeast: 1 }, '1', true],
    [{ atLeast: 1 }, '0.9', false],
    [{ atLeast: 1 }, '', false],
    [{ atLeast: 1 }, undefined, false],
    [{ atLeast: 1 }, 'many', 'n: "many" is no number'],
    [{ atMost: 0 }, '0', true],
    [{ atMost: 0 }, '-3', true],
    [{ atMost: 0 }, '1', false],
    [{ atMost: 0 }, '', false],
    [{ atLeast: 1, atMost: 2 }, '2', true],
    [{ atLeast: 1, atMost: 2 }, '3', false],
    [{ atMost: 0 }, `1,${'0'.repeat(50)}`, `n: "1,${'0'.repeat(38)}" is no number`],
    [{ oneOf: ['Fail', 'Pass w/ Conditions'] }, ' Fail ', true],
    [{ oneOf: ['Fail'] }, 'fail', false],
    [{ oneOf: ['Fail'] }, '', false],
    [{ oneOf: ['x'], atLeast: 1 }, 'many', false],
    [{ blank: false }, 'x', true],
    [{ blank: false }, ' ', false],
    [{ blank: true }, ' ', true],
    [{ blank: true }, 'x', false],
    [{ blank: true }, undefined, true],
  ])('%j of %j: %j', (condition, n, expected) => {
    const row = n === undefined ? {} : { n }
    const wanted = typeof expected === 'string' ? expected : expected ? ['a'] : []
    expect(given({ when: { n: condition }, fields: { id: { constant: 'a' } } }, row)).toEqual(wanted)
  })

  test('all of them must hold', () => {
    const mapping = { when: { a: { atLeast: 1 }, b: { oneOf: ['x'] } }, fields: { id: { constant: 'a' } } }
    expect(given(mapping, { a: '1', b: 'x' })).toEqual(['a'])
    expect(given(mapping, { a: '1', b: 'y' })).toEqual([])
    expect(given(mapping, { a: '0', b: 'x' })).toEqual([])
  })

  test.each([{}, { atLeast: '1' }, { oneOf: [] }, { equals: 'x' }])('%j is none', (condition) => {
    expect(Condition.safeParse(condition).success).toBe(false)
  })
})

describe('several records of one row', () => {
  const mapping: z.input<typeof FileMapping> = {
    when: { kind: { oneOf: ['visit'] } },
    knownAt: { from: 'day', addHours: 23 },
    fields: { id: { from: 'no', prefix: { text: 'v-' } }, enterpriseId: 'who', type: { constant: 'VIS.OTHER' } },
    attributes: { minor: 'minor', place: 'where' },
    records: [
      {},
      { when: { grave: { atLeast: 1 } }, fields: { id: { from: 'no', prefix: { text: 'c-' } } } },
      {
        knownAt: { from: 'planned' },
        fields: { id: { from: 'no', prefix: { text: 'p-' } }, type: { constant: 'PLN.CANVASS' } },
        attributes: { minor: { constant: 0 } },
      },
    ],
  }
  const row = { kind: 'visit', no: '7', who: '12', day: '2014-03-02', planned: '2014-03-01', minor: '3', where: 'bar' }

  test.each<[Record<string, string>, string[] | string]>([
    [{ grave: '0' }, ['v-7 2014-03-03T05:00:00.000Z', 'p-7 2014-03-01T06:00:00.000Z']],
    [{ grave: '2' }, ['v-7 2014-03-03T05:00:00.000Z', 'c-7 2014-03-03T05:00:00.000Z', 'p-7 2014-03-01T06:00:00.000Z']],
    [{ grave: '2', planned: 'soon' }, ['v-7 2014-03-03T05:00:00.000Z', 'c-7 2014-03-03T05:00:00.000Z', 'p-7']],
    [{ grave: '?' }, 'grave: "?" is no number'],
    [{ kind: 'call', grave: '?' }, []],
  ])('%j', (changes, expected) => {
    expect(given(mapping, { ...row, ...changes })).toEqual(expected)
  })

  test('each has what stands above, beside its own', () => {
    const mapped = rowsMapper(FileMapping.parse(mapping), profile)({ ...row, grave: '0' })
    expect('records' in mapped && mapped.records.map(({ record }) => record)).toEqual([
      { id: 'v-7', enterpriseId: '12', type: 'VIS.OTHER', attributes: { minor: 3, place: 'bar' } },
      { id: 'p-7', enterpriseId: '12', type: 'PLN.CANVASS', attributes: { minor: 0, place: 'bar' } },
    ])
  })

  test('a mapping that says when records became known goes before the field of the import', () => {
    const { knownAt: _, records: __, ...plain } = mapping
    expect(given(plain, row, 'planned')).toEqual(['v-7 2014-03-01T06:00:00.000Z'])
    expect(given(plain, row)).toEqual(['v-7'])
    expect(given({ ...plain, knownAt: { from: 'day' } }, row, 'planned')).toEqual(['v-7 2014-03-02T06:00:00.000Z'])
  })
})

describe('chicago-food', () => {
  const { plans, visits, places, risks } = profile.file.files
  const row = {
    Inspection_ID: '529281',
    License: '82474',
    Facility_Type: 'Restaurant/Bar',
    Risk: 'Risk 1 (High)',
    Zip: '60609',
    Inspection_Date: '2011-09-02',
    Inspection_Type: 'Canvass',
    Results: 'Pass',
    criticalCount: '0',
    seriousCount: '0',
    minorCount: '0',
    Inspector_Assigned: 'orange',
  }
  const records = (mapping: FileMapping, changes: Partial<typeof row> = {}): Record<string, unknown>[] => {
    const mapped = rowsMapper(mapping, profile)({ ...row, ...changes })
    return 'records' in mapped ? mapped.records.map(({ record }) => record) : []
  }

  test.each<[Partial<typeof row>, string[]]>([
    [{}, ['v-529281 VIS.OTHER', 'k-529281 CLN.CLEAN']],
    [{ minorCount: '2' }, ['v-529281 VIS.OTHER', 'k-529281 CLN.CLEAN', 'm-529281 MIN.MINOR']],
    [{ minorCount: '3' }, ['v-529281 VIS.OTHER', 'm-529281 MIN.MINOR']],
    [{ criticalCount: '1', Results: 'Fail' }, ['v-529281 VIS.CRITICAL', 'n-529281 NPS.FAIL']],
    [
      { seriousCount: '2', Results: 'Pass w/ Conditions' },
      ['v-529281 VIS.OTHER', 'n-529281 NPS.CONDITIONS', 's-529281 SER.SERIOUS'],
    ],
    [{ Inspection_Type: 'Complaint' }, []],
    [{ criticalCount: 'NA' }, []],
  ])('a visit %j', (changes, expected) => {
    expect(records(visits, changes).map(({ id, type }) => `${id} ${type}`)).toEqual(expected)
  })

  test('a visit carries its counts, a plan the group of inspectors by number', () => {
    expect(records(visits, { criticalCount: '2', minorCount: '4' })[0]).toEqual({
      id: 'v-529281',
      enterpriseId: '82474',
      type: 'VIS.CRITICAL',
      occurredAt: '2011-09-02T06:00:00.000Z',
      source: 'INSPECTION',
      amount: 2,
      attributes: { minor: 4 },
    })
    expect(records(plans)).toEqual([
      {
        id: 'p-529281',
        enterpriseId: '82474',
        type: 'PLN.CANVASS',
        occurredAt: '2011-09-01T18:00:00.000Z',
        source: 'PLAN',
        attributes: { inspector: 4 },
      },
    ])
  })

  test('the licence, and its risk class from the day before on', () => {
    expect(records(places)).toEqual([{ id: '82474', region: '60609', industry: 'RESTAURANT' }])
    expect(records(places, { Zip: '', Facility_Type: '' })).toEqual([
      { id: '82474', region: 'UNKNOWN', industry: 'OTHER FACILITY' },
    ])
    expect(records(risks)).toEqual([{ enterpriseId: '82474', grade: 'RISK1', effectiveAt: '2011-09-01T06:00:00.000Z' }])
  })

  test.each([
    ['RESTAURANT', 'RESTAURANT'],
    ['Grocery Store/Deli', 'GROCERY STORE'],
    ['HEALTH/ JUICE BAR', 'RESTAURANT'],
    ['Paleteria', 'CANDY'],
    ['(convenience store)', 'CONVENIENCE'],
    ['1023', 'CHILDRENS SERVICES'],
    ['something else', 'OTHER FACILITY'],
  ])('facility type %j is %s', (Facility_Type, expected) => {
    expect(records(places, { Facility_Type })[0].industry).toBe(expected)
  })
})
