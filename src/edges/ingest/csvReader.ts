/** A row of CSV becomes records, the JSON of their contract, by a mapping of the profile. */
import { isUtf8 } from 'node:buffer'
import { cell, type Row } from '../../../streams/mapRow.ts'
import { inherited, type RowsMapper, rowsMapper, unsaid } from '../../../streams/mapRows.ts'
import { ForewarnError } from '../../errors.ts'
import { fieldsOf, RowJoiner } from './csv.ts'
import { type Entry, type EntryOptions, type LineReader, tooLong } from './entry.ts'
import { isBlank, type Line } from './lines.ts'

export class CsvReader implements LineReader {
  readonly #joiner = new RowJoiner()
  readonly #map: RowsMapper
  readonly #inherited: readonly string[]
  #above: Row = {}
  readonly #name: string
  readonly #leftOut: ((line: number) => void) | undefined
  #columns: readonly string[] | undefined

  constructor({ topic, mapping = topic, profile, field, leftOut, name }: EntryOptions & { name: string }) {
    const { name: profileName, files } = profile.file
    if (!Object.hasOwn(files, mapping)) {
      const says = `${name} is CSV, and profile ${profileName} does not say how its columns become ${topic} (files.${mapping}).`
      throw new ForewarnError('FW_USAGE', [says])
    }
    this.#map = rowsMapper(files[mapping], profile, field)
    this.#inherited = inherited(files[mapping])
    this.#name = name
    this.#leftOut = leftOut
  }

  take(line: Line, into: Entry[]): void {
    for (const row of this.#joiner.add(line)) this.#row(row, into)
  }

  end(into: Entry[]): void {
    for (const row of this.#joiner.end()) this.#row(row, into)
  }

  #row({ number, bytes, fault }: Line, into: Entry[]): void {
    if (fault === 'too long') into.push(tooLong(number))
    else if (this.#columns === undefined) this.#columns = columnsOf(bytes, this.#name)
    else if (!isBlank(bytes)) this.#records(number, bytes, this.#columns, into)
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

/** Other encodings would be read as other letters, so they are not read at all. */
function columnsOf(bytes: Buffer, name: string): readonly string[] {
  if (!isUtf8(bytes))
    throw new ForewarnError('FW_USAGE', [
      `${name} is not in UTF-8; convert it, for example with iconv -f GB18030 -t UTF-8.`,
    ])
  return (fieldsOf(bytes.toString('utf8')) ?? []).map((column) => column.trim())
}

function rowOf(bytes: Buffer, columns: readonly string[]): { row: Row } | { unreadable: string } {
  if (!isUtf8(bytes)) return { unreadable: 'it is not in UTF-8' }
  const fields = fieldsOf(bytes.toString('utf8'))
  if (fields === undefined) return { unreadable: 'a quote is not closed or stands in the wrong place' }
  if (fields.length !== columns.length)
    return { unreadable: `${fields.length} columns, the first line has ${columns.length}` }
  return { row: Object.fromEntries(columns.map((column, at) => [column, fields[at]])) }
}
