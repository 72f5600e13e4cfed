/**
 * The digest: one hash a topic over what a run says (docs/fold.md rule 21). Records count as a multiset, without task, partition, offset
 * or page, so that two runs that say the same have the same digest, however many partitions and crashes they had.
 */
import { Contributions } from '../../streams/contributions.ts'
import type { CellPart } from '../../streams/outputs.ts'
import type { TopicName } from '../../streams/topics.ts'
import { partOf } from '../columns/cellPart.ts'
import { fateRowsIn } from '../columns/fateRows.ts'
import { unpackedOf } from '../columns/packedRecords.ts'
import { jsonOf } from '../json.ts'
import { Multiset } from './multiset.ts'
import type { Log, LogRecord } from './port.ts'
import { placesOf, recordsOf } from './recordsOf.ts'

export const digestTopics = [
  'scores',
  'shadow-scores',
  'enterprise-alerts',
  'industry-warnings',
  'region-warnings',
  'cell-warnings',
  'fates',
  'dead-letters',
  'command-results',
  'notices',
  'contributions',
  'cell-parts',
  'ticks',
  'contradictions',
  'risk-levels',
  'cluster-warnings',
] as const satisfies readonly TopicName[]
export type DigestTopic = (typeof digestTopics)[number]

export type TopicDigest = { hash: string; records: number }
export type Digest = Record<DigestTopic, TopicDigest>

/** `includes`: whether a record of this log time (the beginning of its beat) counts. */
export async function digest(log: Log, includes: Includes = () => true): Promise<Digest> {
  const none: TopicDigest = { hash: new Multiset().hash, records: 0 }
  const found: Digest = Object.assign({}, ...digestTopics.map((topic) => ({ [topic]: none })))
  for (const topic of digestTopics) found[topic] = await digestOf(log, topic, includes)
  return found
}

async function digestOf(log: Log, topic: DigestTopic, includes: Includes): Promise<TopicDigest> {
  const set = new Multiset()
  if (topic === 'cell-parts') await addParts(log, set, includes)
  else {
    for (const { partition } of placesOf(log, [topic]))
      for await (const record of recordsOf(log, topic, partition)) addRecord(topic, record, set, includes)
  }
  return { hash: set.hash, records: set.count }
}

type Includes = (timeMs: number) => boolean

function addRecord(topic: DigestTopic, record: LogRecord, set: Multiset, includes: Includes): void {
  if (topic === 'fates') addFates(record, set, includes)
  else if (!includes(record.timeMs)) return
  else if (topic === 'contributions') addContributions(record, set)
  else if (topic === 'dead-letters') set.add(record.headers?.['error-code'] ?? '', record.value)
  else set.add(record.key ?? '', record.value)
}

function addFates(record: LogRecord, set: Multiset, includes: Includes): void {
  for (const { hash, fate, code = '', timeMs } of fateRowsIn(record)) if (includes(timeMs)) set.add(hash, fate, code)
}

/** Fact by fact: pages and dictionaries are those of a task. */
function addContributions(record: LogRecord, set: Multiset): void {
  const { tick, beat, enterprises, cells, types, sources, facts } = Contributions.parse(jsonOf(record.value))
  const hashes = Buffer.from(facts.hashes, 'base64')
  for (const [row, enterprise] of facts.enterprise.entries()) {
    const [id, grade, band] = [enterprises.ids, enterprises.grades, enterprises.bands].map((of) => of[enterprise])
    const [region, industry] = [cells.regions[facts.cell[row]], cells.industries[facts.cell[row]]]
    const rest = `${tick} ${beat} ${facts.fresh[row]} ${facts.hour[row]}`
    const hash = hashes.subarray(row * 8, row * 8 + 8)
    set.add(hash, id, grade, band, region, industry, types[facts.type[row]], sources[facts.source[row]], rest)
  }
}

/** Parts are summed over tasks by beat; partitions are read side by side, a beat at a time. */
async function addParts(log: Log, set: Multiset, includes: Includes): Promise<void> {
  const readers = Array.from({ length: log.partitions('cell-parts') }, (_, partition) =>
    unpackedOf(log, 'cell-parts', partition)[Symbol.asyncIterator](),
  )
  const heads = await Promise.all(readers.map((reader) => reader.next()))
  for (;;) {
    const times = heads.flatMap((head) => (head.done === true ? [] : [head.value.timeMs]))
    if (times.length === 0) return
    const timeMs = Math.min(...times)
    const sums = new Map<string, number>()
    for (const [at, reader] of readers.entries()) {
      for (let head = heads[at]; head.done !== true && head.value.timeMs === timeMs; head = heads[at]) {
        addPart(sums, partOf(head.value))
        heads[at] = await reader.next()
      }
    }
    if (!includes(timeMs)) continue
    for (const [key, sum] of sums) if (sum !== 0) set.add(String(timeMs), key, String(sum))
  }
}

function addPart(sums: Map<string, number>, part: CellPart): void {
  const add = (what: string, keys: readonly number[], deltas: readonly number[]): void => {
    for (const [at, key] of keys.entries()) {
      const name = `${what} ${key}`
      sums.set(name, (sums.get(name) ?? 0) + deltas[at])
    }
  }
  add('count', part.counts.keys, part.counts.deltas)
  for (const [at, tick] of part.late.ticks.entries()) add(`late ${tick}`, [part.late.keys[at]], [part.late.deltas[at]])
  add('stock', part.stock.keys, part.stock.deltas)
  add('arrival', part.arrivals.keys, part.arrivals.deltas)
  if (part.unjudged !== undefined) add('unjudged', part.unjudged.keys, part.unjudged.deltas)
  if (part.drift !== undefined) add('drift', part.drift.keys, part.drift.counts)
  if (part.risk !== undefined) {
    add('risk enterprises', part.risk.keys, part.risk.enterprises)
    add('risk logOdds', part.risk.keys, part.risk.logOdds)
    add('risk probability', part.risk.keys, part.risk.probability)
  }
  for (const kind of ['contradictions', 'moved'] as const)
    for (const [name, column] of Object.entries(part[kind] ?? {}))
      if (name !== 'keys') add(`${kind} ${name}`, part[kind]?.keys ?? [], column)
  for (const [name, columns] of [
    ['breadth', part.breadth],
    ['shared', part.shared],
  ] as const) {
    add(`${name} enterprises`, columns.keys, columns.enterprises)
    add(`${name} squares`, columns.keys, columns.squares)
  }
}
