/**
 * The warning engine: at the close of a tick every judged cell gets its evidence, its called level and its new state; what changed is
 * a warning. Between ticks a cell may go red early, by a count fixed at the close before.
 */
import { z } from 'zod'
import { leastCount } from '../../models/counts/leastCount.ts'
import type { Level, Warning } from '../../streams/outputs.ts'
import type { Axis } from '../../streams/topics.ts'
import { WordReader, WordWriter } from '../fold/pages.ts'
import type { StatePart } from '../fold/state.ts'
import { nextState } from './alertState.ts'
import { CellStates } from './cellStates.ts'
import { calledLevel, evidenceOf, explainedByChild, explainedByParent, familyQ, isQuiet, pOf } from './evidence.ts'
import type { Lattice } from './lattice.ts'
import { type Moves, moved } from './moves.ts'
import { type NodeSum, noSum } from './nodeSums.ts'
import { type Judged, OpenWarnings, SavedWarnings } from './openWarnings.ts'
import type { TickAggregates } from './tickAggregates.ts'
import type { Identity } from './warning.ts'

/** A node that went red within a tick, with its sums at that beat. */
export type EarlyRed = { node: number; beat: number; sum: NodeSum }

/** The same with its events by type, and those that are not judged, as it is published and archived. */
export type Early = EarlyRed & { byType: Record<string, number>; withheld?: number | undefined }

const axisNames = ['industry', 'region', 'cell'] as const satisfies readonly Axis[]
/** p at which a count may be called red before its tick is over: with the family's size, it implies q < .001. */
const earlyRedP = 0.001

/** In archives of earlier logs the open warnings stand beside a tick that nobody reads. */
const Archived = z.union([SavedWarnings, z.object({ open: SavedWarnings }).transform(({ open }) => open)])

export class WarningEngine {
  readonly cells: CellStates
  readonly warnings: OpenWarnings
  /** Least count of each cell that is red at once, in the open tick. */
  readonly #leastRed = new Map<number, number>()
  #familySizes: Record<Axis, number> = { industry: 0, region: 0, cell: 0 }
  readonly #identity: Identity
  readonly #lattice: Lattice

  constructor(identity: Identity, lattice: Lattice) {
    this.#identity = identity
    this.#lattice = lattice
    this.cells = new CellStates(identity.profile, lattice)
    this.warnings = new OpenWarnings(identity, lattice)
  }

  /** Cells that become red by what has come in so far, among those that changed in this beat. */
  earlyReds(aggregates: TickAggregates, { beat, tick }: { beat: number; tick: number }): EarlyRed[] {
    const { eventsMin, redEnterprisesMin } = this.#identity.profile.file.warnings
    const found: EarlyRed[] = []
    for (const node of aggregates.nodes.takeChanged(eventsMin, redEnterprisesMin)) {
      if (this.warnings.standing(node).level === 'red') continue
      const sum = aggregates.judged(node)
      const least = this.#leastRedOf(node, tick)
      if (sum !== undefined && least !== undefined && sum.events >= least) found.push({ node, beat, sum })
    }
    return found.sort((a, b) => a.node - b.node)
  }

  /** Raises a cell to red in the middle of a tick. */
  raiseEarly({ node, beat, sum, byType, withheld = 0 }: Early, tick: number): Warning[] {
    const axis = this.#lattice.axisOf(node)
    const cell = this.cells.index.get(node)
    if (axis === undefined || cell === undefined) return []
    const expectation = this.cells.expect(cell, tick)
    const p = pOf(expectation, sum.events)
    const evidence = evidenceOf(sum, expectation, p, Math.min(1, p * this.#familySizes[axis]), this.#familySizes[axis])
    const before = this.warnings.standing(node)
    return [
      this.warnings.change(
        { node, axis, evidence },
        { ...before, level: 'red', quietTicks: 0 },
        { tick, beat, early: true, byType, withheld, explainedBy: undefined, children: [] },
      ),
    ]
  }

  /** Judges the tick, moves every state, learns, and sets what is red at once in the next. */
  close(tick: number, beat: number, aggregates: TickAggregates): Warning[] {
    // History begins with the first event: ticks in which only tables came say nothing of rates.
    // In order of node, so that states lie in the same order whichever task's part came first.
    const nodes = aggregates.nodes.keys()
    this.cells.begin(aggregates.turns.begun, tick)
    if (this.cells.firstTick === undefined && !nodes.some((node) => aggregates.nodes.eventsOf(node) > 0)) return []
    this.cells.firstTick ??= tick
    for (const node of nodes) if (this.#lattice.axisOf(node) !== undefined) this.cells.cellOf(node, tick)
    if (this.cells.firstTick === tick) this.cells.setFirstPriors(aggregates)
    const judged = this.#judgeAll(tick, aggregates)
    const warnings =
      this.cells.ticksBefore(tick) >= this.#identity.profile.file.warnings.historyTicksMin
        ? this.#moveAll(judged, tick, beat, aggregates)
        : []
    this.cells.learn(tick, aggregates, (node) => this.warnings.isHeld(node, tick))
    this.#setFamilies()
    return warnings
  }

  readonly state: StatePart = {
    name: 'judge',
    version: 2,
    save: (out) => [this.save(out)],
    load: (from) => [this.load(from)],
  }

  save(out: WordWriter): void {
    this.cells.save(out)
    out.putJson(this.warnings.save())
  }

  /** Goes on from an engine under another profile; gives the warnings that this clears, since their cells are judged no more. */
  goOnFrom(before: WarningEngine, moves: Moves, beat: number, tick: number): Warning[] {
    const cleared = before.warnings.leave((node) => moves.cell(node) === undefined, beat, tick)
    const out = new WordWriter()
    before.save(out)
    this.load(new WordReader(out.finish()), moves)
    return cleared
  }

  load(from: WordReader, moves?: Moves): void {
    this.cells.load(from, moves)
    const open = Archived.parse(from.takeJson())
    this.warnings.load(moves === undefined ? open : moved(SavedWarnings, open, moves))
    this.#setFamilies()
  }

  #judgeAll(tick: number, aggregates: TickAggregates): Judged[] {
    const all: Judged[] = []
    for (const axis of axisNames) {
      const cells = this.cells.nodes.filter((node) => this.#lattice.axisOf(node) === axis)
      const looked: { node: number; sum: NodeSum; cell: number }[] = []
      for (const node of cells) {
        const sum = aggregates.judged(node) ?? noSum
        const cell = this.cells.index.get(node)
        if (cell !== undefined && (sum.events > 0 || this.warnings.has(node))) looked.push({ node, sum, cell })
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
  #moveAll(judged: readonly Judged[], tick: number, beat: number, aggregates: TickAggregates): Warning[] {
    const policy = this.#identity.profile.file.warnings
    const byNode = new Map(judged.map((one) => [one.node, one]))
    const own = new Map(judged.map((one) => [one.node, calledLevel(one.evidence, 0, policy)]))
    const calling = judged.filter((one) => own.get(one.node) !== 'calm')
    const childrenOf = new Map<number, Judged[]>()
    for (const one of calling) {
      for (const parent of this.#lattice.parentsOf(one.node))
        childrenOf.set(parent, [...(childrenOf.get(parent) ?? []), one])
    }
    const warnings: Warning[] = []
    for (const one of judged) {
      const children = childrenOf.get(one.node) ?? []
      const called = calledLevel(one.evidence, children.length, policy)
      const before = this.warnings.standing(one.node)
      const isExplained = before.level === 'calm' && called !== 'calm' && this.#isExplained(one, byNode, own)
      const next = nextState(
        before,
        { called: isExplained ? 'calm' : called, quiet: isQuiet(one.evidence.rateRatio, before.level, policy) },
        policy,
      )
      if (next.level === before.level) {
        this.warnings.remember(one.node, next)
        continue
      }
      const explainedBy =
        children.length === 1 && explainedByChild(one.evidence, children[0].evidence, policy)
          ? children[0].node
          : undefined
      warnings.push(
        this.warnings.change(one, next, {
          tick,
          beat,
          early: false,
          byType: aggregates.byType(one.node, this.#identity.profile),
          withheld: aggregates.withheld(one.node),
          explainedBy,
          children: children.map((child) => child.node),
        }),
      )
    }
    return warnings
  }

  #isExplained(one: Judged, byNode: ReadonlyMap<number, Judged>, own: ReadonlyMap<number, Level>): boolean {
    return this.#lattice.parentsOf(one.node).some((node) => {
      const parent = byNode.get(node)
      return parent !== undefined && own.get(node) !== 'calm' && explainedByParent(one.evidence, parent.evidence)
    })
  }

  /** Fixes, for the tick to come, what the least red counts depend on; each is worked out when its cell first has events. */
  #setFamilies(): void {
    this.#leastRed.clear()
    this.#familySizes = { industry: 0, region: 0, cell: 0 }
    for (const node of this.cells.nodes) {
      const axis = this.#lattice.axisOf(node)
      if (axis !== undefined) this.#familySizes[axis]++
    }
  }

  /** The least count of a node that is red at once in this tick; undefined for one that is not judged yet. */
  #leastRedOf(node: number, tick: number): number | undefined {
    const known = this.#leastRed.get(node)
    if (known !== undefined) return known
    const { levels, historyTicksMin } = this.#identity.profile.file.warnings
    const cell = this.cells.index.get(node)
    const axis = this.#lattice.axisOf(node)
    if (cell === undefined || axis === undefined || this.cells.ticksBefore(tick) < historyTicksMin) return undefined
    const limits = { pMax: earlyRedP / this.#familySizes[axis], rateRatioMin: levels.red.rateRatioMin }
    const least = leastCount(this.cells.expect(cell, tick), limits)
    this.#leastRed.set(node, least)
    return least
  }
}
