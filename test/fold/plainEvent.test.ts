/** The short way of decoding accepts only what the decoder accepts, and then says the same; so do the other short ways to bytes. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decoder } from '../../src/enterprise/decode/decode.ts'
import { EventColumns } from '../../src/enterprise/decode/eventColumns.ts'
import { plainEvents } from '../../src/enterprise/decode/plainEvent.ts'
import { Deltas } from '../../src/enterprise/deltas.ts'
import type { LogRecord } from '../../src/log/port.ts'
import { isRefusal } from '../../src/records.ts'
import { Spellings, speller } from '../../streams/spellings.ts'
import { unknownIndex } from '../../streams/tree.ts'
import { tinyProfile } from '../support/tinyProfile.ts'

const seed = 20_260_302
const { file } = tinyProfile
const withColumns = {
  ...tinyProfile,
  file: { ...file, factColumns: ['area'], enterpriseId: { ...file.enterpriseId, check: 'uscc' as const } },
}

/** A code of the table that counts at another. */
const codes = new Map([...tinyProfile.industries.codes, ['1', tinyProfile.industries.find('X1')]])
const find = (code: string): number => codes.get(code) ?? unknownIndex

const spelt = {
  ...tinyProfile,
  regions: {
    ...tinyProfile.regions,
    read: speller(tinyProfile.regions, Spellings.parse({ fullWidth: true, names: {} })),
  },
  industries: { ...tinyProfile.industries, codes, find, read: find },
}

const usual = {
  id: 'e1',
  enterpriseId: 'E1',
  type: 'PEN.FINE',
  occurredAt: '2026-08-03T09:15:00.250Z',
  severity: 2,
  amount: 12.5,
  source: 'court',
  region: 'P1',
  industry: 'X1',
  note: 'x',
}

/** Values of a field as JSON: the usual ones, and those with which something is odd. */
const odd = ['""', '" "', '7', 'null', '{}', '[]', '"\\u0041"', '"é"', '"\u007f"', `"${'x'.repeat(129)}"`, 'true']
const values: Record<string, readonly string[]> = {
  id: ['"e1"', '"e 2"', '"事件"', `"${'x'.repeat(128)}"`],
  enterpriseId: ['"E1"', '"E1"', '"E2"', '"e1"', '"place:P1"', '"E1 "'],
  type: ['"PEN.FINE"', '"PEN.NOTE"', '"PEN.OTHER"', '"pen.fine"'],
  occurredAt: [
    '"2026-08-03T09:15:00.250Z"',
    '"2026-08-03T09:15:00Z"',
    '"2026-08-03T17:15:00.000+08:00"',
    '"2026-08-03T17:15:00+08:00"',
    '"2026-08-03T04:15:00-05:30"',
    '"2026-08-03T17:15:00+0800"',
    '"2026-08-03T17:15:00+08"',
    '"2026-08-03T17:15:00+24:00"',
    '"2026-08-03T17:15:00+08:60"',
    '"2026-08-03T17:15:00.0+08:00"',
    '"2026-08-03T17:15+08:00"',
    '"2026-08-03T17:15:00 08:00"',
    '"2026-08-03T17:15:00z"',
    '"2026-02-28T23:59:59.999Z"',
    '"2026-02-29T00:00:00.000Z"',
    '"2028-02-29T00:00:00.000Z"',
    '"2026-04-31T00:00:00.000Z"',
    '"2026-00-01T00:00:00.000Z"',
    '"2026-13-01T00:00:00.000Z"',
    '"2026-08-00T00:00:00.000Z"',
    '"2026-08-03T24:00:00.000Z"',
    '"2026-08-03T23:60:00.000Z"',
    '"2026-08-03T23:59:60.000Z"',
    '"2026-08-03 09:15:00.250Z"',
    '"0000-01-01T00:00:00.000Z"',
    '"1949-12-31T23:59:59.999Z"',
    '"1950-01-01T00:00:00.000Z"',
    '"2069-12-31T00:00:00.000Z"',
    '"9999-12-31T00:00:00.000Z"',
  ],
  severity: ['1', '5', '0', '6', '2.0', '2.5', '-1', '1e0', '01', '+1'],
  amount: ['0', '0.1', '1000000.01', '1e15', '1000000000000000', '1000000000000001', '0.000000000000001', '-0', '1.'],
  source: ['"court"', '"elsewhere"'],
  region: ['"P1"', '"p1"', '" P1 "', '"Ｐ１"', '"P One"', '"nowhere"', '"P/UNKNOWN"', '"UNKNOWN"'],
  industry: ['"X1"', '"1"', '"x1"', '"nothing"'],
  retracts: ['"e0"', '"e1"'],
  attributes: [
    '{"area":3}',
    '{}',
    '{ "area" : 2.5 , "case":"4514-2026"}',
    '{"area":"3","channel":"投诉"}',
    '{"area":1,"area":null}',
    '{"area":1,"area":2}',
    '{"areas":7,"b":true,"c":false}',
    '{"area":-1}',
    '{"area":1e3}',
    '{"b":{}}',
    '{"b":[]}',
    '{"a\\u0062":1}',
    '{"__proto__":1,"area":4}',
    '{"constructor":"x","area":5}',
    '{"a":nul}',
    '{"a":truex}',
    `{"a":"${'x'.repeat(1024)}"}`,
    `{"a":"${'x'.repeat(1025)}"}`,
    `{"${'n'.repeat(64)}":1}`,
    `{"${'n'.repeat(65)}":1}`,
    '{"名称":"食品安全","area":6}',
    '{"a":1,}',
    '{,}',
    '{"a"}',
    '"x"',
  ],
  note: ['"x"', '1', 'false', 'null', '"说明"', '{"a":1}', '"a\\"b"', '"tab\there"'],
  __proto__x: ['"y"'],
}
const member = fc
  .constantFrom(...Object.keys(values))
  .chain((name) => fc.tuple(fc.constant(name), fc.constantFrom(...values[name], ...values[name], ...odd)))
const rarely = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary })
const needed = ['id', 'enterpriseId', 'type', 'occurredAt'] as const
const optional = ['severity', 'amount', 'source', 'region', 'industry', 'note'] as const

/** An event as text: some fields left out, replaced or standing twice, spaces between, and perhaps one byte of it changed. */
const eventBytes = fc
  .record({
    lacks: rarely(fc.constantFrom(...needed)),
    without: fc.subarray([...optional]),
    more: fc.array(member, { maxLength: 2 }),
    space: fc.constantFrom('', '', ' ', '  '),
    tail: rarely(fc.constantFrom(' ', '\n', ',', 'x')),
    /** A character that is cut short, at the end of the last text. */
    broken: fc.nat(20).map((at) => at === 0),
    cut: rarely(
      fc.record({
        at: fc.nat(400),
        removed: fc.nat(2),
        put: fc.constantFrom('', '"', ',', '0', 'Z', 'é', '\n', '\ud800'),
      }),
    ),
  })
  .map(({ lacks, without, more, space, tail, cut, broken }) => {
    const kept = Object.entries(usual).filter(([name]) => name !== lacks && !without.some((one) => one === name))
    const members = [...kept.map(([name, value]) => [name, JSON.stringify(value)]), ...more]
    const text = `{${members.map(([name, value]) => `"${name}":${space}${value}`).join(`,${space}`)}${space}}${tail ?? ''}`
    if (broken) return Buffer.concat([Buffer.from(text).subarray(0, -2), Buffer.from([0xe6, 0x8a]), Buffer.from('"}')])
    if (cut === undefined) return Buffer.from(text)
    const at = cut.at % text.length
    return Buffer.from(text.slice(0, at) + cut.put + text.slice(at + cut.removed))
  })

describe('an event', () => {
  it.each([
    ['plain', tinyProfile],
    ['with declared columns and a check digit', withColumns],
    ['with codes in other spellings', spelt],
  ])('decoded the short way is what the decoder says (%s)', (_, profile) => {
    const stride = 5 + profile.file.factColumns.length
    const ways = [0, 1].map((partition) => {
      const where = { partition, partitions: 1 + partition }
      return { plain: plainEvents(profile, where), checked: decoder(profile, where) }
    })
    const empty = (): EventColumns => {
      const columns = new EventColumns(stride)
      columns.clear(1)
      return columns
    }
    let short = 0
    fc.assert(
      fc.property(eventBytes, fc.constantFrom('E1', 'E1', 'E1', 'E2', null), fc.nat(1), (value, key, partition) => {
        const { plain, checked } = ways[partition]
        const record: LogRecord = { offset: 0, timeMs: 0, key, value, headers: null }
        const columns = empty()
        const id = plain(record, columns)
        if (id === undefined) return
        short++
        const wanted = empty()
        const event = checked.event(record, wanted.words, 0)
        if (isRefusal(event)) throw new Error(`${event.refused} ${event.detail}`)
        wanted.put(event)
        expect(id).toBe(event.enterpriseId)
        expect(columns).toEqual(wanted)
      }),
      { seed, numRuns: 40_000 },
    )
    expect(short).toBeGreaterThan(2_000)
  })

  it('goes the short way when there is nothing to say about it', () => {
    const columns = new EventColumns(5)
    columns.clear(1)
    for (const change of [
      {},
      { retracts: 'e0' },
      { severity: undefined, amount: undefined },
      { region: 'nowhere' },
      { attributes: { case: '4514-2026-0000000', channel: '热线', urgent: true } },
      { note: '食品安全', occurredAt: '2026-08-03T17:15:00+08:00' },
    ]) {
      const value = Buffer.from(JSON.stringify({ ...usual, ...change }))
      const record: LogRecord = { offset: 0, timeMs: 0, key: 'E1', value, headers: null }
      expect(plainEvents(tinyProfile)(record, columns)).toBe('E1')
    }
  })
})

describe('sums', () => {
  const keys = fc.oneof(fc.nat(50), fc.nat(2 ** 31 - 1), fc.maxSafeNat())

  it('come out in the order of their keys, however many', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(keys, fc.constantFrom(1, -1)), { maxLength: 3_000, size: 'max' }),
        fc.constantFrom(1, 2, 3),
        (added, columns) => {
          const deltas = new Deltas(columns)
          const wanted = new Map<number, number>()
          for (const [key, delta] of added) {
            deltas.add(key, delta, ...[2 * delta, 3 * delta].slice(0, columns - 1))
            wanted.set(key, (wanted.get(key) ?? 0) + delta)
          }
          const taken = deltas.take()
          const sums = [taken.deltas, taken.seconds, taken.thirds].slice(0, columns)
          const found = Array.from(taken.keys.subarray(0, taken.count), (key, at) => [
            key,
            ...sums.map((sum) => sum[at]),
          ])
          const inOrder = [...wanted].filter(([, sum]) => sum !== 0).sort((a, b) => a[0] - b[0])
          expect(found).toEqual(inOrder.map(([key, sum]) => [key, ...[sum, 2 * sum, 3 * sum].slice(0, columns)]))
        },
      ),
      { seed, numRuns: 100 },
    )
  })
})
