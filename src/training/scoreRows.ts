/** Training rows scored by a model, one row group after another: who, when, what came of it and the probability, as Parquet for other programs. */
import { rename } from 'node:fs/promises'
import path from 'node:path'
import { type ColumnSource, fileWriter, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer'
import type { Dataset } from '../../models/learn/dataset.ts'
import type { ModelFile } from '../../models/risk/modelFile.ts'
import type { Profile } from '../../streams/profile.ts'
import { eventColumns, headColumns, type RowsDictionary, rowsFile } from '../../streams/trainingRows.ts'
import { ForewarnError, messageOf } from '../errors.ts'
import { makeClosedFile, makeClosedFolder } from '../rights.ts'
import { againstItsPeers } from './evaluateModels.ts'
import { numberOf, openRows, placeOf, RowColumns, readDictionary, textOf } from './readRows.ts'
import { probabilitiesOf } from './scores.ts'

/** `refused`: rows that the model cannot score; their probability is null. */
export type ScoredRows = { rows: number; refused: number }

type ScoredBy = { hash: string; file: ModelFile }

/**
 * Writes the columns of the rows that are no features, and `probability`, in the order of the rows. Memory: one row group.
 * @throws ForewarnError FW_ROWS_NOT_FOUND, or FW_ROWS_INVALID with what is wrong with the folder.
 */
export async function scoreRows(folder: string, profile: Profile, model: ScoredBy, out: string): Promise<ScoredRows> {
  const dictionary = await readDictionary(folder, profile)
  const groups = readable(folder, groupsOf(placeOf(folder, rowsFile), model.file))
  makeClosedFolder(path.dirname(out)) // rows name enterprises
  const unfinished = `${out}.unfinished`
  makeClosedFile(unfinished)
  const scored = { rows: 0, refused: 0 }
  let writer: ParquetWriter | undefined
  for await (const { columns, data } of groups) {
    const scores = probabilitiesOf(model.file, againstItsPeers(data, dictionary.peers, model.file))
    const columnData = [...columns, probabilityColumn(scores)]
    writer ??= writerOf(unfinished, columnData, { model, dictionary })
    await writer.write({ columnData, rowGroupSize: scores.length })
    scored.rows += scores.length
    scored.refused += scores.filter(Number.isNaN).length
  }
  await writer?.finish()
  await rename(unfinished, out)
  return scored
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

const told = [...headColumns, ...eventColumns]

async function* groupsOf(rowsPath: string, { features }: ModelFile): AsyncGenerator<Group> {
  const names = features.map(({ name }) => name)
  const head = told.map(({ name }) => name)
  const { ranges, readColumn, columns } = await openRows(rowsPath, names, head)
  for (const { rowStart, rowEnd } of ranges) {
    const rows = new RowColumns(names, { from: rowStart, to: rowEnd })
    const kept: ColumnSource[] = []
    for (const column of columns) {
      const values = await readColumn({ column, rowStart, rowEnd })
      rows.take(column, values, rowStart)
      const type = told.find(({ name }) => name === column)?.type
      if (type === undefined) continue
      const as = type === 'STRING' ? textOf : numberOf
      const data = Array.from<unknown, string | number>(values, (value, at) => as(column, value, rowStart + at))
      kept.push({ name: column, type, data, nullable: false })
    }
    yield { columns: kept, data: rows.data }
  }
}
