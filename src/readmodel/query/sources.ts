/** What came in, by source and region, tick by tick. */

import { SourceSilent } from '../../../streams/outputs.ts'
import { errorRegistry, knownCode } from '../../errors.ts'
import { usualTicks } from '../../limits.ts'
import { rounded } from '../rounded.ts'
import { never } from '../schema.ts'
import { numberIn, textIn } from '../values.ts'
import { closedTicks, type Model, ticksBetween, type When } from './ask.ts'

export type Sources = {
  ticks: string[]
  rows: {
    source: string
    region: string
    records: number[]
    usual: (number | null)[]
    silent: boolean[]
    lastHeard: string | null
  }[]
  silences: {
    source: string
    region: string
    since: string
    until: string | null
    expected: number
    missed: number | null
    lastHeard: string | null
  }[]
  deadLetters: { code: string; topic: string; count: number; lastAt: string; says: string; remedy: string }[]
  drift: { tick: string; model: string; feature: string | null; psi: number; rows: number }[]
}

/** Without a source or a region the whole of each source alone. */
export type Window = {
  from?: number | undefined
  to?: number | undefined
  source?: string | undefined
  region?: string | undefined
}

export function sourcesOf(model: Model, when: When, { from, to, source, region }: Window): Sources {
  const closed = closedTicks(model)
  const last = Math.min(to ?? Number.POSITIVE_INFINITY, when.tick ?? closed?.last ?? -1)
  const first = Math.max(from ?? last - usualTicks + 1, last - 400)
  const ticks = ticksBetween(model, first, last)
  return {
    ticks: ticks.map(({ label }) => label),
    rows: rowsOf(
      model,
      ticks.map(({ tick }) => tick),
      { source, region },
    ),
    silences: silencesOf(model, when),
    deadLetters: deadLettersOf(model),
    drift: model.store
      .all('SELECT * FROM drift WHERE tick BETWEEN ? AND ? ORDER BY tick, feature', first, last)
      .map((row) => ({
        tick: model.editions.profile.calendar.label(numberIn(row, 'tick')),
        model: textIn(row, 'model'),
        feature: textIn(row, 'feature') || null,
        psi: numberIn(row, 'psi'),
        rows: numberIn(row, 'rows'),
      })),
  }
}

/** A row for each source as a whole, and one for each of its regions. */
function rowsOf(
  model: Model,
  ticks: readonly number[],
  { source: only, region }: Pick<Window, 'source' | 'region'>,
): Sources['rows'] {
  const [first, last] = [ticks[0] ?? 0, ticks.at(-1) ?? -1]
  const found = new Map<
    string,
    { source: string; region: string; byTick: Map<number, number>; lastHeard: string | null }
  >()
  const add = (source: string, place: string, tick: number, records: number, lastHeard: string): void => {
    const key = `${source}|${place}`
    const row = found.get(key) ?? { source, region: place, byTick: new Map<number, number>(), lastHeard: null }
    row.byTick.set(tick, (row.byTick.get(tick) ?? 0) + records)
    if (row.lastHeard === null || lastHeard > row.lastHeard) row.lastHeard = lastHeard
    found.set(key, row)
  }
  const span = [first - usualTicks, last]
  for (const row of model.store.all('SELECT * FROM source_tick WHERE tick BETWEEN ? AND ?', ...span)) {
    const source = textIn(row, 'source')
    if (only === undefined || only === source)
      add(source, '', numberIn(row, 'tick'), numberIn(row, 'records'), textIn(row, 'last_heard'))
  }
  const regional =
    region === undefined && only === undefined
      ? []
      : model.store.all(
          `SELECT * FROM source_heard WHERE tick BETWEEN ?1 AND ?2 AND region != '' AND (?3 IS NULL OR source = ?3) AND (?4 IS NULL OR region = ?4)`,
          ...[...span, only ?? null, region ?? null],
        )
  for (const row of regional)
    add(
      textIn(row, 'source'),
      textIn(row, 'region'),
      numberIn(row, 'tick'),
      numberIn(row, 'records'),
      textIn(row, 'last_heard'),
    )
  const silences = model.store.all('SELECT source, region, told_tick, ended_tick FROM silence')
  return [...found.values()]
    .sort((a, b) => (`${a.source}|${a.region}` < `${b.source}|${b.region}` ? -1 : 1))
    .map(({ source, region: place, byTick, lastHeard }) => ({
      ...{ source, region: place, lastHeard },
      records: ticks.map((tick) => byTick.get(tick) ?? 0),
      usual: ticks.map((tick) => meanBefore(byTick, tick)),
      silent: ticks.map((tick) =>
        silences.some(
          (one) =>
            one.source === source &&
            (one.region === place || one.region === '') &&
            numberIn(one, 'told_tick') <= tick &&
            numberIn(one, 'ended_tick') > tick,
        ),
      ),
    }))
}

function meanBefore(byTick: ReadonlyMap<number, number>, tick: number): number | null {
  const known = [...byTick].filter(([at]) => at < tick && at >= tick - usualTicks)
  return known.length === 0 ? null : rounded(known.reduce((sum, [, records]) => sum + records, 0) / known.length, 2)
}

function silencesOf({ store, editions }: Model, { tick }: When): Sources['silences'] {
  const { calendar } = editions.profile
  return store
    .all('SELECT * FROM silence WHERE told_tick <= ? ORDER BY told_tick DESC, source, region LIMIT 500', tick ?? never)
    .map((row) => {
      const {
        source,
        region,
        expected,
        missed = null,
        lastHeard = null,
      } = SourceSilent.parse(JSON.parse(textIn(row, 'record')))
      const ended = numberIn(row, 'ended_tick')
      const until = ended === never || (tick !== undefined && ended > tick) ? null : calendar.label(ended)
      return { source, region, since: calendar.label(numberIn(row, 'told_tick')), until, expected, missed, lastHeard }
    })
}

function deadLettersOf({ store }: Model): Sources['deadLetters'] {
  return store.all('SELECT * FROM dead_letter ORDER BY count DESC, code, topic').map((row) => {
    const code = textIn(row, 'code')
    const known = knownCode(code)
    const { says, remedy } = known === undefined ? { says: '', remedy: '' } : errorRegistry[known]
    return {
      code,
      topic: textIn(row, 'topic'),
      count: numberIn(row, 'count'),
      lastAt: textIn(row, 'last_at'),
      says,
      remedy,
    }
  })
}
