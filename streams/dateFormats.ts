/**
 * Forms of dates and times as a profile declares them (`d/M/yyyy HH:mm`). Without a declaration a date has its year first, so that
 * nobody has to guess which number is the month.
 */
import { z } from 'zod'
import { type DateParts, instantOf, readInstantMs } from './readText.ts'

/** Letters of a form, by what stands there in a text. `d` takes one digit or two, `dd` two. */
const tokens = {
  yyyy: { part: 'year', form: '\\d{4}' },
  MM: { part: 'month', form: '\\d{2}' },
  M: { part: 'month', form: '\\d{1,2}' },
  dd: { part: 'day', form: '\\d{2}' },
  d: { part: 'day', form: '\\d{1,2}' },
  HH: { part: 'hour', form: '\\d{2}' },
  H: { part: 'hour', form: '\\d{1,2}' },
  hh: { part: 'hour12', form: '\\d{2}' },
  h: { part: 'hour12', form: '\\d{1,2}' },
  a: { part: 'half', form: '[AaPp][Mm]' },
  mm: { part: 'minute', form: '\\d{2}' },
  ss: { part: 'second', form: '\\d{2}' },
  SSS: { part: 'ms', form: '\\d{3}' },
  XXX: { part: 'zone', form: 'Z|[+-]\\d{2}:?\\d{2}' },
} as const
const pieces = new RegExp(`${Object.keys(tokens).join('|')}|[\\s\\S]`, 'g')

/** Names of forms that are no pattern: the usual one, and numbers counted from 1970. */
const named: Readonly<Record<string, (text: string, utcOffsetMinutes: number) => number | undefined>> = {
  iso: readInstantMs,
  epochSeconds: (text) => (/^\d{1,11}(\.\d+)?$/.test(text) ? Math.round(Number(text) * 1_000) : undefined),
  epochMilliseconds: (text) => (/^\d{1,14}$/.test(text) ? Number(text) : undefined),
}

const wanted = `iso, epochSeconds, epochMilliseconds, or a form such as d/M/yyyy HH:mm, of ${Object.keys(tokens).join(', ')}`

export const DateFormats = z
  .array(
    z.string().refine((format) => Object.hasOwn(named, format) || patternOf(format) !== undefined, `must be ${wanted}`),
  )
  .min(1)
export type DateFormats = z.infer<typeof DateFormats>

export type InstantReader = (text: string) => number | undefined

/**
 * Reads a text in any of the forms: milliseconds since 1970, local at the given offset where the text names no zone. Undefined for
 * what has none of the forms, is no date, or is read differently by two of them.
 */
export function instantReader(formats: DateFormats | undefined, utcOffsetMinutes: number): InstantReader {
  if (formats === undefined) return (text) => readInstantMs(text, utcOffsetMinutes)
  const readers = formats.map((format): InstantReader => {
    if (Object.hasOwn(named, format)) return (text) => named[format](text, utcOffsetMinutes)
    const pattern = patternOf(format)
    return (text) => patternMs(pattern?.exec(text)?.groups, utcOffsetMinutes)
  })
  return (text) => {
    const found = new Set(readers.map((read) => read(text)).filter((ms) => ms !== undefined))
    return found.size === 1 ? [...found][0] : undefined
  }
}

/** The regular expression of a form; undefined when it is none: a letter without a meaning, a part twice, or no whole date. */
function patternOf(format: string): RegExp | undefined {
  const parts: string[] = []
  let source = ''
  for (const [piece] of format.matchAll(pieces)) {
    const token = Object.entries(tokens).find(([letters]) => letters === piece)?.[1]
    if (token !== undefined) parts.push(token.part)
    else if (/[A-SU-Za-z]/.test(piece)) return undefined // T stands for itself
    source += token === undefined ? RegExp.escape(piece) : `(?<${token.part}>${token.form})`
  }
  const has = (part: string): boolean => parts.includes(part)
  const isWhole = has('year') && has('month') && has('day') && new Set(parts).size === parts.length
  const isClock =
    has('hour12') === has('half') && !(has('hour') && has('hour12')) && (has('hour') || has('hour12') || !has('minute'))
  return isWhole && isClock ? new RegExp(`^${source}$`) : undefined
}

function patternMs(groups: Readonly<Record<string, string>> | undefined, utcOffsetMinutes: number): number | undefined {
  if (groups === undefined) return undefined
  const number = (part: string): number => Number(groups[part] ?? 0)
  const hour12 = number('hour12')
  if (groups.half !== undefined && (hour12 < 1 || hour12 > 12)) return undefined
  const parts: DateParts = {
    year: number('year'),
    month: number('month'),
    day: number('day'),
    hour: groups.half === undefined ? number('hour') : (hour12 % 12) + (/^p/i.test(groups.half) ? 12 : 0),
    minute: number('minute'),
    second: number('second'),
    ms: number('ms'),
  }
  return instantOf(parts, groups.zone, utcOffsetMinutes)
}
