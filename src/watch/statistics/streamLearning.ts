/** What all streams learn of a tick that closes: one way through them, so many at once in columns, without an object for any. */

import { streamCounts } from '../../../models/counts/evidence.ts'
import { type Keep, shareColumns, shareSteps, spreadOf } from '../../../models/counts/groupShare.ts'
import type { Axis } from '../../../streams/topics.ts'
import type { TickAggregates } from '../tickAggregates.ts'
import type { AxisLimits } from './axisLimits.ts'
import type { CellStates } from './cellStates.ts'
import { type CellTick, judgedParts } from './cellTick.ts'
import { withheldShareMax } from './groupShares.ts'
import { allEvents, type Streams } from './streams.ts'

/** So many streams are worked out at once. */
const rowsMax = 512

// Scratch: written before it is read, so nothing passes from one stream to another.
const counts = streamCounts(rowsMax)
const sharing = { ...shareColumns(rowsMax), means: counts.means, variances: counts.variances }

export type Lesson = {
  readonly cells: CellStates
  readonly tick: CellTick
  readonly aggregates: TickAggregates
  readonly limits: AxisLimits
  /** The least count that calls. */
  readonly countMin: number
  /** Shares of groups, by nation-wide node. */
  readonly shares: Float64Array
  readonly groups: number
  /** What is known of the shares of groups is worth so much a tick later. */
  readonly keep: Keep
  /** Whether groups learn their shares. */
  readonly learnsShares: boolean
}

export function learnStreams(streams: Streams, lesson: Lesson): void {
  const { cells, limits } = lesson
  const { means, variances } = cells.expected
  const by: ByCell = {
    nodes: byAxis(cells, (axis) => limits.of(axis).nodes),
    calling: byAxis(cells, (axis) => limits.of(axis).limit),
    spreads: spreadsOf(means, variances, cells.nodes.length),
  }
  for (let from = 0; from < streams.count; from += rowsMax) {
    const rows = setRows(streams, lesson, by, from)
    streams.learnShares(sharing, rows, lesson.keep)
    silenceCalm(rows, lesson.countMin)
    streams.gather(counts, rows)
  }
}

/** By cell: nodes that share its limit, what its evidence must exceed, and what its expectation adds to the spread of its groups. */
type ByCell = { readonly nodes: Float64Array; readonly calling: Float64Array; readonly spreads: Float64Array }

/** Sets a row for each of the next streams of which something is judged; returns how many there are. */
function setRows(streams: Streams, lesson: Lesson, by: ByCell, from: number): number {
  const { cells, tick, aggregates, shares, groups, learnsShares } = lesson
  const { parts, sums, isHeld } = tick
  const { means, variances } = cells.expected
  const to = Math.min(streams.count, from + rowsMax)
  let row = 0
  for (let stream = from; stream < to; stream++) {
    const [cell, of] = [streams.cellAt(stream), streams.ofAt(stream)]
    if (parts[cell] === judgedParts.nothing) continue
    const at = sums[cell] - 1
    const { nodes } = aggregates
    const counted = at < 0 ? 0 : of === allEvents ? nodes.eventsAt(at) : nodes.groupEventsAt(at, of - 1)
    const y = Math.max(0, parts[cell] === judgedParts.all ? counted : counted - withheldOf(lesson, cell, of))
    counts.offsets[row] = streams.offsetOf(stream)
    counts.counts[row] = y
    counts.nodes[row] = by.nodes[cell]
    counts.limits[row] = by.calling[cell]
    if (of === allEvents) {
      sharing.steps[row] = shareSteps.none
      counts.means[row] = means[cell]
      counts.variances[row] = variances[cell]
      streams.note(stream, y)
    } else {
      sharing.steps[row] = learnsShares && isHeld[cell] === 0 ? shareSteps.learn : shareSteps.expect
      sharing.offsets[row] = streams.shareAt(stream)
      sharing.cellMeans[row] = means[cell]
      sharing.spreads[row] = by.spreads[cell]
      sharing.shares[row] = shares[cells.rhythmOf[cell] * groups + of - 1]
      sharing.learnt[row] = y
      if (parts[cell] !== judgedParts.all) setTaught(row, lesson, cell, of)
    }
    row++
  }
  return row
}

/** Rows whose count does not suffice for a call have no limit. */
function silenceCalm(rows: number, countMin: number): void {
  for (let row = 0; row < rows; row++)
    if (counts.counts[row] < countMin || counts.counts[row] <= counts.means[row])
      counts.limits[row] = Number.POSITIVE_INFINITY
}

function spreadsOf(means: Float64Array, variances: Float64Array, length: number): Float64Array {
  const spreads = new Float64Array(length)
  for (let cell = 0; cell < length; cell++) spreads[cell] = spreadOf(means[cell], variances[cell])
  return spreads
}

/** By cell, a number of its axis; 1 for cells that are not judged. */
function byAxis({ axes }: CellStates, of: (axis: Axis) => number): Float64Array {
  const found = { industry: of('industry'), region: of('region'), cell: of('cell') }
  const numbers = new Float64Array(axes.length)
  for (let cell = 0; cell < numbers.length; cell++) {
    const axis = axes[cell]
    numbers[cell] = axis === undefined ? 1 : found[axis]
  }
  return numbers
}

/** Of the events of a stream those that are not judged; of a group at most. */
function withheldOf({ cells, tick, aggregates }: Lesson, cell: number, of: number): number {
  if (tick.sums[cell] === 0) return 0
  const withheld = aggregates.withheld(cells.nodes[cell])
  return of === allEvents ? withheld : Math.max(0, withheld)
}

/** What a group learns where some events are withheld: its own, less as many as are of all; nothing where that is more than a few of them. */
function setTaught(row: number, { cells, tick, aggregates }: Lesson, cell: number, of: number): void {
  const at = tick.sums[cell] - 1
  if (at < 0) return
  const events = Math.max(0, aggregates.nodes.groupEventsAt(at, of - 1))
  const withheld = Math.max(0, aggregates.withheld(cells.nodes[cell]))
  const all = aggregates.nodes.eventsAt(at)
  sharing.learnt[row] = withheld === 0 ? events : Math.round(events * (1 - withheld / all))
  if (withheld > 0 && withheld > withheldShareMax * all) sharing.steps[row] = shareSteps.expect
}
