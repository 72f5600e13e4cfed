/** How many warnings there are for each value of a filter, under all the others. */
import { levels } from '../../../streams/outputs.ts'
import { outermost } from '../../../streams/tree.ts'
import { facetsKept } from '../../limits.ts'
import { perVersion } from '../perVersion.ts'
import type { Row } from '../store.ts'
import { numberIn, textIn } from '../values.ts'
import type { Model, When } from './ask.ts'
import { conditionOf, type Filter, isText } from './filter.ts'

const dimensions = ['level', 'axis', 'statistic', 'region', 'industry'] as const
type Dimension = (typeof dimensions)[number]
export type Facets = Record<Dimension, Record<string, number>>
type Counted = { total: number; facets: Facets }

/** A page that is turned does not count again. */
const kept = perVersion<Counted>(facetsKept)

export function facetsOf(model: Model, filter: Filter, when: When): Counted {
  return kept(model.store, JSON.stringify([filter, when.tick]), () => count(model, filter, when))
}

/** Of each place that warnings are counted by, how many there are; then every dimension without its own filter, under all the others. */
function count(model: Model, filter: Filter, when: When): Counted {
  const within = (['region', 'industry'] as const).filter((name) => isWithin(model, name, filter[name] ?? ''))
  const { from, to, q, explained } = filter
  const rest: Filter = { from, to, q, explained }
  for (const name of within) rest[name] = filter[name]
  const byPlace: Filter = { ...filter }
  for (const name of within) byPlace[name] = undefined
  const found = byPlaces(placesOf(model, rest, when), byPlace)
  for (const name of within)
    found.facets[name] = byPlaces(placesOf(model, { ...rest, [name]: undefined }, when), byPlace).facets[name]
  return found
}

/** Warnings are counted by the outermost nodes: what lies within one has to be looked for. */
function isWithin({ editions }: Model, name: 'region' | 'industry', code: string): boolean {
  const { regions, industries } = editions.profile
  const tree = name === 'region' ? regions : industries
  return code !== '' && !(tree.has(code) && outermost(tree, code) === code)
}

function placesOf(model: Model, filter: Filter, when: When): Row[] {
  const { store } = model
  const { from, to, q, region, industry, explained } = filter
  const isAll = explained !== 'false' && [from, to, q, region, industry].every((one) => one === undefined || one === '')
  if (isAll && when.tick === undefined) return store.all('SELECT * FROM warning_count WHERE n > 0')
  const { sql, values } = conditionOf(model, filter, when)
  return store.all(
    `SELECT level, axis, statistic, region, industry, held.n AS n FROM
       (SELECT counted, count(*) AS n FROM warning_change INDEXED BY ${indexFor(filter, when, isAll)} WHERE ${sql} GROUP BY counted) AS held
     JOIN warning_count ON no = held.counted`,
    ...values,
  )
}

/** One that has all that is asked for: none of the rows themselves is read, unless a text is looked for in the past. */
function indexFor(filter: Filter, when: When, isAll: boolean): string {
  if (isText(filter, when)) return 'warning_now_text'
  if (when.tick === undefined) return 'warning_now_tick'
  return isAll ? 'warning_counted' : 'warning_held'
}

function byPlaces(places: readonly Row[], filter: Filter): Counted {
  const facets: Facets = { level: {}, axis: {}, statistic: {}, region: {}, industry: {} }
  let total = 0
  const wanted: Record<Dimension, readonly string[] | undefined> = {
    ...{ level: filter.level, axis: filter.axis, statistic: filter.statistic },
    region: filter.region ? [filter.region] : undefined,
    industry: filter.industry ? [filter.industry] : undefined,
  }
  for (const row of places) {
    const value = (name: Dimension): string => (name === 'level' ? levels[numberIn(row, name)] : textIn(row, name))
    const refusing = dimensions.filter((name) => wanted[name]?.includes(value(name)) === false)
    const n = numberIn(row, 'n')
    if (refusing.length === 0) total += n
    // A dimension is counted without its own filter, under all the others.
    for (const name of dimensions)
      if (refusing.every((one) => one === name)) facets[name][value(name)] = (facets[name][value(name)] ?? 0) + n
  }
  return { total, facets }
}
