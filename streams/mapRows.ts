/** Applies the mapping of a whole file to one line of CSV: which of its records the line gives, and when each became known. */
import { type DateFormats, instantReader } from './dateFormats.ts'
import { type Condition, type FileMapping, KnownAt, recordMappings } from './mapping.ts'
import { cell, type Row, rowMapper } from './mapRow.ts'
import type { Profile } from './profile.ts'
import { hoursLater, readNumber } from './readText.ts'

/**
 * When a record became known: `knownAtMs` in milliseconds since 1970, or `untimed`, why what should say it does not. Neither where
 * nothing is to say it.
 */
export type Known = { knownAtMs: number | undefined; untimed: string | undefined }
export type MappedRecord = { record: Record<string, unknown> } & Known
/** A row of which a condition cannot be told gives nothing at all: half of it would mean something else. */
export type MappedRow = { records: MappedRecord[] } | { unreadable: string }
/** `above`: what stands above the row in the columns that `inherited` names. */
export type RowsMapper = (row: Row, above?: Row) => MappedRow

const textMax = 40 // enough to find the place
export const unsaid: Known = { knownAtMs: undefined, untimed: undefined }

/**
 * A row by column name in, the records that it gives out, in the order in which the mapping lists them.
 *
 * @param knownAtField The column that says when a record became known, for mappings that do not say it themselves.
 */
export function rowsMapper(mapping: FileMapping, profile: Profile, knownAtField?: string): RowsMapper {
  const mappers = recordMappings(mapping).map(({ when, knownAt, ...one }) => ({
    conditions: Object.entries(when),
    map: rowMapper(one, profile),
    known: knownReader(knownAt ?? (knownAtField === undefined ? undefined : KnownAt.parse({ from: knownAtField })), {
      formats: one.formats,
      utcOffsetMinutes: profile.file.tick.utcOffsetMinutes,
    }),
  }))
  return (row, above = {}) => {
    const records: MappedRecord[] = []
    for (const { conditions, map, known } of mappers) {
      const verdict = judged(conditions, row)
      if (typeof verdict === 'string') return { unreadable: verdict }
      if (verdict) records.push({ record: map(row), ...known(row, above) })
    }
    return { records }
  }
}

/** Columns of which a blank takes what stands above it. */
export function inherited(mapping: FileMapping): string[] {
  const columns = recordMappings(mapping).flatMap(({ knownAt }) =>
    knownAt?.blank === 'previous' ? [knownAt.from] : [],
  )
  return [...new Set(columns)]
}

type Zone = { formats: DateFormats | undefined; utcOffsetMinutes: number }

function knownReader(how: KnownAt | undefined, { formats, utcOffsetMinutes }: Zone): (row: Row, above: Row) => Known {
  if (how === undefined) return () => unsaid
  const { from, addHours, blank } = how
  const read = instantReader(how.formats ?? formats, utcOffsetMinutes)
  return (row, above) => {
    const text = cell(row, from) || (blank === 'previous' ? cell(above, from) : '')
    const ms = read(text)
    return ms === undefined
      ? { knownAtMs: undefined, untimed: untimed(from, text) }
      : { knownAtMs: hoursLater(ms, addHours), untimed: undefined }
  }
}

/** `published: "2026/13/5" is no time that can be read`. */
export function untimed(field: string, value: unknown): string {
  if (value === undefined) return `${field} is missing`
  if (typeof value === 'string' && value.trim() === '') return `${field} is blank`
  return `${field}: ${JSON.stringify(value).slice(0, textMax)} is no time that can be read`
}

/** Whether all conditions hold; a text when that cannot be told. */
function judged(conditions: readonly (readonly [column: string, Condition])[], row: Row): boolean | string {
  for (const [column, condition] of conditions) {
    const text = cell(row, column)
    const { atLeast, atMost, oneOf, blank } = condition
    if (blank !== undefined && blank !== (text === '')) return false
    if (oneOf !== undefined && !oneOf.includes(text)) return false
    if (atLeast === undefined && atMost === undefined) continue
    if (text === '') return false
    const number = readNumber(text)
    if (number === undefined) return `${column}: ${JSON.stringify(text.slice(0, textMax))} is no number`
    if (number < (atLeast ?? number) || number > (atMost ?? number)) return false
  }
  return true
}
