/** What is known of enterprises: register, grades, scores. For whoever may see them. */
import { CreditGrade, Enterprise } from '../../../streams/contracts.ts'
import { Score } from '../../../streams/outputs.ts'
import { jsonOf } from '../../json.ts'
import { scoreChangesKept } from '../../limits.ts'
import type { LogRecord } from '../../log/port.ts'
import type { Editions } from '../editions.ts'
import type { Store } from '../store.ts'
import { numberIn, textOrNull } from '../values.ts'

/** The number of an enterprise, which it gets when it is first named. */
export function enterpriseNo(store: Store, id: string): number {
  const row =
    store.get('SELECT no FROM enterprise WHERE id = ?', id) ??
    store.get('INSERT INTO enterprise (id) VALUES (?) RETURNING no', id)
  return row === undefined ? 0 : numberIn(row, 'no')
}

/** The newest record of the register stands. What the fold refuses is left out here too. */
export function foldEnterprise(store: Store, { profile }: Editions, { value }: LogRecord): void {
  const { id, name = null, status = null, ...said } = Enterprise.parse(jsonOf(value))
  if (!profile.idPattern.test(id)) return
  const { regions, industries } = profile
  const region = regions.nodes[regions.read(said.region)].code
  const industry = industries.nodes[industries.read(said.industry)].code
  const before = store.get('SELECT no, name FROM enterprise WHERE id = ?', id)
  if (before === undefined) {
    const made = store.get(
      'INSERT INTO enterprise (id, name, region, industry, status) VALUES (?, ?, ?, ?, ?) RETURNING no',
      ...[id, name, region, industry, status],
    )
    if (made !== undefined) rename(store, numberIn(made, 'no'), null, name)
    return
  }
  const no = numberIn(before, 'no')
  rename(store, no, textOrNull(before, 'name'), name)
  store.run(
    'UPDATE enterprise SET name = ?, region = ?, industry = ?, status = ? WHERE no = ?',
    ...[name, region, industry, status, no],
  )
}

/** In the index of names. */
function rename(store: Store, no: number, former: string | null, name: string | null): void {
  if (former === name) return
  if (former !== null)
    store.run("INSERT INTO enterprise_name (enterprise_name, rowid, name) VALUES ('delete', ?, ?)", no, former)
  if (name !== null) store.run('INSERT INTO enterprise_name (rowid, name) VALUES (?, ?)', no, name)
}

export function foldGrade(store: Store, { profile }: Editions, { value, timeMs }: LogRecord): void {
  const { enterpriseId, grade, effectiveAt } = CreditGrade.parse(jsonOf(value))
  if (!profile.idPattern.test(enterpriseId) || !profile.gradeIndex.has(grade)) return
  const from = new Date(effectiveAt).toISOString()
  store.run(
    'INSERT OR REPLACE INTO grade VALUES (?, ?, ?, ?)',
    ...[enterpriseNo(store, enterpriseId), from, new Date(timeMs).toISOString(), grade],
  )
}

export function foldScore(store: Store, { value }: LogRecord): void {
  const score = Score.parse(jsonOf(value))
  const { enterpriseId, beat, tick, band, probability, grade, model } = score
  const no = enterpriseNo(store, enterpriseId)
  store.run(
    'UPDATE enterprise SET band = ?, grade = ?, probability = ?, tick = ?, model = ?, record = ? WHERE no = ?',
    ...[band, grade, probability, tick, model, JSON.stringify(score), no],
  )
  store.run(
    'INSERT OR REPLACE INTO score_change VALUES (?, ?, ?, ?, ?, ?)',
    ...[
      no,
      beat,
      tick,
      band,
      probability,
      JSON.stringify({ cause: score.cause, model, grade, reasons: score.reasons }),
    ],
  )
  const { n } = store.get('SELECT count(*) AS n FROM score_change WHERE enterprise = ?', no) ?? {}
  if (typeof n === 'number' && n > scoreChangesKept)
    store.run(
      'DELETE FROM score_change WHERE enterprise = ? AND beat = (SELECT min(beat) FROM score_change WHERE enterprise = ?)',
      ...[no, no],
    )
}
