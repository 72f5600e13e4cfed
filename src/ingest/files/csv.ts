/**
 * CSV by RFC 4180, over numbered lines: a line break inside quotes belongs to the field. A quote that is never closed spoils its
 * own line only: after `quotedBytesMax` the line where it stands is told as a fault, and reading goes on with the next one.
 */
import { recordParseBytesMax } from '../../limits.ts'
import { type Line, withoutReturn } from '../lines.ts'

const quote = 0x22
const quotedBytesMax = recordParseBytesMax

/** Lines -> rows as they stand in the file, each with the number of its first line. */
export class RowJoiner {
  #open: Line[] = []
  #openBytes = 0

  /** Takes one more line, and gives the rows that are whole by now. */
  add(line: Line): Line[] {
    if (this.#open.length === 0 && isWhole(line)) return [rowOf([line])]
    this.#open.push(line)
    this.#openBytes += line.bytes.length + 1
    if (this.#open.length > 1 && !isWhole(line) && line.fault === undefined) return [rowOf(this.#takeOpen())]
    return line.fault !== undefined || this.#openBytes > quotedBytesMax ? this.#giveUp() : []
  }

  /** The end of the file. */
  end(): Line[] {
    const rows: Line[] = []
    while (this.#open.length > 0) rows.push(...this.#giveUp())
    return rows
  }

  #takeOpen(): Line[] {
    const lines = this.#open
    this.#open = []
    this.#openBytes = 0
    return lines
  }

  /** The first line is no row; the others are read again without it. */
  #giveUp(): Line[] {
    const [first, ...others] = this.#takeOpen()
    const spoilt: Line =
      first.fault === undefined ? { ...first, bytes: withoutReturn(first.bytes), fault: 'open quote' } : first
    return [spoilt, ...others.flatMap((line) => this.add(line))]
  }
}

function isWhole({ bytes, fault }: Line): boolean {
  if (fault !== undefined) return true
  let quotes = 0
  for (let at = bytes.indexOf(quote); at >= 0; at = bytes.indexOf(quote, at + 1)) quotes++
  return quotes % 2 === 0
}

function rowOf(lines: readonly Line[]): Line {
  const [first] = lines
  if (first.fault !== undefined) return first
  if (lines.length === 1) return { number: first.number, bytes: withoutReturn(first.bytes) }
  const parts = lines.flatMap(({ bytes }, at) => (at === 0 ? [bytes] : [Buffer.from('\n'), bytes]))
  return { number: first.number, bytes: withoutReturn(Buffer.concat(parts)) }
}

/** The fields of one row; undefined when a quote stands where none may be. */
export function fieldsOf(row: string): string[] | undefined {
  if (!row.includes('"')) return row.split(',')
  const fields: string[] = []
  let at = 0
  for (;;) {
    const field = row[at] === '"' ? quoted(row, at) : unquoted(row, at)
    if (field === undefined) return undefined
    fields.push(field.text)
    if (field.end === row.length) return fields
    at = field.end + 1
  }
}

type Field = { text: string /** Where its comma stands, or the end of the row. */; end: number }

function unquoted(row: string, from: number): Field | undefined {
  const comma = row.indexOf(',', from)
  const end = comma < 0 ? row.length : comma
  const text = row.slice(from, end)
  return text.includes('"') ? undefined : { text, end }
}

function quoted(row: string, from: number): Field | undefined {
  let close = row.indexOf('"', from + 1)
  while (close >= 0 && row[close + 1] === '"') close = row.indexOf('"', close + 2)
  if (close < 0) return undefined
  const end = close + 1
  if (end < row.length && row[end] !== ',') return undefined
  return { text: row.slice(from + 1, close).replaceAll('""', '"'), end }
}
