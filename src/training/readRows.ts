/** A folder of training rows into memory, in the order (tick, enterprise id); whoever wrote it. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { type AsyncBuffer, asyncBufferFromFile, parquetMetadataAsync, parquetScan } from 'hyparquet'
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
  const dictionary = await readDictionary(folder)
  if (dictionary.profile !== profile.file.name)
    throw new ForewarnError('FW_ROWS_INVALID', [folder, `they are of profile ${dictionary.profile}`])
  const names = wanted(dictionary.features)
  const file = placeOf(folder, rowsFile)
  try {
    const data = sorted(await columnsOf(await asyncBufferFromFile(file), names))
    if (data.labels.length === 0) throw new Error('it holds no row')
    return { dictionary, data }
  } catch (error) {
    throw new ForewarnError('FW_ROWS_INVALID', [folder, `${rowsFile}: ${messageOf(error)}`])
  }
}

/** @throws ForewarnError FW_ROWS_NOT_FOUND, FW_ROWS_INVALID. */
export async function readDictionary(folder: string): Promise<RowsDictionary> {
  const file = placeOf(folder, dictionaryFile)
  try {
    return RowsDictionary.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch (error) {
    throw new ForewarnError('FW_ROWS_INVALID', [folder, `${dictionaryFile}: ${mistakeIn(error)}`])
  }
}

/** A file of the folder. @throws ForewarnError FW_ROWS_NOT_FOUND. */
export function placeOf(folder: string, name: string): string {
  const file = path.join(folder, name)
  if (existsSync(file)) return file
  throw new ForewarnError('FW_ROWS_NOT_FOUND', [folder, name])
}

async function columnsOf(file: AsyncBuffer, names: readonly string[]): Promise<Dataset> {
  const metadata = await parquetMetadataAsync(file)
  const rows = Number(metadata.num_rows)
  const there = new Set(metadata.schema.slice(1).map(({ name }) => name))
  const head = headColumns.map(({ name }) => name).filter((name) => name !== 'asOf')
  const missing = [...head, ...names].find((name) => !there.has(name))
  if (missing !== undefined) throw new Error(`there is no column ${missing}`)
  const texts = { enterpriseId: blank(rows), region: blank(rows), industry: blank(rows), grade: blank(rows) }
  const ticks = new Int32Array(rows)
  const labels = new Uint8Array(rows)
  const values = new Float64Array(rows * names.length)
  const columnOf = new Map(names.map((name, column) => [name, column]))
  const isText = (name: string): name is keyof typeof texts => Object.hasOwn(texts, name)
  const seen = new Map<string, string>() // one text for each code, however many rows have it
  const columns = [...head, ...names]
  const { ranges, readColumn } = await parquetScan({ file, metadata, columns })
  for (const { rowStart, rowEnd } of ranges)
    for (const name of columns) {
      const slice: ArrayLike<unknown> = await readColumn({ column: name, rowStart, rowEnd }) // no more is held at once
      const column = columnOf.get(name)
      for (let at = 0; at < slice.length; at++) {
        const [row, value] = [rowStart + at, slice[at]]
        if (column !== undefined) values[row * names.length + column] = numberOf(name, value, row)
        else if (isText(name)) texts[name][row] = once(seen, textOf(name, value, row))
        else if (name === 'tick') ticks[row] = tickOf(value, row)
        else labels[row] = labelOf(value, row)
      }
    }
  const { enterpriseId: ids, region: regions, industry: industries, grade: grades } = texts
  return { names, values, labels, ticks, ids, regions, industries, grades }
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

export function labelOf(value: unknown, row: number): 0 | 1 {
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
