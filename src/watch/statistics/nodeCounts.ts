/** What a node counts in a tick, and what of it is judged. */
import { type NodeSum, noSum } from '../nodeSums.ts'
import type { TickAggregates } from '../tickAggregates.ts'

/** Of what is withheld nobody knows the group: a group is judged by what is left if all of it is. */
export type NodeCounts = { sum: NodeSum; groupEvents: (group: number) => number; withheld: number }

export function countsOf(aggregates: TickAggregates, node: number): NodeCounts {
  return countsAt(aggregates, node, aggregates.nodes.presentAt(node))
}

/** `at`: the index of the node, undefined for one that the tick does not know. */
export function countsAt(aggregates: TickAggregates, node: number, at: number | undefined): NodeCounts {
  const { nodes } = aggregates
  const withheld = aggregates.withheld(node)
  if (at === undefined) return { sum: noSum, groupEvents: () => 0, withheld }
  const sum = nodes.sumAt(at)
  sum.events -= withheld
  return { sum, groupEvents: (group) => nodes.groupEventsAt(at, group), withheld }
}
