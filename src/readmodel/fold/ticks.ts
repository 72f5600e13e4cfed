/** Closed ticks from the archive: what each judged cell counted, as a column, and the counts of leaves, from which make-up is worked out. */
import type { z } from 'zod'
import { ArchiveRecord, type ExpectedRecord, levelColumns, type TickRecord } from '../../../streams/ticks.ts'
import { jsonOf } from '../../json.ts'
import type { LogRecord } from '../../log/port.ts'
import { bytesOf, f32, i32, u32 } from '../columns.ts'
import type { Editions } from '../editions.ts'
import type { Numbering } from '../numbering.ts'
import type { Row, Store } from '../store.ts'
import { numberIn } from '../values.ts'
import { addGroups } from './groups.ts'
import { foldStanding } from './standing.ts'

export function foldArchive(store: Store, editions: Editions, { value }: LogRecord): void {
  const record: z.infer<typeof ArchiveRecord> = ArchiveRecord.parse(jsonOf(value))
  if (record.kind === 'tick') foldTick(store, editions.at(record.tick), record)
  else if (record.kind === 'expected' && record.statistic === 'count')
    foldExpected(store, editions.at(record.tick), record)
  else if (record.kind === 'expected') foldLevels(store, record)
}

/** The row of a tick: what is expected may be told before or after what was counted. */
function rowOf(store: Store, { grid }: Numbering, tick: number): Row {
  const none = bytesOf(new Int32Array(grid.size))
  store.run(
    "INSERT OR IGNORE INTO tick (tick, label, beat, pages, pages_read, observed, begun, late) VALUES (?, '', 0, 0, 0, ?, '[]', '[]')",
    tick,
    none,
  )
  return store.get('SELECT * FROM tick WHERE tick = ?', tick) ?? {}
}

function foldTick(store: Store, numbering: Numbering, record: TickRecord): void {
  const { tick, label, beat, page, pages, counts, begun = [], late, moved = [] } = record
  const stands = rowOf(store, numbering, tick)
  const observed = i32(stands.observed)
  addCells(observed, numbering, record)
  store.run(
    'INSERT OR REPLACE INTO tick_counts VALUES (?, ?, ?, ?)',
    ...[tick, page, bytesOf(Float64Array.from(counts.keys)), bytesOf(Uint32Array.from(counts.sums))],
  )
  addGroups(store, numbering, record)
  for (const { node, features } of moved) {
    const { profile, keys } = numbering
    const place = [profile.regions.nodes[keys.region(node)].code, profile.industries.nodes[keys.industry(node)].code]
    store.run('INSERT OR REPLACE INTO moved VALUES (?, ?, ?, ?)', tick, ...place, JSON.stringify(features))
  }
  const pagesRead = numberIn(stands, 'pages_read') + 1
  // What was taken back was perhaps not among the judged: no cell has fewer than none.
  if (pagesRead === pages) for (const [cell, count] of observed.entries()) observed[cell] = Math.max(0, count)
  store.run(
    'UPDATE tick SET label = ?, beat = ?, pages = ?, pages_read = ?, observed = ? WHERE tick = ?',
    ...[label, beat, pages, pagesRead, bytesOf(observed), tick],
  )
  if (page === 0) {
    const regions = begun.map((at) => numbering.profile.regions.nodes[at].code)
    store.run('UPDATE tick SET begun = ?, late = ? WHERE tick = ?', JSON.stringify(regions), JSON.stringify(late), tick)
  }
  if (pagesRead < pages) return
  // Every change of a warning up to this tick was folded before the tick is.
  foldStanding(store, numbering, tick)
  store.run("INSERT INTO change (kind, of) VALUES ('tick', ?)", label)
}

/** By cell; NaN where nothing is said. */
function foldExpected(store: Store, numbering: Numbering, record: ExpectedRecord): void {
  const { tick, page, pages } = record
  const { expected: before, variance: spread, label } = rowOf(store, numbering, tick)
  const { grid, keys } = numbering
  const unknown = (): Float32Array => new Float32Array(grid.size).fill(Number.NaN)
  const expected = before === null ? unknown() : f32(before)
  const variance = spread === null ? unknown() : f32(spread)
  const [means, variances] = [f32(bytesIn(record.means)), f32(bytesIn(record.variances))]
  for (const [at, key] of u32(bytesIn(record.keys)).entries()) {
    const cell = grid.cellOf(keys.region(key), keys.industry(key))
    if (cell === undefined) continue
    expected[cell] = means[at]
    variance[cell] = variances[at]
  }
  store.run('UPDATE tick SET expected = ?, variance = ? WHERE tick = ?', bytesOf(expected), bytesOf(variance), tick)
  if (page === pages - 1 && label !== '') store.run("INSERT INTO change (kind, of) VALUES ('tick', ?)", String(label))
}

/** Of `risk`: pages as they come, in order of node; each column behind the other (`riskColumns`). */
function foldLevels(store: Store, { tick, page, keys, means, variances, levels }: ExpectedRecord): void {
  if (levels === undefined) return
  const columns = [means, variances, ...levelColumns.map((name) => levels[name])].map(bytesIn)
  store.run('INSERT OR REPLACE INTO tick_risk VALUES (?, ?, ?, ?)', tick, page, bytesIn(keys), Buffer.concat(columns))
}

const bytesIn = (base64: string): Uint8Array => Buffer.from(base64, 'base64')

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
