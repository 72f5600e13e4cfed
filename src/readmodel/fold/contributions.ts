/** Who is behind the counts of a tick: a row for each enterprise and leaf. */
import { Contributions } from '../../../streams/contributions.ts'
import { jsonOf } from '../../json.ts'
import type { LogRecord } from '../../log/port.ts'
import type { Editions } from '../editions.ts'
import type { Store } from '../store.ts'
import { enterpriseNo } from './enterprises.ts'

/** Type, source, fresh, hour since 1950, hash of the event's id in hex. */
export type StoredFact = [string, string, 0 | 1, number, string]

export function foldContributions(store: Store, editions: Editions, { value }: LogRecord): void {
  const record = Contributions.parse(jsonOf(value))
  const { tick, page, enterprises, cells } = record
  const numbering = editions.at(tick)
  for (const [key, facts] of factsByPlace(record)) {
    const [enterprise, cell] = key.split(':').map(Number)
    const [region, industry] = [cells.regions[cell], cells.industries[cell]]
    store.run(
      'INSERT OR REPLACE INTO contribution VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
      ...[tick, enterpriseNo(store, enterprises.ids[enterprise])],
      ...[
        numbering.regions.numberOf(region) ?? 0,
        numbering.industries.numberOf(industry) ?? 0,
        page,
        region,
        industry,
      ],
      ...[enterprises.grades[enterprise], enterprises.bands[enterprise]],
      facts.filter(([type, , fresh]) => fresh === 1 && isJudged(numbering.profile, type)).length,
      JSON.stringify(facts),
    )
  }
}

function isJudged({ types, typeIndex }: Editions['profile'], type: string): boolean {
  const index = typeIndex.get(type)
  return index !== undefined && types[index].judged
}

function factsByPlace({ facts, types, sources }: Contributions): Map<string, StoredFact[]> {
  const hashes = Buffer.from(facts.hashes, 'base64')
  const found = new Map<string, StoredFact[]>()
  for (const [at, enterprise] of facts.enterprise.entries()) {
    const key = `${enterprise}:${facts.cell[at]}`
    const hash = hashes.subarray(at * 8, at * 8 + 8).toString('hex')
    const fact: StoredFact = [
      types[facts.type[at]],
      sources[facts.source[at]],
      facts.fresh[at] === 1 ? 1 : 0,
      facts.hour[at],
      hash,
    ]
    const known = found.get(key)
    if (known === undefined) found.set(key, [fact])
    else known.push(fact)
  }
  return found
}
