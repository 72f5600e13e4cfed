/** What evidence must exceed to call, by axis: it goes with the nodes that share the budget of false alarms, fixed when a tick is over. */
import { limitPerNode } from '../../../models/counts/callLimit.ts'
import type { Profile } from '../../../streams/profile.ts'
import type { Axis } from '../../../streams/topics.ts'
import { dayMs } from '../../limits.ts'
import type { Streams } from './streams.ts'
import { allEvents } from './streams.ts'

/** A node shares the limit from so many events on: one that never has any raises no false alarm. */
const eventsToShare = 3

/** Nodes that share the limit, 1 at least, the limit, and the streams that are judged. */
export type AxisLimit = { nodes: number; limit: number; streams: number }

export class AxisLimits {
  readonly #perNode: number
  readonly #byAxis: Record<Axis, AxisLimit>

  constructor({ calendar, file }: Profile) {
    const ticksPerWeek = (7 * dayMs) / calendar.tickMs
    this.#perNode = limitPerNode({ episodesPerWeek: file.warnings.budget.counts, ticksPerWeek })
    this.#byAxis = { industry: this.#none(), region: this.#none(), cell: this.#none() }
  }

  of(axis: Axis): AxisLimit {
    return this.#byAxis[axis]
  }

  /** `axes`: by cell. */
  set(streams: Streams, axes: readonly (Axis | undefined)[]): void {
    const counts = {
      industry: { nodes: 0, streams: 0 },
      region: { nodes: 0, streams: 0 },
      cell: { nodes: 0, streams: 0 },
    }
    for (let stream = 0; stream < streams.count; stream++) {
      const axis = axes[streams.cellAt(stream)]
      if (axis === undefined) continue
      const count = counts[axis]
      count.streams++
      if (streams.ofAt(stream) === allEvents && streams.eventsSoFar(stream) >= eventsToShare) count.nodes++
    }
    for (const axis of ['industry', 'region', 'cell'] as const) {
      const sharing = Math.max(1, counts[axis].nodes)
      const judged = Math.max(1, counts[axis].streams)
      this.#byAxis[axis] = { nodes: sharing, limit: this.#perNode * sharing, streams: judged }
    }
  }

  #none(): AxisLimit {
    return { nodes: 1, limit: this.#perNode, streams: 1 }
  }
}
