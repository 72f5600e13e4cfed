/**
 * The judge: at the close of a tick every judged cell gets its evidence, its called level and its new standing; what changed is
 * a warning. Between ticks a cell may go red early, by a count fixed at the close before.
 */
import { z } from 'zod'
import { leastCount } from '../../models/counts/leastCount.ts'
import { Level, type Warning } from '../../streams/outputs.ts'
import { type Axis, warningTopics } from '../../streams/topics.ts'
import type { WordReader, WordWriter } from '../fold/pages.ts'
import { dayMs } from '../limits.ts'
import { CellStates } from './cellStates.ts'
import {
  calledLevel,
  type Evidence,
  evidenceOf,
  explainedByChild,
  explainedByParent,
  familyQ,
  isQuiet,
  pOf,
} from './evidence.ts'
import type { Lattice } from './lattice.ts'
import type { Ledger, NodeSum } from './ledger.ts'
import { calmStanding, isAtRest, nextStanding, rank, type Standing } from './standing.ts'
import { type Identity, warningId, warningOf } from './warning.ts'

/** A cell's place on the ladder, and the evidence that its last published level stands on. */
export type Open = {
  standing: Standing
  raisedTick: number
  evidence: Evidence | null
  evidenceTick: number
  retracted: number
  amended: boolean
}

/** Events of a closed tick that were taken back, and the beat in which it happened. */
export type Amendment = { tick: number; leaf: number; events: number; beat: number }

/** A node that went red within a tick, with its sums at that beat. */
export type EarlyRed = { node: number; beat: number; sum: NodeSum }

/** The same with its events by type, as it is published and archived. */
export type Early = EarlyRed & { byType: Record<string, number> }

const noSum: NodeSum = { events: 0, enterprises: 0, squares: 0 }
const heldDaysMax = 28
const axisNames = ['industry', 'region', 'cell'] as const satisfies readonly Axis[]
/** p at which a count may be called red before its tick is over: with the family's size, it implies q < .001. */
const earlyRedP = 0.001

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
const Saved = z.object({
  lastTick: z.int().nullable(),
  open: z.array(
    z.tuple([
      z.number(),
      z.object({
        standing: z.object({ level: Level, recent: z.array(Level).readonly(), quietTicks: z.int() }),
        raisedTick: z.int(),
        evidence: evidence.nullable(),
        evidenceTick: z.int(),
        retracted: z.int(),
        amended: z.boolean(),
      }),
    ]),
  ),
})

type Judged = { node: number; axis: Axis; evidence: Evidence }

export class Judge {
  readonly cells: CellStates
  readonly open = new Map<number, Open>()
  /** Least count of each cell that is red at once, in the open tick. */
  private leastRed = new Map<number, number>()
  private lastTick: number | undefined
  private familySizes: Record<Axis, number> = { industry: 0, region: 0, cell: 0 }
  private readonly identity: Identity
  private readonly lattice: Lattice

  constructor(identity: Identity, lattice: Lattice) {
    this.identity = identity
    this.lattice = lattice
    this.cells = new CellStates(identity.profile, lattice)
  }

  /** Cells that become red by what has come in so far. `changed`: nodes whose sums changed in this beat. */
  earlyReds(ledger: Ledger, changed: Iterable<number>, beat: number): EarlyRed[] {
    const { eventsMin, redEnterprisesMin } = this.identity.profile.file.warnings
    const found: EarlyRed[] = []
    for (const node of changed) {
      const least = this.leastRed.get(node)
      const sum = ledger.nodes.get(node)
      if (
        least === undefined ||
        sum === undefined ||
        sum.events < Math.max(least, eventsMin) ||
        sum.enterprises < redEnterprisesMin
      )
        continue
      if (this.open.get(node)?.standing.level !== 'red') found.push({ node, beat, sum: { ...sum } })
    }
    return found.sort((a, b) => a.node - b.node)
  }

  /** Raises a cell to red in the middle of a tick. */
  raiseEarly({ node, beat, sum, byType }: Early, tick: number): Warning[] {
    const axis = this.lattice.axisOf(node)
    const cell = this.cells.index.get(node)
    if (axis === undefined || cell === undefined) return []
    const expectation = this.cells.expect(cell, tick)
    const p = pOf(expectation, sum.events)
    const evidence = evidenceOf(sum, expectation, p, Math.min(1, p * this.familySizes[axis]), this.familySizes[axis])
    const before = this.open.get(node)?.standing ?? calmStanding
    return [
      this.change(
        { node, axis, evidence },
        { ...before, level: 'red', quietTicks: 0 },
        { tick, beat, early: true, byType, explainedBy: undefined, children: [] },
      ),
    ]
  }

  /** Judges the tick, moves every standing, learns, and sets what is red at once in the next. */
  close(tick: number, beat: number, ledger: Ledger): Warning[] {
    this.cells.firstTick ??= tick
    // In order of node, so that states lie in the same order whichever task's part came first.
    for (const node of [...ledger.nodes.keys()].sort((a, b) => a - b))
      if (this.lattice.axisOf(node) !== undefined) this.cells.cellOf(node, tick)
    if (this.cells.firstTick === tick) this.cells.setFirstPriors(ledger)
    const judged = this.judgeAll(tick, ledger)
    const warnings =
      this.cells.ticksBefore(tick) >= this.identity.profile.file.warnings.historyTicksMin
        ? this.moveAll(judged, tick, beat, ledger)
        : []
    this.cells.learn(tick, ledger, (node) => this.isHeld(node, tick))
    this.setLeastRed(tick + 1)
    this.lastTick = tick
    return warnings
  }

  /** Takes back part of the evidence of warnings: in one beat, facts of closed ticks were retracted. */
  amend(amendments: readonly Amendment[], beat: number, openTick: number): Warning[] {
    const amended: Warning[] = []
    for (const [node, events] of this.evidenceLost(amendments)) {
      const open = this.open.get(node)
      const axis = this.lattice.axisOf(node)
      if (!open?.evidence || axis === undefined) continue
      open.retracted += events
      const left = reduced(open.evidence, open.retracted)
      if (open.amended || rank(calledLevel(left, 0, this.identity.profile.file.warnings)) >= rank(open.standing.level))
        continue
      open.amended = true
      const how = { tick: openTick, beat, early: false, byType: {}, explainedBy: undefined, children: [] }
      amended.push(this.publish({ node, axis, evidence: left }, open, open.standing.level, 'amended', how))
    }
    return amended
  }

  /** Events by node that open warnings stand on and that are gone, in order of node. */
  private evidenceLost(amendments: readonly Amendment[]): [number, number][] {
    const lost = new Map<number, number>()
    for (const { tick, leaf, events } of amendments) {
      for (const node of this.lattice.nodesOf(leaf)) {
        const open = this.open.get(node)
        if (open !== undefined && open.standing.level !== 'calm' && open.evidenceTick === tick)
          lost.set(node, (lost.get(node) ?? 0) + events)
      }
    }
    return [...lost].sort((a, b) => a[0] - b[0])
  }

  save(out: WordWriter): void {
    this.cells.save(out)
    out.putJson({ lastTick: this.lastTick ?? null, open: [...this.open] } satisfies z.infer<typeof Saved>)
  }

  load(from: WordReader): void {
    this.cells.load(from)
    const saved = Saved.parse(from.takeJson())
    this.lastTick = saved.lastTick ?? undefined
    for (const [node, open] of saved.open) this.open.set(node, open)
    if (this.lastTick !== undefined) this.setLeastRed(this.lastTick + 1)
  }

  /** A cell under a warning does not learn from its outbreak; after four weeks the new level is taken for usual. */
  private isHeld(node: number, tick: number): boolean {
    const open = this.open.get(node)
    return (
      open !== undefined &&
      open.standing.level !== 'calm' &&
      tick - open.raisedTick < heldDaysMax * (dayMs / this.identity.profile.calendar.tickMs)
    )
  }

  private judgeAll(tick: number, ledger: Ledger): Judged[] {
    const all: Judged[] = []
    for (const axis of axisNames) {
      const cells = this.cells.nodes.filter((node) => this.lattice.axisOf(node) === axis)
      this.familySizes[axis] = cells.length
      const looked: { node: number; sum: NodeSum; cell: number }[] = []
      for (const node of cells) {
        const sum = ledger.nodes.get(node) ?? noSum
        const cell = this.cells.index.get(node)
        if (cell !== undefined && (sum.events > 0 || this.open.has(node))) looked.push({ node, sum, cell })
      }
      const expectations = looked.map(({ cell }) => this.cells.expect(cell, tick))
      const p = looked.map(({ sum }, at) => pOf(expectations[at], sum.events))
      const q = familyQ(p, cells.length)
      for (const [at, { node, sum }] of looked.entries()) {
        all.push({ node, axis, evidence: evidenceOf(sum, expectations[at], p[at], q[at], cells.length) })
      }
    }
    return all
  }

  /** From the coarsest to the finest: a child that its warned parent explains is linked to it and not raised beside it. */
  private moveAll(judged: readonly Judged[], tick: number, beat: number, ledger: Ledger): Warning[] {
    const policy = this.identity.profile.file.warnings
    const byNode = new Map(judged.map((one) => [one.node, one]))
    const own = new Map(judged.map((one) => [one.node, calledLevel(one.evidence, 0, policy)]))
    const calling = judged.filter((one) => own.get(one.node) !== 'calm')
    const childrenOf = new Map<number, Judged[]>()
    for (const one of calling) {
      for (const parent of this.lattice.parentsOf(one.node))
        childrenOf.set(parent, [...(childrenOf.get(parent) ?? []), one])
    }
    const warnings: Warning[] = []
    for (const one of judged) {
      const children = childrenOf.get(one.node) ?? []
      const called = calledLevel(one.evidence, children.length, policy)
      const before = this.open.get(one.node)?.standing ?? calmStanding
      const isExplained = before.level === 'calm' && called !== 'calm' && this.isExplained(one, byNode, own)
      const next = nextStanding(
        before,
        { called: isExplained ? 'calm' : called, quiet: isQuiet(one.evidence.rateRatio, before.level, policy) },
        policy,
      )
      if (next.level === before.level) {
        this.remember(one.node, next)
        continue
      }
      const explainedBy =
        children.length === 1 && explainedByChild(one.evidence, children[0].evidence, policy)
          ? children[0].node
          : undefined
      warnings.push(
        this.change(one, next, {
          tick,
          beat,
          early: false,
          byType: ledger.byType(one.node, this.identity.profile),
          explainedBy,
          children: children.map((child) => child.node),
        }),
      )
    }
    return warnings
  }

  private isExplained(one: Judged, byNode: ReadonlyMap<number, Judged>, own: ReadonlyMap<number, Level>): boolean {
    return this.lattice.parentsOf(one.node).some((node) => {
      const parent = byNode.get(node)
      return parent !== undefined && own.get(node) !== 'calm' && explainedByParent(one.evidence, parent.evidence)
    })
  }

  private remember(node: number, standing: Standing): void {
    const open = this.open.get(node)
    if (isAtRest(standing)) this.open.delete(node)
    else if (open) open.standing = standing
    else this.open.set(node, { standing, raisedTick: 0, evidence: null, evidenceTick: 0, retracted: 0, amended: false })
  }

  private change(one: Judged, next: Standing, how: How): Warning {
    const before = this.open.get(one.node)
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
    this.open.set(one.node, open)
    const change = levelBefore === 'calm' ? 'raised' : next.level === 'calm' ? 'cleared' : 'level'
    const warning = this.publish(one, open, levelBefore, change, how)
    if (isAtRest(next)) this.open.delete(one.node)
    return warning
  }

  private publish(one: Judged, open: Open, levelBefore: Level, change: Warning['change'], how: How): Warning {
    return warningOf(this.identity, {
      ...how,
      node: one.node,
      axis: one.axis,
      evidence: one.evidence,
      change,
      level: open.standing.level,
      levelBefore,
      raisedTick: open.raisedTick,
      parents: this.openParents(one.node),
    })
  }

  private openParents(node: number): string[] {
    const ids: string[] = []
    for (const parent of this.lattice.parentsOf(node)) {
      const [open, axis] = [this.open.get(parent), this.lattice.axisOf(parent)]
      if (open !== undefined && axis !== undefined && open.standing.level !== 'calm')
        ids.push(warningId(this.identity, axis, parent, open.raisedTick))
    }
    return ids
  }

  /** Sets, for the tick to come, the least count of each cell that is red at once. */
  setLeastRed(tick: number): void {
    const { levels, historyTicksMin } = this.identity.profile.file.warnings
    this.leastRed = new Map()
    for (const axis of axisNames) this.familySizes[axis] = 0
    for (const node of this.cells.nodes) {
      const axis = this.lattice.axisOf(node)
      if (axis !== undefined) this.familySizes[axis]++
    }
    if (this.cells.ticksBefore(tick) < historyTicksMin) return
    for (const [cell, node] of this.cells.nodes.entries()) {
      const axis = this.lattice.axisOf(node)
      if (axis === undefined) continue
      this.leastRed.set(
        node,
        leastCount(this.cells.expect(cell, tick), {
          pMax: earlyRedP / this.familySizes[axis],
          rateRatioMin: levels.red.rateRatioMin,
        }),
      )
    }
  }
}

type How = {
  tick: number
  beat: number
  early: boolean
  byType: Record<string, number>
  explainedBy: number | undefined
  children: readonly number[]
}

/** Evidence after some of its events were taken back; q moves as p does. */
function reduced(evidence: Evidence, retracted: number): Evidence {
  const events = evidence.events - retracted
  const p = pOf({ mean: evidence.expected, variance: evidence.variance }, Math.max(0, events))
  const q = evidence.p > 0 ? Math.min(1, (evidence.q * p) / evidence.p) : evidence.q
  return { ...evidence, events, p, q, rateRatio: events / evidence.expected }
}

export const topicOf = (warning: Warning): (typeof warningTopics)[Axis] => warningTopics[warning.axis]
