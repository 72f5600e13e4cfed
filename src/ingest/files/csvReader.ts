/** A row of CSV becomes records, the JSON of their contract, by a mapping of the profile. */
import { isUtf8 } from 'node:buffer'
import { cell, type Row } from '../../../streams/mapRow.ts'
import { inherited, type RowsMapper, rowsMapper, unsaid } from '../../../streams/mapRows.ts'
import { ForewarnError } from '../../errors.ts'
import type { Line } from '../lines.ts'
import { fieldsOf, RowJoiner } from './csv.ts'
import { columnsOf, type HeaderOptions } from './csvHeader.ts'
import { type Entry, type LineReader, type NamedOptions, neededOf, tooLong } from './entry.ts'
import { notRecords } from './foreign.ts'

const comma = 0x2c

export class CsvReader implements LineReader {
  readonly #joiner = new RowJoiner()
  readonly #map: RowsMapper
  readonly #inherited: readonly string[]
  #above: Row = {}
  readonly #header: HeaderOptions
  readonly #leftOut: ((line: number) => void) | undefined
  #columns: readonly string[] | undefined

  constructor(options: NamedOptions) {
    const { topic, mapping = topic, profile, field, leftOut, name } = options
    const { name: profileName, files } = profile.file
    const needed = neededOf(options)
    if (needed === undefined) {
      const says = `${name} is CSV, and profile ${profileName} does not say how its columns become ${topic} (files.${mapping}).`
      throw new ForewarnError('FW_USAGE', [says])
    }
    this.#header = { name, mapping, needed }
    this.#map = rowsMapper(files[mapping], profile, field)
    this.#inherited = inherited(files[mapping])
    this.#leftOut = leftOut
  }

  take(line: Line, into: Entry[]): void {
    for (const row of this.#joiner.add(line)) this.#row(row, into)
  }

  end(into: Entry[]): void {
    for (const row of this.#joiner.end()) this.#row(row, into)
  }

  #row(row: Line, into: Entry[]): void {
    const { number, bytes, fault } = row
    if (this.#columns === undefined) this.#columns = this.#columnsIn(row)
    else if (fault === 'too long') into.push(tooLong(number))
    else if (!isEmptyRow(bytes)) this.#records(number, bytes, this.#columns, into)
  }

  /** Undefined for a line before the first one that says something. */
  #columnsIn({ bytes, fault }: Line): readonly string[] | undefined {
    const { name } = this.#header
    if (fault === 'too long') throw notRecords(name, 'a text without an end of its first line', 'name it by what it is')
    return isEmptyRow(bytes) || separatorLine.test(bytes.toString('latin1', 0, 8))
      ? undefined
      : columnsOf(bytes, this.#header)
  }

  #records(line: number, bytes: Buffer, columns: readonly string[], into: Entry[]): void {
    const read = rowOf(bytes, columns)
    const mapped = 'unreadable' in read ? read : this.#map(read.row, this.#above)
    this.#above = 'unreadable' in read ? {} : this.#belowOf(read.row)
    if ('unreadable' in mapped) {
      const fault = { refused: 'FW_RECORD_UNREADABLE', detail: mapped.unreadable } as const
      into.push({ line, position: 0, value: bytes, ...unsaid, fault })
      return
    }
    for (const [position, { record, ...known }] of mapped.records.entries())
      into.push({ line, position, value: Buffer.from(JSON.stringify(record)), ...known, fault: undefined })
    if (mapped.records.length === 0) this.#leftOut?.(line)
  }

  /** What a blank of the next row may take. */
  #belowOf(row: Row): Row {
    if (this.#inherited.length === 0) return this.#above
    return Object.fromEntries(this.#inherited.map((column) => [column, cell(row, column) || cell(this.#above, column)]))
  }
}

const separatorLine = /^sep=,\r?$/i // tells a spreadsheet of the comma

/** Spreadsheets write rows without anything as commas. */
function isEmptyRow(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === comma || byte === 0x20 || byte === 0x09 || byte === 0x0d || byte === 0x0a)
}

function rowOf(bytes: Buffer, columns: readonly string[]): { row: Row } | { unreadable: string } {
  if (!isUtf8(bytes)) return { unreadable: 'it is not in UTF-8' }
  const fields = fieldsOf(bytes.toString('utf8'))
  if (fields === undefined) return { unreadable: 'a quote is not closed or stands in the wrong place' }
  while (fields.length > columns.length && fields.at(-1)?.trim() === '') fields.pop()
  while (columns[fields.length] === '') fields.push('')
  if (fields.length !== columns.length)
    return { unreadable: `${fields.length} columns, the first line has ${columns.length}` }
  return { row: Object.fromEntries(columns.map((column, at) => [column, fields[at]])) }
}
