/** The share that each group of event types has of all events: by industry, nation-wide, and by the place in the week. */
import { z } from 'zod'
import { learnWeekday, weekFactor, weekStateLength } from '../../../models/counts/weekday.ts'
import type { Profile } from '../../../streams/profile.ts'
import { cellKey, type Moves, moved } from '../moves.ts'
import type { TickAggregates } from '../tickAggregates.ts'

/** What a tick's evidence is worth a week later. */
const keepWeekly = 0.985
/** Events of each group that are taken to have been seen beforehand. */
const eventsBefore = 0.5

/** The share of a node's events up to which the rest tells of its groups. */
export const withheldShareMax = 0.05

/** Discounted events by group of nation-wide nodes; rhythms of groups and, last, of all events. */
export const SavedShares = z.object({
  events: z.array(z.tuple([cellKey, z.array(z.number())])),
  rhythms: z.array(z.array(z.number())),
})

/** Whether more than a few of a node's events come out of a backlog, which may be of a few groups alone. */
function isFlooded(aggregates: TickAggregates, node: number): boolean {
  return aggregates.backlog.of(node) > withheldShareMax * aggregates.nodes.eventsOf(node)
}

export class GroupShares {
  readonly #profile: Profile
  readonly #whole: number
  readonly #groups: number
  readonly #events = new Map<number, number[]>()
  readonly #rhythms: Float64Array[]
  /** By nation-wide node, worked out once until a tick is learnt. */
  readonly #shares = new Map<number, readonly number[]>()
  /** By place in the week, worked out once until rhythms are learnt. */
  readonly #ratios = new Map<number, number>()

  constructor(profile: Profile, whole: number) {
    this.#profile = profile
    this.#whole = whole
    this.#groups = profile.groups.length
    const { phasesPerWeek } = profile.calendar
    this.#rhythms = Array.from({ length: this.#groups + 1 }, () => new Float64Array(weekStateLength(phasesPerWeek)))
  }

  /** Of a group among the events of a nation-wide node in a tick, > 0. */
  of(node: number, group: number, tick: number): number {
    return this.#sharesOf(node)[group] * this.#ratioOf(group, tick)
  }

  /** By group, of some nation-wide nodes, one behind the other. */
  table(nodes: readonly number[], tick: number): Float64Array {
    const table = new Float64Array(nodes.length * this.#groups)
    for (const [at, node] of nodes.entries()) {
      for (let group = 0; group < this.#groups; group++) table[at * this.#groups + group] = this.of(node, group, tick)
    }
    return table
  }

  #sharesOf(node: number): readonly number[] {
    const known = this.#shares.get(node)
    if (known !== undefined) return known
    const events = this.#events.get(node) ?? []
    const all = events.reduce((sum, one) => sum + one, 0)
    const shares = Array.from({ length: this.#groups }, (_, group) => {
      return ((events[group] ?? 0) + eventsBefore) / (all + eventsBefore * this.#groups)
    })
    this.#shares.set(node, shares)
    return shares
  }

  /** Takes the groups of a closed tick at some nation-wide nodes; one to which a backlog brought much says nothing. */
  learn(tick: number, aggregates: TickAggregates, nodes: Iterable<number>): void {
    const { calendar } = this.#profile
    this.#shares.clear()
    const keep = calendar.weekPhase(tick) === 0 ? keepWeekly : 1
    for (const node of nodes) {
      if (isFlooded(aggregates, node)) continue
      const before = this.#events.get(node)
      const groups = Array.from({ length: this.#groups }, (_, group) => {
        return keep * (before?.[group] ?? 0) + aggregates.groupEvents(node, group)
      })
      this.#events.set(node, groups)
    }
    if (calendar.phasesPerWeek === 1 || isFlooded(aggregates, this.#whole)) return
    this.#ratios.clear()
    for (const [group, rhythm] of this.#rhythms.entries()) {
      const events =
        group < this.#groups ? aggregates.groupEvents(this.#whole, group) : aggregates.nodes.eventsOf(this.#whole)
      learnWeekday(rhythm, calendar.weekPhase(tick), events, keepWeekly)
    }
  }

  save(): z.infer<typeof SavedShares> {
    return { events: [...this.#events], rhythms: this.#rhythms.map((rhythm) => Array.from(rhythm)) }
  }

  load(saved: z.infer<typeof SavedShares>, moves?: Moves): void {
    const { events, rhythms } = moves === undefined ? saved : moved(SavedShares, saved, moves)
    for (const [node, groups] of events) this.#events.set(node, groups)
    for (const [group, rhythm] of rhythms.entries()) this.#rhythms[group]?.set(rhythm)
    this.#ratios.clear()
  }

  /** How much more of a group than of all events this place in the week has. */
  #ratioOf(group: number, tick: number): number {
    const phase = this.#profile.calendar.weekPhase(tick)
    const key = group * this.#profile.calendar.phasesPerWeek + phase
    const known = this.#ratios.get(key)
    if (known !== undefined) return known
    const ratio = weekFactor(this.#rhythms[group], phase) / weekFactor(this.#rhythms[this.#groups], phase)
    this.#ratios.set(key, ratio)
    return ratio
  }
}
