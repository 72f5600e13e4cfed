/** Closed ticks from the archive: what each judged cell counted, as a column, and the counts of leaves, from which make-up is worked out. */
import type { z } from 'zod'
import { ArchiveRecord, type TickRecord } from '../../../streams/ticks.ts'
import { jsonOf } from '../../json.ts'
import type { LogRecord } from '../../log/port.ts'
import { bytesOf, i32 } from '../columns.ts'
import type { Editions } from '../editions.ts'
import type { Numbering } from '../numbering.ts'
import { levelsAt } from '../query/levels.ts'
import type { Store } from '../store.ts'
import { numberIn } from '../values.ts'

export function foldArchive(store: Store, editions: Editions, { value }: LogRecord): void {
  const record: z.infer<typeof ArchiveRecord> = ArchiveRecord.parse(jsonOf(value))
  if (record.kind === 'tick') foldTick(store, editions.at(record.tick), record)
}

function foldTick(store: Store, numbering: Numbering, record: TickRecord): void {
  const { tick, label, beat, page, pages } = record
  if (page === 0) {
    const { begun = [], late } = record
    store.run('DELETE FROM tick WHERE tick = ?', tick)
    store.run(
      'INSERT INTO tick (tick, label, beat, pages, pages_read, observed, begun, late) VALUES (?, ?, ?, ?, 0, ?, ?, ?)',
      ...[tick, label, beat, pages],
      bytesOf(new Int32Array(numbering.grid.size)),
      JSON.stringify(begun.map((at) => numbering.profile.regions.nodes[at].code)),
      JSON.stringify(late),
    )
  }
  const stands = store.get('SELECT observed, pages_read FROM tick WHERE tick = ?', tick)
  if (stands === undefined) return
  const observed = i32(stands.observed)
  addCells(observed, numbering, record)
  const { counts } = record
  store.run(
    'INSERT OR REPLACE INTO tick_counts VALUES (?, ?, ?, ?)',
    ...[tick, page],
    bytesOf(Float64Array.from(counts.keys)),
    bytesOf(Uint32Array.from(counts.sums)),
  )
  const pagesRead = numberIn(stands, 'pages_read') + 1
  // What was taken back was perhaps not among the judged: no cell has fewer than none.
  if (pagesRead === pages) for (const [cell, count] of observed.entries()) observed[cell] = Math.max(0, count)
  store.run('UPDATE tick SET observed = ?, pages_read = ? WHERE tick = ?', bytesOf(observed), pagesRead, tick)
  if (pagesRead < pages) return
  // Every change of a warning up to this tick was folded before the tick is.
  store.run('UPDATE tick SET levels = ? WHERE tick = ?', bytesOf(levelsAt(store, numbering, tick)), tick)
  store.run("INSERT INTO change (kind, of) VALUES ('tick', ?)", label)
}

/** Judged events: those of the node, without what a source or region that has just begun, or come back, brought. */
function addCells(observed: Int32Array, numbering: Numbering, { nodes, taught, backlog }: TickRecord): void {
  add(observed, numbering, nodes.keys, nodes.events, 1)
  if (taught !== undefined) add(observed, numbering, taught.keys, taught.sums, -1)
  if (backlog !== undefined) add(observed, numbering, backlog.keys, backlog.sums, -1)
}

function add(
  observed: Int32Array,
  { keys, grid }: Numbering,
  nodes: readonly number[],
  counts: readonly number[],
  sign: 1 | -1,
): void {
  for (const [at, node] of nodes.entries()) {
    const cell = grid.cellOf(keys.region(node), keys.industry(node))
    if (cell !== undefined) observed[cell] += sign * counts[at]
  }
}
