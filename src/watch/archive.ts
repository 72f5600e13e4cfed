/**
 * The tick archive (topic `ticks`): what each tick counted and what was expected, and every so often all state of the engine with the
 * stock. From the last full state and the ticks after it any warning can be judged again (verify.ts). It also feeds charts and backtests.
 */
import { type ArchiveRecord, type LevelColumn, levelColumns, type StateRecord } from '../../streams/ticks.ts'
import { WordReader, WordWriter } from '../fold/pages.ts'
import type { Emit } from '../fold/task.ts'
import { archiveFullEveryTicks } from '../limits.ts'
import type { Population } from './population.ts'
import type { RiskColumns } from './riskSums.ts'
import type { Amendment, Early, Listed, TickFacts } from './statistics/statistic.ts'
import type { WarningEngine } from './warningEngine.ts'

const entriesMax = 8_000
const stockEntriesMax = 40_000
/** Base64 of a page stays under 1 MiB. */
const statePageBytes = 600_000

export function writeTick(
  { aggregates, population, risk }: TickFacts,
  head: { tick: number; label: string; beat: number },
  { early, late, listed }: { early: readonly Early[]; late: readonly Amendment[]; listed: readonly Listed[] },
  emit: Emit,
): void {
  const counts = aggregates.counts()
  const nodes = aggregates.nodes.columns() // zeros too: a node whose only event was taken back has a state of its own from here on
  const [taught, backlog] = [aggregates.taught.sorted(), aggregates.backlog.sorted()]
  const stock = population.takeChanges()
  const changes = risk.changes.columns()
  const { begun, ended } = aggregates.turns
  const { silent } = aggregates
  const longest = Math.max(...[counts, nodes, taught, backlog, stock, changes].map(({ keys }) => keys.length))
  const pages = Math.max(1, Math.ceil(longest / entriesMax))
  for (let page = 0; page < pages; page++) {
    const paged = (column: Float64Array): number[] => slice(column, page * entriesMax, (page + 1) * entriesMax)
    emitRecord(emit, {
      kind: 'tick',
      ...head,
      page,
      pages,
      counts: { keys: paged(counts.keys), sums: paged(counts.sums) },
      nodes: {
        keys: paged(nodes.keys),
        events: paged(nodes.events),
        enterprises: paged(nodes.enterprises),
        squares: paged(nodes.squares),
      },
      ...(taught.keys.length > 0 ? { taught: { keys: paged(taught.keys), sums: paged(taught.sums) } } : {}),
      ...(backlog.keys.length > 0 ? { backlog: { keys: paged(backlog.keys), sums: paged(backlog.sums) } } : {}),
      ...(stock.keys.length > 0 ? { stock: { keys: paged(stock.keys), sums: paged(stock.sums) } } : {}),
      ...(changes.keys.length > 0 ? { risk: pageOf(changes, page) } : {}),
      ...(page === 0 && risk.moved.length > 0 ? { moved: risk.moved } : {}),
      ...(page === 0 && risk.anew ? { riskAnew: true } : {}),
      ...(page === 0 && risk.modelChanged ? { modelChanged: true } : {}),
      ...(page === 0 && begun.length > 0 ? { begun } : {}),
      ...(page === 0 && ended.length > 0 ? { ended } : {}),
      ...(page === 0 && silent.length > 0 ? { silent: [...silent] } : {}),
      late: page === 0 ? [...late] : [],
      early: page === 0 ? [...early] : [],
      ...(page === 0 && listed.length > 0 ? { listed: [...listed] } : {}),
    })
  }
}

function pageOf({ keys, enterprises, logOdds, probability }: RiskColumns, page: number): RiskColumns {
  const paged = (column: readonly number[]): number[] => column.slice(page * entriesMax, (page + 1) * entriesMax)
  return {
    keys: paged(keys),
    enterprises: paged(enterprises),
    logOdds: paged(logOdds),
    probability: paged(probability),
  }
}

/** What each statistic expected in the tick that closes. */
export function writeExpected(engine: WarningEngine, tick: number, emit: Emit): void {
  for (const { statistic, keys, means, variances, levels } of engine.expected()) {
    const columns = 3 + (levels === undefined ? 0 : levelColumns.length)
    const entries = Math.floor(statePageBytes / (columns * keys.BYTES_PER_ELEMENT))
    const pages = Math.max(1, Math.ceil(keys.length / entries))
    for (let page = 0; page < pages; page++) {
      const paged = (column: Uint32Array | Float32Array): string => {
        const { buffer, byteOffset, byteLength } = column.subarray(page * entries, (page + 1) * entries)
        return Buffer.from(buffer, byteOffset, byteLength).toString('base64')
      }
      emitRecord(emit, {
        kind: 'expected',
        ...{ statistic, tick, page, pages },
        ...{ keys: paged(keys), means: paged(means), variances: paged(variances) },
        ...(levels === undefined ? {} : { levels: pagedLevels(levels, paged) }),
      })
    }
  }
}

function pagedLevels(
  {
    enterprises,
    meanLogOdds,
    atSameGrades,
    risky,
    expected,
    standardError,
  }: Readonly<Record<LevelColumn, Float32Array>>,
  paged: (column: Float32Array) => string,
): Record<LevelColumn, string> {
  return {
    enterprises: paged(enterprises),
    meanLogOdds: paged(meanLogOdds),
    atSameGrades: paged(atSameGrades),
    risky: paged(risky),
    expected: paged(expected),
    standardError: paged(standardError),
  }
}

/** Full state goes in when the tick is the first, or a multiple of 24. */
export function writeStateWhenDue(engine: WarningEngine, population: Population, tick: number, emit: Emit): void {
  if (tick % archiveFullEveryTicks !== 0 && engine.cells.firstTick !== tick) return
  writeStock(population, tick, emit)
  const out = new WordWriter()
  engine.save(out)
  const bytes = Buffer.concat([...out.finish()])
  const pages = Math.max(1, Math.ceil(bytes.length / statePageBytes))
  for (let page = 0; page < pages; page++) {
    emitRecord(emit, {
      kind: 'state',
      tick,
      page,
      pages,
      bytes: bytes.subarray(page * statePageBytes, (page + 1) * statePageBytes).toString('base64'),
    })
  }
}

function writeStock(population: Population, tick: number, emit: Emit): void {
  const { keys, sums } = population.sums.sorted()
  const pages = Math.max(1, Math.ceil(keys.length / stockEntriesMax))
  for (let page = 0; page < pages; page++) {
    const paged = (column: Float64Array): number[] =>
      slice(column, page * stockEntriesMax, (page + 1) * stockEntriesMax)
    emitRecord(emit, { kind: 'stock', tick, page, pages, stock: { keys: paged(keys), sums: paged(sums) } })
  }
}

export function loadState(engine: WarningEngine, pages: readonly StateRecord[]): void {
  engine.load(new WordReader([Buffer.concat(pages.map(({ bytes }) => Buffer.from(bytes, 'base64')))]))
}

function emitRecord(emit: Emit, record: ArchiveRecord): void {
  emit({
    topic: 'ticks',
    partition: 0,
    record: { key: String(record.tick), value: Buffer.from(JSON.stringify(record)) },
  })
}

function slice(column: Float64Array, from: number, to: number): number[] {
  const found: number[] = []
  for (let at = from; at < Math.min(to, column.length); at++) found.push(column[at])
  return found
}
