/**
 * Who is asked about, tick after tick, with what came of it. Two folds of the log go side by side: one stands at the end of the tick, the
 * other ahead of it at the instant by which the label is settled. Neither looks at anything later.
 */
import { placePrefix } from '../../../streams/contracts.ts'
import type { EnterpriseIds } from '../../enterprise/rows/ids.ts'
import { flag } from '../../enterprise/rows/rows.ts'
import type { ReadRows } from '../../enterprise/score/rowFeatures.ts'
import { IdOrder, type RowPlace } from './idOrder.ts'
import { type CameOut, type LabelEvent, type LabelRule, labelRule, Outcomes } from './labels.ts'
import { type PastSource, PastTasks } from './pastTasks.ts'

export type AskedOptions = PastSource & {
  /** The last tick that the history holds whole (`lastClosedTick`). */
  lastClosedTick: number
  /** First and last tick; the whole log when absent. */
  fromTick: number | undefined
  toTick: number | undefined
  /** Told how far both folds are: ticks, and how many there are in all. */
  progress: (done: number, total: number) => void
}

export type AskedRow = RowPlace & { id: string; label: 0 | 1; event: LabelEvent | undefined }

/** The rows of one tick in the order of their ids, however many partitions there are; at least one. */
export type AskedTick = { tick: number; rows: () => Iterable<AskedRow> }

/** Who could not be asked about, over all ticks: enterprises that nobody registered; events of enterprises of which nothing was known before them. */
export type Unasked = { unregistered: number; unknown: number }

/** The window that is asked for, and what of it the log can answer. */
export type AskedWindow = { firstTick: number | undefined; fromTick: number; lastKnownTick: number; toTick: number }

const nobody: CameOut = { label: 0, event: undefined }

export class AskedRows {
  readonly rule: LabelRule
  /** The fold that stands at the end of the tick at hand. */
  readonly past: PastTasks
  readonly unasked: Unasked = { unregistered: 0, unknown: 0 }
  readonly #options: AskedOptions
  readonly #order: IdOrder

  /** @throws ForewarnError FW_NO_LABEL for a profile without one. */
  constructor(options: AskedOptions) {
    this.#options = options
    this.rule = labelRule(options.profile)
    this.past = new PastTasks(options)
    this.#order = new IdOrder(this.past.known)
  }

  async window(): Promise<AskedWindow> {
    const { profile, lastClosedTick, fromTick, toTick } = this.#options
    const firstTick = await this.past.firstTick()
    const lastKnownTick = this.rule.lastTickAt(profile.calendar.endMs(lastClosedTick))
    return {
      firstTick,
      fromTick: fromTick ?? firstTick ?? lastKnownTick + 1,
      lastKnownTick,
      toTick: Math.min(toTick ?? lastKnownTick, lastKnownTick),
    }
  }

  /** Ticks of the window of which there are rows. While one is at hand, the tasks of `past` stand at its end. */
  async *ticks({ firstTick, fromTick, toTick }: AskedWindow): AsyncGenerator<AskedTick> {
    const { rule, past } = this
    const options = this.#options
    const { calendar } = options.profile
    const outcomes = new Outcomes(rule, options.partitions, calendar.endMs(fromTick))
    const witness = (partition: number) => outcomes.witness(partition)
    const ahead = new PastTasks({ ...options, frozenTick: undefined }, witness)
    const told = tellBoth(options.progress, firstTick ?? fromTick, toTick)
    for (let tick = fromTick; tick <= toTick; tick += rule.everyTicks) {
      const window = rule.window(tick)
      await ahead.throughMs(window.knownMs, told.ahead)
      const came = ahead.known.map(({ ids }, partition) => outcomes.cameIn(window, partition, ids))
      if (rule.asks === 'events' && came.every(({ size }) => size === 0)) continue
      await past.through(tick, told.past)
      const keys = this.#keysOf(came)
      if (keys.length > 0) yield { tick, rows: () => this.#rowsOf(keys, came) }
    }
  }

  /** Ranks of those to ask, ascending. Memory: 20 bytes an enterprise, however many rows there are. */
  #keysOf(came: readonly ReadonlyMap<string, CameOut>[]): Float64Array {
    const { past, rule } = this
    const order = this.#order
    order.refresh()
    const ranks = new Float64Array(order.size)
    let count = 0
    for (const [partition, { rows, ids }] of past.known.entries()) {
      const asked = rule.asks === 'events' ? this.#knownRows(ids, came[partition].keys()) : this.#liveRows(rows)
      for (const row of asked) ranks[count++] = order.rankOf({ partition, row })
    }
    return ranks.subarray(0, count).sort()
  }

  *#rowsOf(ranks: Float64Array, came: readonly ReadonlyMap<string, CameOut>[]): Iterable<AskedRow> {
    for (const rank of ranks) {
      const place = this.#order.placeOf(rank)
      const id = this.past.known[place.partition].ids.idOf(place.row)
      yield { ...place, id, ...(came[place.partition].get(id) ?? nobody) }
    }
  }

  *#liveRows(rows: ReadRows): Iterable<number> {
    for (const row of liveRows(rows)) yield row
    for (let row = 0; row < rows.count; row++)
      if (!rows.has(row, flag.registered) && !rows.has(row, flag.place)) this.unasked.unregistered++
  }

  /** Enterprises of which something was known; places are none. */
  *#knownRows(ids: Pick<EnterpriseIds, 'find'>, asked: Iterable<string>): Iterable<number> {
    for (const id of asked) {
      if (id.startsWith(placePrefix)) continue
      const row = ids.find(id)
      if (row === undefined) this.unasked.unknown++
      else yield row
    }
  }
}

/** Enterprises that are registered and not closed. */
export function* liveRows(rows: ReadRows): Iterable<number> {
  for (let row = 0; row < rows.count; row++)
    if (rows.has(row, flag.registered) && !rows.has(row, flag.closed) && !rows.has(row, flag.place)) yield row
}

type TellTick = (tick: number) => void

/** Both folds have the same way to go. */
function tellBoth(
  progress: AskedOptions['progress'],
  first: number,
  last: number,
): { ahead: TellTick; past: TellTick } {
  const at = { ahead: first, past: first }
  const progressOf =
    (which: keyof typeof at): TellTick =>
    (tick) => {
      at[which] = Math.min(tick, last)
      progress(at.ahead + at.past - 2 * first, 2 * Math.max(1, last - first))
    }
  return { ahead: progressOf('ahead'), past: progressOf('past') }
}
