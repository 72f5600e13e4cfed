/** What a file is, told from its beginning: records, or one sentence on what was found and what to do. */
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { entriesOf } from '../../src/ingest/files/entries.ts'
import type { EntryOptions } from '../../src/ingest/files/entry.ts'
import { plainChunks } from '../../src/ingest/lines.ts'
import { loadProfile } from '../../src/settings/profiles.ts'
import { streamOf } from './support.ts'

const cn = await loadProfile('cn')
const chicago = await loadProfile('chicago-food')

/** Numbers of the lines that are records, or what is said of the file. */
async function read(
  name: string,
  content: string | Uint8Array,
  options: Partial<EntryOptions> = {},
): Promise<number[] | string> {
  const found: number[] = []
  const all = { topic: 'risk-events', profile: cn, field: undefined, name, ...options } as const
  try {
    for await (const batch of entriesOf(plainChunks(streamOf(content)), all))
      found.push(...batch.flatMap(({ line, fault }) => (fault === undefined ? [line] : [])))
    return found
  } catch (error) {
    expect(error).toMatchObject({ code: 'FW_USAGE' })
    return error instanceof Error ? error.message : ''
  }
}

const header = 'id,enterpriseId,type,occurredAt'
const row = 'b1,91440106MA00000011,PEN.FINE,2026-11-30'
const json = '{"id":"u1","enterpriseId":"91440106MA00000011","type":"PEN.FINE","occurredAt":"2026-11-29T05:00:00Z"}'
const hex = (text: string): Buffer => Buffer.concat([Buffer.from(text, 'hex'), Buffer.alloc(600, 1)])
const utf16be = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16()

describe('what is no text of records', () => {
  test.each<[name: string, content: string | Uint8Array, says: string]>([
    ['a.csv', hex('504b030414000600'), 'a ZIP archive or an Excel workbook: unpack it first, or save its sheet as CSV'],
    ['a.xlsx', hex('504b030414000600'), 'a ZIP archive or an Excel workbook'],
    ['a.xls', hex('d0cf11e0a1b11ae1'), 'an old Excel workbook'],
    ['a.parquet', hex('5041523115041500'), 'a Parquet file: write its rows as CSV or NDJSON'],
    ['a.ndjson', hex('28b52ffd04001500'), 'packed with zstd: unpack it first'],
    ['a.csv.bz2', hex('425a683931415926535900'), 'packed with bzip2'],
    ['a.csv.gz', gzipSync(gzipSync(row)), 'packed twice with gzip'],
    [
      'a.tar.gz',
      gzipSync(Buffer.concat([Buffer.alloc(257, 97), Buffer.from('ustar'), Buffer.alloc(250)])),
      'a tar archive',
    ],
    ['a.db', Buffer.from('SQLite format 3\0\0\0'), 'an SQLite database'],
    ['a.csv', Buffer.alloc(100), 'no text'],
    [
      'a.ndjson',
      Buffer.from(`\ufeff${json}\n`, 'utf16le'),
      'in UTF-16: convert it, for example with iconv -f UTF-16 -t UTF-8',
    ],
    ['a.ndjson', utf16be(`\ufeff${json}\n`), 'in UTF-16: '],
    ['a.ndjson', Buffer.from(`${json}\n`, 'utf16le'), 'in UTF-16LE: convert it, for example with iconv -f UTF-16LE'],
    ['a.csv', utf16be(`${header}\n${row}\n`), 'in UTF-16BE: '],
    ['a.csv.gz', gzipSync(utf16be(`${header}\n${row}\n`)), 'in UTF-16BE: '],
    [
      'a.csv',
      Buffer.from([0xca, 0xc2, 0xbc, 0xfe, 0x2c, 0x62, 0x0a]),
      'not in UTF-8: convert it, for example with iconv -f GB18030',
    ],
    ['a.ndjson', Buffer.from([...Buffer.from('{"id":"'), 0xca, 0xc2, ...Buffer.from('"}\n')]), 'not in UTF-8'],
    ['a.txt', `[${json},${json}]`, "a JSON array and not one JSON object a line: convert it with jq -c '.[]'"],
    ['standard input', `\n [\n${json},\n${json}]`, 'a JSON array'],
    ['a.ndjson', '["u1","PEN.FINE"]\n["u2","PEN.FINE"]\n', 'a JSON array'],
    ['a.ndjson', `${json},\n${json},\n`, "JSON objects with commas between them: convert it with sed 's/,$//'"],
    ['a.json', `{"count":1,"rows":[${json}]}\n`, "one JSON object around its records: convert it with jq -c '.rows[]'"],
    ['a.json', `{\n  "id": "u1"\n}\n`, 'JSON over several lines and not one object a line: convert it with jq -c .'],
    ['standard input', `{ "id": "u1",\n  "type": "PEN.FINE" }\n`, 'JSON over several lines'],
    [
      'a.ndjson',
      `${json}\r${json}\r`,
      "a text whose lines end with a carriage return alone: convert it with tr '\\r' '\\n'",
    ],
    ['a.csv', `${header}\r${row}\r`, 'a text whose lines end with a carriage return alone'],
    ['a.txt', `${header}\r${row}`, 'a text whose lines end with a carriage return alone'],
    ['a.csv', `${json}\n${json}\n`, 'JSON under the name of CSV: name it .ndjson'],
    ['a.csv', `[${json}]`, 'a JSON array'],
    ['a.ndjson', `${header}\n${row}\n`, 'CSV under the name of JSON: name it .csv'],
    ['a.csv', `id,"enterpriseId,type\n${row}\n`, 'CSV with a quote in the wrong place in its first line '],
  ])('%s %j', async (name, content, says) => {
    expect(await read(name, content)).toContain(`${name} is ${says}`)
  })
})

describe('a header that the profile does not read', () => {
  test.each<[content: string, says: string]>([
    [
      `${header.replaceAll(',', ';')}\n`,
      'a.csv lacks columns that risk-events needs (id or 事件编号, enterpriseId or 统一社会信用代码, type or 事件类型, occurredAt or 发生时间), its first line is "id;enterpriseId;type;occurredAt": part its columns by commas, not by semicolons.',
    ],
    [`${header.replaceAll(',', '\t')}\n`, 'not by tabs.'],
    [`"${header.replaceAll(',', '"|"')}"\n`, 'not by vertical bars.'],
    [`sep=;\n${header.replaceAll(',', ';')}\n`, 'not by semicolons.'],
    [`${row}\n${row}\n`, 'rename its columns, or let the profile say what they are (files.risk-events).'],
    ['<!DOCTYPE html>\n<html>\n', 'its first line is "<!DOCTYPE html>"'],
    [
      'ID,Enterprise Id,type,occurredAt\n',
      'needs (id or 事件编号, enterpriseId or 统一社会信用代码), its first line is "ID,Enterprise Id,type,occurredAt": write names as the profile does: ID must be id, Enterprise Id must be enterpriseId.',
    ],
    [`${header},enterpriseId\n`, 'a.csv has two columns of one name, enterpriseId: rename one.'],
    [`${header},note, note\n`, 'two columns of one name, note: '],
    [`${header},EnterpriseID\n`, 'two columns of one name, enterpriseId and EnterpriseID: '],
    [`"${'x'.repeat(300_000)}\n`, 'CSV with a quote in the wrong place in its first line "'],
  ])('%j', async (content, says) => {
    expect(await read('a.csv', content)).toContain(says)
    expect(await read('a.csv', gzipSync(content))).toContain(says)
  })

  test('a first line without an end is none', async () => {
    expect(await read('a.csv', Buffer.alloc(17 * 2 ** 20, 'x'))).toContain('a text without an end of its first line')
  })

  test('what says when rows became known is needed in an import, and not live', async () => {
    const content = 'Inspection_ID,License,Inspection_Type,Results,criticalCount,seriousCount,minorCount\n'
    const options = { profile: chicago, mapping: 'visits' }
    expect(await read('a.csv', content, options)).toContain('lacks columns that visits needs (Inspection_Date)')
    expect(await read('a.csv', `${header}\n`, { field: 'published' })).toContain('needs (published)')
    const planned = {
      profile: { ...cn, file: { ...cn.file, files: chicago.file.files } },
      mapping: 'places',
      live: true,
    }
    expect(await read('a.csv', 'License\n7\n', { ...planned, topic: 'enterprises' })).toEqual([2])
  })
})

test.each<[name: string, content: string, lines: number[]]>([
  ['a.csv', `\n \r\n,,,\n${header}\n${row}\n`, [5]],
  ['a.csv', `\ufeff\n${header}\n${row}\n`, [3]],
  ['a.csv', `sep=,\r\n${header}\r\n${row}\r\n`, [3]],
  ['a.csv', `"id"," enterpriseId ",type,"occurred\nAt",occurredAt\nb1,x,y,,2026-01-01\n`, [3]],
  ['a.csv', `${header},\n${row},\n${row}\n${row},more\n`, [2, 3, 4]],
  ['a.csv', `${header}\n${row},,\n,,,\n\n`, [2]],
  ['a.csv', `事件编号,统一社会信用代码,事件类型,发生时间,备注\n${row},x\n`, [2]],
  ['A.CSV', `${header}\n`, []],
  ['a.csv', '', []],
  ['a.csv', '\n\n', []],
  ['a.ndjson', `\n\n${json}\n`, [3]],
  ['a.dat', `\ufeff${json}\r\n`, [1]],
  ['a.ndjson', `garbage\n${json}\n`, [1, 2]],
  ['a.ndjson', `{"id":"cut\n${json}\n`, [1, 2]],
  ['a.ndjson', `{"id":"a","parts":[{}]}\n{"parts":[1]}\n`, [1, 2]],
  ['a.ndjson', `{"id":"a\0b"\n${json}\n`, [1, 2]],
])('%s %j is read', async (name, content, lines) => {
  expect(await read(name, content)).toEqual(lines)
})
