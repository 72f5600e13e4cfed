/** When a line of JSON became known: the value of one field, as an instant. A date alone is the first instant of that day, local time. */
import { type Known, unsaid, untimed } from '../../../streams/mapRows.ts'
import { readInstantMs } from '../../../streams/readText.ts'
import { instantAt } from '../../enterprise/decode/instants.ts'
import { parseObject } from '../../records.ts'

const textMax = 40 // the longest instant has 29 characters
const brace = 0x7b
const quote = 0x22
const colon = 0x3a
const space = 0x20

/**
 * Reads the field out of lines of JSON. A line without nested objects that has the field once is not parsed for it: the decoder
 * will parse it anyway, and once is enough. A line that is no object says nothing.
 */
export function knownAtReader(field: string, utcOffsetMinutes: number): (line: Buffer) => Known {
  const name = Buffer.from(JSON.stringify(field))
  const told = (text: string): number | undefined => (text.length > textMax ? undefined : read(text, utcOffsetMinutes))
  return (line) => {
    const flat = flatText(line, name)
    const flatMs = flat === undefined ? undefined : told(flat)
    if (flatMs !== undefined) return { knownAtMs: flatMs, untimed: undefined }
    const parsed = parseObject(line)
    if ('refused' in parsed) return unsaid
    const value = ownField(parsed.json, field)
    const knownAtMs = typeof value === 'string' ? told(value) : undefined
    return { knownAtMs, untimed: knownAtMs === undefined ? untimed(field, value) : undefined }
  }
}

/** The usual forms by hand, at a tenth of what the others take. */
function read(text: string, utcOffsetMinutes: number): number | undefined {
  const bytes = Buffer.from(text)
  return instantAt(bytes, 0, bytes.length) ?? readInstantMs(text.trim(), utcOffsetMinutes)
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

/** Undefined for a field that the object does not have of its own. */
export function ownField(json: object, field: string): unknown {
  return Object.getOwnPropertyDescriptor(json, field)?.value
}
