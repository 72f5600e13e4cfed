/**
 * Entries: what the lines of a file have to say, before anyone judges it. A row of CSV is made the JSON of its contract by the
 * profile; a line that is no record keeps its own bytes, so that the fold makes a dead letter of it.
 */

import { ForewarnError, messageOf } from '../../errors.ts'
import { CsvReader } from './csvReader.ts'
import type { Entry, EntryOptions, LineReader } from './entry.ts'
import { knownAtReader } from './knownAt.ts'
import { isBlank, type Line, linesOf, readChunks } from './lines.ts'
import { NdjsonReader } from './ndjsonReader.ts'

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
  let reader: LineReader | undefined
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

function ndjsonReader({ field, profile }: EntryOptions): LineReader {
  return field === undefined
    ? new NdjsonReader()
    : new NdjsonReader(knownAtReader(field, profile.file.tick.utcOffsetMinutes))
}
