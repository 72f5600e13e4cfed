/** What all streams learn of a tick that closes: one way through them, without an object for any. */

import { streamCounts } from '../../../models/counts/evidence.ts'
import type { Keep } from '../../../models/counts/groupShare.ts'
import type { Axis } from '../../../streams/topics.ts'
import type { TickAggregates } from '../tickAggregates.ts'
import type { AxisLimits } from './axisLimits.ts'
import type { CellStates } from './cellStates.ts'
import { type CellTick, judgedParts } from './cellTick.ts'
import { withheldShareMax } from './groupShares.ts'
import { allEvents, type Streams } from './streams.ts'

/** So many counts are gathered at once. */
const gatheredMax = 512

// Scratch: written before it is read, so nothing passes from one stream to another.
const counts = streamCounts(gatheredMax)
const whole = { cell: { mean: 0, variance: 0 }, share: 0 }
const expected = { mean: 0, variance: 0 }

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
  /** What is known of the shares of groups is worth so much a tick later; undefined: they learn nothing. */
  readonly keep: Keep | undefined
}

export function learnStreams(streams: Streams, lesson: Lesson): void {
  const { cells, tick, limits, shares, groups, keep, countMin } = lesson
  const { means, variances } = cells.expected
  const sharing = byCell(cells, (axis) => limits.of(axis).nodes)
  const calling = byCell(cells, (axis) => limits.of(axis).limit)
  let length = 0
  for (let stream = 0; stream < streams.count; stream++) {
    const [cell, of] = [streams.cellAt(stream), streams.ofAt(stream)]
    const part = tick.parts[cell]
    if (part === judgedParts.nothing) continue
    const y = eventsOf(lesson, cell, of)
    if (of === allEvents) {
      expected.mean = means[cell]
      expected.variance = variances[cell]
      streams.note(stream, y)
    } else {
      whole.cell.mean = means[cell]
      whole.cell.variance = variances[cell]
      whole.share = shares[cells.rhythmOf[cell] * groups + of - 1]
      streams.setExpected(stream, whole, expected)
      const learnt = keep === undefined || tick.isHeld[cell] === 1 ? undefined : taughtOf(lesson, cell, of)
      if (keep !== undefined && learnt !== undefined) streams.learn(stream, whole, { y: learnt, expected, keep })
    }
    counts.offsets[length] = streams.offsetOf(stream)
    counts.means[length] = expected.mean
    counts.variances[length] = expected.variance
    counts.counts[length] = y
    counts.nodes[length] = sharing[cell]
    counts.limits[length] = y >= countMin && y > expected.mean ? calling[cell] : Number.POSITIVE_INFINITY
    length++
    if (length === gatheredMax) {
      streams.gather(counts, length)
      length = 0
    }
  }
  streams.gather(counts, length)
}

/** By cell, a number of its axis; 1 for cells that are not judged. */
function byCell({ axes }: CellStates, of: (axis: Axis) => number): Float64Array {
  const found = { industry: of('industry'), region: of('region'), cell: of('cell') }
  const numbers = new Float64Array(axes.length)
  for (let cell = 0; cell < numbers.length; cell++) {
    const axis = axes[cell]
    numbers[cell] = axis === undefined ? 1 : found[axis]
  }
  return numbers
}

/** Judged events of a stream, 0 at least: what was taken back was perhaps not. */
function eventsOf({ cells, tick, aggregates }: Lesson, cell: number, of: number): number {
  const at = tick.sums[cell] - 1
  if (at < 0) return 0
  const events = of === allEvents ? aggregates.nodes.eventsAt(at) : aggregates.nodes.groupEventsAt(at, of - 1)
  if (tick.parts[cell] === judgedParts.all) return Math.max(0, events)
  const withheld = aggregates.withheld(cells.nodes[cell])
  return Math.max(0, events - (of === allEvents ? withheld : Math.max(0, withheld)))
}

/** What a group learns: its events, less as many as are withheld of all; undefined where that is more than a few of them. */
function taughtOf({ cells, tick, aggregates }: Lesson, cell: number, of: number): number | undefined {
  const at = tick.sums[cell] - 1
  if (at < 0) return 0
  const events = Math.max(0, aggregates.nodes.groupEventsAt(at, of - 1))
  const withheld = tick.parts[cell] === judgedParts.all ? 0 : Math.max(0, aggregates.withheld(cells.nodes[cell]))
  if (withheld === 0) return events
  const all = aggregates.nodes.eventsAt(at)
  return withheld > withheldShareMax * all ? undefined : Math.round(events * (1 - withheld / all))
}
