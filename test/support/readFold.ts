/** What a run said, in the oracle's terms: fates by record, cells by tick and code, scores. */
import { cellKeys } from '../../src/cells.ts'
import type { Log } from '../../src/log/port.ts'
import { recordsOf } from '../../src/log/recordsOf.ts'
import { EnterpriseAlert, FateColumns, fates, Score } from '../../streams/outputs.ts'
import type { Profile } from '../../streams/profile.ts'
import { ArchiveRecord } from '../../streams/ticks.ts'
import { type TopicName, warningTopics } from '../../streams/topics.ts'
import { Warning } from '../../streams/warnings.ts'
import { partitionFor, type TestRecord } from './fold.ts'
import type { OracleResult, OracleTick } from './oracle.ts'
import { fateRowsOf, partsOf } from './parts.ts'

/** Fates in the order of the records given, which must be all that were appended. */
export async function readFates(log: Log, records: readonly TestRecord[]): Promise<OracleResult['fates']> {
  const positions = new Map<string, number[]>()
  for (const [at, { topic, key }] of records.entries()) {
    const place = `${topic}#${partitionFor(log, topic, key)}`
    positions.set(place, [...(positions.get(place) ?? []), at])
  }
  const found: OracleResult['fates'] = records.map(() => ({ fate: 'dead', code: 'no fate' }))
  for (let partition = 0; partition < log.partitions('fates'); partition++) {
    for await (const record of recordsOf(log, 'fates', partition)) {
      const columns = FateColumns.parse(JSON.parse(Buffer.from(record.value).toString('utf8')))
      const kinds = Buffer.from(columns.fates, 'base64')
      let row = 0
      for (const [block, topic] of columns.topics.entries()) {
        const waiting = positions.get(`${topic}#${topic === 'commands' ? 0 : partition}`) ?? []
        for (const at of waiting.splice(0, columns.counts[block])) {
          found[at] = { fate: fates[kinds[row]], code: columns.codes[row] }
          row++
        }
      }
    }
  }
  return found
}

/** How many records of the inputs given (all of them otherwise) came to each fate. */
export async function fateCounts(log: Log, of?: readonly string[]): Promise<Record<string, number>> {
  const found: Record<string, number> = {}
  for await (const { topic, fate } of fateRowsOf(log))
    if (of === undefined || of.includes(topic)) found[fate] = (found[fate] ?? 0) + 1
  return found
}

const riskColumns = ['enterprises', 'logOdds', 'probability'] as const

/** Cells by tick: counts, late retractions, arrivals, stock and its risk from the parts, nodes from the archive of closed ticks. */
export async function readTicks(log: Log, profile: Profile): Promise<Map<number, OracleTick>> {
  const keys = cellKeys(profile)
  const ticks = new Map<number, OracleTick>()
  for await (const part of partsOf(log)) {
    const { counts, late, arrivals, stock, risk } = tickOf(part.tick)
    for (const [at, key] of part.counts.keys.entries()) add(counts, countName(key), part.counts.deltas[at])
    for (const [at, key] of part.late.keys.entries())
      add(late, `${part.late.ticks[at]}|${countName(key)}`, part.late.deltas[at])
    for (const [at, key] of part.arrivals.keys.entries()) add(arrivals, arrivalName(key), part.arrivals.deltas[at])
    for (const [at, key] of part.stock.keys.entries()) add(stock, stockName(key), part.stock.deltas[at])
    for (const [at, key] of part.risk?.keys.entries() ?? [])
      for (const column of riskColumns) add(risk, `${gradedName(key)}|${column}`, part.risk?.[column][at] ?? 0)
  }
  for (const kind of ['stock', 'risk'] as const) {
    const standing = new Map<string, number>()
    for (const tick of [...ticks.keys()].sort((a, b) => a - b)) {
      const sums = tickOf(tick)[kind]
      for (const [key, delta] of sums) add(standing, key, delta)
      sums.clear()
      for (const [key, count] of standing) sums.set(key, count)
    }
  }
  for await (const record of all(log, 'ticks', ArchiveRecord.parse)) {
    if (record.kind !== 'tick') continue
    const tick = tickOf(record.tick)
    tick.closed = true
    record.nodes.keys.forEach((key, at) => {
      const { events, enterprises, squares } = record.nodes
      const sum = { events: events[at], enterprises: enterprises[at], squares: squares[at] }
      if (sum.events !== 0 || sum.enterprises !== 0 || sum.squares !== 0) tick.nodes.set(cellName(key), sum)
    })
  }
  return ticks

  function tickOf(tick: number): OracleTick {
    const known = ticks.get(tick)
    if (known) return known
    const map = (): Map<string, number> => new Map()
    const sums = { counts: map(), nodes: new Map(), stock: map(), risk: map(), late: map(), arrivals: map() }
    const made = { ...sums, closed: false }
    ticks.set(tick, made)
    return made
  }

  function cellName(cell: number): string {
    return `${profile.regions.nodes[keys.region(cell)].code}|${profile.industries.nodes[keys.industry(cell)].code}`
  }
  function gradedName(graded: number): string {
    return `${cellName(keys.cellOf(graded))}|${profile.grades[keys.gradeOf(graded)]}`
  }
  function countName(key: number): string {
    return `${gradedName(keys.gradedOf(key))}|${columnName(keys.column(key))}`
  }
  function columnName(column: number): string {
    if (column === keys.columns.stale) return 'stale'
    if (column === keys.columns.retracted) return 'retracted'
    const { types, sources } = profile
    return column < types.length ? types[column].code : `from:${sources[column - types.length]}`
  }
  function arrivalName(key: number): string {
    const { source, region } = keys.arrivalOf(key)
    return `${profile.sources[source]}|${profile.regions.nodes[region].code}`
  }
  function stockName(key: number): string {
    return `${gradedName(keys.gradedOfStock(key))}|${profile.file.bands[keys.bandOf(key)].code}`
  }
}

/** Scores as the oracle gives them; the band before comes from the alert beside a score. */
export async function readScores(log: Log): Promise<OracleResult['scores']> {
  const alerts = new Map<string, EnterpriseAlert>()
  for await (const alert of all(log, 'enterprise-alerts', EnterpriseAlert.parse))
    alerts.set(`${alert.enterpriseId} ${alert.beat} ${alert.cause}`, alert)
  const found: OracleResult['scores'] = []
  for await (const { enterpriseId, beat, tick, probability, band, grade, cause } of all(log, 'scores', Score.parse)) {
    if (cause === 'model') continue
    const bandBefore = alerts.get(`${enterpriseId} ${beat} ${cause}`)?.bandBefore ?? band
    found.push({ enterpriseId, beat, tick, probability, band, bandBefore, grade, cause })
  }
  return found
}

/** Every record of a topic through its contract, partition after partition. */
export async function* all<T>(log: Log, topic: TopicName, parse: (json: unknown) => T): AsyncIterable<T> {
  for (let partition = 0; partition < log.partitions(topic); partition++) {
    for await (const record of recordsOf(log, topic, partition))
      yield parse(JSON.parse(Buffer.from(record.value).toString('utf8')))
  }
}

/** All warnings, topic after topic. */
export async function warningsOf(log: Log): Promise<Warning[]> {
  const found: Warning[] = []
  for (const topic of Object.values(warningTopics))
    for await (const warning of all(log, topic, Warning.parse)) found.push(warning)
  return found
}

function add(map: Map<string, number>, key: string, delta: number): void {
  const sum = (map.get(key) ?? 0) + delta
  if (sum === 0) map.delete(key)
  else map.set(key, sum)
}

/** A tick as lines, sorted: `count P1|X|A|CMP.COMPLAINT 3`. The nodes of an open tick are not in the archive, and left out. */
export function tickLines(ticks: ReadonlyMap<number, OracleTick>): string[] {
  return [...ticks]
    .sort((a, b) => a[0] - b[0])
    .flatMap(([tick, cells]) => {
      const lines = (kind: string, map: ReadonlyMap<string, number>): string[] =>
        [...map].map(([key, sum]) => `${tick} ${kind} ${key} ${sum}`)
      const nodes = [...cells.nodes].map(
        ([key, { events, enterprises, squares }]) => `${tick} node ${key} ${events} ${enterprises} ${squares}`,
      )
      const { counts, late, arrivals, stock, risk, closed } = cells
      return [
        ...lines('count', counts),
        ...lines('late', late),
        ...lines('arrival', arrivals),
        ...lines('stock', stock),
        ...lines('risk', risk),
        ...(closed ? nodes : []),
      ].sort()
    })
}

/** Scores as lines, sorted. */
export function scoreLines(scores: OracleResult['scores']): string[] {
  return scores
    .map(
      (one) =>
        `${one.beat} ${one.enterpriseId} ${one.cause} ${one.bandBefore}>${one.band} ${one.grade} ${one.probability}`,
    )
    .sort()
}

/** Fates as lines with the records that they are of, sorted: of two records of a beat that are the same to the byte, either may be the first. */
export function fateLines(records: readonly TestRecord[], fatesOf: OracleResult['fates'], beatMs = 1_000): string[] {
  return records
    .map(
      ({ topic, timeMs, value }, at) =>
        `${Math.floor(timeMs / beatMs)} ${topic} ${JSON.stringify(value)} ${fatesOf[at].fate} ${fatesOf[at].code ?? ''}`,
    )
    .sort()
}
