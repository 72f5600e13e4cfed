/** Training rows as Parquet, in row groups, so that memory does not grow with their number; and the dictionary of their columns. */
import { createHash } from 'node:crypto'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileWriter, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer'
import type { Profile } from '../../../streams/profile.ts'
import { dictionaryFile, headColumns, type RowsDictionary, rowsFile } from '../../../streams/trainingRows.ts'
import { describeFeature } from './describeFeature.ts'
import type { TrainingRow, TrainingRows } from './rows.ts'

const groupRows = 50_000

/** Columns of one row group. */
class Group {
  readonly ids: string[] = []
  readonly ticks: number[] = []
  readonly asOf: string[] = []
  readonly labels: number[] = []
  readonly regions: string[] = []
  readonly industries: string[] = []
  readonly grades: string[] = []
  readonly values: Float64Array[]

  constructor(features: number) {
    this.values = Array.from({ length: features }, () => new Float64Array(groupRows))
  }

  get length(): number {
    return this.ids.length
  }

  add({ id, tick, label, region, industry, grade, features }: TrainingRow, asOf: string): void {
    const { values } = this
    const at = this.ids.length
    for (let column = 0; column < values.length; column++) values[column][at] = features[column]
    this.ids.push(id)
    this.ticks.push(tick)
    this.asOf.push(asOf)
    this.labels.push(label)
    this.regions.push(region)
    this.industries.push(industry)
    this.grades.push(grade)
  }

  columns(names: readonly string[]): Parameters<ParquetWriter['write']>[0]['columnData'] {
    const { ids, ticks, asOf, labels, regions, industries, grades, values } = this
    const head = [ids, ticks, asOf, labels, regions, industries, grades]
    return [
      ...headColumns.map(({ name, type }, at) => ({ name, type, data: head[at], nullable: false })),
      ...names.map((name, at) => ({
        name,
        type: 'DOUBLE' as const,
        data: values[at].subarray(0, ids.length),
        nullable: false,
        encoding: 'PLAIN' as const,
      })),
    ]
  }
}

export type WrittenRows = { folder: string; dictionary: RowsDictionary }

/** Writes the folder; `rows.parquet` gets its name when it is whole. */
export async function writeRows(
  folder: string,
  { rows, peers }: Pick<TrainingRows, 'rows' | 'peers'>,
  { profile, features }: { profile: Profile; features: readonly string[] },
): Promise<WrittenRows> {
  await mkdir(folder, { recursive: true })
  const file = path.join(folder, rowsFile)
  const unfinished = `${file}.unfinished`
  const schema = schemaFromColumnData({ columnData: new Group(features.length).columns(features) })
  const writer = new ParquetWriter({ writer: fileWriter(unfinished), schema, statistics: false })
  const hash = createHash('sha256')
  const counts = { rows: 0, positives: 0 }
  let firstTick: number | undefined
  let group = new Group(features.length)
  const flush = async (): Promise<void> => {
    if (group.length === 0) return
    hash.update(group.ids.join('\n')).update(Int32Array.from(group.ticks)).update(Uint8Array.from(group.labels))
    for (const column of group.values) hash.update(column.subarray(0, group.length))
    await writer.write({ columnData: group.columns(features), rowGroupSize: groupRows })
    group = new Group(features.length)
  }
  let asOf = { tick: Number.NaN, text: '' }
  for await (const row of rows) {
    if (row.tick !== asOf.tick)
      asOf = { tick: row.tick, text: new Date(profile.calendar.endMs(row.tick)).toISOString() }
    group.add(row, asOf.text)
    firstTick ??= row.tick
    counts.rows++
    counts.positives += row.label
    if (group.length === groupRows) await flush()
  }
  await flush()
  await writer.finish()
  await rename(unfinished, file)
  const { calendar } = profile
  const dictionary: RowsDictionary = {
    formatVersion: 1,
    profile: profile.file.name,
    profileHash: profile.hash,
    label: labelInWords(profile),
    from: firstTick === undefined ? '' : calendar.label(firstTick),
    to: firstTick === undefined ? '' : calendar.label(asOf.tick),
    ...counts,
    dataHash: hash.digest('hex'),
    columns: [
      ...headColumns.map(({ name, type, about }) => ({ name, type, about })),
      ...features.map((name) => ({ name, type: 'DOUBLE', ...describeFeature(profile, name) })),
    ],
    features: [...features],
    peers,
  }
  await writeFile(path.join(folder, dictionaryFile), `${JSON.stringify(dictionary, null, 2)}\n`)
  return { folder, dictionary }
}

function labelInWords({ file: { label } }: Profile): string {
  switch (label.kind) {
    case 'none':
      return 'none'
    case 'outcome-within':
      return `an adverse outcome within ${label.days} days`
    case 'result-of-event':
      return `${label.positive.join(' or ')} as the next of ${label.of.join(', ')}`
  }
}
