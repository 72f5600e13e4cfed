/** Which warnings a question is about, as a condition on rows. */
import { type Level, levels } from '../../../streams/outputs.ts'
import { ForewarnError } from '../../errors.ts'
import { boundsOf, type Interval } from '../numbering.ts'
import { holds, type Model, type When } from './ask.ts'

export type Filter = {
  level?: readonly Level[] | undefined
  axis?: readonly string[] | undefined
  statistic?: readonly string[] | undefined
  region?: string | undefined
  industry?: string | undefined
  from?: string | undefined
  to?: string | undefined
  q?: string | undefined
  explained?: 'true' | 'false' | undefined
}

export type Condition = { sql: string; values: (string | number)[] }

/** Of the present texts lie in an index of their own, so that no row is read of those without the text. */
export const isText = ({ q }: Filter, { tick }: When): boolean => q !== undefined && q !== '' && tick === undefined

export function conditionOf(model: Model, filter: Filter, when: When): Condition {
  const { calendar } = model.editions.profile
  const { regions, industries } = model.editions.newest
  const all: Condition[] = [holds(when)]
  const add = (sql: string, ...values: (string | number)[]): void => void all.push({ sql, values })
  const oneOf = (name: 'axis' | 'statistic', values: readonly string[] | undefined): void => {
    if (values !== undefined) add(`${name} IN (${values.map(() => '?').join(', ')})`, ...values)
  }
  const inside = (name: 'region' | 'industry', interval: Interval | undefined): void =>
    add(`${name}_no BETWEEN ? AND ?`, ...boundsOf(interval))
  const { level, region, industry, from, to, q, explained } = filter
  if (level !== undefined)
    add(`level IN (${level.map(() => '?').join(', ')})`, ...level.map((one) => levels.indexOf(one)))
  oneOf('axis', filter.axis)
  oneOf('statistic', filter.statistic)
  if (region !== undefined && region !== '') inside('region', regions.under(region))
  if (industry !== undefined && industry !== '') inside('industry', industries.under(industry))
  if (from !== undefined) add('raised_tick >= ?', tickOf(from))
  if (to !== undefined) add('raised_tick <= ?', tickOf(to))
  if (q !== undefined && q !== '') add("text LIKE ? ESCAPE '\\'", `%${q.replace(/[\\%_]/g, '\\$&')}%`)
  if (explained === 'false') add('explained = 0')
  return { sql: all.map((one) => one.sql).join(' AND '), values: all.flatMap((one) => one.values) }

  function tickOf(label: string): number {
    const tick = calendar.parse(label)
    if (tick !== undefined) return tick
    throw new ForewarnError('FW_QUESTION', [`${label} is no ${calendar.unit} of the calendar`])
  }
}
