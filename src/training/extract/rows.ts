/**
 * Training rows out of a log: the features of each enterprise asked about, as the stream itself would have filled them at the end of a
 * past tick, and what came of it. Two folds of the log: one to its end for the labels, one that stops at each tick.
 */
import { gradeCode, gradeInForce, gradeWords, hourOf } from '../../../models/facts.ts'
import type { RiskModel } from '../../../models/risk/riskModel.ts'
import type { Profile } from '../../../streams/profile.ts'
import type { CodeTree } from '../../../streams/tree.ts'
import { type RowFeatures, rowFeatures } from '../../enterprise/rowFeatures.ts'
import { flag } from '../../enterprise/rows.ts'
import type { EnterpriseTask } from '../../enterprise/task.ts'
import { ForewarnError } from '../../errors.ts'
import { foldedThrough } from '../../fold/progress.ts'
import type { Log } from '../../log/port.ts'
import { type Asked, type LabelBook, labelBook } from './labels.ts'
import { type PastSource, PastTasks } from './pastTasks.ts'
import { type PeerRows, peerRows, rawPeers } from './peerTable.ts'

export type ExtractOptions = PastSource & {
  /** The last tick that the history holds whole (`lastClosedTick`). */
  lastClosedTick: number
  /** Names of the features, in the order of their columns. */
  features: readonly string[]
  /** First and last tick; the whole log when absent. */
  fromTick: number | undefined
  toTick: number | undefined
  /** What `peer` is set against; the peers of the first tick when absent. */
  peers?: PeerRows | undefined
  /** Told of every tick of the two passes. */
  progress: (pass: 'labels' | 'rows', tick: number, lastTick: number) => void
}

/** One enterprise at the end of a tick. `features` is valid until the next row. */
export type TrainingRow = {
  id: string
  tick: number
  label: 0 | 1
  region: string
  industry: string
  grade: string
  features: Float64Array
}

export type TrainingRows = {
  peers: PeerRows
  fromTick: number
  toTick: number
  /** In the order (tick, enterprise id), however many partitions there are. */
  rows: AsyncIterable<TrainingRow>
}

/** @throws ForewarnError FW_NO_LABEL, FW_NO_ROWS, FW_LOG_TRUNCATED. */
export async function trainingRows(options: ExtractOptions): Promise<TrainingRows> {
  const { lastClosedTick: lastClosed } = options
  const labelled = new PastTasks({ ...options, frozenTick: undefined })
  await labelled.through(lastClosed, (tick) => options.progress('labels', tick, lastClosed))
  const book = labelBook(options.profile, labelled.tasks, lastClosed)
  const first = options.fromTick ?? labelled.firstTick
  const ticks = first === undefined ? [] : book.ticks(first, options.toTick ?? book.lastTick)
  if (ticks.length === 0) {
    const { calendar } = options.profile
    throw new ForewarnError('FW_NO_ROWS', [calendar.label(book.lastTick)])
  }
  const past = new PastTasks(options)
  await past.through(ticks[0])
  const peers = options.peers ?? (options.features.includes('peer') ? peersOf(options, past, book, ticks[0]) : {})
  return { peers, fromTick: ticks[0], toTick: ticks[ticks.length - 1], rows: taken(options, past, book, ticks, peers) }
}

async function* taken(
  options: ExtractOptions,
  past: PastTasks,
  book: LabelBook,
  ticks: readonly number[],
  peers: PeerRows,
): AsyncGenerator<TrainingRow> {
  const { profile, features, progress } = options
  const describe = describer(profile)
  const fills = past.tasks.map((task) => featuresOf(profile, task, features, peers))
  const values = new Float64Array(features.length)
  for (const tick of ticks) {
    await past.through(tick)
    const asOfHour = hourOf(profile.calendar.endMs(tick))
    for (const { partition, id, row, label } of askedOf(past, book, tick)) {
      fills[partition](row, asOfHour, values)
      yield { id, tick, label, ...describe(past.tasks[partition], row, asOfHour), features: values }
    }
    progress('rows', tick, ticks[ticks.length - 1])
  }
}

/** Rows of all partitions in the order of their ids. One that was unknown at the end of the tick could not be asked about. */
function askedOf({ tasks }: PastTasks, book: LabelBook, tick: number): (Asked & { partition: number; id: string })[] {
  const all = tasks.flatMap(({ rows, ids }, partition) =>
    book
      .asked(partition, tick, () => liveRows(rows))
      .filter(({ row }) => row < rows.count)
      .map((asked) => ({ ...asked, partition, id: ids.idOf(asked.row) })),
  )
  return all.sort((a, b) => (a.id < b.id ? -1 : 1))
}

/** Enterprises that are registered and not closed. */
export function* liveRows(rows: EnterpriseTask['rows']): Iterable<number> {
  for (let row = 0; row < rows.count; row++)
    if (rows.has(row, flag.registered) && !rows.has(row, flag.closed) && !rows.has(row, flag.place)) yield row
}

export function featuresOf(
  profile: Profile,
  { rows, neighbourhood: around }: EnterpriseTask,
  names: readonly string[],
  peers: RiskModel['peers'],
): RowFeatures {
  return rowFeatures({ profile, rows, around }, names, peers)
}

function peersOf({ profile }: ExtractOptions, past: PastTasks, book: LabelBook, tick: number): PeerRows {
  const asOfHour = hourOf(profile.calendar.endMs(tick))
  const describe = describer(profile)
  const raw = new Float64Array(1)
  const fills = past.tasks.map((task) => featuresOf(profile, task, ['peer'], rawPeers))
  const one = ({ partition, row }: { partition: number; row: number }): Parameters<typeof peerRows>[0] => {
    fills[partition](row, asOfHour, raw)
    return [{ ...describe(past.tasks[partition], row, asOfHour), raw: raw[0] }]
  }
  return peerRows(askedOf(past, book, tick).flatMap((asked) => [...one(asked)]))
}

type Description = { region: string; industry: string; grade: string }

/** Codes of a row's place, at the first level that is judged, and its grade. */
function describer(profile: Profile): (task: EnterpriseTask, row: number, asOfHour: number) => Description {
  const { regions, industries, grades, file } = profile
  const regionCodes = codesAt(regions, file.warnings.regionLevels[0])
  const industryCodes = codesAt(industries, file.warnings.industryLevels[0])
  return ({ rows }, row, asOfHour) => {
    const place = rows.place(row)
    const slice = rows.grades(row)
    const at = gradeInForce(slice, asOfHour, Number.POSITIVE_INFINITY)
    const grade = at === undefined ? 0 : gradeCode(slice.words[slice.offset + at * gradeWords])
    return { region: regionCodes[place >>> 16], industry: industryCodes[place & 0xffff], grade: grades[grade] }
  }
}

/** For each node the code of itself or its ancestor at a level. */
function codesAt(tree: CodeTree, level: string): string[] {
  const depth = tree.levels.indexOf(level) + 1
  return tree.nodes.map((node) => {
    let at = node
    while (at.depth > depth) at = tree.nodes[at.parent]
    return at.code
  })
}

/** The last tick that every enterprise task of a log has folded to its end. @throws ForewarnError FW_LOG_NOT_FOUND when nothing was folded. */
export async function lastClosedTick(log: Log, { calendar }: Profile, beatMs: number): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let partition = 0; partition < log.partitions('risk-events'); partition++)
    least = Math.min(least, (await foldedThrough(log, { kind: 'enterprise', partition })) ?? Number.NEGATIVE_INFINITY)
  if (!Number.isFinite(least)) throw new ForewarnError('FW_LOG_NOT_FOUND', [`${log.name} (nothing was folded from it)`])
  return calendar.tickOf((least + 1) * beatMs) - 1
}
