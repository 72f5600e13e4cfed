/**
 * How much evidence calls: a Shiryaev-Roberts statistic M exceeds A by chance about once in A ticks (E[M_t] = t under the null, so by Ville's
 * inequality and optional stopping the mean time to a false alarm is A at least, and in proportion to it). So limits go with the number of
 * nodes that share a budget, and against the budget. Measured: evidence above 25 N gave .5 false episodes a country-week of daily ticks.
 * Sources: Pollak (1985) for the proportion; docs/science.md section 7 for the measurement.
 */
import { checkPositive } from './detector.ts'

const measured = { limitPerNode: 25, episodesPerWeek: 0.5, ticksPerWeek: 7 } as const

/** The limit for each node that shares it. RangeError if a number is not > 0. */
export function limitPerNode({
  episodesPerWeek,
  ticksPerWeek,
}: {
  episodesPerWeek: number
  ticksPerWeek: number
}): number {
  checkPositive('episodesPerWeek', episodesPerWeek)
  checkPositive('ticksPerWeek', ticksPerWeek)
  const rarer = measured.episodesPerWeek / episodesPerWeek
  return measured.limitPerNode * rarer * (ticksPerWeek / measured.ticksPerWeek)
}
