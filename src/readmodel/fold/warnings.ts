/** Changes of warnings, one row each. Only what stands before is needed to fold the next one, so any cut of the topics gives the same rows. */
import { outermost } from '../../../streams/tree.ts'
import { jsonOf } from '../../json.ts'
import type { LogRecord } from '../../log/port.ts'
import type { Editions } from '../editions.ts'
import { never } from '../schema.ts'
import type { Row, Store } from '../store.ts'
import { numberIn, textIn } from '../values.ts'
import { figuresOf, rankOf, type WarningRecord, warningRecord } from '../warningRecord.ts'
import { foldStanding } from './standing.ts'

/** A node that the newest edition does not know lies below nothing. */
const nowhere = -1

export function foldWarning(store: Store, editions: Editions, record: LogRecord): void {
  const warning = warningRecord(jsonOf(record.value))
  const { id, tick } = warning
  const before = store.get(
    'SELECT seq, tick, level, amended, level_since, level_max FROM warning_change WHERE id = ? ORDER BY seq DESC LIMIT 1',
    id,
  )
  if (before !== undefined) {
    store.run('UPDATE warning_change SET next_tick = ? WHERE seq = ?', tick, numberIn(before, 'seq'))
    count(store, editions, { ...warning, level: numberIn(before, 'level') }, -1)
  }
  count(store, editions, { ...warning, level: rankOf(warning.level) }, 1)
  insert(store, editions, warning, before)
  relevel(store, editions, tick)
  store.run("INSERT INTO change (kind, of) VALUES ('warning', ?)", id)
}

type Counted = { level: number; axis: string; statistic: string; region: string; industry: string }

/** How many stand in each place of the outermost level: what lists and tiles count by. */
function count(
  store: Store,
  { profile }: Editions,
  { level, axis, statistic, region, industry }: Counted,
  by: 1 | -1,
): void {
  const place = [outermost(profile.regions, region), outermost(profile.industries, industry)]
  store.run(
    `INSERT INTO warning_count VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (level, axis, statistic, region, industry) DO UPDATE SET n = n + excluded.n`,
    ...[level, axis, statistic, ...place, by],
  )
}

/** Topics are read side by side, so a tick may have been folded before a change of a warning in it (on Kafka): its levels are then others. */
function relevel(store: Store, editions: Editions, from: number): void {
  for (const row of store.all('SELECT tick FROM tick WHERE tick >= ? AND levels IS NOT NULL', from)) {
    const tick = numberIn(row, 'tick')
    foldStanding(store, editions.at(tick), tick)
  }
}

function insert(store: Store, editions: Editions, warning: WarningRecord, before: Row | undefined): void {
  const { id, statistic, axis, region, industry, change, raisedTick, tick, beat, sentences, explainedBy } = warning
  const { observed, expected, ratio, enterprises } = figuresOf(warning)
  const [level, levelBefore] = [rankOf(warning.level), rankOf(warning.levelBefore)]
  const isSameLevel = before !== undefined && numberIn(before, 'level') === level
  const { regions, industries } = editions.newest
  store.run(
    `INSERT INTO warning_change (id, statistic, axis, region, industry, region_no, industry_no, level, level_before, change, raised_tick, tick,
       beat, next_tick, observed, expected, ratio, enterprises, amended, level_since, level_max, explained, text, record)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ${never}, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[id, statistic, axis, region, industry],
    ...[regions.numberOf(region) ?? nowhere, industries.numberOf(industry) ?? nowhere],
    ...[level, levelBefore, change, raisedTick, tick, beat, observed, expected, ratio, enterprises],
    change === 'amended' || (before !== undefined && numberIn(before, 'amended') === 1) ? 1 : 0,
    isSameLevel ? numberIn(before, 'level_since') : tick,
    Math.max(level, before === undefined ? 0 : numberIn(before, 'level_max')),
    explainedBy === undefined ? 0 : 1,
    [id, ...Object.values(sentences)].join('\n'),
    JSON.stringify(warning),
  )
}

/** After a change of the profile: regions and industries have other numbers, and others are the outermost. */
export function renumberWarnings(store: Store, editions: Editions): void {
  const { regions, industries } = editions.newest
  for (const [column, tree] of [
    ['region', regions],
    ['industry', industries],
  ] as const) {
    for (const row of store.all(`SELECT DISTINCT ${column} AS code FROM warning_change`)) {
      const code = String(row.code)
      store.run(`UPDATE warning_change SET ${column}_no = ? WHERE ${column} = ?`, tree.numberOf(code) ?? nowhere, code)
    }
  }
  store.run('DELETE FROM warning_count')
  for (const row of store.all(
    `SELECT level, axis, statistic, region, industry FROM warning_change WHERE next_tick = ${never}`,
  )) {
    const [axis, statistic, region, industry] = ['axis', 'statistic', 'region', 'industry'].map((name) =>
      textIn(row, name),
    )
    count(store, editions, { level: numberIn(row, 'level'), axis, statistic, region, industry }, 1)
  }
}
