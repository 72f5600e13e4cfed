/**
 * Training rows out of a log: the features of each enterprise asked about, as the stream itself would have filled them at the end of a
 * past tick, and what came of it.
 */
import { gradeCodeAt, hourOf } from '../../../models/facts.ts'
import type { Profile } from '../../../streams/profile.ts'
import { atDepth, type CodeTree } from '../../../streams/tree.ts'
import type { Known } from '../../enterprise/known.ts'
import { rowFeatures } from '../../enterprise/score/rowFeatures.ts'
import { ForewarnError } from '../../errors.ts'
import { foldedThrough } from '../../fold/progress.ts'
import type { Log } from '../../log/port.ts'
import { type AskedOptions, AskedRows, type AskedTick, type Unasked } from './asked.ts'
import type { LabelEvent } from './labels.ts'
import { whyNoRows } from './noRows.ts'
import type { PastTasks } from './pastTasks.ts'
import { type PeerRows, peerRows, rawPeers } from './peerTable.ts'

export type ExtractOptions = AskedOptions & {
  /** Names of the features, in the order of their columns. */
  features: readonly string[]
  /** What `peer` is set against; the peers of the first rows' tick when absent. */
  peers?: PeerRows | undefined
}

/** One enterprise at the end of a tick. `features` is valid until the next row. `event`: whose result the label is, where it is one. */
export type TrainingRow = {
  id: string
  tick: number
  label: 0 | 1
  event?: LabelEvent | undefined
  region: string
  industry: string
  grade: string
  features: Float64Array
}

export type TrainingRows = {
  peers: PeerRows
  /** The first tick of the log. */
  logFromTick: number | undefined
  /** In the order (tick, enterprise id), however many partitions there are. At least one. */
  rows: AsyncIterable<TrainingRow>
  /** Complete when all rows were taken. */
  unasked: Readonly<Unasked>
}

/** @throws ForewarnError FW_NO_LABEL, FW_NO_ROWS with the reason, FW_LOG_TRUNCATED. */
export async function trainingRows(options: ExtractOptions): Promise<TrainingRows> {
  const asked = new AskedRows(options)
  const window = await asked.window()
  const ticks = asked.ticks(window)
  const first = await ticks.next()
  if (first.done === true) throw new ForewarnError('FW_NO_ROWS', [whyNoRows(options, asked, window)])
  const peers = options.peers ?? (options.features.includes('peer') ? peersOf(options, asked.past, first.value) : {})
  return {
    peers,
    logFromTick: window.firstTick,
    rows: taken(options, asked.past, peers, both(first.value, ticks)),
    unasked: asked.unasked,
  }
}

async function* both<T>(first: T, others: AsyncIterable<T>): AsyncGenerator<T> {
  yield first
  yield* others
}

async function* taken(
  { profile, features }: ExtractOptions,
  { known }: PastTasks,
  peers: PeerRows,
  ticks: AsyncIterable<AskedTick>,
): AsyncGenerator<TrainingRow> {
  const describe = describer(profile)
  const fills = known.map((one) => rowFeatures(one, features, peers))
  const values = new Float64Array(features.length)
  for await (const { tick, rows } of ticks) {
    const asOfHour = hourOf(profile.calendar.endMs(tick))
    for (const { partition, id, row, label, event } of rows()) {
      fills[partition](row, asOfHour, values)
      yield { id, tick, label, event, ...describe(known[partition], row, asOfHour), features: values }
    }
  }
}

function peersOf({ profile }: ExtractOptions, { known }: PastTasks, { tick, rows }: AskedTick): PeerRows {
  const asOfHour = hourOf(profile.calendar.endMs(tick))
  const describe = describer(profile)
  const raw = new Float64Array(1)
  const fills = known.map((one) => rowFeatures(one, ['peer'], rawPeers))
  return peerRows(raws())

  function* raws(): Parameters<typeof peerRows>[0] {
    for (const { partition, row } of rows()) {
      fills[partition](row, asOfHour, raw)
      yield { ...describe(known[partition], row, asOfHour), raw: raw[0] }
    }
  }
}

type Description = { region: string; industry: string; grade: string }

/** Codes of a row's place, at the first level that is judged, and its grade. */
function describer(profile: Profile): (known: Known, row: number, asOfHour: number) => Description {
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
  return tree.nodes.map((node) => atDepth(tree.nodes, node, depth).code)
}

/** The last tick that every enterprise task of a log has folded to its end. @throws ForewarnError FW_NOT_FOLDED when nothing was folded. */
export async function lastClosedTick(log: Log, { calendar }: Profile, beatMs: number): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let partition = 0; partition < log.partitions('risk-events'); partition++)
    least = Math.min(least, (await foldedThrough(log, { kind: 'enterprise', partition })) ?? Number.NEGATIVE_INFINITY)
  if (!Number.isFinite(least)) throw new ForewarnError('FW_NOT_FOLDED', [log.name, 'nothing was folded from it'])
  return calendar.tickOf((least + 1) * beatMs) - 1
}
