/**
 * Entries: what the lines of a file have to say, before anyone judges it. A row of CSV is made the JSON of its contract by the
 * profile; a line that is no record keeps its own bytes, so that the fold makes a dead letter of it.
 */
import { stat } from 'node:fs/promises'
import { ForewarnError } from '../../errors.ts'
import { fileFault } from '../../fileFaults.ts'
import { isBlank, type Line, linesOf, readChunks } from '../lines.ts'
import { isHeader } from './csvHeader.ts'
import { CsvReader } from './csvReader.ts'
import { type Entry, type EntryOptions, type LineReader, type NamedOptions, neededOf } from './entry.ts'
import { notRecords, refuseForeign, refuseOtherJson } from './foreign.ts'
import { knownAtReader } from './knownAt.ts'
import { NdjsonReader } from './ndjsonReader.ts'

/**
 * A look at the beginning of a file, before anything is written. What can be read once only is looked at as it comes.
 *
 * @throws ForewarnError FW_USAGE when it cannot be read, or is none of records.
 */
export async function checkBeginning(file: string, options: EntryOptions): Promise<void> {
  if ((await stat(file).catch(() => undefined))?.isFile() === false) return
  const reading = entriesOfFile(file, options)
  await reading.next()
  await reading.return(undefined)
}

/** The entries of a file, batch by batch. @throws ForewarnError FW_USAGE when the file cannot be read, or is CSV that the profile does not map. */
export async function* entriesOfFile(file: string, options: EntryOptions): AsyncGenerator<Entry[]> {
  try {
    yield* entriesOf(readChunks(file), { ...options, name: file })
  } catch (error) {
    if (error instanceof ForewarnError) throw error
    throw new ForewarnError('FW_USAGE', [`${file} cannot be read: ${fileFault(error)}.`], { cause: error })
  }
}

/** @throws ForewarnError FW_USAGE when the text is none of records, before any entry is given. */
export async function* entriesOf(chunks: AsyncIterable<Buffer>, options: NamedOptions): AsyncGenerator<Entry[]> {
  let reader: LineReader | undefined
  for await (const lines of linesOf(ofText(chunks, options))) {
    reader ??= readerFor(lines, options)
    if (reader === undefined) continue // blank lines, so far
    const entries: Entry[] = []
    for (const line of lines) reader.take(line, entries)
    if (entries.length > 0) yield entries
  }
  const rest: Entry[] = []
  reader?.end(rest)
  if (rest.length > 0) yield rest
}

async function* ofText(chunks: AsyncIterable<Buffer>, { name, heard }: NamedOptions): AsyncGenerator<Buffer> {
  let isFirst = true
  for await (const chunk of chunks) {
    if (isFirst) refuseForeign(chunk, name)
    isFirst = false
    heard?.(chunk)
    yield chunk
  }
}

/**
 * The format is told by the name's ending, else by the first character: `{` begins a line of JSON. Undefined while lines are blank.
 * @throws ForewarnError FW_USAGE when the first line is of another format than the name says.
 */
function readerFor(lines: readonly Line[], options: NamedOptions): LineReader | undefined {
  const { name, field, profile } = options
  const first = lines.find(({ bytes, fault }) => fault !== undefined || !isBlank(bytes))
  if (first === undefined) return undefined
  const begins = first.bytes.toString('utf8', 0, 64).trimStart()[0]
  const plain = name.toLowerCase().replace(/\.gz$/, '')
  const isNamedJson = /\.(ndjson|jsonl|json)$/.test(plain)
  if (plain.endsWith('.csv') || !(isNamedJson || begins === '{' || begins === '[')) return new CsvReader(options)
  refuseOtherJson(first.bytes, name)
  if (begins !== '{' && isHeader(first.bytes, neededOf(options) ?? []))
    throw notRecords(name, 'CSV under the name of JSON', 'name it .csv')
  return field === undefined
    ? new NdjsonReader()
    : new NdjsonReader(knownAtReader(field, profile.file.tick.utcOffsetMinutes))
}
