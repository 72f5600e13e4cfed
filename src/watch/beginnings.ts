/**
 * When each source, nation-wide and by region, and each region began, and when a source came back: what it says at first has no past to
 * be judged by (docs/fold.md rule 24). What becomes of the events of a source from a region is fixed at the close of the tick before.
 *
 *   begins later ──► teaches, not judged ──► judged ◄──► told silent ──► comes back: its backlog is neither judged nor learnt
 */
import { z } from 'zod'
import type { Calendar } from '../../streams/calendar.ts'
import type { Profile } from '../../streams/profile.ts'
import { rootIndex } from '../../streams/tree.ts'
import type { CellKeys } from '../cells.ts'
import { jsonPart, type StatePart } from '../fold/state.ts'
import {
  backlogTicksMin,
  dayMs,
  leadingGapDays,
  leadingGapTicksMin,
  missedMin,
  sourceWarmTicks,
  strayTicksMax,
} from '../limits.ts'
import type { NumberSums } from '../sums.ts'
import { arrivalKey } from './moves.ts'
import type { SourceWatch } from './sources.ts'

/** What events are to the judge. */
export type Role = 'judged' | 'taught' | 'backlog'

/** Regions in which something began in a tick: a region itself. And those in which something, its source perhaps, has taught enough. */
export type Turns = { begun: number[]; ended: number[] }

const Heard = z.object({
  /** The tick in which it began, and whether that was later than the log. */
  from: z.int(),
  isLate: z.boolean(),
  /** In how many ticks it was heard, the last of them, and records in all. */
  ticks: z.int(),
  last: z.int(),
  records: z.number(),
  /** Ticks of the last backlog: from, to (not included), and to at most. */
  backlog: z.object({ from: z.int(), to: z.int(), max: z.int() }).optional(),
})
type Heard = z.infer<typeof Heard>

export const SavedBeginnings = z.object({
  closed: z.int().nullable(),
  heard: z.array(z.tuple([arrivalKey, Heard])),
})

/** Whether a gap up to a tick, after few ticks with records, is so long that it is no silence: what was before it was astray. */
export function isLeadingGap(heard: { ticks: number; last: number }, tick: number, { tickMs }: Calendar): boolean {
  const gapTicks = Math.max(leadingGapTicksMin, Math.ceil((leadingGapDays * dayMs) / tickMs))
  return heard.ticks <= strayTicksMax && tick - heard.last > gapTicks
}

/** Ticks that teach before any is judged: whole weeks. */
export function teachingTicks({ phasesPerWeek }: Calendar): number {
  return Math.max(sourceWarmTicks, phasesPerWeek)
}

export class Beginnings {
  /** By (source, region), and by region for all sources together. */
  readonly #heard = new Map<number, Heard>()
  readonly #keys: CellKeys
  readonly #sources: SourceWatch
  /** All sources together have the number after the last. */
  readonly #all: number
  readonly #root: number
  readonly #calendar: Calendar
  readonly #teachTicks: number
  #closed: number | undefined
  /** Of the open tick, by (source, region) that was asked for. */
  readonly #roles = new Map<number, Role>()
  readonly state: StatePart = jsonPart(
    { name: 'beginnings', version: 1, contract: SavedBeginnings },
    () => this.save(),
    (saved) => this.load(saved),
  )

  constructor(profile: Profile, keys: CellKeys, sources: SourceWatch) {
    this.#keys = keys
    this.#sources = sources
    this.#all = profile.sources.length
    this.#root = keys.arrivals(this.#all, rootIndex)
    this.#calendar = profile.calendar
    this.#teachTicks = teachingTicks(profile.calendar)
  }

  /** What events of a source from a region are in the open tick; the same through all of it. */
  roleOf(source: number, region: number): Role {
    const arrival = this.#keys.arrivals(source, region)
    const known = this.#roles.get(arrival) ?? this.#roleOf(arrival)
    this.#roles.set(arrival, known)
    return known
  }

  /** Streams of which nothing in the open tick is judged: they are silent, or send what they kept meanwhile. */
  unheard(): ReadonlySet<number> {
    const tick = this.#openTick
    if (tick === undefined) return new Set()
    const { byKey } = this.#sources.streams
    return new Set([...byKey.keys(), ...this.#heard.keys()].filter((key) => this.#isBacklog(key, tick)))
  }

  /** Ends the tick, before the sources do. `facts`: of the tick, by (source, region); a duplicate begins nothing. */
  close(tick: number, facts: NumberSums): Turns {
    const records = this.#recordsOf(facts)
    const turns: Turns = { begun: [], ended: [] }
    // First who begins, by what was known at the close before; then what this tick adds to it.
    const begin = [...records.keys()].filter((key) => this.#begins(key, tick))
    const made = begin.map((key): [number, Heard] => {
      const before = this.#heard.get(key)
      const isLate = this.#isLate(key)
      return [key, { from: tick, isLate, ticks: before?.ticks ?? 0, last: tick, records: before?.records ?? 0 }]
    })
    for (const [key, heard] of made) {
      this.#heard.set(key, heard)
      const { source, region } = this.#keys.arrivalOf(key)
      if (source === this.#all) turns.begun.push(region)
    }
    const ended = new Set<number>()
    for (const [key, heard] of this.#heard) {
      this.#take(key, heard, tick, records.get(key) ?? 0)
      if (heard.isLate && tick === heard.from + this.#teachTicks - 1) ended.add(this.#keys.arrivalOf(key).region)
    }
    turns.begun.sort((a, b) => a - b)
    turns.ended.push(...[...ended].sort((a, b) => a - b))
    this.#closed = tick
    this.#roles.clear()
    return turns
  }

  save(): z.infer<typeof SavedBeginnings> {
    return { closed: this.#closed ?? null, heard: [...this.#heard] }
  }

  load({ closed, heard }: z.infer<typeof SavedBeginnings>): void {
    this.#closed = closed ?? undefined
    for (const [key, one] of heard) this.#heard.set(key, one)
  }

  get #openTick(): number | undefined {
    return this.#closed === undefined ? undefined : this.#closed + 1
  }

  /** Whether what comes of a stream in the open tick is a backlog. */
  #isBacklog(key: number, tick: number): boolean {
    const { byKey } = this.#sources.streams
    return byKey.get(key)?.told !== undefined || tick < (this.#heard.get(key)?.backlog?.to ?? tick)
  }

  #roleOf(arrival: number): Role {
    const tick = this.#openTick
    if (tick === undefined) return 'judged'
    const keys = this.#sources.streams.keysOf(arrival)
    if (keys.some((key) => this.#isBacklog(key, tick))) return 'backlog'
    const teaches = (key: number): boolean => {
      if (this.#begins(key, tick)) return this.#isLate(key)
      const heard = this.#heard.get(key)
      return heard?.isLate === true && tick < heard.from + this.#teachTicks
    }
    return keys.some((key) => teaches(key) || teaches(this.#allOf(key))) ? 'taught' : 'judged'
  }

  /** Whether a record of the tick is the first of its stream, or the first after a few stray ones. */
  #begins(key: number, tick: number): boolean {
    const heard = this.#heard.get(key)
    return heard === undefined || isLeadingGap(heard, tick, this.#calendar)
  }

  /** Whether what begins in the tick begins later than the log. Of a source in a region: later than it should have, by the other sources. */
  #isLate(key: number): boolean {
    const log = this.#heard.get(this.#root)
    if (log === undefined || key === this.#root) return log !== undefined
    const { source, region } = this.#keys.arrivalOf(key)
    if (source === this.#all || region === rootIndex) return true
    const of = (one: number, where: number): number => this.#heard.get(this.#keys.arrivals(one, where))?.records ?? 0
    const [own, here] = [of(source, rootIndex), of(this.#all, region)]
    return own * here >= missedMin * Math.max(1, log.records - own - here)
  }

  #take(key: number, heard: Heard, tick: number, records: number): void {
    if (records > 0) {
      heard.ticks++
      heard.last = tick
      heard.records += records
    }
    const stream = this.#sources.streams.byKey.get(key)
    if (stream === undefined) return
    const { told, run, gaps } = stream
    const arrived = this.#sources.recordsOf(key)
    if (told !== undefined && arrived > 0)
      heard.backlog = { from: tick, to: tick + backlogTicksMin, max: tick + Math.max(backlogTicksMin, run.ticks) }
    const { backlog } = heard
    // A backlog goes on while more than twice the usual comes, for as long as the silence was at most.
    if (
      backlog !== undefined &&
      tick === backlog.to - 1 &&
      tick < backlog.max - 1 &&
      arrived * gaps.exposure > 2 * gaps.records
    )
      backlog.to++
  }

  #recordsOf(facts: NumberSums): Map<number, number> {
    const records = new Map<number, number>()
    for (const [arrival, count] of facts.entries())
      for (const key of this.#sources.streams.keysOf(arrival))
        for (const one of [key, this.#allOf(key)]) records.set(one, (records.get(one) ?? 0) + count)
    return records
  }

  #allOf(key: number): number {
    return this.#keys.arrivals(this.#all, this.#keys.arrivalOf(key).region)
  }
}
