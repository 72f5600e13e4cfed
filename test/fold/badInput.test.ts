/** What must never stop the stream: each goes to the dead letters with its code and its bytes, or is kept and flagged. */
import { expect, it } from 'vitest'
import { letterBeginningBytes, letterBytesMax } from '../../src/limits.ts'
import { recordsOf } from '../../src/log/recordsOf.ts'
import type { FlagCounts, Notice } from '../../src/notices.ts'
import { compileProfile, type Profile } from '../../streams/profile.ts'
import { usccCheckCharacter } from '../../streams/uscc.ts'
import { bytesOf, type TestRecord } from '../support/fold.ts'
import { firstCommand, historyStartMs } from '../support/histories.ts'
import { readFates } from '../support/readFold.ts'
import { tinyProfile } from '../support/tinyProfile.ts'
import { foldWithNotices } from '../support/watched.ts'

const at = new Date(historyStartMs).toISOString()
const good = { id: 'a', enterpriseId: 'E1', type: 'PEN.FINE', occurredAt: at }
const grade = { enterpriseId: 'E1', grade: 'A', effectiveAt: at }
const place = { id: 'E1', region: 'P1', industry: 'X' }
const text = (value: object, change: (json: string) => string): string => change(JSON.stringify(value))
const nested = (open: string, close: string): string => `{"a":${open.repeat(100_000)}${close.repeat(100_000)}}`
const entries = (count: number, value: unknown = 1): object =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`k${at}`, value]))
const tenMegabytes = text({ ...good, name: 'x' }, (json) => json.replace('"x"', `"${'x'.repeat(10 * 1024 * 1024)}"`))

type Row = [what: string, topic: TestRecord['topic'], value: TestRecord['value'], key: string, code: string]

const dead: readonly Row[] = [
  ['not JSON', 'risk-events', '{"id":', 'E1', 'FW_RECORD_NOT_JSON'],
  ['nothing', 'risk-events', '', 'E1', 'FW_RECORD_NOT_JSON'],
  ['null', 'risk-events', 'null', 'E1', 'FW_RECORD_NOT_JSON'],
  ['an array', 'risk-events', '[]', 'E1', 'FW_RECORD_NOT_JSON'],
  ['text', 'enterprises', '"E1"', 'E1', 'FW_RECORD_NOT_JSON'],
  ['two objects', 'credit-grades', '{}{}', 'E1', 'FW_RECORD_NOT_JSON'],
  [
    'NaN',
    'risk-events',
    text({ ...good, amount: 1 }, (json) => json.replace('1}', 'NaN}')),
    'E1',
    'FW_RECORD_NOT_JSON',
  ],
  ['100,000 brackets', 'risk-events', nested('[', ']'), 'E1', 'FW_RECORD_INVALID'],
  ['100,000 open brackets', 'risk-events', '['.repeat(100_000), 'E1', 'FW_RECORD_NOT_JSON'],
  ['10 MB', 'risk-events', tenMegabytes, 'E1', 'FW_RECORD_TOO_LARGE'],
  ['10 MB of no JSON', 'enterprises', Buffer.alloc(10 * 1024 * 1024), 'E1', 'FW_RECORD_TOO_LARGE'],
  ['invalid UTF-8', 'risk-events', Buffer.concat([bytesOf(good), Buffer.from([0xff])]), 'E1', 'FW_RECORD_NOT_JSON'],
  [
    'invalid UTF-8 in a name',
    'enterprises',
    Buffer.from('{"id":"E1","region":"P1","industry":"X","name":"\xff"}', 'latin1'),
    'E1',
    'FW_RECORD_NOT_JSON',
  ],
  [
    'a lone surrogate in the id',
    'risk-events',
    text(good, (json) => json.replace('"a"', '"\\ud800"')),
    'E1',
    'FW_RECORD_INVALID',
  ],
  ['257 attributes', 'risk-events', { ...good, attributes: entries(257) }, 'E1', 'FW_RECORD_INVALID'],
  [
    '20,000 attributes that are none',
    'risk-events',
    { ...good, attributes: entries(20_000, []) },
    'E1',
    'FW_RECORD_INVALID',
  ],
  ['attributes in a list', 'risk-events', { ...good, attributes: [1] }, 'E1', 'FW_RECORD_INVALID'],
  ['an empty object', 'risk-events', {}, 'E1', 'FW_RECORD_INVALID'],
  ['an empty enterprise', 'enterprises', {}, 'E1', 'FW_RECORD_INVALID'],
  ['no id', 'risk-events', { ...good, id: undefined }, 'E1', 'FW_RECORD_INVALID'],
  ['an empty id', 'risk-events', { ...good, id: '' }, 'E1', 'FW_RECORD_INVALID'],
  ['an id of 129 characters', 'risk-events', { ...good, id: 'x'.repeat(129) }, 'E1', 'FW_RECORD_INVALID'],
  ['a number for an id', 'risk-events', { ...good, id: 7 }, 'E1', 'FW_RECORD_INVALID'],
  ['an object for a type', 'risk-events', { ...good, type: {} }, 'E1', 'FW_RECORD_INVALID'],
  ['severity 0', 'risk-events', { ...good, severity: 0 }, 'E1', 'FW_RECORD_INVALID'],
  ['severity 1.5', 'risk-events', { ...good, severity: 1.5 }, 'E1', 'FW_RECORD_INVALID'],
  ['amount -1', 'risk-events', { ...good, amount: -1 }, 'E1', 'FW_RECORD_INVALID'],
  [
    'amount 1e400',
    'risk-events',
    text({ ...good, amount: 1 }, (json) => json.replace('1}', '1e400}')),
    'E1',
    'FW_RECORD_INVALID',
  ],
  ['amount 1e16', 'risk-events', { ...good, amount: 1e16 }, 'E1', 'FW_RECORD_INVALID'],
  ['a date without a zone', 'risk-events', { ...good, occurredAt: '2026-03-02T00:00:00' }, 'E1', 'FW_RECORD_INVALID'],
  ['30 February', 'risk-events', { ...good, occurredAt: '2026-02-30T00:00:00.000Z' }, 'E1', 'FW_RECORD_INVALID'],
  ['an attribute that is an object', 'risk-events', { ...good, attributes: { a: {} } }, 'E1', 'FW_RECORD_INVALID'],
  ['takes itself back', 'risk-events', { ...good, retracts: 'a' }, 'E1', 'FW_RECORD_INVALID'],
  ['an unknown type', 'risk-events', { ...good, type: 'OTHER' }, 'E1', 'FW_EVENT_UNKNOWN_TYPE'],
  ['a type named like a property', 'risk-events', { ...good, type: 'constructor' }, 'E1', 'FW_EVENT_UNKNOWN_TYPE'],
  ['from 1900', 'risk-events', { ...good, occurredAt: '1900-01-01T00:00:00.000Z' }, 'E1', 'FW_EVENT_TOO_OLD'],
  ['six years old', 'risk-events', { ...good, occurredAt: '2020-03-01T00:00:00.000Z' }, 'E1', 'FW_EVENT_TOO_OLD'],
  ['from tomorrow', 'risk-events', { ...good, occurredAt: '2026-03-03T00:00:00.000Z' }, 'E1', 'FW_EVENT_FUTURE'],
  ['from 9999', 'risk-events', { ...good, occurredAt: '9999-12-31T23:59:59.999Z' }, 'E1', 'FW_EVENT_FUTURE'],
  ['another form of id', 'risk-events', { ...good, enterpriseId: 'e1' }, 'e1', 'FW_ENTERPRISE_ID'],
  [
    'an id named like a property',
    'risk-events',
    { ...good, enterpriseId: '__proto__' },
    '__proto__',
    'FW_ENTERPRISE_ID',
  ],
  ['an id with a newline', 'enterprises', { ...place, id: 'E1\n' }, 'E1\n', 'FW_RECORD_INVALID'],
  ['an enterprise that is a place', 'enterprises', { ...place, id: 'place:P1' }, 'place:P1', 'FW_ENTERPRISE_ID'],
  ['another key', 'risk-events', good, 'E2', 'FW_MISROUTED'],
  ['another key', 'enterprises', place, 'E2', 'FW_MISROUTED'],
  ['an unknown grade', 'credit-grades', { ...grade, grade: 'Z' }, 'E1', 'FW_GRADE_UNKNOWN'],
  ['the grade none', 'credit-grades', { ...grade, grade: 'none' }, 'E1', 'FW_GRADE_UNKNOWN'],
  ['a grade named like a property', 'credit-grades', { ...grade, grade: 'toString' }, 'E1', 'FW_GRADE_UNKNOWN'],
]

it('dead letters carry the code and the bytes, and the stream goes on', async () => {
  const sent = dead.map(
    ([, topic, value, key], index): TestRecord => ({ topic, key, timeMs: historyStartMs + index, value }),
  )
  const after: TestRecord = { topic: 'risk-events', key: 'E1', timeMs: historyStartMs + 5_000, value: good }
  const records = [firstCommand, ...sent, after]
  const { log } = await foldWithNotices(records)
  const fates = await readFates(log, records)
  expect(dead.map(([what], index) => `${what}: ${fates[index + 1].fate} ${fates[index + 1].code ?? ''}`)).toEqual(
    dead.map(([what, , , , code]) => `${what}: dead ${code}`),
  )
  expect(fates[records.length - 1]).toEqual({ fate: 'applied', code: undefined })
  const letters: string[] = []
  for await (const { key, value, headers } of recordsOf(log, 'dead-letters', 0))
    letters.push(`${headers?.['error-code']} ${key} ${Buffer.from(value).toString('base64')}`)
  expect(letters.sort()).toEqual(
    dead.map(([, , value, key, code]) => `${code} ${key} ${inLetter(bytesOf(value)).toString('base64')}`).sort(),
  )
})

/** A letter holds all of a record, and of a huge one the beginning. */
const inLetter = (value: Uint8Array): Buffer =>
  Buffer.from(value.length > letterBytesMax ? value.subarray(0, letterBeginningBytes) : value)

const uscc: Profile = compileProfile({
  file: {
    ...tinyProfile.file,
    enterpriseId: { pattern: '[0-9A-Z]{18}', check: 'uscc' },
    factColumns: ['hours', '__proto__'],
  },
  hash: 'e'.repeat(64),
  regions: [{ code: 'P', parent: '', names: { en: 'P' } }],
  industries: [{ code: 'X', parent: '', names: { en: 'X' } }],
  messages: tinyProfile.messages,
})
const first17 = '91350211M000100Y4'
const valid = first17 + usccCheckCharacter(first17)
const wrong = first17 + (valid.endsWith('0') ? '1' : '0')

it('what is odd but usable is kept and flagged', async () => {
  const event = (id: string, enterpriseId: string, more: object = {}): TestRecord => ({
    topic: 'risk-events',
    key: enterpriseId,
    timeMs: historyStartMs,
    value: text({ ...good, id, enterpriseId, ...more }, (json) =>
      json.replace('"HOSTILE":0', '"__proto__":{"type":"x"},"constructor":null,"toString":1'),
    ),
  })
  const table: [what: string, record: TestRecord, flagged: Partial<FlagCounts>][] = [
    ['nothing odd', event('a', valid), {}],
    ['a wrong check digit', event('b', wrong), { checkDigit: 1 }],
    ['an unknown region', event('c', valid, { region: 'nowhere' }), { unknownRegion: 1 }],
    ['a region named like a property', event('d', valid, { region: '__proto__' }), { unknownRegion: 1 }],
    ['an unknown industry', event('e', valid, { industry: 'toString' }), { unknownIndustry: 1 }],
    ['an unknown source', event('f', valid, { source: 'constructor' }), { unknownSource: 1 }],
    [
      'an enterprise of a status that nobody knows',
      {
        topic: 'enterprises',
        key: valid,
        timeMs: historyStartMs,
        value: { id: valid, region: 'P', industry: 'X', status: '在建' },
      },
      { unknownStatus: 1 },
    ],
    ['hostile keys', event('g', valid, { HOSTILE: 0 }), {}],
    ['hostile attributes', event('h', valid, { attributes: { HOSTILE2: 1, hours: 3 } }), {}],
    ['hostile ids', event('__proto__', valid), {}],
    ['a lone surrogate in what is not kept', event('i', valid, { note: '\ud800' }), {}],
    ['an amount that is the largest', event('j', valid, { amount: 1e15 }), {}],
    [
      'an enterprise of unknown place',
      { topic: 'enterprises', key: wrong, timeMs: historyStartMs, value: { id: wrong, region: 'r', industry: 'i' } },
      { checkDigit: 1, unknownRegion: 1, unknownIndustry: 1 },
    ],
    [
      'a grade of a wrong check digit',
      { topic: 'credit-grades', key: wrong, timeMs: historyStartMs, value: { ...grade, enterpriseId: wrong } },
      { checkDigit: 1 },
    ],
  ]
  for (const [what, record, flagged] of table) {
    const records = [firstCommand, record]
    const { log, notices } = await foldWithNotices(records, { profile: uscc, model: null })
    expect((await readFates(log, records))[1], what).toEqual({ fate: 'applied', code: undefined })
    const beat = notices.find(
      (one: Notice) => one.kind === 'BeatFolded' && one.fates.applied === 1 && one.task !== 'watch',
    )
    expect(beat && 'flags' in beat ? beat.flags : undefined, what).toEqual({
      checkDigit: 0,
      unknownRegion: 0,
      unknownIndustry: 0,
      unknownSource: 0,
      unknownStatus: 0,
      ...flagged,
    })
  }
  expect(Object.hasOwn(Object.prototype, 'type')).toBe(false)
})
