/** Training rows as Parquet, in row groups, so that memory does not grow with their number; and the dictionary of their columns. */
import { createHash } from 'node:crypto'
import { rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileWriter, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer'
import type { Profile } from '../../../streams/profile.ts'
import {
  dictionaryFile,
  eventColumns,
  headColumns,
  type RowsDictionary,
  rowsFile,
} from '../../../streams/trainingRows.ts'
import type { FeatureChoice } from '../../chosenFeatures.ts'
import { minuteMs } from '../../limits.ts'
import { makeClosedFile, makeClosedFolder } from '../../rights.ts'
import { describeFeature } from './describeFeature.ts'
import type { TrainingRow, TrainingRows } from './rows.ts'

const groupRows = 50_000

/** Columns of one row group. */
class Group {
  readonly ids: string[] = []
  readonly ticks: number[] = []
  readonly labels: number[] = []
  readonly values: Float64Array[]
  readonly #asOf: string[] = []
  readonly #regions: string[] = []
  readonly #industries: string[] = []
  readonly #grades: string[] = []
  /** Empty where the label is not the result of an event. */
  readonly #eventIds: string[] = []
  readonly #eventDates: string[] = []

  constructor(features: number) {
    this.values = Array.from({ length: features }, () => new Float64Array(groupRows))
  }

  get length(): number {
    return this.ids.length
  }

  add({ id, tick, label, event, region, industry, grade, features }: TrainingRow, { asOf, date }: RowDates): void {
    const { values } = this
    const at = this.ids.length
    for (let column = 0; column < values.length; column++) values[column][at] = features[column]
    this.ids.push(id)
    this.ticks.push(tick)
    this.#asOf.push(asOf(tick))
    this.labels.push(label)
    this.#regions.push(region)
    this.#industries.push(industry)
    this.#grades.push(grade)
    if (event === undefined) return
    this.#eventIds.push(event.id)
    this.#eventDates.push(date(event.occurredMs))
  }

  columns(names: readonly string[], hasEvents: boolean): Parameters<ParquetWriter['write']>[0]['columnData'] {
    const { ids, ticks, labels, values } = this
    const asOf = this.#asOf
    const regions = this.#regions
    const industries = this.#industries
    const grades = this.#grades
    const eventIds = this.#eventIds
    const eventDates = this.#eventDates
    const head = [ids, ticks, asOf, labels, regions, industries, grades]
    const ofEvent = [eventIds, eventDates]
    return [
      ...headColumns.map(({ name, type }, at) => ({ name, type, data: head[at], nullable: false })),
      ...(hasEvents ? eventColumns : []).map(({ name, type }, at) => ({
        name,
        type,
        data: ofEvent[at],
        nullable: false,
      })),
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

/** Texts of instants, by tick and by the local day. */
type RowDates = { asOf: (tick: number) => string; date: (ms: number) => string }

function rowDates({ calendar, file }: Profile): RowDates {
  let last = { tick: 0, text: new Date(calendar.endMs(0)).toISOString() }
  return {
    asOf: (tick) => {
      if (tick !== last.tick) last = { tick, text: new Date(calendar.endMs(tick)).toISOString() }
      return last.text
    },
    date: (ms) => new Date(ms + file.tick.utcOffsetMinutes * minuteMs).toISOString().slice(0, 10),
  }
}

export type WrittenRows = { folder: string; dictionary: RowsDictionary }

/** Writes the folder; `rows.parquet` gets its name when it is whole. */
export async function writeRows(
  folder: string,
  { rows, peers, logFromTick }: Pick<TrainingRows, 'rows' | 'peers' | 'logFromTick'>,
  { profile, choice }: { profile: Profile; choice: FeatureChoice },
): Promise<WrittenRows> {
  makeClosedFolder(folder) // rows name enterprises
  const { calendar } = profile
  const { features, defaults, leftOut } = choice
  const hasEvents = profile.file.label.kind === 'result-of-event'
  const file = path.join(folder, rowsFile)
  const unfinished = `${file}.unfinished`
  makeClosedFile(unfinished)
  const schema = schemaFromColumnData({ columnData: new Group(features.length).columns(features, hasEvents) })
  const writer = new ParquetWriter({ writer: fileWriter(unfinished), schema, statistics: false })
  const hash = createHash('sha256')
  const counts = { rows: 0, positives: 0 }
  const dates = rowDates(profile)
  const ticks: { first?: string; last?: string } = {}
  let group = new Group(features.length)
  const flush = async (): Promise<void> => {
    if (group.length === 0) return
    ticks.first ??= calendar.label(group.ticks[0])
    ticks.last = calendar.label(group.ticks[group.length - 1])
    hash.update(group.ids.join('\n')).update(Int32Array.from(group.ticks)).update(Uint8Array.from(group.labels))
    for (const column of group.values) hash.update(column.subarray(0, group.length))
    await writer.write({ columnData: group.columns(features, hasEvents), rowGroupSize: groupRows })
    group = new Group(features.length)
  }
  for await (const row of rows) {
    group.add(row, dates)
    counts.rows++
    counts.positives += row.label
    if (group.length === groupRows) await flush()
  }
  await flush()
  await writer.finish()
  await rename(unfinished, file)
  const dictionary: RowsDictionary = {
    formatVersion: 1,
    profile: profile.file.name,
    profileHash: profile.hash,
    label: labelInWords(profile),
    from: ticks.first ?? '',
    to: ticks.last ?? '',
    ...(logFromTick === undefined ? {} : { logFrom: calendar.label(logFromTick) }),
    ...counts,
    dataHash: hash.digest('hex'),
    columns: [
      ...[...headColumns, ...(hasEvents ? eventColumns : [])].map(({ name, type, about }) => ({ name, type, about })),
      ...features.map((name) => ({
        name,
        type: 'DOUBLE',
        ...describeFeature(profile, name),
        default: defaults.includes(name),
      })),
    ],
    features: [...features],
    leftOut,
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
