/** A folder of training rows into memory, in the order (tick, enterprise id); whoever wrote it. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { asyncBufferFromFile, parquetMetadataAsync, parquetScan } from 'hyparquet'
import { type Dataset, pickRows } from '../../models/learn/dataset.ts'
import type { Profile } from '../../streams/profile.ts'
import { dictionaryFile, headColumns, RowsDictionary, rowsFile } from '../../streams/trainingRows.ts'
import { ForewarnError, messageOf, mistakeIn } from '../errors.ts'

export type RowsFolder = { dictionary: RowsDictionary; data: Dataset }

/**
 * Reads the named features, or all. Memory: 8 bytes for each row and feature, and one column of a row group.
 * @throws ForewarnError FW_ROWS_NOT_FOUND, or FW_ROWS_INVALID with what is wrong with the folder
 */
export async function readRows(
  folder: string,
  profile: Profile,
  wanted: (features: readonly string[]) => readonly string[] = (all) => all,
): Promise<RowsFolder> {
  const dictionary = await readDictionary(folder, profile)
  const names = wanted(dictionary.features)
  const file = placeOf(folder, rowsFile)
  try {
    const { rows, ranges, readColumn } = await openRows(file, names, needed)
    const columns = new RowColumns(names, { from: 0, to: rows })
    for (const { rowStart, rowEnd } of ranges)
      for (const column of [...needed, ...names])
        columns.take(column, await readColumn({ column, rowStart, rowEnd }), rowStart) // no more is held at once
    return { dictionary, data: sorted(columns.data) }
  } catch (error) {
    throw new ForewarnError('FW_ROWS_INVALID', [folder, `${rowsFile}: ${messageOf(error)}`])
  }
}

/** @throws ForewarnError FW_ROWS_NOT_FOUND, FW_ROWS_INVALID, also for rows of another profile. */
export async function readDictionary(folder: string, profile: Profile): Promise<RowsDictionary> {
  const file = placeOf(folder, dictionaryFile)
  let dictionary: RowsDictionary
  try {
    dictionary = RowsDictionary.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch (error) {
    throw new ForewarnError('FW_ROWS_INVALID', [folder, `${dictionaryFile}: ${mistakeIn(error)}`])
  }
  if (dictionary.profile === profile.file.name) return dictionary
  throw new ForewarnError('FW_ROWS_INVALID', [folder, `they are of profile ${dictionary.profile}`])
}

/** A file of the folder. @throws ForewarnError FW_ROWS_NOT_FOUND. */
export function placeOf(folder: string, name: string): string {
  const file = path.join(folder, name)
  if (existsSync(file)) return file
  throw new ForewarnError('FW_ROWS_NOT_FOUND', [folder, name])
}

/** What a dataset takes of the columns before the features. */
const needed = headColumns.map(({ name }) => name).filter((name) => name !== 'asOf')

/** A file of rows, to be read by row group. @throws Error for one without rows, or without a column that is needed or named. */
export async function openRows(
  path: string,
  names: readonly string[],
  others: readonly string[],
): Promise<{ rows: number; columns: readonly string[] } & Awaited<ReturnType<typeof parquetScan>>> {
  const file = await asyncBufferFromFile(path)
  const metadata = await parquetMetadataAsync(file)
  const there = new Set(metadata.schema.slice(1).map(({ name }) => name))
  const missing = [...needed, ...names].find((name) => !there.has(name))
  if (missing !== undefined) throw new Error(`there is no column ${missing}; extract the rows with it (--features)`)
  if (metadata.num_rows === 0n) throw new Error('it holds no row')
  const columns = [...new Set([...others.filter((name) => there.has(name)), ...names])]
  return { rows: Number(metadata.num_rows), columns, ...(await parquetScan({ file, metadata, columns })) }
}

/** Rows of a dataset, filled column by column. */
export class RowColumns {
  readonly data: Dataset
  readonly #from: number
  readonly #texts: Readonly<Record<string, string[]>>
  readonly #seen = new Map<string, string>() // one text for each code, however many rows have it

  /** `from` and `to`: by their numbers in the file. */
  constructor(names: readonly string[], { from, to }: { from: number; to: number }) {
    const rows = to - from
    const [ids, regions, industries, grades] = [blank(rows), blank(rows), blank(rows), blank(rows)]
    this.#from = from
    this.#texts = { enterpriseId: ids, region: regions, industry: industries, grade: grades }
    const values = new Float64Array(rows * names.length)
    const [labels, ticks] = [new Uint8Array(rows), new Int32Array(rows)]
    this.data = { names, values, labels, ticks, ids, regions, industries, grades }
  }

  /** Values of a column, the first of them of row `first` of the file; of one that no dataset has, nothing. @throws Error for what is none. */
  take(name: string, some: ArrayLike<unknown>, first: number): void {
    const { names, values, labels, ticks } = this.data
    const column = names.indexOf(name)
    const texts = Object.hasOwn(this.#texts, name) ? this.#texts[name] : undefined
    for (let at = 0; at < some.length; at++) {
      const [row, value] = [first + at, some[at]]
      const to = row - this.#from
      if (column >= 0) values[to * names.length + column] = numberOf(name, value, row)
      else if (texts !== undefined) texts[to] = once(this.#seen, textOf(name, value, row))
      else if (name === 'tick') ticks[to] = tickOf(value, row)
      else if (name === 'label') labels[to] = labelOf(value, row)
    }
  }
}

const blank = (rows: number): string[] => new Array<string>(rows).fill('')

function once(seen: Map<string, string>, text: string): string {
  const known = seen.get(text)
  if (known !== undefined) return known
  seen.set(text, text)
  return text
}

/** A null is a missing value. @throws Error for what is no number: other programs write these files too. */
export function numberOf(column: string, value: unknown, row: number): number {
  if (typeof value === 'number') return value
  if (value === null || value === undefined) return Number.NaN
  if (typeof value === 'bigint' || typeof value === 'boolean') return Number(value)
  throw new Error(`row ${row} has ${column} ${String(value)}, which is no number`)
}

export function textOf(column: string, value: unknown, row: number): string {
  if (typeof value === 'string') return value
  if (value === null || value === undefined) throw new Error(`row ${row} has no ${column}`)
  throw new Error(`row ${row} has ${column} ${String(value)}, which is no text`)
}

/** Hours to the year 3110. */
const tickMax = 10_000_000

function tickOf(value: unknown, row: number): number {
  const tick = numberOf('tick', value, row)
  if (Number.isInteger(tick) && tick >= 0 && tick <= tickMax) return tick
  if (Number.isInteger(tick)) throw new Error(`row ${row} has the tick ${tick}, which no calendar has`)
  throw new Error(`row ${row} has the tick ${String(value)}, which is no whole number`)
}

function labelOf(value: unknown, row: number): 0 | 1 {
  const label = numberOf('label', value, row)
  if (label === 0 || label === 1) return label
  throw new Error(`row ${row} has the label ${String(value)}, which is neither 0 nor 1`)
}

/** Rows in order of time; the program itself writes them so. */
function sorted(data: Dataset): Dataset {
  const { ids, ticks } = data
  const before = (a: number, b: number): number =>
    ticks[a] - ticks[b] || (ids[a] < ids[b] ? -1 : ids[a] > ids[b] ? 1 : a - b)
  const order = Uint32Array.from(ids.keys())
  if (order.every((_, at) => at === 0 || before(at - 1, at) < 0)) return data
  return pickRows(data, order.sort(before))
}
