/** When a line became known: the value of one field, as an instant. A date alone is the first instant of that day, local time. */
import type { Row } from '../../../streams/mapRow.ts'
import { readInstantMs } from '../../../streams/readText.ts'
import { parseObject } from '../../records.ts'

const textMax = 40 // the longest instant has 29 characters
const brace = 0x7b
const quote = 0x22
const colon = 0x3a
const space = 0x20

export function knownAtOfRow(row: Row, field: string, utcOffsetMinutes: number): number | undefined {
  return Object.hasOwn(row, field) ? readInstantMs(row[field].trim(), utcOffsetMinutes) : undefined
}

/**
 * Reads the field out of lines of JSON. A line without nested objects that has the field once is not parsed for it: the decoder
 * will parse it anyway, and once is enough.
 */
export function knownAtReader(field: string, utcOffsetMinutes: number): (line: Buffer) => number | undefined {
  const name = Buffer.from(JSON.stringify(field))
  let last: { text: string; ms: number | undefined } | undefined
  return (line) => {
    const text = flatText(line, name) ?? parsedText(line, field)
    if (text === undefined || text.length > textMax) return undefined
    if (text !== last?.text) last = { text, ms: readInstantMs(text.trim(), utcOffsetMinutes) } // lines of one instant come together
    return last.ms
  }
}

/** The text of a field of a flat object; undefined when only a parser can tell. */
export function flatText(line: Buffer, name: Buffer): string | undefined {
  const at = line.indexOf(name)
  if (at < 0 || line.indexOf(name, at + name.length) >= 0 || line.indexOf(brace, 1) >= 0) return undefined
  let from = at + name.length
  while (line[from] === space) from++
  if (line[from++] !== colon) return undefined
  while (line[from] === space) from++
  if (line[from++] !== quote) return undefined
  const end = line.indexOf(quote, from)
  if (end < 0) return undefined
  const text = line.toString('utf8', from, end)
  return text.includes('\\') ? undefined : text
}

function parsedText(line: Buffer, field: string): string | undefined {
  const parsed = parseObject(line)
  if ('refused' in parsed || !Object.hasOwn(parsed.json, field)) return undefined
  const value: unknown = Object.entries(parsed.json).find(([name]) => name === field)?.[1]
  return typeof value === 'string' ? value : undefined
}
