/** Which sources were silent, and where that leaves calm unsure. */
import { SourceSilent } from '../../../streams/outputs.ts'
import { usualTicks } from '../../limits.ts'
import { never } from '../schema.ts'
import { numberIn, textIn } from '../values.ts'
import type { Model, When } from './ask.ts'

export type Silent = { source: string; region: string; since: string; lastHeard: string | null }

export function silentAt({ store, editions }: Model, { tick }: When): Silent[] {
  const rows =
    tick === undefined
      ? store.all(
          `SELECT source, region, told_tick, record FROM silence WHERE ended_tick = ${never} ORDER BY source, region`,
        )
      : store.all(
          'SELECT source, region, told_tick, record FROM silence WHERE told_tick <= ? AND ended_tick > ? ORDER BY source, region',
          tick,
          tick,
        )
  return rows.map((row) => ({
    source: textIn(row, 'source'),
    region: textIn(row, 'region'),
    since: editions.profile.calendar.label(numberIn(row, 'told_tick')),
    lastHeard: SourceSilent.parse(JSON.parse(textIn(row, 'record'))).lastHeard ?? null,
  }))
}

/** Whether a silence of one region leaves another unsure: it lies in it, or holds it. */
export function touches({ editions }: Model, silent: string, region: string): boolean {
  if (silent === '' || region === '') return true
  const { regions } = editions.newest
  const [one, other] = [regions.under(silent), regions.under(region)]
  return one !== undefined && other !== undefined && one.from <= other.to && other.from <= one.to
}

/** Sources that were ever heard, as of a tick. */
export function usualSources({ store }: Model, { tick }: When): number {
  const row = store.get(
    'SELECT count(DISTINCT source) AS n FROM source_tick WHERE tick <= ? AND records > 0',
    tick ?? never,
  )
  return row === undefined ? 0 : numberIn(row, 'n')
}

export type Heard = { source: string; lastHeard: string; quiet: boolean }

/**
 * When each source was last heard. `quiet`: for longer than it ever was in the 28 ticks before, and not yet told as silent; that it is silent is
 * for the watch to say.
 */
export function heardAt(model: Model, { tick }: When): Heard[] {
  const { store } = model
  const until = tick ?? never
  const last = store.get('SELECT max(tick) AS tick FROM source_tick WHERE tick <= ?', until)
  if (last === undefined || last.tick === null) return []
  const open = numberIn(last, 'tick')
  const silent = new Set(silentAt(model, { tick, shown: undefined }).map(({ source }) => source))
  const bySource = new Map<string, { ticks: number[]; lastHeard: string }>()
  for (const row of store.all(
    'SELECT source, tick, last_heard FROM source_tick WHERE tick BETWEEN ? AND ? AND records > 0 ORDER BY source, tick',
    ...[open - usualTicks, open],
  )) {
    const [source, lastHeard] = [textIn(row, 'source'), textIn(row, 'last_heard')]
    bySource.set(source, { ticks: [...(bySource.get(source)?.ticks ?? []), numberIn(row, 'tick')], lastHeard })
  }
  const closed = open - 1 // the open tick may still bring it
  return [...bySource].map(([source, { ticks, lastHeard }]) => {
    const gaps = ticks.slice(1).map((at, before) => at - ticks[before])
    const gap = closed - (ticks.at(-1) ?? closed)
    return { source, lastHeard, quiet: !silent.has(source) && ticks.length > 1 && gap >= Math.max(1, ...gaps) }
  })
}
