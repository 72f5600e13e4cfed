/**
 * The warnings of one statistic that stand, and those about to: one entry a subject that is above calm or was called for lately. Every
 * change of a level is published from here.
 */
import { z } from 'zod'
import { Level } from '../../streams/outputs.ts'
import type { Warning } from '../../streams/warnings.ts'
import { dayMs } from '../limits.ts'
import { type AlertState, calmState, isAtRest, rank } from './alertState.ts'
import type { Lattice } from './lattice.ts'
import { cellKey } from './moves.ts'
import type { Amendment, Judged, StandingAt, Statistic } from './statistics/statistic.ts'
import { type Identity, warningId, warningOf } from './warning.ts'

/** A subject's place on the ladder, and the evidence that its last published level stands on. */
export type Open<E> = {
  standing: AlertState
  raisedTick: number
  evidence: E | null
  evidenceTick: number
  retracted: number
  amended: boolean
  /** It is held, since most of its sources were silent in the last tick. */
  held?: boolean | undefined
}

/** When and how a level changed. */
export type How<D> = {
  tick: number
  beat: number
  early: boolean
  detail: D
  /** Absent: as it was. */
  held?: boolean
  explainedBy: number | undefined
  children: readonly number[]
}

const heldDaysMax = 28

/** As they are saved, with the evidence of a statistic. */
export function savedWarnings<E extends object>(evidence: z.ZodType<E>) {
  const open = z.object({
    standing: z.object({ level: Level, quietTicks: z.int(), recent: z.array(Level).readonly().optional() }),
    raisedTick: z.int(),
    evidence: evidence.nullable(),
    evidenceTick: z.int(),
    retracted: z.int(),
    amended: z.boolean(),
    held: z.boolean().optional(),
  })
  return z.array(z.tuple([cellKey, open]))
}

export class OpenWarnings<E extends object, D extends object> {
  readonly #open = new Map<number, Open<E>>()
  readonly #identity: Identity
  readonly #lattice: Lattice
  readonly #statistic: Statistic<E, D>

  constructor(identity: Identity, lattice: Lattice, statistic: Statistic<E, D>) {
    this.#identity = identity
    this.#lattice = lattice
    this.#statistic = statistic
  }

  has(subject: number): boolean {
    return this.#open.has(subject)
  }

  standing(subject: number): AlertState {
    return this.#open.get(subject)?.standing ?? calmState
  }

  /** Whether it was held in the last tick. */
  isMarked(subject: number): boolean {
    return this.#open.get(subject)?.held ?? false
  }

  /** What stands since an earlier tick than this, by the evidence of its last level. */
  before(tick: number): StandingAt<E> {
    return (subject) => {
      const open = this.#open.get(subject)
      if (!open?.evidence || open.standing.level === 'calm' || open.raisedTick >= tick) return undefined
      return { raisedTick: open.raisedTick, evidence: open.evidence }
    }
  }

  /** Subjects that stand above calm. */
  standingAbove(): number[] {
    return [...this.#open].flatMap(([subject, { standing }]) => (standing.level === 'calm' ? [] : [subject]))
  }

  /** How many subjects stand at each level; calm: called for lately, not raised. */
  countByLevel(): Record<Level, number> {
    const counts: Record<Level, number> = { calm: 0, blue: 0, yellow: 0, orange: 0, red: 0 }
    for (const { standing } of this.#open.values()) counts[standing.level]++
    return counts
  }

  /** A subject under a warning does not learn from its outbreak; after four weeks the new level is taken for usual. */
  isHeld(subject: number, tick: number): boolean {
    const open = this.#open.get(subject)
    if (open === undefined || open.standing.level === 'calm') return false
    return tick - open.raisedTick < heldDaysMax * (dayMs / this.#identity.profile.calendar.tickMs)
  }

  /** Notes a state whose level did not change. */
  remember(subject: number, standing: AlertState): void {
    const open = this.#open.get(subject)
    if (isAtRest(standing)) this.#open.delete(subject)
    else if (open) open.standing = standing
    else
      this.#open.set(subject, {
        ...{ standing, raisedTick: 0, evidence: null, evidenceTick: 0, retracted: 0, amended: false },
      })
  }

  /** Moves a subject to another level, and says so. */
  change(one: Judged<E>, next: AlertState, how: How<D>): Warning {
    const before = this.#open.get(one.subject)
    const levelBefore = before?.standing.level ?? 'calm'
    const raisedTick = levelBefore === 'calm' ? how.tick : (before?.raisedTick ?? how.tick)
    const open: Open<E> = {
      standing: next,
      raisedTick,
      evidence: one.evidence,
      evidenceTick: how.tick,
      retracted: 0,
      amended: false,
      held: (how.held ?? before?.held) || undefined,
    }
    this.#open.set(one.subject, open)
    const change = levelBefore === 'calm' ? 'raised' : next.level === 'calm' ? 'cleared' : 'level'
    const warning = this.#publish(one, open, levelBefore, change, how)
    if (isAtRest(next)) this.#open.delete(one.subject)
    return warning
  }

  /** Says a standing warning again, since its detail has become known. */
  explain(one: Judged<E>, how: How<D>): Warning {
    const open = this.#standingOf(one.subject)
    return this.#publish(one, open, open.standing.level, 'explained', how)
  }

  /** Says of a standing warning that it is held from this tick on, or no more. */
  mark(one: Judged<E>, held: boolean, how: How<D>): Warning {
    const open = this.#standingOf(one.subject)
    open.held = held || undefined
    return this.#publish(one, open, open.standing.level, held ? 'held' : 'released', how)
  }

  #publish(one: Judged<E>, open: Open<E>, levelBefore: Level, change: Warning['change'], how: How<D>): Warning {
    return warningOf(this.#identity, this.#statistic, {
      ...how,
      one,
      change,
      level: open.standing.level,
      levelBefore,
      raisedTick: open.raisedTick,
      held: open.held ?? false,
      parents: this.#openParents(one.subject),
    })
  }

  #standingOf(subject: number): Open<E> {
    const open = this.#open.get(subject)
    if (open === undefined) throw new Error('nothing stands at the subject of which something is said')
    return open
  }

  #openParents(subject: number): string[] {
    const ids: string[] = []
    for (const parent of this.#lattice.parentsOf(subject)) {
      const [open, axis] = [this.#open.get(parent), this.#lattice.axisOf(parent)]
      if (open !== undefined && axis !== undefined && open.standing.level !== 'calm')
        ids.push(warningId(this.#identity, { ...{ statistic: this.#statistic.name, axis }, subject: parent, ...open }))
    }
    return ids
  }

  /** Clears what stands at subjects that are judged no more. */
  leave(isGone: (subject: number) => boolean, beat: number, tick: number): Warning[] {
    return [...this.#open]
      .sort((a, b) => a[0] - b[0])
      .flatMap(([subject, { standing, evidence }]) => {
        const axis = this.#lattice.axisOf(subject)
        if (standing.level === 'calm' || evidence === null || axis === undefined || !isGone(subject)) return []
        return [this.change({ subject, axis, evidence }, calmState, { ...this.#plainly(tick, beat), held: false })]
      })
  }

  /** Takes back part of the evidence of warnings: in one beat, facts of closed ticks were retracted. */
  amend(amendments: readonly Amendment[], beat: number, openTick: number): Warning[] {
    const statistic = this.#statistic
    if (statistic.reduced === undefined) return []
    const amended: Warning[] = []
    for (const [subject, events] of this.#evidenceLost(amendments)) {
      const open = this.#open.get(subject)
      const axis = this.#lattice.axisOf(subject)
      if (!open?.evidence || axis === undefined) continue
      open.retracted += events
      const left = statistic.reduced(open.evidence, open.retracted)
      if (open.amended || rank(statistic.called(left, 0)) >= rank(open.standing.level)) continue
      open.amended = true
      const how = this.#plainly(openTick, beat)
      amended.push(this.#publish({ subject, axis, evidence: left }, open, open.standing.level, 'amended', how))
    }
    return amended
  }

  #plainly(tick: number, beat: number): How<D> {
    return { tick, beat, early: false, detail: this.#statistic.noDetail, explainedBy: undefined, children: [] }
  }

  /** Events by subject that open warnings stand on and that are gone, in order of subject. */
  #evidenceLost(amendments: readonly Amendment[]): [number, number][] {
    const lost = new Map<number, number>()
    for (const amendment of amendments) {
      for (const node of this.#lattice.nodesOf(amendment.leaf)) {
        const open = this.#open.get(node)
        if (!open?.evidence || open.standing.level === 'calm' || open.evidenceTick !== amendment.tick) continue
        if (this.#statistic.standsOn?.(open.evidence, amendment) === true)
          lost.set(node, (lost.get(node) ?? 0) + amendment.events)
      }
    }
    return [...lost].sort((a, b) => a[0] - b[0])
  }

  save(): [number, Open<E>][] {
    return [...this.#open]
  }

  load(saved: readonly [number, Open<E>][]): void {
    for (const [subject, open] of saved) this.#open.set(subject, open)
  }
}
