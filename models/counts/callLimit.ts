/**
 * How much evidence calls: a Shiryaev-Roberts statistic M exceeds A by chance about once in A ticks (E[M_t] = t under the null, so by Ville's
 * inequality and optional stopping the mean time to a false alarm is A at least, and in proportion to it). So limits go with the number of
 * nodes that share a budget, and against the budget. How many ticks a call by chance really takes hangs on how evidence is gathered and on what
 * is asked beside it, so it is measured: for outbreaks of days in a quiet country, judged at all levels; for weeks by notices of layoffs.
 * Sources: Pollak (1985) for the proportion; docs/science.md section 7 for the measurements.
 */
import { checkPositive } from './detector.ts'
import { isWeekly } from './evidenceByTick.ts'

/** For ticks of a day, evidence above so many times the nodes makes half an episode a week. */
const measured = { episodesPerWeek: 0.5, days: 12, weeks: 25 } as const

/** The limit for each node that shares it. RangeError if a number is not > 0. */
export function limitPerNode({ episodesPerWeek, tickDays }: { episodesPerWeek: number; tickDays: number }): number {
  checkPositive('episodesPerWeek', episodesPerWeek)
  checkPositive('tickDays', tickDays)
  const rarer = measured.episodesPerWeek / episodesPerWeek
  return (measured[isWeekly(tickDays) ? 'weeks' : 'days'] * rarer) / tickDays
}
