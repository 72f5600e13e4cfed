/**
 * Entries: what the lines of a file have to say, before anyone judges it. A row of CSV is made the JSON of its contract by the
 * profile; a line that is no record keeps its own bytes, so that the fold makes a dead letter of it.
 */

import { type RowMapper, rowMapper } from '../../../streams/mapRow.ts'
import type { Profile } from '../../../streams/profile.ts'
import type { RecordTopic } from '../../../streams/topics.ts'
import { ForewarnError, messageOf } from '../../errors.ts'
import { recordBytesMax } from '../../limits.ts'
import type { Refusal } from '../../records.ts'
import { fieldsOf, RowJoiner } from './csv.ts'
import { knownAtOfRow, knownAtReader } from './knownAt.ts'
import { isBlank, type Line, linesOf, readChunks, withoutReturn } from './lines.ts'

export type Entry = {
  line: number
  value: Buffer
  /** Milliseconds since 1970, where the line says it readably (imports). */
  knownAtMs: number | undefined
  /** Why the line is no record, when that is clear already. */
  fault: Refusal | undefined
}

/** `field`: the field or column that says when a line became known; undefined for live records. */
export type EntryOptions = { topic: RecordTopic; profile: Profile; field: string | undefined }

/** The entries of a file, batch by batch. @throws ForewarnError FW_USAGE when the file cannot be read, or is CSV that the profile does not map. */
export async function* entriesOfFile(file: string, options: EntryOptions): AsyncGenerator<Entry[]> {
  try {
    yield* entriesOf(readChunks(file), { ...options, name: file })
  } catch (error) {
    if (error instanceof ForewarnError) throw error
    throw new ForewarnError('FW_USAGE', [`${file} cannot be read: ${messageOf(error)}.`], { cause: error })
  }
}

/** The format is told by the name's ending, else by the first character: `{` begins a line of JSON. */
export async function* entriesOf(
  chunks: AsyncIterable<Buffer>,
  options: EntryOptions & { name: string },
): AsyncGenerator<Entry[]> {
  let reader: Reader | undefined
  for await (const lines of linesOf(chunks)) {
    reader ??= isCsv(options.name, lines) ? new CsvReader(options) : ndjsonReader(options)
    const entries: Entry[] = []
    for (const line of lines) reader.take(line, entries)
    if (entries.length > 0) yield entries
  }
  const rest: Entry[] = []
  reader?.end(rest)
  if (rest.length > 0) yield rest
}

function isCsv(name: string, lines: readonly Line[]): boolean {
  const plain = name.toLowerCase().replace(/\.gz$/, '')
  if (plain.endsWith('.csv')) return true
  if (/\.(ndjson|jsonl|json)$/.test(plain)) return false
  const first = lines.find(({ bytes }) => !isBlank(bytes))
  return first !== undefined && first.bytes.toString('utf8', 0, 64).trimStart()[0] !== '{'
}

function ndjsonReader({ field, profile }: EntryOptions): Reader {
  return field === undefined
    ? new NdjsonReader()
    : new NdjsonReader(knownAtReader(field, profile.file.tick.utcOffsetMinutes))
}

interface Reader {
  take(line: Line, into: Entry[]): void
  end(into: Entry[]): void
}

const tooLong = (line: number): Entry => ({
  line,
  value: Buffer.alloc(0),
  knownAtMs: undefined,
  fault: { refused: 'FW_RECORD_TOO_LARGE', detail: String(recordBytesMax) },
})

export class NdjsonReader implements Reader {
  readonly #knownAt: (line: Buffer) => number | undefined

  /** Without a reader of times, entries have none. */
  constructor(knownAt: (line: Buffer) => number | undefined = () => undefined) {
    this.#knownAt = knownAt
  }

  take({ number, bytes, fault }: Line, into: Entry[]): void {
    if (fault !== undefined) into.push(tooLong(number))
    else if (!isBlank(bytes)) {
      const value = withoutReturn(bytes)
      into.push({ line: number, value, knownAtMs: this.#knownAt(value), fault: undefined })
    }
  }

  end(): void {}
}

class CsvReader implements Reader {
  readonly #joiner = new RowJoiner()
  readonly #map: RowMapper
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
    if (fault === 'too long') return void into.push(tooLong(number))
    if (isBlank(bytes)) return
    const fields = fault === undefined ? fieldsOf(bytes.toString('utf8')) : undefined
    if (this.#columns === undefined) {
      this.#columns = (fields ?? []).map((column) => column.trim())
      return
    }
    const misfit =
      fields === undefined ? 'a quote is not closed or stands in the wrong place' : misfitOf(fields, this.#columns)
    if (fields === undefined || misfit !== undefined) {
      into.push({
        line: number,
        value: bytes,
        knownAtMs: undefined,
        fault: { refused: 'FW_RECORD_UNREADABLE', detail: misfit ?? '' },
      })
      return
    }
    const row = Object.fromEntries(this.#columns.map((column, at) => [column, fields[at]]))
    const knownAtMs = this.#field === undefined ? undefined : knownAtOfRow(row, this.#field, this.#offsetMinutes)
    into.push({ line: number, value: Buffer.from(JSON.stringify(this.#map(row))), knownAtMs, fault: undefined })
  }
}

function misfitOf(fields: readonly string[], columns: readonly string[]): string | undefined {
  if (fields.length === columns.length) return undefined
  return `${fields.length} columns, the first line has ${columns.length}`
}
