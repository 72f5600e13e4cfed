/** One enterprise, for whoever may see it. */
import { z } from 'zod'
import { type Evidence, Reason, Score } from '../../../../streams/outputs.ts'
import { ForewarnError } from '../../../errors.ts'
import { enterprisesShownMax, factsShownMax } from '../../../limits.ts'
import type { Row } from '../../store.ts'
import { numberIn, textIn, textOrNull } from '../../values.ts'
import { groupOf, storedWarning } from '../../warningRecord.ts'
import { type Model, type When, whenOf } from '../ask.ts'
import { rowsOf, type WarningRow } from '../rows.ts'
import { warningRow } from '../warnings.ts'
import { type EnterpriseRow, enterpriseRow, type Fact, factsOf, isCounted } from './rows.ts'

const StoredScore = z.object({ cause: z.string(), model: z.string(), grade: z.string(), reasons: z.array(Reason) })
type ScorePoint = z.infer<typeof StoredScore> & { at: string; tick: string; band: string; probability: number }

export type EnterpriseDetail = {
  row: EnterpriseRow
  status: string | null
  grades: { grade: string; effectiveAt: string; knownAt: string }[]
  scores: ScorePoint[]
  facts: Fact[]
  /** What the last score stands on. */
  evidence: z.infer<typeof Evidence>[]
  warnings: (WarningRow & { events: number })[]
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
    evidence:
      when.tick === undefined && row.record !== null ? Score.parse(JSON.parse(textIn(row, 'record'))).evidence : [],
    warnings: warningsOf(model, contributed, when),
  }
}

/** Warnings in whose ticks it had events that count in them, and how many it had. */
function warningsOf(model: Model, contributed: readonly Row[], when: When): EnterpriseDetail['warnings'] {
  const events = new Map<string, number>()
  for (const row of contributed.slice(0, enterprisesShownMax)) {
    if (numberIn(row, 'judged') === 0) continue
    const facts = factsOf(model, row)
    for (const { id, group } of standingOver(model, row)) {
      const counted = facts.filter((fact) => isCounted(model, fact, group)).length
      if (counted > 0) events.set(id, (events.get(id) ?? 0) + counted)
    }
  }
  const found = [...events.keys()].flatMap((id) => {
    try {
      return [warningRow(model, id, when)]
    } catch {
      return [] // not yet raised then
    }
  })
  return rowsOf(model, found, when).map((row) => ({ ...row, events: events.get(row.id) ?? 0 }))
}

/** Warnings about counts that changed in the tick of a row of contributions, above its leaf; each once, as it stood last. */
function standingOver({ store, editions }: Model, row: Row): { id: string; group: string | undefined }[] {
  const tick = numberIn(row, 'tick')
  const { profile } = editions.at(tick)
  const regions = codesAbove(profile.regions, textIn(row, 'region'))
  const industries = codesAbove(profile.industries, textIn(row, 'industry'))
  const marks = (codes: readonly string[]): string => codes.map(() => '?').join(', ')
  const found = store.all(
    `SELECT id, record, max(seq) FROM warning_change
     WHERE tick = ? AND change != 'amended' AND level > 0 AND statistic = 'count' AND region IN (${marks(regions)}) AND industry IN (${marks(industries)})
     GROUP BY id`,
    ...[tick, ...regions, ...industries],
  )
  return found.map((one) => ({ id: textIn(one, 'id'), group: groupOf(storedWarning(textIn(one, 'record'))) }))
}

function codesAbove(tree: Model['editions']['profile']['regions'], code: string): string[] {
  return tree.pathOf(tree.find(code)).map((node) => tree.nodes[node].code)
}
