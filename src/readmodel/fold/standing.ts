/** What stood at the end of a tick: the level of each judged cell, whatever statistic called for it, and how many warnings by outermost region. */
import { outermost } from '../../../streams/tree.ts'
import { bytesOf } from '../columns.ts'
import type { Numbering } from '../numbering.ts'
import type { Row, Store } from '../store.ts'
import { numberIn, textIn } from '../values.ts'

type Moves = { standing: number; raised: number; cleared: number }

/** Works it out anew from the changes of warnings. */
export function foldStanding(store: Store, { profile, grid }: Numbering, tick: number): void {
  const levels = new Uint8Array(grid.size)
  const moves = new Map<string, Moves>()
  const count = (row: Row, what: keyof Moves): void => {
    for (const region of new Set(['', outermost(profile.regions, textIn(row, 'region'))])) {
      const key = `${numberIn(row, 'level')} ${region}`
      const known = moves.get(key) ?? { standing: 0, raised: 0, cleared: 0 }
      moves.set(key, { ...known, [what]: known[what] + 1 })
    }
  }
  for (const row of store.all(
    'SELECT region, industry, level FROM warning_change WHERE next_tick > ? AND tick <= ? AND level > 0',
    tick,
    tick,
  )) {
    const { regions, industries } = profile
    const cell = grid.cellOf(regions.find(textIn(row, 'region')), industries.find(textIn(row, 'industry')))
    if (cell !== undefined) levels[cell] = Math.max(levels[cell], numberIn(row, 'level'))
    count(row, 'standing')
  }
  for (const row of store.all(
    'SELECT region, level, change, raised_tick FROM warning_change WHERE tick = ? AND next_tick > ?',
    tick,
    tick,
  )) {
    if (row.raised_tick === tick) count(row, 'raised')
    if (row.change === 'cleared') count(row, 'cleared')
  }
  store.run('UPDATE tick SET levels = ? WHERE tick = ?', bytesOf(levels), tick)
  store.run('DELETE FROM tick_moves WHERE tick = ?', tick)
  for (const [key, { standing, raised, cleared }] of moves) {
    const space = key.indexOf(' ')
    store.run(
      'INSERT INTO tick_moves VALUES (?, ?, ?, ?, ?, ?)',
      ...[tick, key.slice(space + 1), Number(key.slice(0, space)), standing, raised, cleared],
    )
  }
}
