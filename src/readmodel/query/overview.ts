/** Today: levels and counts by place, what moved, and the rows that wait first. Of a past tick it says the same for ever. */
import { type Level, levels } from '../../../streams/outputs.ts'
import { outermost } from '../../../streams/tree.ts'
import { overviewRows, usualTicks } from '../../limits.ts'
import { boundsOf } from '../numbering.ts'
import { roundedOrNull } from '../rounded.ts'
import { never } from '../schema.ts'
import { numberIn, textIn } from '../values.ts'
import { holds, type Model, type When, whenOf } from './ask.ts'
import { conditionOf } from './filter.ts'
import { type Matrix, matrixOf, outermostNodes } from './matrix.ts'
import { rowsOf, type WarningRow } from './rows.ts'
import { type Silent, silentAt, touches, usualSources } from './silences.ts'
import { cellOf, cellTicks, expectedAt, type TickColumns, tickColumns } from './tickColumns.ts'
import { type Upload, uploadsAt } from './uploads.ts'

export type LevelCounts = { blue: number; yellow: number; orange: number; red: number }
const noLevels = (): LevelCounts => ({ blue: 0, yellow: 0, orange: 0, red: 0 })
export type Tile = {
  region: string
  level: Level
  ownLevel: Level
  warnings: number
  observed: number
  expected: number | null
  sure: boolean
}
export type StripTick = {
  tick: string
  standing: LevelCounts
  raised: number
  cleared: number
  observed: number
  expected: number | null
}

const countedLevels = ['blue', 'yellow', 'orange', 'red'] as const

export type Overview = {
  tick: string | null
  asOf: string | null
  region: string
  standing: LevelCounts
  moves: { raised: number; risen: number; fallen: number; cleared: number; amended: number }
  byState: Record<string, number>
  suppressed: number
  tiles: Tile[]
  matrix: Matrix
  strip: StripTick[]
  rows: WarningRow[]
  rowsTotal: number
  sources: { usual: number; silent: Silent[]; uploads: Upload[] }
}

export function overviewOf(
  model: Model,
  { region = '', asOf }: { region?: string | undefined; asOf?: string | undefined },
): Overview {
  const when = whenOf(model, asOf)
  const { shown } = when
  const last = shown === undefined ? undefined : tickColumns(model, shown)
  const silent = silentAt(model, when)
  const condition = conditionOf(model, { region, level: levels.slice(1) }, when)
  const found = model.store.all(
    `SELECT * FROM warning_change WHERE seq IN (
       SELECT seq FROM warning_change INDEXED BY ${when.tick === undefined ? 'warning_now_level' : 'warning_then_level'}
       WHERE ${condition.sql} ORDER BY level DESC, tick DESC, id LIMIT ${overviewRows})
     ORDER BY level DESC, tick DESC, id`,
    ...condition.values,
  )
  const standing = standingOf(model, when, region)
  const rowsTotal = standing.blue + standing.yellow + standing.orange + standing.red
  return {
    tick: last?.label ?? null,
    asOf: asOf ?? null,
    region,
    standing,
    moves: movesOf(model, when, region),
    byState: { new: rowsTotal },
    suppressed: 0,
    tiles: last === undefined ? [] : tilesOf(model, when, last, silent),
    matrix: matrixOf(last),
    strip: shown === undefined ? [] : strip(model, { first: shown - usualTicks + 1, last: shown }, region),
    rows: rowsOf(model, found, when),
    rowsTotal,
    sources: { usual: usualSources(model, when), silent, uploads: uploadsAt(model, when) },
  }
}

/** Standing warnings by level. */
export function standingOf(model: Model, when: When, region = ''): LevelCounts {
  const { regions } = model.editions.profile
  if (region !== '' && (!regions.has(region) || outermost(regions, region) !== region))
    return standingWithin(model, when, region)
  return standingByRegion(model, when).get(region) ?? noLevels()
}

/** By outermost region, '' for all of them: as counted when the tick closed, or now. */
function standingByRegion({ store }: Model, { tick }: When): Map<string, LevelCounts> {
  const rows =
    tick === undefined
      ? store.all(
          `SELECT region, level, sum(n) AS n FROM warning_count WHERE level > 0 AND n > 0 AND region != '' GROUP BY region, level
           UNION ALL SELECT '', level, sum(n) FROM warning_count WHERE level > 0 AND n > 0 GROUP BY level`,
        )
      : store.all(
          'SELECT region, level, standing AS n FROM tick_moves WHERE tick = ? AND level > 0 AND standing > 0',
          tick,
        )
  const found = new Map<string, LevelCounts>()
  for (const row of rows) {
    const level = levels[numberIn(row, 'level')]
    const known = found.get(textIn(row, 'region')) ?? noLevels()
    if (level !== 'calm') known[level] = numberIn(row, 'n')
    found.set(textIn(row, 'region'), known)
  }
  return found
}

function standingWithin(model: Model, when: When, region: string): LevelCounts {
  const { sql, values } = conditionOf(model, { region }, when)
  const found = noLevels()
  for (const row of model.store.all(
    `SELECT level, count(*) AS n FROM warning_change WHERE ${sql} AND level > 0 GROUP BY level`,
    ...values,
  )) {
    const level = levels[numberIn(row, 'level')]
    if (level !== 'calm') found[level] = numberIn(row, 'n')
  }
  return found
}

/** What changed in the tick shown; where the present is asked for, also after it. */
function movesOf(model: Model, when: When, region: string): Overview['moves'] {
  const { sql, values } = conditionOf(model, { region }, { ...when, tick: undefined })
  const inRegion = sql.replace(holds({ ...when, tick: undefined }).sql, '1')
  const row =
    model.store.get(
      `SELECT count(*) FILTER (WHERE change = 'raised') AS raised, count(*) FILTER (WHERE change = 'level' AND level > level_before) AS risen,
       count(*) FILTER (WHERE change = 'level' AND level < level_before) AS fallen, count(*) FILTER (WHERE change = 'cleared') AS cleared,
       count(*) FILTER (WHERE change = 'amended') AS amended
     FROM warning_change WHERE ${inRegion} AND tick >= ? AND tick <= ?`,
      ...[...values, when.shown ?? 0, when.tick ?? Number.MAX_SAFE_INTEGER],
    ) ?? {}
  const [raised, risen, fallen, cleared, amended] = ['raised', 'risen', 'fallen', 'cleared', 'amended'].map((name) =>
    numberIn(row, name),
  )
  return { raised, risen, fallen, cleared, amended }
}

function tilesOf(model: Model, when: When, columns: TickColumns, silent: readonly Silent[]): Tile[] {
  const standing = standingByRegion(model, when)
  return outermostNodes(columns.numbering, 'regions').map((region) => {
    const counts = standing.get(region) ?? noLevels()
    const cell = cellOf(columns.numbering, region, '')
    return {
      region,
      level: countedLevels.findLast((level) => counts[level] > 0) ?? 'calm',
      ownLevel: levels[cell === undefined ? 0 : columns.levels[cell]],
      warnings: countedLevels.reduce((sum, level) => sum + counts[level], 0),
      observed: cell === undefined ? 0 : columns.observed[cell],
      expected: cell === undefined ? null : roundedOrNull(expectedAt(columns, cell)?.mean),
      sure: !silent.some((one) => touches(model, one.region, region)),
    }
  })
}

type Span = { first: number; last: number }

/** Counted when the tick was closed, for the whole and the outermost regions; of a region within, now. */
function strip(model: Model, span: Span, region: string): StripTick[] {
  const { regions } = model.editions.profile
  const isCounted = region === '' || (regions.has(region) && outermost(regions, region) === region)
  const moves = isCounted ? countedMoves(model, span, region) : movesWithin(model, span, region)
  return cellTicks(model, { region, industry: '' }, span).map(({ tick, label, observed, expected }) => ({
    tick: label,
    ...(moves.get(tick) ?? noMoves()),
    observed,
    expected: roundedOrNull(expected?.mean),
  }))
}

type Moves = Pick<StripTick, 'standing' | 'raised' | 'cleared'>
const noMoves = (): Moves => ({ standing: noLevels(), raised: 0, cleared: 0 })

function countedMoves({ store }: Model, { first, last }: Span, region: string): Map<number, Moves> {
  const found = new Map<number, Moves>()
  for (const row of store.all(
    'SELECT * FROM tick_moves WHERE tick BETWEEN ? AND ? AND region = ?',
    ...[first, last, region],
  )) {
    const tick = numberIn(row, 'tick')
    const known = found.get(tick) ?? noMoves()
    const level = levels[numberIn(row, 'level')]
    if (level !== 'calm') known.standing[level] = numberIn(row, 'standing')
    known.raised += numberIn(row, 'raised')
    known.cleared += numberIn(row, 'cleared')
    found.set(tick, known)
  }
  return found
}

/** What held at the end of each tick, out of all changes that held in the window; of what was calm before it nothing is counted. */
function movesWithin({ store, editions }: Model, { first, last }: Span, region: string): Map<number, Moves> {
  const bounds = boundsOf(editions.newest.regions.under(region))
  const columns = 'SELECT tick, next_tick, level, raised_tick, change FROM warning_change'
  const found = new Map<number, Moves>()
  for (const row of [
    ...store.all(
      `${columns} INDEXED BY warning_held WHERE next_tick > ? AND next_tick < ${never} AND tick <= ? AND region_no BETWEEN ? AND ?`,
      ...[first, last, ...bounds],
    ),
    ...store.all(
      `${columns} INDEXED BY warning_now_level WHERE next_tick = ${never} AND level > 0 AND tick <= ? AND region_no BETWEEN ? AND ?`,
      ...[last, ...bounds],
    ),
    ...store.all(
      `${columns} INDEXED BY warning_now_level WHERE next_tick = ${never} AND level = 0 AND tick BETWEEN ? AND ? AND region_no BETWEEN ? AND ?`,
      ...[first, last, ...bounds],
    ),
  ]) {
    const [tick, next, rank] = ['tick', 'next_tick', 'level'].map((name) => numberIn(row, name))
    const level = levels[rank]
    for (let at = Math.max(first, tick); at <= last && at < next; at++) {
      const known = found.get(at) ?? noMoves()
      if (level !== 'calm') known.standing[level]++
      if (at === tick && numberIn(row, 'raised_tick') === tick) known.raised++
      if (at === tick && row.change === 'cleared') known.cleared++
      found.set(at, known)
    }
  }
  return found
}
