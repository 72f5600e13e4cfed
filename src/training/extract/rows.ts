/**
 * Training rows out of a log: the features of each enterprise asked about, as the stream itself would have filled them at the end of a
 * past tick, and what came of it. Two folds of the log: one to its end for the labels, one that stops at each tick.
 */
import { gradeCodeAt, hourOf } from '../../../models/facts.ts'
import type { RiskModel } from '../../../models/risk/riskModel.ts'
import type { Profile } from '../../../streams/profile.ts'
import type { CodeTree } from '../../../streams/tree.ts'
import { type RowFeatures, rowFeatures } from '../../enterprise/rowFeatures.ts'
import { flag } from '../../enterprise/rows.ts'
import type { EnterpriseTask } from '../../enterprise/task.ts'
import { ForewarnError } from '../../errors.ts'
import { foldedThrough } from '../../fold/progress.ts'
import type { Log } from '../../log/port.ts'
import { IdOrder } from './idOrder.ts'
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
  const { book, firstTick } = await labelsOf(options)
  const first = options.fromTick ?? firstTick
  const ticks = first === undefined ? [] : book.ticks(first, options.toTick ?? book.lastTick)
  if (ticks.length === 0) {
    const { calendar } = options.profile
    throw new ForewarnError('FW_NO_ROWS', [calendar.label(book.lastTick)])
  }
  const past = new PastTasks(options)
  await past.through(ticks[0])
  const asked = askedOf(past, book)
  const peers =
    options.peers ?? (options.features.includes('peer') ? peersOf(options, past, asked(ticks[0]), ticks[0]) : {})
  return { peers, fromTick: ticks[0], toTick: ticks[ticks.length - 1], rows: taken(options, past, asked, ticks, peers) }
}

/** The first pass; its state is gone when the second begins. */
async function labelsOf(options: ExtractOptions): Promise<{ book: LabelBook; firstTick: number | undefined }> {
  const { lastClosedTick: lastClosed, profile, progress } = options
  const labelled = new PastTasks({ ...options, frozenTick: undefined })
  await labelled.through(lastClosed, (tick) => progress('labels', tick, lastClosed))
  return { book: labelBook(profile, labelled.tasks, lastClosed), firstTick: labelled.firstTick }
}

async function* taken(
  options: ExtractOptions,
  past: PastTasks,
  asked: AskedAt,
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
    for (const { partition, id, row, label } of asked(tick)) {
      fills[partition](row, asOfHour, values)
      yield { id, tick, label, ...describe(past.tasks[partition], row, asOfHour), features: values }
    }
    progress('rows', tick, ticks[ticks.length - 1])
  }
}

type AskedAt = (tick: number) => Iterable<Asked & { partition: number; id: string }>

/**
 * Rows of all partitions in the order of their ids, at the end of a tick that was folded. One that was unknown by then could not be
 * asked about. Memory: 20 bytes an enterprise, however many rows are asked for.
 */
function askedOf({ tasks }: PastTasks, book: LabelBook): AskedAt {
  const order = new IdOrder(tasks)
  return function* asked(tick) {
    order.refresh()
    const keys = new Float64Array(order.size) // rank and label
    let count = 0
    for (const [partition, { rows }] of tasks.entries())
      for (const { row, label } of book.asked(partition, tick, () => liveRows(rows)))
        if (row < rows.count) keys[count++] = 2 * order.rankOf({ partition, row }) + label
    for (const key of keys.subarray(0, count).sort()) {
      const { partition, row } = order.placeOf(Math.floor(key / 2))
      yield { partition, row, id: tasks[partition].ids.idOf(row), label: key % 2 === 1 ? 1 : 0 }
    }
  }
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

function peersOf({ profile }: ExtractOptions, past: PastTasks, asked: ReturnType<AskedAt>, tick: number): PeerRows {
  const asOfHour = hourOf(profile.calendar.endMs(tick))
  const describe = describer(profile)
  const raw = new Float64Array(1)
  const fills = past.tasks.map((task) => featuresOf(profile, task, ['peer'], rawPeers))
  return peerRows(raws())

  function* raws(): Parameters<typeof peerRows>[0] {
    for (const { partition, row } of asked) {
      fills[partition](row, asOfHour, raw)
      yield { ...describe(past.tasks[partition], row, asOfHour), raw: raw[0] }
    }
  }
}

type Description = { region: string; industry: string; grade: string }

/** Codes of a row's place, at the first level that is judged, and its grade. */
function describer(profile: Profile): (task: EnterpriseTask, row: number, asOfHour: number) => Description {
  const { regions, industries, grades, file } = profile
  const regionCodes = codesAt(regions, file.warnings.regionLevels[0])
  const industryCodes = codesAt(industries, file.warnings.industryLevels[0])
  return ({ rows }, row, asOfHour) => {
    const place = rows.place(row)
    const grade = gradeCodeAt(rows.grades(row), asOfHour, Number.POSITIVE_INFINITY)
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
