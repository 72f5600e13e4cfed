/** The first line of a CSV file: the columns that it names, or one sentence on why they are none that the profile reads. */
import type { Needed } from '../../../streams/neededColumns.ts'
import { ForewarnError } from '../../errors.ts'
import { fieldsOf } from './csv.ts'
import { carriageReturns, notRecords, refuseEncoding, refuseOtherJson } from './foreign.ts'

/** Names of the file and of the mapping, and what the mapping needs. */
export type HeaderOptions = { name: string; mapping: string; needed: readonly Needed[] }

const shownMax = 120
const separators = { ';': 'semicolons', '\t': 'tabs', '|': 'vertical bars', '，': 'full-width commas' } as const

/** Names of columns, without blanks around them. @throws ForewarnError FW_USAGE when records cannot be made of them. */
export function columnsOf(line: Buffer, options: HeaderOptions): readonly string[] {
  const { name, needed } = options
  refuseEncoding(line, name)
  refuseOtherJson(line, name)
  const text = line.toString('utf8')
  if (text.trimStart().startsWith('{')) throw notRecords(name, 'JSON under the name of CSV', 'name it .ndjson')
  if (/\r[^\n]/.test(text)) throw carriageReturns(name)
  const fields = fieldsOf(text)
  if (fields === undefined) {
    const mend = otherSeparator(text, needed.length, needed) ?? 'mend it'
    throw notRecords(name, `CSV with a quote in the wrong place in its first line ${shown(text)}`, mend)
  }
  const columns = fields.map((column) => column.trim())
  refuseTwice(columns, name)
  const lacking = lackingOf(columns, needed)
  if (lacking.length > 0) throw lacksColumns(text, columns, lacking, options)
  return columns
}

/** Whether a line, taken as a header, has a column that the mapping asks for. */
export function isHeader(line: Buffer, needed: readonly Needed[]): boolean {
  const columns = (fieldsOf(line.toString('utf8').trim()) ?? []).map((column) => column.trim())
  return lackingOf(columns, needed).length < needed.length
}

function lackingOf(columns: readonly string[], needed: readonly Needed[]): Needed[] {
  return needed.filter((names) => !names.some((one) => columns.includes(one)))
}

/** Names that differ in capitals, width or spaces alone are one name: nobody could say which column is meant. */
function refuseTwice(columns: readonly string[], name: string): void {
  const plain = columns.map(plainName)
  const second = plain.findIndex((one, at) => one !== '' && plain.indexOf(one) < at)
  if (second < 0) return
  const both = new Set([columns[plain.indexOf(plain[second])], columns[second]])
  throw new ForewarnError('FW_USAGE', [`${name} has two columns of one name, ${[...both].join(' and ')}: rename one.`])
}

function plainName(column: string): string {
  return column.normalize('NFKC').toLowerCase().replaceAll(' ', '')
}

function lacksColumns(
  text: string,
  columns: readonly string[],
  lacking: readonly Needed[],
  { name, mapping, needed }: HeaderOptions,
): ForewarnError {
  const list = lacking.map((names) => names.join(' or ')).join(', ')
  const remedy =
    otherSeparator(text, lacking.length, needed) ??
    otherNames(columns, lacking) ??
    `rename its columns, or let the profile say what they are (files.${mapping})`
  return new ForewarnError('FW_USAGE', [
    `${name} lacks columns that ${mapping} needs (${list}), its first line is ${shown(text)}: ${remedy}.`,
  ])
}

function otherSeparator(text: string, lacking: number, needed: readonly Needed[]): string | undefined {
  const found = Object.entries(separators).find(([separator]) => {
    const columns = text.split(separator).map((column) => column.replaceAll('"', '').trim())
    return lackingOf(columns, needed).length < lacking || columns[0] === 'sep='
  })
  return found === undefined ? undefined : `part its columns by commas, not by ${found[1]}`
}

function otherNames(columns: readonly string[], lacking: readonly Needed[]): string | undefined {
  const pairs = lacking.flatMap((names) => {
    const wanted = names.find((one) => columns.some((column) => plainName(column) === plainName(one)))
    const found = columns.find((column) => wanted !== undefined && plainName(column) === plainName(wanted))
    return found === undefined ? [] : [`${found} must be ${wanted}`]
  })
  return pairs.length === 0 ? undefined : `write names as the profile does: ${pairs.join(', ')}`
}

function shown(text: string): string {
  return JSON.stringify(text.length > shownMax ? `${text.slice(0, shownMax)}...` : text)
}
