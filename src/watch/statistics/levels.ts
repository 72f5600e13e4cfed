/** The level that evidence calls for, whatever the statistic: the lesser of how strong it is and how large the change. */
import { type Level, levels } from '../../../streams/outputs.ts'

/** Evidence in multiples of the limit at which it calls, and the size of the change: observed over expected. */
export type Measure = { strength: number; size: number }
/** The size that each level asks. */
export type SizeSteps = Readonly<Record<Exclude<Level, 'calm'>, number>>

/** The strength that each level asks to be exceeded: 4 times as much for each step. */
export const strengthSteps = { blue: 1, yellow: 4, orange: 16, red: 64 } as const satisfies SizeSteps

const warned = levels.slice(1).filter((level) => level !== 'calm')

/** The highest level of which both steps are reached. */
export function levelOf({ strength, size }: Measure, sizes: SizeSteps): Level {
  return warned.findLast((level) => strength > strengthSteps[level] && size >= sizes[level]) ?? 'calm'
}

/** Whether either lies below half of what a level asks; of a size, half of what it exceeds 1 by. */
export function isBelowHalf({ strength, size }: Measure, level: Level, sizes: SizeSteps): boolean {
  return level !== 'calm' && (strength < strengthSteps[level] / 2 || size - 1 < (sizes[level] - 1) / 2)
}
