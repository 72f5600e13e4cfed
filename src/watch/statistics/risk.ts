/**
 * The statistic `risk`: whether enterprises of a node become riskier than those of its siblings, by the model's scores (docs/science.md). A
 * is the mean of their log-odds; what moves for all siblings, and what another model brings, is taken out.
 */
import type { z } from 'zod'
import { limitOf, nextCusums } from '../../../models/level/cusum.ts'
import { type GradeSums, type RiskLevel, riskLevels } from '../../../models/level/gradeSums.ts'
import type { Level } from '../../../streams/outputs.ts'
import type { Profile } from '../../../streams/profile.ts'
import type { Axis } from '../../../streams/topics.ts'
import type { MovedFeature } from '../../../streams/warnings.ts'
import type { CellKeys } from '../../cells.ts'
import type { WordReader, WordWriter } from '../../fold/pages.ts'
import { movedNodesMax, riskEnterprisesKept, riskEnterprisesMin, riskSiblingsMin, riskWarmTicks } from '../../limits.ts'
import type { Rules } from '../alertState.ts'
import type { Lattice } from '../lattice.ts'
import { type Moves, moved } from '../moves.ts'
import type { RiskSums } from '../riskSums.ts'
import { movedWords } from './movedWords.ts'
import {
  calledLevel,
  calm,
  explainedByChild,
  explainedByParent,
  isQuiet,
  RiskEvidence,
  type RiskReason,
  reasonOf,
} from './riskEvidence.ts'
import { expectedLevels, type Usual, usualOf } from './riskExpected.ts'
import { type NodeState, SavedRisk, SavedSums, StandingRisk } from './riskLevels.ts'
import { signed } from './signed.ts'
import type { Expected, Judged, Lesson, Published, Saying, Statistic, TickFacts } from './statistic.ts'

/** The features that moved most, as far as it is known. */
export type RiskDetail = { moved: readonly MovedFeature[] | undefined }

const axisNames = ['industry', 'region', 'cell'] as const satisfies readonly Axis[]

type Step = { node: number; level: RiskLevel; state: NodeState; usual: Usual | undefined }

export class RiskStatistic implements Statistic<RiskEvidence, RiskDetail> {
  readonly name = 'risk'
  readonly evidence = RiskEvidence
  readonly noDetail: RiskDetail = { moved: undefined }
  readonly rules: Rules
  readonly #profile: Profile
  readonly #lattice: Lattice
  readonly #newStanding: () => StandingRisk
  #standing: StandingRisk
  #firstTick: number | undefined
  #states = new Map<number, NodeState>()
  /** Of the tick that is judged: every node's next state, until it is learnt. */
  #steps: Step[] = []
  /** Of the tick that was judged last, for the archive. */
  #judged: readonly Step[] = []
  /** Open nodes of which it was told what moved. */
  readonly #explained = new Set<number>()
  /** Nodes of which the tasks are asked what moved, those that rose most first. */
  asked: number[] = []

  constructor(profile: Profile, keys: CellKeys, lattice: Lattice) {
    this.#profile = profile
    this.rules = { clearTicks: profile.file.warnings.clearTicks }
    this.#lattice = lattice
    this.#newStanding = () => new StandingRisk(profile, keys, lattice)
    this.#standing = this.#newStanding()
  }

  /** History begins with the first scored enterprise. */
  begin(tick: number, { risk }: TickFacts): boolean {
    if (risk.anew) this.#standing = this.#newStanding()
    this.#standing.add(risk.changes.columns())
    if (this.#standing.families.size > 0) this.#firstTick ??= tick
    return this.#firstTick !== undefined
  }

  isWarm(tick: number): boolean {
    return this.#firstTick !== undefined && tick - this.#firstTick >= riskWarmTicks
  }

  judge(tick: number, { risk }: TickFacts, isOpen: (node: number) => boolean): Judged<RiskEvidence>[] {
    this.#steps = [...this.#standing.families.values()].flatMap((nodes) =>
      this.#stepFamily(nodes, tick, risk.modelChanged),
    )
    this.#judged = this.#steps
    const limits = this.#limits()
    const byAxis: Record<Axis, Judged<RiskEvidence>[]> = { industry: [], region: [], cell: [] }
    const seen = new Set<number>()
    for (const { node, level, state } of this.#steps) {
      const axis = this.#lattice.axisOf(node)
      if (axis === undefined || !(state.a.sum > 0 || isOpen(node))) continue
      seen.add(node)
      byAxis[axis].push({ subject: node, axis, evidence: evidenceOf(level, state, { tick, limit: limits[axis] }) })
    }
    for (const node of this.#openBeside(seen, isOpen)) {
      const axis = this.#lattice.axisOf(node)
      if (axis !== undefined) byAxis[axis].push({ subject: node, axis, evidence: this.#unjudged(node, limits[axis]) })
    }
    const all = axisNames.flatMap((axis) => byAxis[axis].sort((a, b) => a.subject - b.subject))
    this.asked = all
      .filter(({ subject, evidence }) => isOpen(subject) || calledLevel(evidence) !== 'calm')
      .sort((a, b) => b.evidence.sum - a.evidence.sum || a.subject - b.subject)
      .slice(0, movedNodesMax)
      .map(({ subject }) => subject)
    for (const node of this.#explained) if (!isOpen(node)) this.#explained.delete(node)
    return all
  }

  expected(): Expected | undefined {
    return this.#judged.length === 0 ? undefined : expectedLevels(this.#judged)
  }

  learn(_: number, __: TickFacts, { isHeld }: Lesson): void {
    const before = this.#states
    this.#states = new Map()
    for (const { node, state } of this.#steps) {
      const held = isHeld(node) ? before.get(node) : undefined
      const isTaught = held === undefined || held.a.variance === 0 || state.a.variance === 0
      this.#states.set(node, isTaught ? state : heldBack(state, held))
    }
    this.#steps = []
  }

  called(evidence: RiskEvidence): Level {
    return calledLevel(evidence)
  }
  isQuiet(evidence: RiskEvidence, level: Level): boolean {
    return isQuiet(evidence, level)
  }
  explainedByParent(child: Judged<RiskEvidence>, parent: Judged<RiskEvidence>): boolean {
    return explainedByParent(child.evidence, parent.evidence)
  }
  explainedByChild(parent: Judged<RiskEvidence>, child: Judged<RiskEvidence>): boolean {
    return explainedByChild(parent.evidence, child.evidence)
  }

  /** Once a warning, unless a change of its level has told it. */
  explains({ subject }: Judged<RiskEvidence>, { risk }: TickFacts): boolean {
    if (this.#explained.has(subject) || !risk.moved.some(({ node }) => node === subject)) return false
    this.#explained.add(subject)
    return true
  }

  detail({ subject }: Judged<RiskEvidence>, { risk }: TickFacts): RiskDetail {
    const moved = risk.moved.find(({ node }) => node === subject)?.features
    if (moved !== undefined) this.#explained.add(subject)
    return { moved }
  }

  /** Of the whole and the outermost regions as they are with what a tick has changed so far, by region. */
  levelsWith(changes: RiskSums): { node: number; enterprises: number; meanLogOdds: number }[] {
    return this.#standing.levelsWith(changes)
  }

  /** Of some nodes as they stand, each beside its siblings; those without a scored enterprise are left out. */
  standingOf(nodes: Iterable<number>): Map<number, RiskLevel> {
    const families = new Set([...nodes].map((node) => this.#lattice.siblingsOf(node).key))
    const found = new Map<number, RiskLevel>()
    for (const key of families) {
      const members = (this.#standing.families.get(key) ?? []).filter((node) => this.#standing.count(node) > 0)
      const levels = riskLevels(members.map((node) => this.#standing.of(node)))
      for (const [at, node] of members.entries()) found.set(node, levels[at])
    }
    return found
  }

  /** By grade, in the whole country. */
  get country(): GradeSums {
    return this.#standing.of(this.#lattice.whole)
  }

  published(evidence: RiskEvidence, { moved }: RiskDetail): Published {
    const { n, sum, sumAtSameGrades, ...rest } = evidence
    return {
      statistic: 'risk',
      evidence: {
        ...rest,
        enterprises: n,
        cusum: sum,
        cusumAtSameGrades: sumAtSameGrades,
        reason: this.#reasonOf(evidence),
        ...(moved === undefined ? {} : { moved: [...moved] }),
      },
    }
  }

  saying({ axis, evidence }: Judged<RiskEvidence>, { moved }: RiskDetail, language: string): Saying {
    const words = this.#profile.messages.get(language) ?? {}
    const { unit } = this.#profile.calendar
    const { risingTicks, rise, risky, expected } = evidence
    const isRising = risingTicks > 0
    return {
      message: `warning.risk.${axis}`,
      otherwise: '{place} {industry}: {risky} / {expected}, {level}',
      values: {
        lasting: isRising ? `${risingTicks} ${words[`ticks.${unit}`] ?? unit}` : undefined,
        rise: isRising ? signed(rise) : undefined,
        risky: rounded(risky),
        expected: rounded(expected),
        moved: moved && movedWords(this.#profile, moved, language),
        reason: words[`risk.${this.#reasonOf(evidence)}`] ?? this.#reasonOf(evidence),
      },
    }
  }

  save(out: WordWriter): void {
    out.putJson({
      firstTick: this.#firstTick ?? null,
      explained: [...this.#explained].sort((a, b) => a - b),
      states: [...this.#states].sort(([a], [b]) => a - b), // families come in another order after a restart
    } satisfies z.infer<typeof SavedRisk>)
    out.putJson(this.#standing.columns())
  }

  /** Under another profile the tasks tell all scored enterprises anew, at its leaves. */
  load(head: unknown, from: WordReader, moves?: Moves): void {
    const before = SavedRisk.parse(head)
    const saved = moves === undefined ? before : moved(SavedRisk, before, moves)
    const sums = SavedSums.parse(from.takeJson())
    this.#firstTick = saved.firstTick ?? undefined
    this.#states = new Map(saved.states)
    for (const node of saved.explained) this.#explained.add(node)
    if (moves === undefined) this.#standing.add(sums)
  }

  /** Without grades nothing can be at the same ones. */
  #reasonOf(evidence: RiskEvidence): RiskReason {
    return this.#profile.file.grades.length === 0 ? 'behaviour' : reasonOf(evidence)
  }

  /** Nodes of one family that are large enough, if they are enough: where each stands, and what the tick makes of its sums. */
  #stepFamily(nodes: readonly number[], tick: number, modelChanged: boolean): Step[] {
    const members: { node: number; sums: GradeSums; before: NodeState | undefined }[] = []
    for (const node of nodes) {
      const before = this.#states.get(node)
      const enough = before === undefined ? riskEnterprisesMin : riskEnterprisesKept
      if (this.#standing.count(node) >= enough) members.push({ node, sums: this.#standing.of(node), before })
    }
    if (members.length <= riskSiblingsMin) return []
    const levels = riskLevels(members.map(({ sums }) => sums))
    const steps = members.map(
      ({ node, before }, at): Step => ({
        node,
        level: levels[at],
        usual: undefined,
        state: begun(levels[at], before, this.#profile.file.warnings.historyTicksMin),
      }),
    )
    const moving = members.flatMap(({ before }, at) => (before === undefined ? [] : [{ at, before }]))
    if (modelChanged || moving.length <= riskSiblingsMin) return steps
    const cusums = (name: 'a' | 'b', of: 'meanLogOdds' | 'atSameGrades') =>
      nextCusums(
        moving.map(({ at, before }) => ({
          value: levels[at][of] - before[of],
          n: levels[at].n,
          before: before[name],
          counts: before.ticks >= riskWarmTicks,
        })),
      )
    const [a, b] = [cusums('a', 'meanLogOdds'), cusums('b', 'atSameGrades')]
    for (const [which, { at, before }] of moving.entries()) {
      const rising = a[which].sum > 0
      steps[at].state = {
        ...steps[at].state,
        a: { variance: a[which].variance, sum: a[which].sum },
        b: { variance: b[which].variance, sum: b[which].sum },
        ticks: before.ticks + 1,
        rise: rising ? before.rise + a[which].own : 0,
        risingSince: rising ? (before.risingSince ?? tick) : null,
      }
      steps[at].usual = usualOf(a[which], steps[at], tick)
    }
    return steps
  }

  /** As many false rises a week as the profile's budget puts up with, shared by the axes and by the nodes of each that are judged. */
  #limits(): Record<Axis, number> {
    const sizes: Record<Axis, number> = { industry: 0, region: 0, cell: 0 }
    for (const { node } of this.#steps) {
      const axis = this.#lattice.axisOf(node)
      if (axis !== undefined) sizes[axis]++
    }
    const { phasesPerWeek } = this.#profile.calendar
    const { risk: perWeek } = this.#profile.file.warnings.budget
    const limit = (axis: Axis): number => limitOf((sizes[axis] * phasesPerWeek * axisNames.length) / perWeek)
    return { industry: limit('industry'), region: limit('region'), cell: limit('cell') }
  }

  /** Nodes that are open and judged no more: too few enterprises are left, or too few siblings. */
  #openBeside(seen: ReadonlySet<number>, isOpen: (node: number) => boolean): number[] {
    return [...this.#standing.families.values()].flat().filter((node) => isOpen(node) && !seen.has(node))
  }

  #unjudged(node: number, limit: number): RiskEvidence {
    const nothing = { n: 0, meanLogOdds: 0, atSameGrades: 0, risky: 0, expected: 0, standardError: 0 }
    return calm(this.#standing.count(node) > 0 ? riskLevels([this.#standing.of(node)])[0] : nothing, limit)
  }
}

/** Where a node stands before its change is known: its sums go on; what is usual is learnt anew, for `anewTicks` where it was known before. */
function begun({ meanLogOdds, atSameGrades }: RiskLevel, before: NodeState | undefined, anewTicks: number): NodeState {
  const calmSum = (sum = 0) => ({ variance: 0, sum })
  return {
    ...{ meanLogOdds, atSameGrades },
    ticks: before === undefined ? 0 : Math.min(before.ticks, Math.max(0, riskWarmTicks - anewTicks)),
    a: calmSum(before?.a.sum),
    b: calmSum(before?.b.sum),
    rise: before?.rise ?? 0,
    risingSince: before?.risingSince ?? null,
  }
}

/** What goes on, with what was usual before. */
function heldBack(state: NodeState, held: NodeState): NodeState {
  const a = { ...state.a, variance: held.a.variance }
  const b = { ...state.b, variance: held.b.variance }
  return { ...state, a, b }
}

function evidenceOf(
  level: RiskLevel,
  { a, b, rise, risingSince }: NodeState,
  { tick, limit }: { tick: number; limit: number },
): RiskEvidence {
  const risingTicks = risingSince === null ? 0 : tick - risingSince + 1
  return { ...level, sum: a.sum, sumAtSameGrades: b.sum, limit, rise, risingTicks }
}

/** One decimal below ten, none above. */
function rounded(value: number): number {
  return value < 10 ? Math.floor(value * 10 + 0.5) / 10 : Math.floor(value + 0.5)
}
