/** Training rows scored by a model, one row group after another: who, when, what came of it and the probability, as Parquet for other programs. */
import { rename } from 'node:fs/promises'
import path from 'node:path'
import { type AsyncBuffer, asyncBufferFromFile, type DecodedArray, parquetMetadataAsync, parquetScan } from 'hyparquet'
import { type ColumnSource, fileWriter, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer'
import type { Dataset } from '../../models/learn/dataset.ts'
import type { ModelFile } from '../../models/risk/modelFile.ts'
import type { Profile } from '../../streams/profile.ts'
import { eventColumns, headColumns, type RowsDictionary, rowsFile } from '../../streams/trainingRows.ts'
import { ForewarnError, messageOf } from '../errors.ts'
import { makeClosedFile, makeClosedFolder } from '../rights.ts'
import { againstItsPeers } from './evaluateModels.ts'
import { labelOf, numberOf, placeOf, readDictionary, textOf } from './readRows.ts'
import { probabilitiesOf } from './scores.ts'

/** `refused`: rows that the model cannot score; their probability is null. */
export type ScoredRows = { rows: number; refused: number }

type ScoredBy = { hash: string; file: ModelFile }

/**
 * Writes the columns of the rows that are no features, and `probability`, in the order of the rows. Memory: one row group.
 * @throws ForewarnError FW_ROWS_NOT_FOUND, or FW_ROWS_INVALID with what is wrong with the folder.
 */
export async function scoreRows(folder: string, profile: Profile, model: ScoredBy, out: string): Promise<ScoredRows> {
  const dictionary = await readDictionary(folder)
  if (dictionary.profile !== profile.file.name)
    throw new ForewarnError('FW_ROWS_INVALID', [folder, `they are of profile ${dictionary.profile}`])
  const groups = readable(folder, groupsOf(placeOf(folder, rowsFile), model.file))
  makeClosedFolder(path.dirname(out)) // rows name enterprises
  const unfinished = `${out}.unfinished`
  makeClosedFile(unfinished)
  const told = { rows: 0, refused: 0 }
  let writer: ParquetWriter | undefined
  for await (const { columns, data } of groups) {
    const scores = probabilitiesOf(model.file, againstItsPeers(data, dictionary.peers, model.file))
    const columnData = [...columns, probabilityColumn(scores)]
    writer ??= writerOf(unfinished, columnData, { model, dictionary })
    await writer.write({ columnData, rowGroupSize: scores.length })
    told.rows += scores.length
    told.refused += scores.filter(Number.isNaN).length
  }
  await writer?.finish()
  await rename(unfinished, out)
  return told
}

/** What goes wrong with the rows, and not with what is written, is told as such. */
async function* readable(folder: string, groups: AsyncIterable<Group>): AsyncGenerator<Group> {
  try {
    yield* groups
  } catch (error) {
    throw new ForewarnError('FW_ROWS_INVALID', [folder, `${rowsFile}: ${messageOf(error)}`])
  }
}

function probabilityColumn(scores: Float64Array): ColumnSource {
  const data = Array.from(scores, (score) => (Number.isNaN(score) ? null : score))
  return { name: 'probability', type: 'DOUBLE', data, nullable: true }
}

function writerOf(
  file: string,
  columnData: ColumnSource[],
  { model, dictionary }: { model: ScoredBy; dictionary: RowsDictionary },
): ParquetWriter {
  const about = { model: model.hash, label: dictionary.label, dataHash: dictionary.dataHash }
  return new ParquetWriter({
    writer: fileWriter(file),
    schema: schemaFromColumnData({ columnData }),
    statistics: false,
    kvMetadata: Object.entries(about).map(([key, value]) => ({ key, value })),
  })
}

/** A row group: its columns that are no features as they are, and what a model needs of it. */
type Group = { columns: ColumnSource[]; data: Dataset }

async function* groupsOf(rowsPath: string, { features }: ModelFile): AsyncGenerator<Group> {
  const file: AsyncBuffer = await asyncBufferFromFile(rowsPath)
  const metadata = await parquetMetadataAsync(file)
  const there = new Set(metadata.schema.slice(1).map(({ name }) => name))
  const names = features.map(({ name }) => name)
  const missing = names.find((name) => !there.has(name))
  if (missing !== undefined) throw new Error(`there is no column ${missing}; extract the rows with it (--features)`)
  const head = [...headColumns, ...eventColumns].filter(({ name }) => there.has(name))
  const columns = [...new Set([...head.map(({ name }) => name), ...names])]
  if (metadata.num_rows === 0n) throw new Error('it holds no row')
  const { ranges, readColumn } = await parquetScan({ file, metadata, columns })
  for (const { rowStart, rowEnd } of ranges) {
    const read = new Map<string, DecodedArray>()
    for (const column of columns) read.set(column, await readColumn({ column, rowStart, rowEnd }))
    const typed = <T>(name: string, as: (column: string, value: unknown, row: number) => T): T[] => {
      const values = read.get(name)
      if (values === undefined) throw new Error(`there is no column ${name}`)
      return Array.from(values, (value, at) => as(name, value, rowStart + at))
    }
    yield { columns: head.map((column) => toldColumn(column, typed)), data: dataOf(names, typed) }
  }
}

type Typed = <T>(name: string, as: (column: string, value: unknown, row: number) => T) => T[]

function toldColumn({ name, type }: (typeof headColumns | typeof eventColumns)[number], typed: Typed): ColumnSource {
  return { name, type, data: type === 'STRING' ? typed(name, textOf) : typed(name, numberOf), nullable: false }
}

function dataOf(names: readonly string[], typed: Typed): Dataset {
  const columns = names.map((name) => typed(name, numberOf))
  const labels = Uint8Array.from(typed('label', (_, value, row) => labelOf(value, row)))
  const values = new Float64Array(labels.length * names.length)
  for (const [at, column] of columns.entries())
    for (const [row, value] of column.entries()) values[row * names.length + at] = value
  return {
    names,
    values,
    labels,
    ticks: Int32Array.from(typed('tick', numberOf)),
    ids: typed('enterpriseId', textOf),
    regions: typed('region', textOf),
    industries: typed('industry', textOf),
    grades: typed('grade', textOf),
  }
}
