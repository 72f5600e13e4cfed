/** Judged events of cells by group of types, tick by tick. */
import { i32, u32 } from '../../columns.ts'
import { numberIn } from '../../values.ts'
import type { Model } from '../ask.ts'
import { indexIn } from './sorted.ts'

/** Reads the columns of a group once; of a tick without events of it every cell has none. */
export function groupCounts(
  { store, editions }: Model,
  group: string,
  { first, last }: { first: number; last: number },
): (at: { tick: number; cell: number | undefined }) => number {
  const byTick = new Map<number, { cells: Uint32Array; counts: Int32Array }>()
  for (const row of store.all(
    'SELECT tick, group_no, cells, counts FROM tick_group WHERE tick BETWEEN ? AND ? AND group_no = ?',
    ...[first, last, editions.profile.groups.indexOf(group)],
  ))
    byTick.set(numberIn(row, 'tick'), { cells: u32(row.cells), counts: i32(row.counts) })
  return ({ tick, cell }) => {
    const columns = byTick.get(tick)
    const at = columns === undefined || cell === undefined ? undefined : indexIn(columns.cells, cell)
    return columns === undefined || at === undefined ? 0 : columns.counts[at]
  }
}
