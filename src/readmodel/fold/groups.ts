/** Judged events of each cell by group of types: a warning about counts may be of one group. */
import type { TickRecord } from '../../../streams/ticks.ts'
import { bytesOf, i32, u32 } from '../columns.ts'
import type { Numbering } from '../numbering.ts'
import type { Store } from '../store.ts'

/** Adds a page of a tick to what its pages before said. Sparse columns, in order of cell. */
export function addGroups(store: Store, { keys, grid, profile }: Numbering, { tick, page, counts }: TickRecord): void {
  const found = profile.groups.map(() => new Map<number, number>())
  if (page > 0) for (const [group, sums] of found.entries()) readInto(store, tick, group, sums)
  for (const [at, key] of counts.keys.entries()) {
    const column = keys.column(key)
    if (column >= profile.types.length || !profile.types[column].judged) continue
    const sums = found[profile.types[column].group]
    for (const cell of grid.above(keys.cellOf(keys.gradedOf(key))))
      sums.set(cell, (sums.get(cell) ?? 0) + counts.sums[at])
  }
  for (const [group, sums] of found.entries()) {
    if (sums.size === 0) continue
    const sorted = [...sums].sort(([a], [b]) => a - b)
    const cells = Uint32Array.from(sorted, ([cell]) => cell)
    const events = Int32Array.from(sorted, ([, count]) => count)
    store.run('INSERT OR REPLACE INTO tick_group VALUES (?, ?, ?, ?)', tick, group, bytesOf(cells), bytesOf(events))
  }
}

function readInto(store: Store, tick: number, group: number, sums: Map<number, number>): void {
  const row = store.get('SELECT cells, counts FROM tick_group WHERE tick = ? AND group_no = ?', tick, group)
  if (row === undefined) return
  const counts = i32(row.counts)
  for (const [at, cell] of u32(row.cells).entries()) sums.set(cell, counts[at])
}
