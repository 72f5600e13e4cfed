/** Lists of warnings, a page at a time: the next one begins behind the last row, whatever was added meanwhile. */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { ForewarnError } from '../../errors.ts'
import { numberIn, textIn } from '../values.ts'
import { type Model, type When, whenOf } from './ask.ts'
import { type Facets, facetsOf } from './facets.ts'
import { conditionOf, type Filter, isText } from './filter.ts'
import { rowsOf, type WarningRow } from './rows.ts'

export type ListQuestion = Filter & {
  asOf?: string | undefined
  sort: keyof typeof orders
  limit: number
  cursor?: string | undefined
}

/** Each ends with the id, so that no two rows stand in the same place. */
const orders = {
  level: ['level', 'tick'],
  tick: ['tick'],
  raised: ['raised_tick'],
  ratio: ['ratio'],
} as const

export type WarningPage = {
  total: number
  rows: WarningRow[]
  facets: Facets
  next: string | null
  asOf: string | null
}

export function listWarnings(model: Model, question: ListQuestion): WarningPage {
  const { sort, limit, cursor, asOf, ...filter } = question
  const when = whenOf(model, asOf)
  const condition = conditionOf(model, filter, when)
  const keys = orders[sort]
  const of = questionHash({ ...filter, sort, asOf })
  const after = cursor === undefined ? undefined : readCursor(cursor, of, keys.length)
  const columns = [...keys, 'id']
  const order = `${keys.map((key) => `${key} DESC`).join(', ')}, id`
  // Keys fall and ids rise, so the place behind a row is said key by key.
  const behind = after === undefined ? '' : ` AND (${behindSql(columns)})`
  const values = after === undefined ? [] : behindValues(after)
  const found = model.store.all(
    // First which, by an index alone, then the rows, which are large.
    `SELECT * FROM warning_change WHERE seq IN (SELECT seq FROM warning_change INDEXED BY ${indexFor(sort, filter, when)} WHERE ${condition.sql}${behind} ORDER BY ${order} LIMIT ?) ORDER BY ${order}`,
    ...[...condition.values, ...values, limit + 1],
  )
  const shown = found.slice(0, limit)
  const last = found.length > limit ? shown.at(-1) : undefined
  const facets = facetsOf(model, filter, when)
  return {
    total: facets.total,
    rows: rowsOf(model, shown, when),
    facets: facets.facets,
    next: last === undefined ? null : writeCursor([...keys.map((key) => numberIn(last, key)), textIn(last, 'id')], of),
    asOf: asOf ?? null,
  }
}

/** Left to itself SQLite reads all that holds now, and sorts it. */
function indexFor(sort: ListQuestion['sort'], filter: Filter, when: When): string {
  if (isText(filter, when)) return 'warning_now_text'
  if (when.tick === undefined) return `warning_now_${sort}`
  return sort === 'level' ? 'warning_then_level' : 'warning_held'
}

function behindSql(columns: readonly string[]): string {
  return columns
    .map((column, at) =>
      [
        ...columns.slice(0, at).map((before) => `${before} = ?`),
        at === columns.length - 1 ? `${column} > ?` : `${column} < ?`,
      ].join(' AND '),
    )
    .map((one) => `(${one})`)
    .join(' OR ')
}

function behindValues(after: readonly (string | number)[]): (string | number)[] {
  return after.flatMap((_, at) => after.slice(0, at + 1))
}

const Cursor = z.tuple([z.string(), z.array(z.union([z.string(), z.number()]))])

export function questionHash(question: object): string {
  return createHash('sha256').update(JSON.stringify(question)).digest('base64url').slice(0, 12)
}

export function writeCursor(place: readonly (string | number)[], of: string): string {
  return Buffer.from(JSON.stringify([of, place])).toString('base64url')
}

/** @throws ForewarnError FW_CURSOR for one of another question, or none at all. */
export function readCursor(cursor: string, of: string, keys: number): (string | number)[] {
  try {
    const [question, place] = Cursor.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')))
    if (question === of && place.length === keys + 1) return place
  } catch {
    // told below
  }
  throw new ForewarnError('FW_CURSOR')
}

/** The change of a warning that holds. @throws ForewarnError FW_WARNING_NOT_FOUND. */
export function oneWarning(model: Model, id: string, when: When): WarningRow {
  const [row] = rowsOf(model, [warningRow(model, id, when)], when)
  return row
}

export function warningRow({ store }: Model, id: string, { tick }: When): ReturnType<typeof store.all>[number] {
  const row =
    tick === undefined
      ? store.get('SELECT * FROM warning_change WHERE id = ? ORDER BY seq DESC LIMIT 1', id)
      : store.get('SELECT * FROM warning_change WHERE id = ? AND next_tick > ? AND tick <= ?', id, tick, tick)
  if (row === undefined) throw new ForewarnError('FW_WARNING_NOT_FOUND', [id.slice(0, 200)])
  return row
}
