/** The level of each judged cell at the end of a tick, whatever statistic called for it: the highest. */
import type { Numbering } from '../numbering.ts'
import type { Store } from '../store.ts'
import { numberIn, textIn } from '../values.ts'

export function levelsAt(store: Store, { profile, grid }: Numbering, tick: number): Uint8Array {
  const levels = new Uint8Array(grid.size)
  const standing = store.all(
    'SELECT region, industry, level FROM warning_change WHERE next_tick > ? AND tick <= ? AND level > 0',
    tick,
    tick,
  )
  for (const row of standing) {
    const cell = grid.cellOf(
      profile.regions.find(textIn(row, 'region')),
      profile.industries.find(textIn(row, 'industry')),
    )
    if (cell !== undefined) levels[cell] = Math.max(levels[cell], numberIn(row, 'level'))
  }
  return levels
}
