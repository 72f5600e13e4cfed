/** What the statistic `risk` expected of each node in a tick, and where it stood: for the archive, from which its charts are drawn. */
import type { CusumStep } from '../../../models/level/cusum.ts'
import type { RiskLevel } from '../../../models/level/gradeSums.ts'
import type { LevelColumn } from '../../../streams/ticks.ts'
import type { NodeState } from './riskLevels.ts'
import type { Expected } from './statistic.ts'

/** Of A: the mean, and the variance. */
export type Usual = { mean: number; variance: number }

type Stood = { node: number; level: RiskLevel; usual: Usual | undefined }

/**
 * A as it would be had the node moved as its siblings did: since its rise began or, where it does not rise, since the tick before. So the
 * expectation does not follow a slow rise, and its variance is that of so many ticks. Undefined as long as no variance is known.
 */
export function usualOf(
  { own, deviation }: CusumStep,
  { level, state }: { level: RiskLevel; state: NodeState },
  tick: number,
): Usual | undefined {
  if (deviation === 0) return undefined
  const { rise, risingSince } = state
  const ticks = risingSince === null ? 1 : tick - risingSince + 1
  return { mean: level.meanLogOdds - (risingSince === null ? own : rise), variance: ticks * deviation * deviation }
}

/** In order of node, whichever family came first. */
export function expectedLevels(steps: readonly Stood[]): Expected {
  const sorted = [...steps].sort((a, b) => a.node - b.node)
  const column = (of: (step: Stood) => number): Float32Array => {
    const found = new Float32Array(sorted.length)
    for (let at = 0; at < found.length; at++) found[at] = of(sorted[at])
    return found
  }
  return {
    keys: Uint32Array.from(sorted, ({ node }) => node),
    means: column(({ usual }) => usual?.mean ?? Number.NaN),
    variances: column(({ usual }) => usual?.variance ?? Number.NaN),
    levels: {
      enterprises: column(({ level }) => level.n),
      meanLogOdds: column(({ level }) => level.meanLogOdds),
      atSameGrades: column(({ level }) => level.atSameGrades),
      risky: column(({ level }) => level.risky),
      expected: column(({ level }) => level.expected),
      standardError: column(({ level }) => level.standardError),
    } satisfies Record<LevelColumn, Float32Array>,
  }
}
