/** When a line of JSON became known: the value of one field, as an instant. A date alone is the first instant of that day, local time. */
import { type Known, unsaid, untimed } from '../../../streams/mapRows.ts'
import { readInstantMs } from '../../../streams/readText.ts'
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
  const read = instantReader(utcOffsetMinutes)
  const told = (text: string): number | undefined => (text.length > textMax ? undefined : read(text))
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

/** Lines of one day come together, so the day is read once: `2026-08-03T09:15:00.000Z` costs a tenth of what readInstantMs takes. */
function instantReader(utcOffsetMinutes: number): (text: string) => number | undefined {
  let day: { text: string; ms: number } | undefined
  return (text) => {
    const timeMs = text.length === 24 ? timeOfDayMs(text) : undefined
    if (timeMs === undefined) return readInstantMs(text.trim(), utcOffsetMinutes)
    if (day === undefined || !text.startsWith(day.text)) {
      const ms = readInstantMs(`${text.slice(0, 10)}T00:00:00.000Z`, 0)
      if (ms === undefined) return undefined
      day = { text: text.slice(0, 10), ms }
    }
    return day.ms + timeMs
  }
}

/** Milliseconds of `T09:15:00.000Z` at the end of an instant of 24 characters; undefined for any other form. */
function timeOfDayMs(text: string): number | undefined {
  for (const [at, mark] of timeMarks) if (text.charCodeAt(at) !== mark) return undefined
  const [hours, minutes, seconds, ms] = [
    digits(text, 11, 13),
    digits(text, 14, 16),
    digits(text, 17, 19),
    digits(text, 20, 23),
  ]
  const isTime = hours < 24 && minutes < 60 && seconds < 60 && ms < 1_000 // false for NaN
  return isTime ? ((hours * 60 + minutes) * 60 + seconds) * 1_000 + ms : undefined
}

const timeMarks = [...'T::.Z'].map((mark, at) => [[10, 13, 16, 19, 23][at], mark.charCodeAt(0)] as const)

function digits(text: string, from: number, to: number): number {
  let value = 0
  for (let at = from; at < to; at++) {
    const digit = text.charCodeAt(at) - 0x30
    value = digit >= 0 && digit <= 9 ? value * 10 + digit : Number.NaN
  }
  return value
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
  return Object.entries(json).find(([name]) => name === field)?.[1]
}
