/** Enterprises, for whoever may see them. */
import { z } from 'zod'
import { msOfHour } from '../../../models/facts.ts'
import { placePrefix } from '../../../streams/contracts.ts'
import { Reason } from '../../../streams/outputs.ts'
import { ForewarnError } from '../../errors.ts'
import { enterprisesShownMax, factsShownMax } from '../../limits.ts'
import type { Row } from '../store.ts'
import { numberIn, numberOrNull, textIn, textOrNull } from '../values.ts'
import { countEvidence, storedWarning, type WarningRecord } from '../warningRecord.ts'
import { type Model, type When, whenOf } from './ask.ts'
import { rowsOf, type WarningRow } from './rows.ts'
import { questionHash, readCursor, warningRow, writeCursor } from './warnings.ts'

export type EnterpriseRow = {
  id: string
  name: string | null
  region: string | null
  industry: string | null
  grade: string | null
  band: string | null
  probability: number | null
}
export type Fact = {
  type: string
  source: string
  fresh: boolean
  occurredAt: string
  tick: string
  region: string
  industry: string
  idHash: string
}

const Facts = z.array(z.tuple([z.string(), z.string(), z.union([z.literal(0), z.literal(1)]), z.int(), z.string()]))

export function enterpriseRow(row: Row): EnterpriseRow {
  const text = (name: string): string | null => textOrNull(row, name)
  return {
    id: textIn(row, 'id'),
    ...{
      name: text('name'),
      region: text('region'),
      industry: text('industry'),
      grade: text('grade'),
      band: text('band'),
    },
    probability: numberOrNull(row, 'probability'),
  }
}

function factsOf({ editions }: Model, row: Row): Fact[] {
  const tick = editions.profile.calendar.label(numberIn(row, 'tick'))
  const [region, industry] = [textIn(row, 'region'), textIn(row, 'industry')]
  return Facts.parse(JSON.parse(textIn(row, 'facts'))).map(([type, source, fresh, hour, idHash]) => {
    return {
      type,
      source,
      fresh: fresh === 1,
      occurredAt: new Date(msOfHour(hour)).toISOString(),
      tick,
      region,
      industry,
      idHash,
    }
  })
}

export type WarningEnterprises = {
  tick: string
  total: number
  enterprises: number
  agrees: boolean | null
  rows: (EnterpriseRow & { events: number; facts: Fact[] })[]
}

/** What was counted in the middle of a tick, or taken back later, is another count than that of the close. */
const isOfClose = ({ early, change }: WarningRecord): boolean => !early && change !== 'amended'

/** Who is behind the count of a warning, in the tick of its last change. */
export function enterprisesBehind(model: Model, id: string, asOf: string | undefined): WarningEnterprises {
  const record = storedWarning(textIn(warningRow(model, id, whenOf(model, asOf)), 'record'))
  const { tick, region, industry } = record
  const { regions, industries } = model.editions.at(tick)
  const [inside, of] = [regions.under(region), industries.under(industry)]
  const found = model.store.all(
    `SELECT c.tick, c.region, c.industry, c.judged, c.facts, c.enterprise, c.grade, c.band, e.id, e.name, e.probability
     FROM contribution c JOIN enterprise e ON e.no = c.enterprise
     WHERE c.tick = ? AND c.region_no BETWEEN ? AND ? AND c.industry_no BETWEEN ? AND ? AND c.judged > 0`,
    ...[tick, inside?.from ?? 0, inside?.to ?? -1, of?.from ?? 0, of?.to ?? -1],
  )
  const byEnterprise = new Map<number, EnterpriseRow & { events: number; facts: Fact[] }>()
  for (const row of found) {
    const no = numberIn(row, 'enterprise')
    const known = byEnterprise.get(no) ?? { ...enterpriseRow(row), events: 0, facts: [] }
    known.events += numberIn(row, 'judged')
    known.facts.push(...factsOf(model, row))
    byEnterprise.set(no, known)
  }
  const rows = [...byEnterprise.values()].sort((a, b) => b.events - a.events || (a.id < b.id ? -1 : 1))
  const total = rows.reduce((sum, { events }) => sum + events, 0)
  const isKnown = model.store.get('SELECT 1 FROM contribution WHERE tick = ? LIMIT 1', tick) !== undefined
  const judged = countEvidence(record)
  return {
    tick: record.tickLabel,
    total,
    enterprises: rows.filter(({ id }) => !id.startsWith(placePrefix)).length,
    agrees:
      isKnown && judged !== undefined && isOfClose(record) ? total === judged.count + (judged.withheld ?? 0) : null,
    rows: rows.slice(0, enterprisesShownMax),
  }
}

/** By the beginning of an id, or a part of a name. */
export function searchEnterprises(
  { store }: Model,
  { q, limit, cursor }: { q: string; limit: number; cursor?: string | undefined },
): { rows: EnterpriseRow[]; next: string | null } {
  const of = questionHash({ q })
  const after = cursor === undefined ? '' : String(readCursor(cursor, of, 0)[0])
  const text = q.trim()
  // The index of names knows parts of three characters; a shorter part is looked for in every name.
  const byName =
    [...text].length >= 3 ? 'no IN (SELECT rowid FROM enterprise_name WHERE name MATCH ?)' : "name LIKE ? ESCAPE '\\'"
  const named = [...text].length >= 3 ? `"${text.replaceAll('"', '""')}"` : `%${text.replace(/[\\%_]/g, '\\$&')}%`
  const found =
    text === ''
      ? store.all('SELECT * FROM enterprise WHERE id > ? ORDER BY id LIMIT ?', after, limit + 1)
      : store.all(
          `SELECT * FROM enterprise WHERE (id BETWEEN ? AND ? OR ${byName}) AND id > ? ORDER BY id LIMIT ?`,
          ...[text.toUpperCase(), `${text.toUpperCase()}~`, named, after, limit + 1],
        )
  const rows = found.slice(0, limit).map(enterpriseRow)
  const last = found.length > limit ? rows.at(-1) : undefined
  return { rows, next: last === undefined ? null : writeCursor([last.id], of) }
}

const StoredScore = z.object({ cause: z.string(), model: z.string(), grade: z.string(), reasons: z.array(Reason) })
type ScorePoint = z.infer<typeof StoredScore> & { at: string; tick: string; band: string; probability: number }

export type EnterpriseDetail = {
  row: EnterpriseRow
  status: string | null
  grades: { grade: string; effectiveAt: string; knownAt: string }[]
  scores: ScorePoint[]
  facts: Fact[]
  warnings: WarningRow[]
}

/** @throws ForewarnError FW_ENTERPRISE_UNKNOWN. */
export function enterpriseDetail(model: Model, id: string, asOf: string | undefined): EnterpriseDetail {
  const when = whenOf(model, asOf)
  const { store, editions } = model
  const { calendar } = editions.profile
  const row = store.get('SELECT * FROM enterprise WHERE id = ?', id)
  if (row === undefined) throw new ForewarnError('FW_ENTERPRISE_UNKNOWN', [id])
  const no = numberIn(row, 'no')
  const until = when.tick ?? Number.MAX_SAFE_INTEGER
  const known = when.tick === undefined ? '9' : new Date(calendar.endMs(when.tick)).toISOString()
  const scores = store
    .all('SELECT * FROM score_change WHERE enterprise = ? AND tick <= ? ORDER BY beat', no, until)
    .map((one): ScorePoint => {
      const at = new Date((numberIn(one, 'beat') + 1) * editions.beatMs).toISOString()
      const tick = calendar.label(numberIn(one, 'tick'))
      return {
        at,
        tick,
        band: textIn(one, 'band'),
        probability: numberIn(one, 'probability'),
        ...StoredScore.parse(JSON.parse(textIn(one, 'record'))),
      }
    })
  const contributed = store.all(
    'SELECT * FROM contribution WHERE enterprise = ? AND tick <= ? ORDER BY tick DESC LIMIT ?',
    no,
    until,
    factsShownMax,
  )
  const last = scores.at(-1)
  const standing = enterpriseRow(row)
  return {
    row:
      when.tick === undefined
        ? standing
        : { ...standing, band: last?.band ?? null, probability: last?.probability ?? null, grade: last?.grade ?? null },
    status: textOrNull(row, 'status'),
    grades: store
      .all('SELECT * FROM grade WHERE enterprise = ? AND known_at < ? ORDER BY effective_at, known_at', no, known)
      .map((one) => ({
        grade: textIn(one, 'grade'),
        effectiveAt: textIn(one, 'effective_at'),
        knownAt: textIn(one, 'known_at'),
      })),
    scores,
    facts: contributed.flatMap((one) => factsOf(model, one)).slice(0, factsShownMax),
    warnings: warningsOf(model, contributed, when),
  }
}

/** Warnings in whose ticks it had judged events below their cells. */
function warningsOf(model: Model, contributed: readonly Row[], when: When): WarningRow[] {
  const ids = new Set<string>()
  for (const row of contributed.slice(0, enterprisesShownMax)) {
    if (numberIn(row, 'judged') === 0) continue
    const tick = numberIn(row, 'tick')
    const { profile } = model.editions.at(tick)
    const [regions, industries] = [
      codesAbove(profile.regions, textIn(row, 'region')),
      codesAbove(profile.industries, textIn(row, 'industry')),
    ]
    const marks = (codes: readonly string[]): string => codes.map(() => '?').join(', ')
    for (const found of model.store.all(
      `SELECT DISTINCT id FROM warning_change WHERE tick = ? AND change != 'amended' AND level > 0 AND region IN (${marks(regions)}) AND industry IN (${marks(industries)})`,
      ...[tick, ...regions, ...industries],
    ))
      ids.add(textIn(found, 'id'))
  }
  const found = [...ids].flatMap((id) => {
    try {
      return [warningRow(model, id, when)]
    } catch {
      return [] // not yet raised then
    }
  })
  return rowsOf(model, found, when)
}

function codesAbove(tree: Model['editions']['profile']['regions'], code: string): string[] {
  return tree.pathOf(tree.find(code)).map((node) => tree.nodes[node].code)
}
