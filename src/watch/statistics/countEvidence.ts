/** Counts of one node in one tick as evidence: the stream that burns most, of all events or of one group of types, beside all of the node. */
import { z } from 'zod'
import { type Expectation, judge } from '../../../models/counts/detector.ts'
import type { Evidence } from '../../../models/counts/evidence.ts'
import { Makeup } from '../../../streams/ticks.ts'

export const CountEvidence = z.object({
  /** Of the stream: 0 is all events, 1 + g group g. */
  stream: z.int(),
  events: z.int(),
  expected: z.number(),
  variance: z.number(),
  p: z.number(),
  q: z.number(),
  rateRatio: z.number(),
  /** Evidence with this tick, what it was made of before it, and what it must exceed to call. */
  value: z.number(),
  before: z.array(z.number()),
  limit: z.number(),
  /** Nodes of the axis that share the limit, and streams that were judged in it. */
  nodes: z.int(),
  familySize: z.int(),
  /** Of the node: all events, distinct enterprises, and the sum over these of (events of one)^2. Groups have no numbers of their own. */
  allEvents: z.int(),
  allExpected: z.number(),
  enterprises: z.int(),
  squares: z.int(),
  /** Of evidence that calls. */
  makeup: Makeup.optional(),
})
export type CountEvidence = z.infer<typeof CountEvidence>

/** A count that is no more than expected is not looked at further: p = 1 keeps it at the end of its family. */
export function pOf(expectation: Expectation, events: number): number {
  return events <= expectation.mean ? 1 : judge(expectation, events).p
}

/** Effective number of enterprises: events^2 / sum of squares; near 1, one enterprise makes the count. */
export function effectiveEnterprises({ allEvents, squares }: Pick<CountEvidence, 'allEvents' | 'squares'>): number {
  return squares > 0 ? (allEvents * allEvents) / squares : 0
}

/** Evidence after some events of its stream were taken back; q moves as p does. */
export function reduced(evidence: CountEvidence, eventsLost: number, gathering: Evidence): CountEvidence {
  const events = Math.max(0, evidence.events - eventsLost)
  const expectation = { mean: evidence.expected, variance: evidence.variance }
  const p = pOf(expectation, events)
  const q = evidence.p > 0 ? Math.min(1, (evidence.q * p) / evidence.p) : evidence.q
  const counted = { y: events, nodes: evidence.nodes }
  const value = gathering.evidenceWith(Float64Array.from(evidence.before), 0, expectation, counted)
  const allEvents = Math.max(0, evidence.allEvents - eventsLost)
  return { ...evidence, events, p, q, value, allEvents, rateRatio: events / evidence.expected }
}

/** What a node counted of a stream, and what was expected. */
export type Stream = { events: number; expected: number; variance: number }

/** Whether a child's count is what its parent's rise in the same stream would bring (then it is linked to the parent, not raised beside it). */
export function explainedByParent(child: Stream, parent: Stream): boolean {
  const rise = Math.max(1, parent.events / parent.expected)
  const mean = child.expected * rise
  return pOf({ mean, variance: mean + (child.variance - child.expected) * rise * rise }, child.events) > explainedPMin
}

/** Whether a parent without this child's part of the stream would be no warning: the child is what happened. */
export function explainedByChild(
  parent: Stream,
  child: Pick<Stream, 'events' | 'expected'>,
  rateRatioMin: number,
): boolean {
  const rest = without(parent, child)
  if (rest === undefined) return true
  const { events, expected, variance } = rest
  return events / expected < rateRatioMin && pOf({ mean: expected, variance }, events) > explainedPMin
}

/** A stream without a part of it; undefined where nothing else was expected. */
function without(whole: Stream, part: Pick<Stream, 'events' | 'expected'>): Stream | undefined {
  const expected = whole.expected - part.expected
  if (!(expected > 0)) return undefined
  const share = expected / whole.expected
  const variance = Math.max(expected, expected + (whole.variance - whole.expected) * share * share)
  return { events: Math.max(0, whole.events - part.events), expected, variance }
}

/** Evidence without a part of its stream: what was gathered before this tick stays. */
export function evidenceWithout(evidence: CountEvidence, part: Stream, gathering: Evidence): CountEvidence {
  const rest = without(evidence, part) ?? { events: 0, expected: evidence.expected, variance: evidence.variance }
  const expectation = { mean: rest.expected, variance: rest.variance }
  const counted = { y: rest.events, nodes: evidence.nodes }
  const value = gathering.evidenceWith(Float64Array.from(evidence.before), 0, expectation, counted)
  return { ...evidence, ...rest, value, rateRatio: rest.events / rest.expected }
}

const explainedPMin = 0.01
