/** Records astray: a few, years before the rest of their source perhaps. The fold takes nothing from what lies between (docs/fold.md rule 24). */
import type { Profile } from '../../../streams/profile.ts'
import { dayMs } from '../../limits.ts'
import { isLeadingGap } from '../../watch/beginnings.ts'

/** A gap after the first records of a source; without one, of all sources together. Times in ISO 8601. */
export type LeadingGap = { source?: string; records: number; from: string; to: string; days: number }

type Heard = { ticks: number; last: number; records: number; lastMs: number }

export class LeadingGaps {
  readonly found: LeadingGap[] = []
  readonly #profile: Profile
  readonly #heard = new Map<number | undefined, Heard>()

  constructor(profile: Profile) {
    this.#profile = profile
  }

  /** Takes an event of a source, in order of time. */
  add(source: number, timeMs: number): void {
    this.#add(source, timeMs)
    this.#add(undefined, timeMs)
  }

  #add(source: number | undefined, timeMs: number): void {
    const { calendar, sources } = this.#profile
    const tick = calendar.tickOf(timeMs)
    const heard = this.#heard.get(source)
    if (heard === undefined) {
      this.#heard.set(source, { ticks: 1, last: tick, records: 1, lastMs: timeMs })
      return
    }
    if (isLeadingGap(heard, tick, calendar)) {
      const [from, to] = [heard.lastMs, timeMs].map((ms) => new Date(ms).toISOString())
      const days = Math.floor((timeMs - heard.lastMs) / dayMs)
      // What is so of a source is not said again of all.
      if (source !== undefined || this.found.every((one) => one.from !== from))
        this.found.push({
          ...(source === undefined ? {} : { source: sources[source] }),
          records: heard.records,
          from,
          to,
          days,
        })
    }
    if (tick > heard.last) heard.ticks++
    heard.last = tick
    heard.lastMs = timeMs
    heard.records++
  }
}

/** `1 record of HOTLINE up to 1999-03-01, then none for 9437 days`. */
export function leadingGapText({ source = 'any source', records, from, days }: LeadingGap): string {
  return `${records} ${records === 1 ? 'record' : 'records'} of ${source} up to ${from.slice(0, 10)}, then none for ${days} days`
}
