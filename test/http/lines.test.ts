/** Files as numbered lines, rows of CSV, and what they say. */
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { fieldsOf, RowJoiner } from '../../src/ingest/files/csv.ts'
import { entriesOf, entriesOfFile } from '../../src/ingest/files/entries.ts'
import type { Entry, EntryOptions } from '../../src/ingest/files/entry.ts'
import { knownAtReader } from '../../src/ingest/files/knownAt.ts'
import { type Line, linesOf, plainChunks } from '../../src/ingest/lines.ts'
import { csvProfile, fileOf, streamOf, tempFolder } from '../ingest/support.ts'

async function shown(source: AsyncIterable<unknown>, bytesMax?: number): Promise<string[]> {
  const found: string[] = []
  for await (const batch of linesOf(plainChunks(source), bytesMax === undefined ? {} : { bytesMax })) {
    for (const { number, bytes, fault } of batch) found.push(`${number} ${fault ?? bytes.toString('utf8')}`)
  }
  return found
}

test.each([
  ['plain', ['a\nb\n'], ['1 a', '2 b']],
  ['no last line feed', ['a\nb'], ['1 a', '2 b']],
  ['byte order mark', ['\ufeffa\nb'], ['1 a', '2 b']],
  ['one byte at a time', [...'\na\n\nbc'], ['1 ', '2 a', '3 ', '4 bc']],
  ['a line over several chunks', ['ab', 'cd', 'e\nf'], ['1 abcde', '2 f']],
  ['nothing', [], []],
])('splits lines: %s', async (_, chunks, expected) => {
  expect(await shown(streamOf(...chunks))).toEqual(expected)
})

test('unpacks gzip by content, with a mark inside, and in several members', async () => {
  const packed = Buffer.concat([gzipSync('\ufeffa\nb'), gzipSync('c\n')])
  expect(await shown(streamOf(packed.subarray(0, 1), packed.subarray(1)))).toEqual(['1 a', '2 bc'])
})

test('a cut gzip file is an error, not an end', async () => {
  await expect(shown(streamOf(gzipSync('a\nb\n'.repeat(1000)).subarray(0, 30)))).rejects.toThrow()
})

test('passes over a line that is too long, in bounded memory', async () => {
  async function* huge(): AsyncGenerator<Buffer> {
    yield Buffer.from('a\n')
    for (let at = 0; at < 50; at++) yield Buffer.alloc(1000, 120)
    yield Buffer.from('\nb\n')
  }
  expect(await shown(huge(), 2000)).toEqual(['1 a', '2 too long', '3 b'])
})

function rows(text: string): string[] {
  const joiner = new RowJoiner()
  const all = text.split('\n').flatMap((line, at) => joiner.add({ number: at + 1, bytes: Buffer.from(line) }))
  return [...all, ...joiner.end()].map(
    ({ number, bytes, fault }: Line) => `${number} ${fault ?? JSON.stringify(bytes.toString('utf8'))}`,
  )
}

test('joins lines inside quotes, and gives a row the number of its first line', () => {
  expect(rows('a,b\r\n1,"x\r\ny"\r\n2,z')).toEqual(['1 "a,b"', '2 "1,\\"x\\r\\ny\\""', '4 "2,z"'])
})

test('a quote that is never closed spoils its own line only', () => {
  expect(rows('a,b\n1,"x\n2,y\n3,z')).toEqual(['1 "a,b"', '2 open quote', '3 "2,y"', '4 "3,z"'])
})

test.each([
  ['a,b,', ['a', 'b', '']],
  ['"a,1","b ""c""",d', ['a,1', 'b "c"', 'd']],
  ['"",""', ['', '']],
  ['"a\nb",c', ['a\nb', 'c']],
  ['a"b,c', undefined],
  ['"a"b,c', undefined],
  ['"a', undefined],
])('fields of %j', (row, expected) => {
  expect(fieldsOf(row)).toEqual(expected)
})

const midnight = Date.parse('2026-08-03T00:00:00+08:00')
test.each([
  ['{"knownAt":"2026-08-03T00:00:00+08:00"}', midnight],
  ['{"knownAt": "2026-08-03"}', midnight],
  ['{"knownAt":"2026-08-02T16:00:00.000Z"}', midnight],
  ['{"knownAt":"2026-08-02T16:00:00.123Z"}', midnight + 123],
  ['{"knownAt":"2026/8/3"}', midnight],
  ['{"knownAt":"2026-02-30T16:00:00.000Z"}', 'knownAt: "2026-02-30T16:00:00.000Z" is no time that can be read'],
  ['{"knownAt":"2026-08-02T24:00:00.000Z"}', 'knownAt: "2026-08-02T24:00:00.000Z" is no time that can be read'],
  ['{"knownAt":"1764475079"}', 'knownAt: "1764475079" is no time that can be read'],
  ['{"knownAt":"  "}', 'knownAt is blank'],
  [`{"knownAt":"${'9'.repeat(99)}"}`, `knownAt: "${'9'.repeat(39)} is no time that can be read`],
  ['{"attributes":{"knownAt":"2020-01-01"},"knownAt":"2026-08-03"}', midnight],
  ['{"attributes":{"knownAt":"2020-01-01"}}', 'knownAt is missing'],
  ['{"note":"knownAt","knownAt":"2026-08-03"}', midnight],
  ['{"note":"\\"knownAt\\":\\"2020-01-01\\"","knownAt":"2026-08-03"}', midnight],
  ['{"knownAt":"2020-01-01","knownAt":"2026-08-03"}', midnight],
  ['{"\\u006bnownAt":"2026-08-03"}', midnight],
  ['{"knownAt":17}', 'knownAt: 17 is no time that can be read'],
  ['{"toString":1}', 'knownAt is missing'],
  ['no json', undefined],
  ['no json, "knownAt":"soon"', undefined],
])('knownAt of %s', (line, expected) => {
  const { knownAtMs, untimed } = knownAtReader('knownAt', 480)(Buffer.from(line))
  expect(knownAtMs ?? untimed).toBe(expected)
})

async function entries(text: string, options: Partial<EntryOptions & { name: string }> = {}): Promise<Entry[]> {
  const found: Entry[] = []
  const all = { topic: 'risk-events', profile: csvProfile, field: 'when', name: 'a.csv', ...options } as const
  for await (const batch of entriesOf(plainChunks(streamOf(text)), all)) found.push(...batch)
  return found
}

test('rows of CSV become records; what is no row keeps its bytes', async () => {
  const found = await entries(
    'no,who,what,when\r\n7,E1,PEN.FINE,2026-08-03\r\n\r\n8,E1\r\n"9"x,E1,PEN.FINE,2026-08-03\r\n',
  )
  expect(
    found.map(({ line, value, knownAtMs, fault }) => [line, value.toString('utf8'), knownAtMs, fault?.refused]),
  ).toEqual([
    [
      2,
      '{"id":"7","enterpriseId":"E1","type":"PEN.FINE","occurredAt":"2026-08-02T16:00:00.000Z"}',
      midnight,
      undefined,
    ],
    [4, '8,E1', undefined, 'FW_RECORD_UNREADABLE'],
    [5, '"9"x,E1,PEN.FINE,2026-08-03', undefined, 'FW_RECORD_UNREADABLE'],
  ])
})

test('the format is told by the name, else by the first character', async () => {
  expect((await entries(' {"when":"2026-08-03"}\n', { name: 'standard input' }))[0].knownAtMs).toBe(midnight)
  expect((await entries('no,who,what,when\n7,E1,X,2026-08-03', { name: 'standard input' }))[0].line).toBe(2)
  expect((await entries('garbage\n{"a":1}\n', { name: 'a.ndjson.gz' })).map(({ line }) => line)).toEqual([1, 2])
})

test('CSV that the profile does not map, and a file that is not there, are told', async () => {
  await expect(entries('a,b\n', { topic: 'enterprises' })).rejects.toMatchObject({ code: 'FW_USAGE' })
  const missing = entriesOfFile('/nowhere/at-all.ndjson', {
    topic: 'risk-events',
    profile: csvProfile,
    field: undefined,
  })
  await expect(missing.next()).rejects.toMatchObject({ code: 'FW_USAGE' })
})

test('CSV in another encoding is refused, not guessed', async () => {
  const options = { topic: 'risk-events', profile: csvProfile, field: undefined, name: 'a.csv' } as const
  const gb = Buffer.from([0xca, 0xc2, 0xbc, 0xfe])
  await expect(entriesOf(plainChunks(streamOf(gb, ',b\n')), options).next()).rejects.toMatchObject({ code: 'FW_USAGE' })
  const { value } = await entriesOf(plainChunks(streamOf('no,who,what,when\n', gb, ',E1\n')), options).next()
  expect(value).toMatchObject([
    { line: 2, value: Buffer.concat([gb, Buffer.from(',E1')]), fault: { refused: 'FW_RECORD_UNREADABLE' } },
  ])
})

test('a reader that stops early closes the file', async () => {
  const file = await fileOf(await tempFolder(), 'many.ndjson', '{"a":1}\n'.repeat(500_000))
  const reading = entriesOfFile(file, { topic: 'risk-events', profile: csvProfile, field: undefined })
  expect((await reading.next()).done).toBe(false)
  await reading.return(undefined)
})
