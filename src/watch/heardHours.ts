/** Who was heard, told once an hour of log time in which a record came, and at the end of each tick: it names the hour, and no beat. */
import { z } from 'zod'
import { type Calendar, calendar } from '../../streams/calendar.ts'
import type { SourcesHeard } from '../../streams/outputs.ts'
import type { Profile } from '../../streams/profile.ts'
import type { CellKeys } from '../cells.ts'
import { jsonPart, type StatePart } from '../fold/state.ts'
import { endOfBeat, type SourceWatch } from './sources.ts'

/** Depth of the outermost level of regions. */
const outermost = 1

export class HeardHours {
  /** The last hour in which a record came, until it is told. */
  open: number | undefined
  readonly state: StatePart = jsonPart(
    { name: 'heard hours', version: 1, contract: z.object({ open: z.int().nullable() }) },
    () => ({ open: this.open ?? null }),
    ({ open }) => {
      this.open = open ?? undefined
    },
  )
  /** The first beat of the hour after that; a lesser one is as right, and looks at the calendar. */
  #nextHour = Number.NEGATIVE_INFINITY
  readonly #hours: Calendar
  readonly #profile: Profile
  readonly #keys: CellKeys
  readonly #beatMs: number
  /** By stream: the beat in which it was last heard, and its end, as it was told. */
  readonly #told = new Map<number, { beat: number; end: string }>()

  constructor(profile: Profile, keys: CellKeys, beatMs: number) {
    this.#hours = calendar('hour', profile.file.tick.utcOffsetMinutes)
    this.#profile = profile
    this.#keys = keys
    this.#beatMs = beatMs
  }

  /** A record came in this beat. */
  hear(beat: number): void {
    if (this.open !== undefined && beat < this.#nextHour) return
    this.open = this.#hourOf(beat)
    this.#nextHour = this.#hours.endMs(this.open) / this.#beatMs
  }

  /** What is to be told of the hour that was over before this beat; call it before the beat's records are taken. */
  before(beat: number, sources: SourceWatch): SourcesHeard | undefined {
    if (this.open === undefined || beat < this.#nextHour) return undefined
    return this.open >= this.#hourOf(beat) ? undefined : this.#take(this.open, sources)
  }

  /** What is to be told of the last hour of a tick, in the beat that ends it. */
  atEnd(beat: number, sources: SourceWatch): SourcesHeard {
    return this.#take(this.#hourOf(beat), sources)
  }

  #take(hour: number, sources: SourceWatch): SourcesHeard {
    const { calendar: ticks, sources: codes, regions } = this.#profile
    const { streams } = sources
    const bySource = new Map<number, SourcesHeard['sources'][number]>()
    for (const key of streams.inOrderAt(outermost)) {
      const { source, region } = this.#keys.arrivalOf(key)
      const heard = bySource.get(source) ?? { source: codes[source], regions: [], records: [], lastHeard: [] }
      bySource.set(source, heard)
      heard.regions.push(regions.nodes[region].code)
      heard.records.push(sources.recordsOf(key))
      heard.lastHeard.push(this.#endOf(key, streams.of(key).lastBeat))
    }
    this.open = undefined
    const tick = ticks.tickOf(this.#hours.startMs(hour))
    return {
      kind: 'SourcesHeard',
      hour: this.#hours.label(hour),
      tick,
      tickLabel: ticks.label(tick),
      sources: [...bySource.values()],
    }
  }

  #endOf(key: number, beat: number): string {
    const told = this.#told.get(key)
    if (told?.beat === beat) return told.end
    const end = endOfBeat(beat, this.#beatMs)
    this.#told.set(key, { beat, end })
    return end
  }

  #hourOf(beat: number): number {
    return this.#hours.tickOf(beat * this.#beatMs)
  }
}
