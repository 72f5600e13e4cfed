/** How many warnings there are for each value of a filter, under all the others. */
import { levels } from '../../../streams/outputs.ts'
import { outermost } from '../../../streams/tree.ts'
import { facetsKept } from '../../limits.ts'
import type { Store } from '../store.ts'
import { numberIn, textIn } from '../values.ts'
import type { Model, When } from './ask.ts'
import { conditionOf, type Dimension, type Filter } from './filter.ts'

export type Facets = Record<Dimension, Record<string, number>>
type Counted = { total: number; facets: Facets }

const dimensions: readonly Dimension[] = ['level', 'axis', 'statistic', 'region', 'industry']
/** Counts stand as long as the model does not change: a page that is turned does not count again. */
const kept = new WeakMap<Store, { version: number; found: Map<string, Counted> }>()

export function facetsOf(model: Model, filter: Filter, when: When): Counted {
  const { store } = model
  let known = kept.get(store)
  if (known === undefined || known.version !== store.version || known.found.size >= facetsKept) {
    known = { version: store.version, found: new Map() }
    kept.set(store, known)
  }
  const key = JSON.stringify([filter, when.tick])
  const found = known.found.get(key) ?? count(model, filter, when)
  known.found.set(key, found)
  return found
}

function count(model: Model, filter: Filter, when: When): Counted {
  return isCounted(model, filter, when) ? byCounts(model, filter) : bySearch(model, filter, when)
}

/** Whether the counts that are kept by level, axis, statistic and outermost places answer it: of the present, and of nothing within. */
function isCounted(
  { editions }: Model,
  { region = '', industry = '', from, to, q = '', explained }: Filter,
  { tick }: When,
): boolean {
  const { regions, industries } = editions.profile
  return (
    tick === undefined &&
    from === undefined &&
    to === undefined &&
    q === '' &&
    explained !== 'false' &&
    (region === '' || (regions.has(region) && outermost(regions, region) === region)) &&
    (industry === '' || (industries.has(industry) && outermost(industries, industry) === industry))
  )
}

function byCounts({ store }: Model, filter: Filter): Counted {
  const facets: Facets = { level: {}, axis: {}, statistic: {}, region: {}, industry: {} }
  let total = 0
  const wanted: Record<Dimension, readonly string[] | undefined> = {
    ...{ level: filter.level, axis: filter.axis, statistic: filter.statistic },
    region: filter.region ? [filter.region] : undefined,
    industry: filter.industry ? [filter.industry] : undefined,
  }
  for (const row of store.all('SELECT * FROM warning_count WHERE n > 0')) {
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

function bySearch(model: Model, filter: Filter, when: When): Counted {
  const condition = conditionOf(model, filter, when)
  const total = numberIn(
    model.store.get(`SELECT count(*) AS n FROM warning_change WHERE ${condition.sql}`, ...condition.values) ?? {},
    'n',
  )
  const facets: Facets = { level: {}, axis: {}, statistic: {}, region: {}, industry: {} }
  const isSet = (name: Dimension): boolean => filter[name] !== undefined && filter[name] !== ''
  const open = dimensions.filter((name) => !isSet(name))
  // What is not filtered by counts under the same condition, and is counted in one look.
  countInto(model, facets, open, conditionOf(model, filter, when))
  for (const name of dimensions)
    if (isSet(name)) countInto(model, facets, [name], conditionOf(model, filter, when, [name]))
  return { total, facets }
}

function countInto(
  { store, editions }: Model,
  facets: Facets,
  names: readonly Dimension[],
  condition: { sql: string; values: (string | number)[] },
): void {
  if (names.length === 0) return
  const columns = names.join(', ')
  const { regions, industries } = editions.profile
  for (const row of store.all(
    `SELECT ${columns}, count(*) AS n FROM warning_change WHERE ${condition.sql} GROUP BY ${columns}`,
    ...condition.values,
  )) {
    for (const name of names) {
      const value =
        name === 'level'
          ? levels[numberIn(row, 'level')]
          : name === 'region'
            ? outermost(regions, textIn(row, 'region'))
            : name === 'industry'
              ? outermost(industries, textIn(row, 'industry'))
              : textIn(row, name)
      facets[name][value] = (facets[name][value] ?? 0) + numberIn(row, 'n')
    }
  }
}
