/**
 * The warnings that stand, and those about to: one entry a cell that is above calm or was called for lately. Every change of a
 * level is published from here.
 */
import { z } from 'zod'
import { Level, type Warning } from '../../streams/outputs.ts'
import { type Axis, warningTopics } from '../../streams/topics.ts'
import { dayMs } from '../limits.ts'
import { type AlertState, calmState, isAtRest, rank } from './alertState.ts'
import { calledLevel, type Evidence, pOf } from './evidence.ts'
import type { Lattice } from './lattice.ts'
import { cellKey } from './moves.ts'
import { type Identity, warningId, warningOf } from './warning.ts'

/** A cell's place on the ladder, and the evidence that its last published level stands on. */
export type Open = {
  standing: AlertState
  raisedTick: number
  evidence: Evidence | null
  evidenceTick: number
  retracted: number
  amended: boolean
}

/** Events of a closed tick that were taken back, and the beat in which it happened. */
export type Amendment = { tick: number; leaf: number; events: number; beat: number }

/** A node with its evidence in one tick. */
export type Judged = { node: number; axis: Axis; evidence: Evidence }

/** When and how a level changed. */
export type How = {
  tick: number
  beat: number
  early: boolean
  byType: Record<string, number>
  withheld: number
  explainedBy: number | undefined
  children: readonly number[]
}

const heldDaysMax = 28

const evidence = z.object({
  events: z.int(),
  enterprises: z.int(),
  squares: z.int(),
  expected: z.number(),
  variance: z.number(),
  p: z.number(),
  q: z.number(),
  rateRatio: z.number(),
  familySize: z.int(),
})
export const SavedWarnings = z.array(
  z.tuple([
    cellKey,
    z.object({
      standing: z.object({ level: Level, recent: z.array(Level).readonly(), quietTicks: z.int() }),
      raisedTick: z.int(),
      evidence: evidence.nullable(),
      evidenceTick: z.int(),
      retracted: z.int(),
      amended: z.boolean(),
    }),
  ]),
)

export class OpenWarnings {
  readonly #open = new Map<number, Open>()
  readonly #identity: Identity
  readonly #lattice: Lattice

  constructor(identity: Identity, lattice: Lattice) {
    this.#identity = identity
    this.#lattice = lattice
  }

  has(node: number): boolean {
    return this.#open.has(node)
  }

  standing(node: number): AlertState {
    return this.#open.get(node)?.standing ?? calmState
  }

  /** How many cells stand at each level; calm: called for lately, not raised. */
  countByLevel(): Record<Level, number> {
    const counts: Record<Level, number> = { calm: 0, blue: 0, yellow: 0, orange: 0, red: 0 }
    for (const { standing } of this.#open.values()) counts[standing.level]++
    return counts
  }

  /** A cell under a warning does not learn from its outbreak; after four weeks the new level is taken for usual. */
  isHeld(node: number, tick: number): boolean {
    const open = this.#open.get(node)
    if (open === undefined || open.standing.level === 'calm') return false
    return tick - open.raisedTick < heldDaysMax * (dayMs / this.#identity.profile.calendar.tickMs)
  }

  /** Notes a state whose level did not change. */
  remember(node: number, standing: AlertState): void {
    const open = this.#open.get(node)
    if (isAtRest(standing)) this.#open.delete(node)
    else if (open) open.standing = standing
    else
      this.#open.set(node, { standing, raisedTick: 0, evidence: null, evidenceTick: 0, retracted: 0, amended: false })
  }

  /** Moves a cell to another level, and says so. */
  change(one: Judged, next: AlertState, how: How): Warning {
    const before = this.#open.get(one.node)
    const levelBefore = before?.standing.level ?? 'calm'
    const raisedTick = levelBefore === 'calm' ? how.tick : (before?.raisedTick ?? how.tick)
    const open: Open = {
      standing: next,
      raisedTick,
      evidence: one.evidence,
      evidenceTick: how.tick,
      retracted: 0,
      amended: false,
    }
    this.#open.set(one.node, open)
    const change = levelBefore === 'calm' ? 'raised' : next.level === 'calm' ? 'cleared' : 'level'
    const warning = this.#publish(one, open, levelBefore, change, how)
    if (isAtRest(next)) this.#open.delete(one.node)
    return warning
  }

  #publish(one: Judged, open: Open, levelBefore: Level, change: Warning['change'], how: How): Warning {
    return warningOf(this.#identity, {
      ...how,
      node: one.node,
      axis: one.axis,
      evidence: one.evidence,
      change,
      level: open.standing.level,
      levelBefore,
      raisedTick: open.raisedTick,
      parents: this.#openParents(one.node),
    })
  }

  #openParents(node: number): string[] {
    const ids: string[] = []
    for (const parent of this.#lattice.parentsOf(node)) {
      const [open, axis] = [this.#open.get(parent), this.#lattice.axisOf(parent)]
      if (open !== undefined && axis !== undefined && open.standing.level !== 'calm')
        ids.push(warningId(this.#identity, axis, parent, open.raisedTick))
    }
    return ids
  }

  /** Clears what stands at nodes that are judged no more. */
  leave(isGone: (node: number) => boolean, beat: number, tick: number): Warning[] {
    return [...this.#open]
      .sort((a, b) => a[0] - b[0])
      .flatMap(([node, { standing, evidence }]) => {
        const axis = this.#lattice.axisOf(node)
        if (standing.level === 'calm' || evidence === null || axis === undefined || !isGone(node)) return []
        const how = { tick, beat, early: false, byType: {}, withheld: 0, explainedBy: undefined, children: [] }
        return [this.change({ node, axis, evidence }, calmState, how)]
      })
  }

  /** Takes back part of the evidence of warnings: in one beat, facts of closed ticks were retracted. */
  amend(amendments: readonly Amendment[], beat: number, openTick: number): Warning[] {
    const amended: Warning[] = []
    for (const [node, events] of this.#evidenceLost(amendments)) {
      const open = this.#open.get(node)
      const axis = this.#lattice.axisOf(node)
      if (!open?.evidence || axis === undefined) continue
      open.retracted += events
      const left = reduced(open.evidence, open.retracted)
      if (open.amended || rank(calledLevel(left, 0, this.#identity.profile.file.warnings)) >= rank(open.standing.level))
        continue
      open.amended = true
      const how = { tick: openTick, beat, early: false, byType: {}, withheld: 0, explainedBy: undefined, children: [] }
      amended.push(this.#publish({ node, axis, evidence: left }, open, open.standing.level, 'amended', how))
    }
    return amended
  }

  /** Events by node that open warnings stand on and that are gone, in order of node. */
  #evidenceLost(amendments: readonly Amendment[]): [number, number][] {
    const lost = new Map<number, number>()
    for (const { tick, leaf, events } of amendments) {
      for (const node of this.#lattice.nodesOf(leaf)) {
        const open = this.#open.get(node)
        if (open !== undefined && open.standing.level !== 'calm' && open.evidenceTick === tick)
          lost.set(node, (lost.get(node) ?? 0) + events)
      }
    }
    return [...lost].sort((a, b) => a[0] - b[0])
  }

  save(): z.infer<typeof SavedWarnings> {
    return [...this.#open]
  }

  load(saved: z.infer<typeof SavedWarnings>): void {
    for (const [node, open] of saved) this.#open.set(node, open)
  }
}

/** Evidence after some of its events were taken back; q moves as p does. */
function reduced(evidence: Evidence, retracted: number): Evidence {
  const events = evidence.events - retracted
  const p = pOf({ mean: evidence.expected, variance: evidence.variance }, Math.max(0, events))
  const q = evidence.p > 0 ? Math.min(1, (evidence.q * p) / evidence.p) : evidence.q
  return { ...evidence, events, p, q, rateRatio: events / evidence.expected }
}

export const topicOf = (warning: Warning): (typeof warningTopics)[Axis] => warningTopics[warning.axis]
