/**
 * Applies the mapping of one record to one line of CSV. A mapper never throws: what it cannot read stays as the text that it is, so
 * that the contract refuses the record by the name of the field, and the line becomes a dead letter like any other.
 */
import { placePrefix } from './contracts.ts'
import { type DateFormats, type InstantReader, instantReader } from './dateFormats.ts'
import type { FieldMapping, FieldRule, RecordMapping } from './mapping.ts'
import type { Profile } from './profile.ts'
import { hoursLater, readNumber } from './readText.ts'
import { type CodeTree, unknownIndex } from './tree.ts'

export type Row = Readonly<Record<string, string>>
export type RowMapper = (row: Row) => Record<string, unknown>

type Value = string | number | undefined
type Rule = Exclude<FieldRule, string | { constant: string | number }>
type Reader = (row: Row) => Value
/** What rules are read with. */
type Setting = { profile: Profile; formats: DateFormats | undefined }

/**
 * The mapper of one record: a row by column name in, a record that JSON can carry out (fields without a value are left out).
 *
 *     rowMapper({ fields: { id: 'no', amount: { from: 'fine', as: 'number' } } }, profile)({ no: '7', fine: '120.50' })
 *     // { id: '7', amount: 120.5 }
 */
export function rowMapper(
  mapping: Pick<RecordMapping, 'fields' | 'attributes' | 'formats'>,
  profile: Profile,
): RowMapper {
  const setting: Setting = { profile, formats: mapping.formats }
  const fields = Object.entries(mapping.fields).map(([name, how]) => ({ name, read: reader(how, setting) }))
  const attributes = Object.entries(mapping.attributes).map(([name, how]) => ({
    name,
    read: attributeReader(how, setting, profile.file.factColumns.includes(name)),
  }))
  return (row) => {
    const record = filled(fields, row)
    const kept = filled(attributes, row)
    return Object.keys(kept).length === 0 ? record : { ...record, attributes: kept }
  }
}

function filled(readers: readonly { name: string; read: Reader }[], row: Row): Record<string, unknown> {
  const values = readers.map(({ name, read }) => [name, read(row)] as const)
  return Object.fromEntries(values.filter(([, value]) => value !== undefined))
}

/** The trimmed text of a column; '' where the row does not have it. */
export function cell(row: Row, column: string): string {
  return Object.hasOwn(row, column) ? row[column].trim() : ''
}

function attributeReader(how: FieldMapping, setting: Setting, isNumber: boolean): Reader {
  const read = reader(how, setting)
  if (!isNumber) return read
  return (row) => {
    const found = read(row)
    return typeof found === 'string' ? (readNumber(found) ?? found) : found
  }
}

function reader(how: FieldMapping, setting: Setting): Reader {
  if (!Array.isArray(how)) return ruleReader(how, setting)
  const reads = how.map((rule) => ruleReader(rule, setting))
  return (row) => {
    for (const read of reads) {
      const found = read(row)
      if (found !== undefined) return found
    }
    return undefined
  }
}

function ruleReader(how: FieldRule, { profile, formats }: Setting): Reader {
  if (typeof how === 'string') return (row) => cell(row, how) || undefined
  if ('constant' in how) return () => how.constant
  const text = textReader(how)
  const tree = how.trimTo === undefined ? undefined : profile[how.trimTo]
  const instant = instantReader(how.formats ?? formats, profile.file.tick.utcOffsetMinutes)
  return (row) => {
    const found = text(row)
    return typed(found === undefined ? how.otherwise : classified(found, how, tree), how, instant)
  }
}

/** The first column that is not blank, after what the rule does to its text. */
function textReader(how: Rule): (row: Row) => string | undefined {
  const columns = typeof how.from === 'string' ? [how.from] : how.from
  const shapes = columns.map((column) => ({ column, shape: shaper(how, column) }))
  return (row) => {
    for (const { column, shape } of shapes) {
      const text = shape(cell(row, column))
      if (text !== '') return text
    }
    return undefined
  }
}

function shaper(how: Rule, column: string): (text: string) => string {
  const { fullWidth, normalise, upperCase, maxLength } = how
  const normalises = typeof normalise === 'boolean' ? normalise : normalise.onlyFrom.includes(column)
  const prefix = how.prefix?.onlyFrom?.includes(column) === false ? '' : (how.prefix?.text ?? '')
  return (text) => {
    const ascii = fullWidth ? asciiOf(text) : text
    const plain = normalises ? normalised(ascii) : ascii
    if (plain === '') return ''
    const whole = prefix + (upperCase ? upper(plain) : plain)
    return maxLength === undefined ? whole : whole.slice(0, maxLength).trimEnd()
  }
}

/** `４４０１０６` becomes `440106`; what has no counterpart in ASCII stays. */
function asciiOf(text: string): string {
  return text.replace(/[\uff01-\uff5e]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0)).trim()
}

/** `Café Zoë, Inc.` becomes `cafe zoe inc`. */
function normalised(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .trim()
}

function upper(text: string): string {
  if (!text.startsWith(placePrefix)) return text.toUpperCase()
  return placePrefix + text.slice(placePrefix.length).toUpperCase()
}

function classified(text: string, how: Rule, tree: CodeTree | undefined): Value {
  const { map, steps, aliases, otherwise } = how
  const mapped: Value = map === undefined ? text : Object.hasOwn(map, text) ? map[text] : (otherwise ?? text)
  if (typeof mapped !== 'string') return mapped
  if (steps !== undefined) {
    const number = readNumber(mapped)
    return (number === undefined ? undefined : steps.findLast((step) => step.from <= number)?.value) ?? otherwise
  }
  return tree === undefined ? mapped : (trimmedTo(mapped, tree, aliases ?? {}) ?? otherwise)
}

function trimmedTo(code: string, tree: CodeTree, aliases: Readonly<Record<string, string>>): string | undefined {
  for (let length = code.length; length > 0; length--) {
    const shorter = code.slice(0, length)
    const known = Object.hasOwn(aliases, shorter) ? aliases[shorter] : shorter
    const index = tree.read(known)
    if (index !== unknownIndex) return tree.nodes[index].code
  }
  return undefined
}

function typed(value: Value, how: Rule, instant: InstantReader): Value {
  if (typeof value !== 'string' || how.as === 'text') return value
  if (how.as === 'number') return readNumber(value) ?? value
  const ms = instant(value)
  return ms === undefined ? value : new Date(hoursLater(ms, how.addHours ?? 0)).toISOString()
}
