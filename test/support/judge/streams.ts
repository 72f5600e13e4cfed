/**
 * Streams of counts as the oracle has them, from docs/science.md sections 6 and 7: all events of a cell, and each group of types that it ever
 * had. One object a stream, every formula in full. It shares no code with src/ or models/.
 */
import type { Cells } from './cells.ts'
import type { Clock } from './clock.ts'
import { type Gathering, gatheringOf } from './gathering.ts'
import { type Expected, nothing, type Sum, type Sums } from './sums.ts'

const keepWeekly = 0.985
const keepDispersionWeekly = 0.97
const limit = 2.58
/** A cell's share beside that of its like: Gamma of this shape. */
const shape = 2
/** Up to so large a share that is withheld the rest tells of groups. */
const withheldShareMax = 0.05

/** `group`: '' is all events. */
export type Stream = { group: string; evidence: readonly number[]; ever: number; share: Share }
/** E, Y, Q and W: events that should have come, events that came with outbreaks cut, and dispersion. */
type Share = { expected: number; counted: number; squares: number; weights: number }
/** All groups of types, those with judged types, and the group of a type. */
export type Groups = { groups: readonly string[]; judged: readonly string[]; groupOf: (type: string) => string }
/** What a stream counts in a tick, and should. */
export type InTick = { stream: Stream; events: number; expected: Expected }
/** Nodes that share a limit, the limit, and the least count that calls. */
export type CallLimit = { nodes: number; limit: number; countMin: number }

export class StreamStates {
  readonly #cells: Cells
  readonly #clock: Clock
  readonly #groups: readonly string[]
  readonly #groupOf: (type: string) => string
  /** Groups with streams of their own: one group alone is all events. */
  readonly #judged: readonly string[]
  readonly #gathering: Gathering
  readonly #streams = new Map<string, Stream[]>()
  /** Events of cells of which the group is not known. */
  readonly #unknown = new Map<string, number>()
  /** Discounted events by nation-wide cell and group. */
  readonly #nationwide = new Map<string, Map<string, number>>()
  /** By group, '' for all: events and ticks by place in the week. */
  readonly #weeks = new Map<string, { events: number; ticks: number }[]>()

  constructor(cells: Cells, clock: Clock, { groups, judged, groupOf }: Groups) {
    this.#cells = cells
    this.#clock = clock
    this.#gathering = gatheringOf(clock.tickDays)
    this.#groups = groups
    this.#groupOf = groupOf
    this.#judged = judged.length < 2 ? [] : judged
  }

  /** History begins anew. */
  clear(): void {
    for (const map of [this.#streams, this.#unknown, this.#nationwide, this.#weeks]) map.clear()
  }

  of(cell: string): readonly Stream[] {
    return this.#streams.get(cell) ?? []
  }

  /** A tick closes in which a cell had events: its streams are there from now on. `seen`: discounted events of it so far. */
  open(cell: string, tick: number, sum: Sum, seen: number): void {
    const streams = this.#streams.get(cell) ?? []
    this.#streams.set(cell, streams)
    const add = (group: string, expected: number): void => {
      if (streams.some((one) => one.group === group)) return
      streams.push({ group, evidence: this.#gathering.fresh, ever: 0, share: newShare(expected) })
    }
    add('', 0)
    for (const group of this.#judged)
      if (this.#eventsOf(sum, group) > withheldIn(sum))
        add(group, this.#shareOf(cell, group, tick) * Math.max(0, seen - (this.#unknown.get(cell) ?? 0)))
  }

  /** The streams of a cell in a tick. What is withheld may all be of a group: it counts the rest. */
  inTick(cell: string, tick: number, sum: Sum, whole: Expected): InTick[] {
    return this.of(cell).map((stream) => ({
      stream,
      events: Math.max(0, this.#eventsOf(sum, stream.group) - (stream.group === '' ? 0 : withheldIn(sum))),
      expected:
        stream.group === '' ? whole : this.#expect(stream.share, whole, this.#shareOf(cell, stream.group, tick)),
    }))
  }

  /** A closed tick of one cell. */
  learn(
    cell: string,
    tick: number,
    sum: Sum,
    at: { whole: Expected; limit: CallLimit; isHeld: boolean; isFirst: boolean },
  ): void {
    const { whole, limit, isHeld, isFirst } = at
    if (sum.backlog !== 0) {
      for (const stream of this.of(cell)) stream.evidence = this.#gathering.fresh
      return
    }
    for (const { stream, events, expected } of this.inTick(cell, tick, sum, whole)) {
      const { after, value, called } = this.#gathering
      stream.evidence = after(stream.evidence, events, expected, limit.nodes)
      const calls = events >= limit.countMin && events > expected.mean && value(stream.evidence) > limit.limit
      if (calls) stream.evidence = called(stream.evidence)
      if (stream.group === '') stream.ever += events
      else if (!isFirst && !isHeld && withheldIn(sum) <= withheldShareMax * totalOf(sum)) {
        const all = this.#eventsOf(sum, stream.group)
        const y = withheldIn(sum) === 0 ? all : Math.round(all * (1 - withheldIn(sum) / totalOf(sum)))
        this.#learnShare(stream.share, y, expected, this.#shareOf(cell, stream.group, tick) * whole.mean)
      }
    }
  }

  /** What was gathered against a cell was not its own. */
  clearEvidence(cell: string): void {
    for (const stream of this.of(cell)) stream.evidence = this.#gathering.fresh
  }

  /** A cell that begins anew: of its events so far (`seen`) nobody knows the groups. */
  forget(cell: string, seen: number): void {
    this.#unknown.set(cell, seen)
    for (const stream of this.of(cell)) {
      stream.evidence = this.#gathering.fresh
      stream.share = newShare(0)
    }
  }

  /** What the whole country says of shares, and of the week of each group. */
  learnShares(tick: number, sums: Sums, cells: Iterable<string>): void {
    const keep = this.#clock.phase(tick) === 0 ? keepWeekly : 1
    const sumOf = (cell: string): Sum | undefined => sums.get(cell)
    const isFlooded = (cell: string): boolean =>
      (sumOf(cell)?.backlog ?? 0) > withheldShareMax * totalOf(sumOf(cell) ?? nothing)
    for (const cell of new Set([...cells].map((one) => this.#cells.rhythm(one)).concat('|'))) {
      if (isFlooded(cell)) continue
      const known = this.#nationwide.get(cell) ?? new Map<string, number>()
      const now = this.#groups.map((group): [string, number] => {
        return [group, keep * (known.get(group) ?? 0) + this.#eventsOf(sumOf(cell), group)]
      })
      this.#nationwide.set(cell, new Map(now))
    }
    if (this.#clock.phases === 1 || isFlooded('|')) return
    for (const group of ['', ...this.#groups]) {
      const week = this.#weeks.get(group) ?? Array.from({ length: this.#clock.phases }, () => ({ events: 0, ticks: 0 }))
      this.#weeks.set(group, week)
      const phase = week[this.#clock.phase(tick)]
      const events = group === '' ? Math.max(0, totalOf(sumOf('|') ?? nothing)) : this.#eventsOf(sumOf('|'), group)
      phase.events = keepWeekly * phase.events + events
      phase.ticks = keepWeekly * phase.ticks + 1
    }
  }

  #eventsOf(sum: Sum | undefined, group: string): number {
    if (sum === undefined) return 0
    if (group === '') return Math.max(0, sum.events)
    const ofGroup = Object.entries(sum.byType).filter(([type]) => this.#groupOf(type) === group)
    return Math.max(
      0,
      ofGroup.reduce((all, [, events]) => all + events, 0),
    )
  }

  /** Of a group in the industry, the country over, by the place in the week. */
  #shareOf(cell: string, group: string, tick: number): number {
    const events = this.#nationwide.get(this.#cells.rhythm(cell)) ?? new Map<string, number>()
    const all = [...events.values()].reduce((sum, one) => sum + one, 0)
    const share = ((events.get(group) ?? 0) + 0.5) / (all + 0.5 * this.#groups.length)
    return (share * this.#weekOf(group, tick)) / this.#weekOf('', tick)
  }

  #weekOf(group: string, tick: number): number {
    const week = this.#weeks.get(group) ?? []
    const means = week.filter(({ ticks }) => ticks > 0).map(({ events, ticks }) => events / ticks)
    const mean = means.length === 0 ? 0 : means.reduce((sum, one) => sum + one, 0) / means.length
    if (mean === 0) return 1
    const { events, ticks } = week[this.#clock.phase(tick)]
    const weeks = Math.min(4, 30 / mean)
    return Math.min(5, Math.max(0.2, (events + weeks * mean) / (ticks + weeks) / mean))
  }

  #expect({ expected, counted, squares, weights }: Share, whole: Expected, share: number): Expected {
    const mean = (share * whole.mean * (shape + counted)) / (shape + expected)
    const phi = Math.max(1, (squares + 5) / (weights + 5))
    const spread = 1 / (shape + counted) + (whole.variance - whole.mean) / whole.mean ** 2
    return { mean, variance: phi * mean + mean ** 2 * spread }
  }

  #learnShare(share: Share, y: number, { mean, variance }: Expected, prior: number): void {
    const days = this.#clock.tickDays
    const [keep, keepDispersion] = [keepWeekly ** (days / 7), keepDispersionWeekly ** (days / 7)]
    const phi = Math.max(1, (share.squares + 5) / (share.weights + 5))
    const calm = Math.max(1, (mean ** 0.5 + (limit / 1.5) * (variance / mean) ** 0.5) ** 1.5 * mean ** 0.25)
    const cut = y <= 1 ? y : Math.min(y, calm)
    share.squares = keepDispersion * share.squares + Math.min((phi * (cut - mean) ** 2) / variance, 100)
    share.weights = keepDispersion * share.weights + 1
    share.expected = keep * share.expected + prior
    share.counted = keep * share.counted + cut
  }
}

const withheldIn = ({ taught, backlog }: Sum): number => Math.max(0, taught + backlog)
const totalOf = ({ events, taught, backlog }: Sum): number => events + taught + backlog

const newShare = (expected: number): Share => ({ expected, counted: 0, squares: 0, weights: 0 })
