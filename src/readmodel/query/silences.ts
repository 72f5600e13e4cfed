/** Which sources were silent, and where that leaves calm unsure. */
import { never } from '../schema.ts'
import { numberIn, textIn } from '../values.ts'
import type { Model, When } from './ask.ts'

export type Silent = { source: string; region: string; since: string }

export function silentAt({ store, editions }: Model, { tick }: When): Silent[] {
  const rows =
    tick === undefined
      ? store.all(`SELECT source, region, told_tick FROM silence WHERE ended_tick = ${never} ORDER BY source, region`)
      : store.all(
          'SELECT source, region, told_tick FROM silence WHERE told_tick <= ? AND ended_tick > ? ORDER BY source, region',
          tick,
          tick,
        )
  return rows.map((row) => ({
    source: textIn(row, 'source'),
    region: textIn(row, 'region'),
    since: editions.profile.calendar.label(numberIn(row, 'told_tick')),
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
    'SELECT count(DISTINCT source) AS n FROM source_heard WHERE tick <= ? AND records > 0',
    tick ?? never,
  )
  return row === undefined ? 0 : numberIn(row, 'n')
}
