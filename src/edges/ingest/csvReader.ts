/** A row of CSV becomes the JSON of its contract, by the mapping of the profile. */
import { isUtf8 } from 'node:buffer'
import { type Row, type RowMapper, rowMapper } from '../../../streams/mapRow.ts'
import { ForewarnError } from '../../errors.ts'
import { fieldsOf, RowJoiner } from './csv.ts'
import { type Entry, type EntryOptions, type LineReader, tooLong } from './entry.ts'
import { knownAtOfRow } from './knownAt.ts'
import { isBlank, type Line } from './lines.ts'

export class CsvReader implements LineReader {
  readonly #joiner = new RowJoiner()
  readonly #map: RowMapper
  readonly #name: string
  readonly #field: string | undefined
  readonly #offsetMinutes: number
  #columns: readonly string[] | undefined

  constructor({ topic, profile, field, name }: EntryOptions & { name: string }) {
    const mapping = profile.file.files[topic]
    if (mapping === undefined) {
      const says = `${name} is CSV, and profile ${profile.file.name} does not say how its columns become ${topic} (files.${topic}).`
      throw new ForewarnError('FW_USAGE', [says])
    }
    this.#map = rowMapper(mapping, profile)
    this.#name = name
    this.#field = field
    this.#offsetMinutes = profile.file.tick.utcOffsetMinutes
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
    else if (!isBlank(bytes)) into.push(this.#entry(number, bytes, this.#columns))
  }

  #entry(line: number, bytes: Buffer, columns: readonly string[]): Entry {
    const read = rowOf(bytes, columns)
    if ('unreadable' in read) {
      return {
        line,
        value: bytes,
        knownAtMs: undefined,
        fault: { refused: 'FW_RECORD_UNREADABLE', detail: read.unreadable },
      }
    }
    const knownAtMs = this.#field === undefined ? undefined : knownAtOfRow(read.row, this.#field, this.#offsetMinutes)
    return { line, value: Buffer.from(JSON.stringify(this.#map(read.row))), knownAtMs, fault: undefined }
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
