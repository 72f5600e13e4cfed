/** Counts as evidence under the rules before budgets: p and q of all events, and the level that they call for. */
import { z } from 'zod'
import { type Expectation, judge } from '../../../models/counts/detector.ts'
import { benjaminiHochberg } from '../../../models/counts/fdr.ts'
import type { Level } from '../../../streams/outputs.ts'
import type { NodeSum } from '../nodeSums.ts'

/** The ladder of then: how sure (q, the false discovery rate) and how large (rate ratio). */
export const formerPolicy = {
  levels: {
    blue: { qMax: 0.1, rateRatioMin: 1.5 },
    yellow: { qMax: 0.05, rateRatioMin: 2 },
    orange: { qMax: 0.01, rateRatioMin: 3 },
    red: { qMax: 0.001, rateRatioMin: 4 },
  },
  orangeChildrenMin: 3,
  redEnterprisesMin: 3,
  sustained: { ticks: 2, ofTicks: 3 },
  historyTicksMin: 7,
} as const

export const FormerEvidence = z.object({
  events: z.int(),
  enterprises: z.int(),
  squares: z.int(),
  expected: z.number(),
  variance: z.number(),
  p: z.number(),
  q: z.number(),
  rateRatio: z.number(),
  familySize: z.int(),
})
export type FormerEvidence = z.infer<typeof FormerEvidence>

/** A count that is no more than expected is not looked at further: p = 1 keeps it at the end of its family. */
export function pOf(expectation: Expectation, events: number): number {
  return events <= expectation.mean ? 1 : judge(expectation, events).p
}

export function evidenceOf(
  sum: NodeSum,
  expectation: Expectation,
  p: number,
  q: number,
  familySize: number,
): FormerEvidence {
  return {
    events: sum.events,
    enterprises: sum.enterprises,
    squares: sum.squares,
    expected: expectation.mean,
    variance: expectation.variance,
    p,
    q,
    rateRatio: sum.events / expectation.mean,
    familySize,
  }
}

/** q values of one family (axis) in one tick. */
export function familyQ(p: readonly number[], familySize: number): Float64Array {
  return benjaminiHochberg(p, { familySize })
}

/** The level that evidence calls for. `warnedChildren`: child cells that call for blue or more themselves. */
export function calledLevel(evidence: FormerEvidence, warnedChildren: number, eventsMin: number): Level {
  const { levels, redEnterprisesMin, orangeChildrenMin } = formerPolicy
  const reaches = (rule: { qMax: number; rateRatioMin: number }): boolean =>
    evidence.q < rule.qMax && evidence.rateRatio >= rule.rateRatioMin
  if (evidence.events < eventsMin || !reaches(levels.blue)) return 'calm'
  if (reaches(levels.red) && evidence.enterprises >= redEnterprisesMin) return 'red'
  if (reaches(levels.orange) || warnedChildren >= orangeChildrenMin) return 'orange'
  return reaches(levels.yellow) ? 'yellow' : 'blue'
}

/** Below half of what the level asks for: half of the excess over the expected count. */
export function isQuiet(rateRatio: number, level: Level): boolean {
  return level !== 'calm' && rateRatio - 1 < (formerPolicy.levels[level].rateRatioMin - 1) / 2
}

/** Whether a child's count is what its parent's rise alone would bring (then it is linked to the parent, not raised beside it). */
export function explainedByParent(child: FormerEvidence, parent: FormerEvidence): boolean {
  const rise = Math.max(1, parent.rateRatio)
  const expectation = {
    mean: child.expected * rise,
    variance: child.expected * rise + (child.variance - child.expected) * rise * rise,
  }
  return pOf(expectation, child.events) > explainedPMin
}

/** Whether a parent without this child would not call for a warning: the child is what happened. */
export function explainedByChild(parent: FormerEvidence, child: FormerEvidence): boolean {
  const mean = parent.expected - child.expected
  if (mean <= 0) return true
  const share = mean / parent.expected
  const expectation = { mean, variance: Math.max(mean, mean + (parent.variance - parent.expected) * share * share) }
  const events = parent.events - child.events
  return events / mean < formerPolicy.levels.blue.rateRatioMin && pOf(expectation, events) > explainedPMin
}

/** Evidence after some of its events were taken back; q moves as p does. */
export function reduced(evidence: FormerEvidence, eventsLost: number): FormerEvidence {
  const events = evidence.events - eventsLost
  const p = pOf({ mean: evidence.expected, variance: evidence.variance }, Math.max(0, events))
  const q = evidence.p > 0 ? Math.min(1, (evidence.q * p) / evidence.p) : evidence.q
  return { ...evidence, events, p, q, rateRatio: events / evidence.expected }
}

const explainedPMin = 0.01
