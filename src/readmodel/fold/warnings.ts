/** Changes of warnings, one row each. Only what stands before is needed to fold the next one, so any cut of the topics gives the same rows. */
import { type CodeTree, outermost } from '../../../streams/tree.ts'
import { jsonOf } from '../../json.ts'
import type { LogRecord } from '../../log/port.ts'
import type { Editions } from '../editions.ts'
import type { TreeNumbers } from '../numbering.ts'
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
  const counted = count(store, editions, { ...warning, level: rankOf(warning.level) }, 1)
  insert(store, editions, warning, { before, counted })
  relevel(store, editions, tick)
  store.run("INSERT INTO change (kind, of) VALUES ('warning', ?)", id)
}

type Counted = { level: number; axis: string; statistic: string; region: string; industry: string }

/** How many stand in each place of the outermost level: what lists and tiles count by. The number of the place. */
function count(
  store: Store,
  { profile }: Editions,
  { level, axis, statistic, region, industry }: Counted,
  by: 1 | -1,
): number {
  const place = [outermost(profile.regions, region), outermost(profile.industries, industry)]
  const row = store.get(
    `INSERT INTO warning_count (level, axis, statistic, region, industry, n) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (level, axis, statistic, region, industry) DO UPDATE SET n = n + excluded.n RETURNING no`,
    ...[level, axis, statistic, ...place, by],
  )
  return numberIn(row ?? {}, 'no')
}

/** Topics are read side by side, so a tick may have been folded before a change of a warning in it (on Kafka): its levels are then others. */
function relevel(store: Store, editions: Editions, from: number): void {
  for (const row of store.all('SELECT tick FROM tick WHERE tick >= ? AND levels IS NOT NULL', from)) {
    const tick = numberIn(row, 'tick')
    foldStanding(store, editions.at(tick), tick)
  }
}

function insert(
  store: Store,
  editions: Editions,
  warning: WarningRecord,
  { before, counted }: { before: Row | undefined; counted: number },
): void {
  const { id, statistic, axis, region, industry, change, raisedTick, tick, beat, sentences, explainedBy } = warning
  const { observed, expected, ratio, enterprises } = figuresOf(warning)
  const [level, levelBefore] = [rankOf(warning.level), rankOf(warning.levelBefore)]
  const isSameLevel = before !== undefined && numberIn(before, 'level') === level
  const { regions, industries } = editions.newest
  store.run(
    `INSERT INTO warning_change (id, statistic, axis, region, industry, region_no, industry_no, level, level_before, change, raised_tick, tick,
       beat, next_tick, observed, expected, ratio, enterprises, amended, level_since, level_max, explained, counted, text, record)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ${never}, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[id, statistic, axis, region, industry],
    ...[regions.numberOf(region) ?? nowhere, industries.numberOf(industry) ?? nowhere],
    ...[level, levelBefore, change, raisedTick, tick, beat, observed, expected, ratio, enterprises],
    change === 'amended' || (before !== undefined && numberIn(before, 'amended') === 1) ? 1 : 0,
    isSameLevel ? numberIn(before, 'level_since') : tick,
    Math.max(level, before === undefined ? 0 : numberIn(before, 'level_max')),
    explainedBy === undefined ? 0 : 1,
    counted,
    [id, ...Object.values(sentences)].join('\n'),
    JSON.stringify(warning),
  )
}

/**
 * After a change of the profile: regions and industries have other numbers, and others are the outermost. All rows are gone through at
 * once, however many nodes there are; one of which nothing changes is not written.
 */
export function renumberWarnings(store: Store, editions: Editions): void {
  const { profile, regions, industries } = editions.newest
  const nodes = [
    nodesOf(store, 'region', regions, profile.regions),
    nodesOf(store, 'industry', industries, profile.industries),
  ]
  store.run('UPDATE warning_count SET n = 0')
  store.run(
    `WITH ${placed} INSERT INTO warning_count (level, axis, statistic, region, industry, n)
     SELECT level, axis, statistic, r.outermost, i.outermost, sum(next_tick = ${never})
     FROM warning_change AS w JOIN r ON r.code = w.region JOIN i ON i.code = w.industry WHERE true GROUP BY 1, 2, 3, 4, 5
     ON CONFLICT (level, axis, statistic, region, industry) DO UPDATE SET n = excluded.n`,
    ...nodes,
  )
  store.run(
    `WITH ${placed} UPDATE warning_change AS w SET region_no = r.no, industry_no = i.no, counted = c.no
     FROM r, i, warning_count AS c
     WHERE r.code = w.region AND i.code = w.industry AND c.level = w.level AND c.axis = w.axis AND c.statistic = w.statistic
       AND c.region = r.outermost AND c.industry = i.outermost
       AND (w.region_no != r.no OR w.industry_no != i.no OR w.counted != c.no)`,
    ...nodes,
  )
}

const placed = (['r', 'i'] as const)
  .map(
    (name, at) =>
      `${name} AS MATERIALIZED (SELECT value ->> 'code' AS code, value ->> 'no' AS no, value ->> 'outermost' AS outermost FROM json_each(?${at + 1}))`,
  )
  .join(', ')

/** Number and outermost node of each code that a warning has, as JSON. */
function nodesOf(store: Store, column: 'region' | 'industry', numbers: TreeNumbers, tree: CodeTree): string {
  const codes = store.all(`SELECT DISTINCT ${column} AS code FROM warning_change`).map((row) => textIn(row, 'code'))
  return JSON.stringify(
    codes.map((code) => ({ code, no: numbers.numberOf(code) ?? nowhere, outermost: outermost(tree, code) })),
  )
}
