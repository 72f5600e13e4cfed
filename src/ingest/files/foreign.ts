/** What a file is that is no text of records: told from its beginning, before anything is written. */
import { isUtf8 } from 'node:buffer'
import { ForewarnError } from '../../errors.ts'
import { parseObject } from '../../records.ts'
import { withoutReturn } from '../lines.ts'

const unpack = 'unpack it first'
const asCsv = 'save its sheet as CSV in UTF-8'
const asText = 'write its rows as CSV or NDJSON'
const convert = (from: string): string => `convert it, for example with iconv -f ${from} -t UTF-8`
/** Bytes that tell what a file is, as Latin-1 or in hex, where they stand, and what to do with it. */
const signatures: readonly { bytes: Buffer; at?: number; is: string; remedy: string }[] = [
  { bytes: Buffer.from('504b0304', 'hex'), is: 'a ZIP archive or an Excel workbook', remedy: `${unpack}, or ${asCsv}` },
  { bytes: Buffer.from('504b0506', 'hex'), is: 'an empty ZIP archive', remedy: unpack },
  { bytes: Buffer.from('d0cf11e0', 'hex'), is: 'an old Excel workbook', remedy: asCsv },
  { bytes: Buffer.from('1f8b08', 'hex'), is: 'packed twice with gzip', remedy: 'unpack it once' },
  { bytes: Buffer.from('314159265359', 'hex'), at: 4, is: 'packed with bzip2', remedy: unpack },
  { bytes: Buffer.from('fd377a585a00', 'hex'), is: 'packed with xz', remedy: unpack },
  { bytes: Buffer.from('28b52ffd', 'hex'), is: 'packed with zstd', remedy: unpack },
  { bytes: Buffer.from('377abcaf271c', 'hex'), is: 'a 7z archive', remedy: unpack },
  { bytes: Buffer.from('526172211a07', 'hex'), is: 'a RAR archive', remedy: unpack },
  { bytes: Buffer.from('ustar'), at: 257, is: 'a tar archive', remedy: unpack },
  { bytes: Buffer.from('5041523115', 'hex'), is: 'a Parquet file', remedy: asText },
  { bytes: Buffer.from('SQLite format 3'), is: 'an SQLite database', remedy: asText },
  { bytes: Buffer.from('%PDF-'), is: 'a PDF document', remedy: 'ask for its table as CSV' },
  { bytes: Buffer.from('fffe0000', 'hex'), is: 'in UTF-32', remedy: convert('UTF-32') },
  { bytes: Buffer.from('fffe', 'hex'), is: 'in UTF-16', remedy: convert('UTF-16') },
  { bytes: Buffer.from('feff', 'hex'), is: 'in UTF-16', remedy: convert('UTF-16') },
]
const lookedAt = 1_024 // bytes in which zeros are counted: of text of another encoding a tenth and more are, of a bad line a few
const zerosShareMin = 0.05

/** @throws ForewarnError FW_USAGE when the first bytes of a file (unpacked, without a byte order mark) are those of anything but text. */
export function refuseForeign(first: Buffer, name: string): void {
  for (const { bytes, at = 0, is, remedy } of signatures)
    if (first.subarray(at, at + bytes.length).equals(bytes)) throw notRecords(name, is, remedy)
  const looked = first.subarray(0, lookedAt)
  const zeros = [0, 0]
  for (let at = looked.indexOf(0); at >= 0; at = looked.indexOf(0, at + 1)) zeros[at % 2]++
  const [even, odd] = zeros
  if (even + odd <= looked.length * zerosShareMin) return
  if (Math.min(even, odd) * 10 > Math.max(even, odd)) throw notRecords(name, 'no text', asText)
  const form = even > odd ? 'UTF-16BE' : 'UTF-16LE' // the high byte of a letter of ASCII is 0
  throw notRecords(name, `in ${form}`, convert(form))
}

/**
 * @param line The first line of a file that is not blank.
 * @throws ForewarnError FW_USAGE when it is JSON, but not one object a line, or one object around all records.
 */
export function refuseOtherJson(line: Buffer, name: string): void {
  const text = withoutReturn(line).toString('utf8').trim()
  if (text.startsWith('['))
    throw notRecords(name, 'a JSON array and not one JSON object a line', "convert it with jq -c '.[]'")
  if (!text.startsWith('{')) return
  refuseEncoding(line, name)
  const json = jsonIn(text)
  if (json !== undefined) {
    refuseWrapped(json, name)
    return
  }
  if (/\r/.test(text)) throw carriageReturns(name)
  if (text.endsWith(',') && jsonIn(text.slice(0, -1)) !== undefined)
    throw notRecords(name, 'JSON objects with commas between them', "convert it with sed 's/,$//'")
  if (/[{[,:]$/.test(text))
    throw notRecords(name, 'JSON over several lines and not one object a line', 'convert it with jq -c .')
}

/** Records have fields, and no lists of objects. */
function refuseWrapped(json: object, name: string): void {
  const [field] =
    Object.entries(json).find(([, value]) => Array.isArray(value) && value.some((one) => typeof one === 'object')) ?? []
  if (field !== undefined && !('id' in json) && !('enterpriseId' in json))
    throw notRecords(name, 'one JSON object around its records', `convert it with jq -c '.${field}[]'`)
}

/** @throws ForewarnError FW_USAGE. Other encodings would be read as other letters, so they are not read at all. */
export function refuseEncoding(line: Buffer, name: string): void {
  if (!isUtf8(line)) throw notRecords(name, 'not in UTF-8', convert('GB18030'))
}

export function carriageReturns(name: string): ForewarnError {
  return notRecords(name, 'a text whose lines end with a carriage return alone', "convert it with tr '\\r' '\\n'")
}

/** `FILE is in UTF-16: convert it ...`. */
export function notRecords(name: string, is: string, remedy: string): ForewarnError {
  return new ForewarnError('FW_USAGE', [`${name} is ${is}: ${remedy}.`])
}

/** The object that a text is. */
function jsonIn(text: string): object | undefined {
  const parsed = parseObject(Buffer.from(text), Number.POSITIVE_INFINITY)
  return 'refused' in parsed ? undefined : parsed.json
}
