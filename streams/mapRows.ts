/** Applies the mapping of a whole file to one line of CSV: which of its records the line gives, and when each became known. */
import { type Condition, type FileMapping, recordMappings } from './mapping.ts'
import { cell, type Row, rowMapper } from './mapRow.ts'
import type { Profile } from './profile.ts'
import { hoursLater, readInstantMs, readNumber } from './readText.ts'

/** `knownAtMs`: milliseconds since 1970; undefined where the mapping does not say it, or the column cannot be read. */
export type MappedRecord = { record: Record<string, unknown>; knownAtMs: number | undefined }
/** A row of which a condition cannot be told gives nothing at all: half of it would mean something else. */
export type MappedRow = { records: MappedRecord[] } | { unreadable: string }
export type RowsMapper = (row: Row) => MappedRow

const textMax = 40 // enough to find the place

/**
 * A row by column name in, the records that it gives out, in the order in which the mapping lists them.
 *
 * @param knownAtField The column that says when a record became known, for mappings that do not say it themselves.
 */
export function rowsMapper(mapping: FileMapping, profile: Profile, knownAtField?: string): RowsMapper {
  const { utcOffsetMinutes } = profile.file.tick
  const mappers = recordMappings(mapping).map(({ when, knownAt, ...one }) => ({
    conditions: Object.entries(when),
    map: rowMapper(one, profile),
    knownAt: knownAt ?? (knownAtField === undefined ? undefined : { from: knownAtField, addHours: 0 }),
  }))
  return (row) => {
    const records: MappedRecord[] = []
    for (const { conditions, map, knownAt } of mappers) {
      const verdict = judged(conditions, row)
      if (typeof verdict === 'string') return { unreadable: verdict }
      if (verdict) records.push({ record: map(row), knownAtMs: knownMs(row, knownAt, utcOffsetMinutes) })
    }
    return { records }
  }
}

function knownMs(
  row: Row,
  knownAt: { from: string; addHours: number } | undefined,
  utcOffsetMinutes: number,
): number | undefined {
  if (knownAt === undefined) return undefined
  const ms = readInstantMs(cell(row, knownAt.from), utcOffsetMinutes)
  return ms === undefined ? undefined : hoursLater(ms, knownAt.addHours)
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
