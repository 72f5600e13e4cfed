/** Evidence that the level of risk of a node rises, and the level on the ladder that it calls for. */
import { z } from 'zod'
import { allowance } from '../../../models/level/cusum.ts'
import type { RiskLevel } from '../../../models/level/gradeSums.ts'
import { exp } from '../../../models/math.ts'
import { type Level, levels } from '../../../streams/outputs.ts'
import { rank } from '../alertState.ts'

/** How far a node's level has risen. `sum`, `sumAtSameGrades`: cumulative sums of A and B; `limit`: of the first, at which it is called. */
export const RiskEvidence = z.object({
  n: z.number(),
  meanLogOdds: z.number(),
  atSameGrades: z.number(),
  risky: z.number(),
  expected: z.number(),
  standardError: z.number(),
  sum: z.number(),
  sumAtSameGrades: z.number(),
  limit: z.number(),
  /** Mean log-odds more than siblings, since the rise began; and the ticks that it has lasted. */
  rise: z.number(),
  risingTicks: z.int(),
})
export type RiskEvidence = z.infer<typeof RiskEvidence>

/** `behaviour`: worse at the same grades; `grades`: a worse mix of them. */
export type RiskReason = 'behaviour' | 'grades'

/** Of blue, yellow, orange and red: how many times the limit, as odds; and how many times the usual risk. */
const strengths = [1, 4, 16, 64] as const
const sizes = [1, 1.1, 1.25, 1.5] as const

/** Its level, where it stands without any rise. */
export function calm(level: RiskLevel, limit: number): RiskEvidence {
  return { ...level, sum: 0, sumAtSameGrades: 0, limit, rise: 0, risingTicks: 0 }
}

/** The odds of a rise against none over those at the limit: e^(2k (C - h)), what one more unit of the sum is worth. */
export function strengthOf({ sum, limit }: RiskEvidence): number {
  return exp(2 * allowance * (sum - limit))
}

/** How many times the risk that is usual: by the rise itself, or by what is expected at the same grades, whichever is more. */
export function sizeOf({ rise, risky, expected }: RiskEvidence): number {
  return Math.max(exp(rise), expected > 0 ? risky / expected : 1)
}

/** The lesser of what its strength and what its size call for. */
export function calledLevel(evidence: RiskEvidence): Level {
  const [strength, size] = [strengthOf(evidence), sizeOf(evidence)]
  const reached = strengths.filter((step, at) => strength >= step && size >= sizes[at]).length
  return levels[reached]
}

/** Below half of what the level asks. */
export function isQuiet(evidence: RiskEvidence, level: Level): boolean {
  if (level === 'calm') return false
  const step = rank(level) - 1
  return strengthOf(evidence) < strengths[step] / 2 || sizeOf(evidence) - 1 < (sizes[step] - 1) / 2
}

/** Half of the limit is enough for the sum at the same grades: the grades alone do not move it. */
export function reasonOf({ sumAtSameGrades, limit }: RiskEvidence): RiskReason {
  return sumAtSameGrades >= limit / 2 ? 'behaviour' : 'grades'
}

/** A child that rises no more than half as much again as its parent says nothing of its own. */
export function explainedByParent(child: RiskEvidence, parent: RiskEvidence): boolean {
  return child.rise <= 1.5 * parent.rise
}

/** Without the child's rise the parent's would call for nothing. */
export function explainedByChild(parent: RiskEvidence, child: RiskEvidence): boolean {
  if (parent.rise <= 0) return false
  const share = (child.rise * child.n) / (parent.rise * parent.n)
  return parent.sum * (1 - share) < parent.limit
}
