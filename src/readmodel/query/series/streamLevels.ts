/** The level at which a statistic stood of a cell at the end of each tick: other statistics have levels of their own at the same cell. */
import { type Level, levels } from '../../../../streams/outputs.ts'
import { numberIn } from '../../values.ts'
import type { Model } from '../ask.ts'
import type { Stream } from './types.ts'

export function streamLevels(
  { store }: Model,
  { statistic, axis, region, industry }: Pick<Stream, 'statistic' | 'axis' | 'region' | 'industry'>,
): (tick: number) => Level {
  const stood = store
    .all(
      `SELECT tick, next_tick, level FROM warning_change
       WHERE axis = ? AND region = ? AND industry = ? AND statistic = ? AND level > 0`,
      ...[axis, region, industry, statistic],
    )
    .map((row) => ({ from: numberIn(row, 'tick'), to: numberIn(row, 'next_tick'), level: numberIn(row, 'level') }))
  return (tick) => levels[Math.max(0, ...stood.map(({ from, to, level }) => (from <= tick && tick < to ? level : 0)))]
}
