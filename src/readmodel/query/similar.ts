/** Earlier warnings of the same statistic and axis whose events were of the same types. */
import { similarRows, similarSearched } from '../../limits.ts'
import { numberIn, textIn } from '../values.ts'
import { countEvidence, storedWarning, type WarningRecord } from '../warningRecord.ts'
import { type Model, whenOf } from './ask.ts'
import { rowsOf, type WarningRow } from './rows.ts'
import { warningRow } from './warnings.ts'

export type SimilarWarnings = {
  rows: { row: WarningRow; likeness: number; verdict: string | null; ticksToCalm: number | null }[]
}

/** Of the newest that ended before it was raised, those most alike: cosine of their events by type, and the same place or industry before others. */
export function similarTo(model: Model, id: string, asOf: string | undefined): SimilarWarnings {
  const when = whenOf(model, asOf)
  const record = storedWarning(textIn(warningRow(model, id, when), 'record'))
  const found = model.store.all(
    `SELECT * FROM warning_change WHERE change = 'raised' AND statistic = ? AND axis = ? AND raised_tick < ? AND id != ?
     ORDER BY raised_tick DESC LIMIT ${similarSearched}`,
    ...[record.statistic, record.axis, record.raisedTick, id],
  )
  const ranked = found
    .map((row) => ({ row, likeness: likenessOf(record, storedWarning(textIn(row, 'record'))) }))
    .sort((a, b) => b.likeness - a.likeness || numberIn(b.row, 'raised_tick') - numberIn(a.row, 'raised_tick'))
    .slice(0, similarRows)
  const rows = rowsOf(
    model,
    ranked.map(({ row }) => warningRow(model, textIn(row, 'id'), when)),
    when,
  )
  return {
    rows: ranked.map(({ likeness }, at) => ({
      row: rows[at],
      likeness,
      verdict: null,
      ticksToCalm: ticksToCalm(model, rows[at].id),
    })),
  }
}

function likenessOf(a: WarningRecord, b: WarningRecord): number {
  const [types, others] = [countEvidence(a)?.byType ?? {}, countEvidence(b)?.byType ?? {}]
  const length = (of: Record<string, number>): number => Math.hypot(...Object.values(of))
  const dot = Object.entries(types).reduce((sum, [type, count]) => sum + count * (others[type] ?? 0), 0)
  const cosine = dot === 0 ? 0 : dot / (length(types) * length(others))
  const place = (a.region === b.region ? 0.25 : 0) + (a.industry === b.industry ? 0.25 : 0)
  return cosine / 2 + place
}

function ticksToCalm({ store }: Model, id: string): number | null {
  const row = store.get(
    "SELECT tick - raised_tick AS ticks FROM warning_change WHERE id = ? AND change = 'cleared' ORDER BY seq DESC LIMIT 1",
    id,
  )
  return row === undefined ? null : numberIn(row, 'ticks')
}
