/** What evidence must exceed to call, by axis: it goes with the nodes that share the budget of false alarms, fixed when a tick is over. */
import { limitPerNode } from '../../../models/counts/callLimit.ts'
import type { Profile } from '../../../streams/profile.ts'
import type { Axis } from '../../../streams/topics.ts'
import { dayMs } from '../../limits.ts'
import type { Streams } from './streams.ts'
import { allEvents } from './streams.ts'

const axisNames = ['industry', 'region', 'cell'] as const satisfies readonly Axis[]
/** A node shares the limit from so many events on: one that never has any raises no false alarm. */
const eventsToShare = 3

/** Nodes that share the limit, 1 at least, the limit, and the streams that are judged. */
export type AxisLimit = { nodes: number; limit: number; streams: number }

export class AxisLimits {
  readonly #perNode: number
  readonly #byAxis: Record<Axis, AxisLimit>

  constructor({ calendar, file }: Profile) {
    this.#perNode = limitPerNode({
      episodesPerWeek: file.warnings.budget.counts,
      tickDays: calendar.tickMs / dayMs,
    })
    this.#byAxis = { industry: this.#none(), region: this.#none(), cell: this.#none() }
  }

  of(axis: Axis): AxisLimit {
    return this.#byAxis[axis]
  }

  /** `axes`: by cell. */
  set(streams: Streams, axes: readonly (Axis | undefined)[]): void {
    const codes = new Uint8Array(axes.length).fill(axisNames.length)
    for (let cell = 0; cell < codes.length; cell++) {
      const axis = axes[cell]
      if (axis !== undefined) codes[cell] = axisNames.indexOf(axis)
    }
    const [nodes, judged] = [new Int32Array(axisNames.length + 1), new Int32Array(axisNames.length + 1)]
    for (let stream = 0; stream < streams.count; stream++) {
      const code = codes[streams.cellAt(stream)]
      judged[code]++
      if (streams.ofAt(stream) === allEvents && streams.eventsSoFar(stream) >= eventsToShare) nodes[code]++
    }
    for (const [code, axis] of axisNames.entries()) {
      const sharing = Math.max(1, nodes[code])
      const count = Math.max(1, judged[code])
      this.#byAxis[axis] = { nodes: sharing, limit: this.#perNode * sharing, streams: count }
    }
  }

  #none(): AxisLimit {
    return { nodes: 1, limit: this.#perNode, streams: 1 }
  }
}
