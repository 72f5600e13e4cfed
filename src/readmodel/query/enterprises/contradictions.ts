/** Enterprises whose scores contradict their grade, as they stood at the end of a tick, or stand now; for whoever may see enterprises. */
import { outermost } from '../../../../streams/tree.ts'
import { ForewarnError } from '../../../errors.ts'
import { never } from '../../schema.ts'
import type { Row } from '../../store.ts'
import { numberIn, numberOrNull, textIn, textOrNull } from '../../values.ts'
import { type Model, whenOf } from '../ask.ts'
import { questionHash, readCursor, writeCursor } from '../warnings.ts'

export type ContradictionKind = 'riskier' | 'safer'
export type ContradictionRow = {
  id: string
  name: string | null
  region: string
  industry: string
  kind: ContradictionKind
  grade: string
  since: string
  entered: string
  probability: number | null
  comparedWith: number | null
  model: string | null
}
export type ContradictionList = {
  total: number
  byRegion: { region: string; riskier: number; safer: number }[]
  rows: ContradictionRow[]
  next: string | null
}
export type ContradictionQuestion = {
  kind?: ContradictionKind | undefined
  region?: string | undefined
  industry?: string | undefined
  asOf?: string | undefined
  limit: number
  cursor?: string | undefined
}

/** Those that entered first come first. `byRegion` counts all that the filter shows, by outermost region. */
export function listContradictions(model: Model, question: ContradictionQuestion): ContradictionList {
  const { limit, cursor, ...filter } = question
  const of = questionHash(filter)
  const { profile } = model.editions
  const standing = standingOf(model, filter)
  const byRegion = new Map<string, { riskier: number; safer: number }>()
  for (const row of standing) {
    const region = outermost(profile.regions, textIn(row, 'region'))
    const known = byRegion.get(region) ?? { riskier: 0, safer: 0 }
    known[kindOf(row)]++
    byRegion.set(region, known)
  }
  const after = cursor === undefined ? undefined : placeOf(readCursor(cursor, of, 1))
  const from = after === undefined ? 0 : standing.findIndex((row) => isBehind(row, after))
  const shown = from < 0 ? [] : standing.slice(from, from + limit)
  const last = from >= 0 && standing.length > from + limit ? shown.at(-1) : undefined
  return {
    total: standing.length,
    byRegion: [...byRegion]
      .map(([region, counts]) => ({ region, ...counts }))
      .sort((a, b) => b.riskier + b.safer - a.riskier - a.safer || (a.region < b.region ? -1 : 1)),
    rows: shown.map((row) => rowOf(model, row)),
    next: last === undefined ? null : writeCursor([numberIn(last, 'tick'), textIn(last, 'id')], of),
  }
}

/** The watch bounds them: at most about 1,000 of a judged region. */
function standingOf(model: Model, { kind, region, industry, asOf }: Omit<ContradictionQuestion, 'limit'>): Row[] {
  const { tick } = whenOf(model, asOf)
  const { regions, industries } = model.editions.newest
  const rows = model.store.all(
    `SELECT c.*, e.id, e.name FROM contradiction c JOIN enterprise e ON e.no = c.enterprise
     WHERE c.left_tick > ? AND c.tick <= ? ORDER BY c.tick, e.id`,
    ...[tick ?? never - 1, tick ?? never],
  )
  const isIn = (tree: typeof regions, code: string | undefined, at: string): boolean => {
    const inside = code === undefined || code === '' ? undefined : tree.under(code)
    const number = tree.numberOf(at)
    return (
      code === undefined ||
      code === '' ||
      (inside !== undefined && number !== undefined && inside.from <= number && number <= inside.to)
    )
  }
  return rows.filter(
    (row) =>
      (kind === undefined || row.kind === kind) &&
      isIn(regions, region, textIn(row, 'region')) &&
      isIn(industries, industry, textIn(row, 'industry')),
  )
}

function kindOf(row: Row): ContradictionKind {
  return textIn(row, 'kind') === 'safer' ? 'safer' : 'riskier'
}

function rowOf({ editions }: Model, row: Row): ContradictionRow {
  const { calendar } = editions.profile
  return {
    id: textIn(row, 'id'),
    name: textOrNull(row, 'name'),
    ...{ region: textIn(row, 'region'), industry: textIn(row, 'industry'), kind: kindOf(row) },
    grade: textIn(row, 'grade'),
    since: calendar.label(numberIn(row, 'since_tick')),
    entered: calendar.label(numberIn(row, 'tick')),
    probability: numberOrNull(row, 'probability'),
    comparedWith: numberOrNull(row, 'compared_with'),
    model: textOrNull(row, 'model'),
  }
}

type PlaceInList = { tick: number; id: string }

/** @throws ForewarnError FW_CURSOR for one that was not written here. */
function placeOf([tick, id]: readonly (string | number)[]): PlaceInList {
  if (typeof tick !== 'number' || typeof id !== 'string') throw new ForewarnError('FW_CURSOR')
  return { tick, id }
}

function isBehind(row: Row, after: PlaceInList): boolean {
  const tick = numberIn(row, 'tick')
  return tick > after.tick || (tick === after.tick && textIn(row, 'id') > after.id)
}
