/** Who is behind the count of a warning. */
import { placePrefix } from '../../../../streams/contracts.ts'
import { enterprisesShownMax } from '../../../limits.ts'
import { boundsOf } from '../../numbering.ts'
import type { Row } from '../../store.ts'
import { numberIn, textIn } from '../../values.ts'
import { countEvidence, groupOf, storedWarning, type WarningRecord } from '../../warningRecord.ts'
import { type Model, whenOf } from '../ask.ts'
import { reachOf } from '../reach.ts'
import { warningRow } from '../warnings.ts'
import { type EnterpriseRow, enterpriseRow, type Fact, factsOf, isCounted } from './rows.ts'

export type WarningEnterprises = {
  tick: string
  group: string | null
  total: number
  enterprises: number
  agrees: boolean | null
  rows: (EnterpriseRow & { events: number; facts: Fact[] })[]
}

/** What was counted in the middle of a tick, or taken back later, is another count than that of the close. */
const isOfClose = ({ early, change }: WarningRecord): boolean => !early && change !== 'amended'

/** Who is behind the count of a warning: in the tick of its last change; of a cluster at its members, in the ticks that were looked through. */
export function enterprisesBehind(model: Model, id: string, asOf: string | undefined): WarningEnterprises {
  const record = storedWarning(textIn(warningRow(model, id, whenOf(model, asOf)), 'record'))
  const { tick } = record
  const found = contributionsTo(model, record)
  const group = groupOf(record)
  const byEnterprise = new Map<number, EnterpriseRow & { events: number; facts: Fact[] }>()
  for (const row of found) {
    const no = numberIn(row, 'enterprise')
    const known = byEnterprise.get(no) ?? { ...enterpriseRow(row), events: 0, facts: [] }
    const facts = factsOf(model, row)
    const counted = facts.filter((fact) => isCounted(model, fact, group)).length
    if (counted === 0) continue
    known.events += counted
    known.facts.push(...facts)
    byEnterprise.set(no, known)
  }
  const rows = [...byEnterprise.values()].sort((a, b) => b.events - a.events || (a.id < b.id ? -1 : 1))
  const total = rows.reduce((sum, { events }) => sum + events, 0)
  const isKnown = model.store.get('SELECT 1 FROM contribution WHERE tick = ? LIMIT 1', tick) !== undefined
  const judged = countedIn(record)
  return {
    tick: record.tickLabel,
    group: group ?? null,
    total,
    enterprises: rows.filter(({ id }) => !id.startsWith(placePrefix)).length,
    agrees: isKnown && judged !== undefined && isOfClose(record) ? total === judged : null,
    rows: rows.slice(0, enterprisesShownMax),
  }
}

function contributionsTo(model: Model, record: WarningRecord): Row[] {
  const { regions, industries } = model.editions.at(record.tick)
  const { first, last, places } = reachOf(model, record)
  return places.flatMap((place) =>
    model.store.all(
      `SELECT c.tick, c.region, c.industry, c.judged, c.facts, c.enterprise, c.grade, c.band, e.id, e.name, e.probability
       FROM contribution c JOIN enterprise e ON e.no = c.enterprise
       WHERE c.tick BETWEEN ? AND ? AND c.region_no BETWEEN ? AND ? AND c.industry_no BETWEEN ? AND ? AND c.judged > 0`,
      ...[first, last, ...boundsOf(regions.under(place.region)), ...boundsOf(industries.under(place.industry))],
    ),
  )
}

/** All that was counted, judged or not; undefined where no events are. */
function countedIn(record: WarningRecord): number | undefined {
  const counts = countEvidence(record)
  if (counts !== undefined) return counts.count + (counts.withheld ?? 0)
  return record.statistic === 'cluster' ? record.evidence.count : undefined
}
