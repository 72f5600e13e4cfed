/**
 * A CSV file of count series -> a panel: columns `date`, `cell` and `count`; if wanted `region`, `exposure` and `outbreak`. Rows may stand in
 * any order. What cannot be meant is refused by row and column; what may be meant has one documented meaning (docs/warnings.md).
 */
import { type Calendar, calendar, type TickUnit } from '../../streams/calendar.ts'
import { ForewarnError } from '../errors.ts'
import { fileFault } from '../fileFaults.ts'
import { fieldsOf, RowJoiner } from '../ingest/files/csv.ts'
import { type Line, linesOf, readChunks } from '../ingest/lines.ts'
import { panelCellsMax, panelCountMax, panelCountsMax, panelTicksMax, panelTicksMin } from '../limits.ts'
import type { Panel, PanelCell, PanelOutbreak } from './panel.ts'

export type SeriesOptions = {
  /** Found by the dates where it is not said. */
  readonly unit?: TickUnit | undefined
  /** Whether a tick without a row counts 0, or is not known. */
  readonly missing: 'unknown' | 'zero'
}

type Row = {
  row: number
  date: string
  cell: string
  region: string
  count: number
  exposure: number
  outbreak: string
}
type Columns = Readonly<Record<'date' | 'cell' | 'count', number>> &
  Readonly<Partial<Record<'region' | 'exposure' | 'outbreak', number>>>

const needed = ['date', 'cell', 'count'] as const
const optional = ['region', 'exposure', 'outbreak'] as const
const noOutbreak = new Set(['', '0', 'false', 'no'])
const someOutbreak = new Set(['1', 'true', 'yes'])

/**
 * @throws ForewarnError FW_USAGE when the file cannot be read, FW_SERIES_INVALID with row and column, FW_SERIES_SHORT for series that are too
 * short to be judged.
 */
export async function readSeries(file: string, options: SeriesOptions): Promise<Panel> {
  return panelOf(await rowsIn(file), options)
}

async function rowsIn(file: string): Promise<Line[]> {
  const joiner = new RowJoiner()
  const lines: Line[] = []
  try {
    for await (const batch of linesOf(readChunks(file))) for (const line of batch) lines.push(...joiner.add(line))
  } catch (error) {
    throw new ForewarnError('FW_USAGE', [`--series ${file} cannot be read: ${fileFault(error)}.`], { cause: error })
  }
  lines.push(...joiner.end())
  return lines
}

/** The same of lines that were read: the first names the columns. */
export function panelOf(lines: readonly Line[], options: SeriesOptions): Panel {
  const [header, ...rest] = lines.filter(
    ({ bytes, fault }) => fault !== undefined || bytes.toString('utf8').trim() !== '',
  )
  if (header === undefined) throw invalid(1, 'date', 'the file is empty')
  const columns = columnsOf(header)
  const rows = rest.map((line) => rowOf(line, columns))
  if (rows.length === 0) throw new ForewarnError('FW_SERIES_SHORT', [0, panelTicksMin])
  const days = calendar(options.unit ?? unitOf(rows), 0)
  return assembled(rows, ticksOf(rows, days), days, options)
}

function columnsOf(line: Line): Columns {
  const names = fieldsIn(line).map((name) => name.trim().toLowerCase())
  const at = (name: string): number => {
    if (names.indexOf(name) !== names.lastIndexOf(name)) throw invalid(line.number, name, 'two columns have this name')
    return names.indexOf(name)
  }
  for (const name of needed)
    if (at(name) < 0) throw invalid(line.number, name, `the column is missing; there are ${names.join(', ')}`)
  const found = Object.fromEntries(optional.flatMap((name) => (at(name) < 0 ? [] : [[name, at(name)]])))
  return { date: at('date'), cell: at('cell'), count: at('count'), ...found }
}

function fieldsIn(line: Line): string[] {
  const fields = line.fault === undefined ? fieldsOf(line.bytes.toString('utf8')) : undefined
  if (fields === undefined) throw invalid(line.number, 'date', 'the row is not CSV: a quote stands where none may be')
  return fields
}

function rowOf(line: Line, columns: Columns): Row {
  const fields = fieldsIn(line)
  const text = (column: keyof Columns): string => fields[columns[column] ?? fields.length]?.trim() ?? ''
  const row = line.number
  const cell = text('cell')
  if (cell === '') throw invalid(row, 'cell', 'it is empty')
  const count = numberIn(row, 'count', text('count'))
  if (!Number.isInteger(count)) throw invalid(row, 'count', `a count is a whole number, not ${text('count')}`)
  if (count > panelCountMax) throw invalid(row, 'count', `${text('count')} is more than ${panelCountMax}`)
  const exposure = columns.exposure === undefined ? 1 : numberIn(row, 'exposure', text('exposure'))
  if (exposure === 0) throw invalid(row, 'exposure', 'it must be more than 0')
  return {
    row,
    date: text('date'),
    cell,
    region: text('region') || cell,
    count,
    exposure,
    outbreak: flagIn(row, text('outbreak')),
  }
}

/** A number >= 0. */
function numberIn(row: number, column: string, text: string): number {
  if (!/^-?\d{1,15}(\.\d{1,15})?(e\+?\d{1,2})?$/i.test(text))
    throw invalid(row, column, text === '' ? 'it is empty' : `${text.slice(0, 40)} is no number`)
  const value = Number(text)
  if (value < 0) throw invalid(row, column, `${text} is negative`)
  return value
}

/** The kind of an outbreak, '' for none: `1` is an outbreak without a kind, a word is one. */
function flagIn(row: number, text: string): string {
  const flag = text.toLowerCase()
  if (noOutbreak.has(flag)) return ''
  if (someOutbreak.has(flag)) return 'outbreak'
  if (/^[\p{L}][\p{L}\p{N} _-]{0,39}$/u.test(text)) return text
  throw invalid(row, 'outbreak', `${text.slice(0, 40)} is neither 0, 1 nor the name of a kind`)
}

/** Hours where a date has one, weeks where all dates are whole weeks apart, days else. */
function unitOf(rows: readonly Row[]): TickUnit {
  if (rows.some(({ date }) => date.includes('T'))) return 'hour'
  const days = rows.flatMap(({ date }) => calendar('day', 0).parse(date) ?? [])
  const distinct = new Set(days)
  return distinct.size > 1 && [...distinct].every((day) => (day - days[0]) % 7 === 0) ? 'week' : 'day'
}

function ticksOf(rows: readonly Row[], days: Calendar): number[] {
  const example = { hour: '2026-01-05T14', day: '2026-01-05', week: '2026-01-05' }[days.unit]
  return rows.map(({ row, date }) => {
    const tick = days.parse(date)
    if (tick === undefined)
      throw invalid(row, 'date', `${date.slice(0, 40) || 'nothing'} is no ${days.unit} such as ${example}`)
    return tick
  })
}

function assembled(rows: readonly Row[], at: readonly number[], days: Calendar, { missing }: SeriesOptions): Panel {
  const firstTick = at.reduce((least, tick) => Math.min(least, tick), Number.POSITIVE_INFINITY)
  const ticks = at.reduce((most, tick) => Math.max(most, tick), firstTick) - firstTick + 1
  if (ticks < panelTicksMin) throw new ForewarnError('FW_SERIES_SHORT', [ticks, panelTicksMin])
  if (ticks > panelTicksMax)
    throw invalid(rows[0].row, 'date', `the dates span ${ticks} ${days.unit}s, more than ${panelTicksMax}`)
  const byCell = new Map<string, { row: Row; tick: number }[]>()
  for (const [index, row] of rows.entries()) {
    const own = byCell.get(row.cell) ?? []
    byCell.set(row.cell, own)
    own.push({ row, tick: at[index] - firstTick })
  }
  if (byCell.size > panelCellsMax) throw invalid(rows[0].row, 'cell', `there are more than ${panelCellsMax} cells`)
  if (byCell.size * ticks > panelCountsMax)
    throw invalid(
      rows[0].row,
      'date',
      `${byCell.size} cells over ${ticks} ${days.unit}s are more than ${panelCountsMax} counts`,
    )
  const series = [...byCell].map(([name, own]) => seriesOf(name, own, ticks, missing))
  const outbreaks = series.flatMap(({ flags }, cell) => outbreaksIn(flags, cell, series[cell].cell.name))
  return { calendar: days, firstTick, ticks, cells: series.map(({ cell }) => cell), outbreaks }
}

function seriesOf(
  name: string,
  own: readonly { row: Row; tick: number }[],
  ticks: number,
  missing: SeriesOptions['missing'],
): { cell: PanelCell; flags: string[] } {
  const [counts, known, exposure] = [new Float64Array(ticks), new Uint8Array(ticks), new Float64Array(ticks).fill(1)]
  const flags = Array.from({ length: ticks }, () => '')
  for (const { row, tick } of own) {
    if (known[tick] === 1) throw invalid(row.row, 'date', `${name} has a row of ${row.date} already`)
    if (row.region !== own[0].row.region)
      throw invalid(row.row, 'region', `${name} lies in ${own[0].row.region} elsewhere`)
    known[tick] = 1
    counts[tick] = row.count
    exposure[tick] = row.exposure
    flags[tick] = row.outbreak
  }
  // A cell begins with its first row and ends with its last; only between them can a row be missing.
  const [from, to] = [known.indexOf(1), known.lastIndexOf(1)]
  if (missing === 'zero') {
    for (let tick = from + 1; tick < to; tick++) if (known[tick] === 0) exposure[tick] = exposure[tick - 1]
    known.fill(1, from, to + 1)
  }
  return { cell: { name, region: own[0].row.region, group: 'series', axis: 'series', counts, known, exposure }, flags }
}

/** Runs of flagged ticks of one kind. */
function outbreaksIn(flags: readonly string[], cell: number, name: string): PanelOutbreak[] {
  const found: PanelOutbreak[] = []
  for (let from = 0; from < flags.length; from++) {
    const kind = flags[from]
    if (kind === '') continue
    let to = from
    while (flags[to + 1] === kind) to++
    found.push({ name: `${name} ${from}`, kind, from, to, near: new Set([cell]), own: new Set([cell]) })
    from = to
  }
  return found
}

function invalid(row: number, column: string, why: string): ForewarnError {
  return new ForewarnError('FW_SERIES_INVALID', [row, column, why])
}
