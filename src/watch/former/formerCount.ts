/**
 * The statistic `count` as it was before budgets (foldVersion 4 and before): all events of a node, one tick at a time, with q by the family of
 * its axis. Nothing is raised by it any more; `verify` judges warnings of then by it.
 */
import type { Level } from '../../../streams/outputs.ts'
import type { Profile } from '../../../streams/profile.ts'
import type { Axis } from '../../../streams/topics.ts'
import type { WordReader, WordWriter } from '../../fold/pages.ts'
import type { Rules } from '../alertState.ts'
import type { Lattice } from '../lattice.ts'
import type { Moves } from '../moves.ts'
import { noSum } from '../nodeSums.ts'
import { atMostExpected, CellStates } from '../statistics/cellStates.ts'
import { type CountDetail, told } from '../statistics/count.ts'
import { formerDetectorOf } from '../statistics/detectors.ts'
import type { EarlyCalls, Judged, Lesson, Published, Saying, Statistic, TickFacts } from '../statistics/statistic.ts'
import {
  calledLevel,
  evidenceOf,
  explainedByChild,
  explainedByParent,
  FormerEvidence,
  familyQ,
  formerPolicy,
  isQuiet,
  pOf,
  reduced,
} from './formerEvidence.ts'

const axisNames = ['industry', 'region', 'cell'] as const satisfies readonly Axis[]

export class FormerCountStatistic implements Statistic<FormerEvidence, CountDetail> {
  readonly name = 'count'
  readonly evidence = FormerEvidence
  readonly noDetail: CountDetail = { byType: {}, withheld: 0 }
  readonly rules: Rules
  readonly cells: CellStates
  readonly #profile: Profile
  readonly #lattice: Lattice
  #familySizes: Record<Axis, number> = { industry: 0, region: 0, cell: 0 }

  constructor(profile: Profile, lattice: Lattice) {
    this.#profile = profile
    this.#lattice = lattice
    this.rules = { clearTicks: profile.file.warnings.clearTicks, sustained: formerPolicy.sustained }
    this.cells = new CellStates(profile, lattice, formerDetectorOf(profile.file.warnings))
  }

  /** History begins with the first event: ticks in which only tables came say nothing of rates. */
  begin(tick: number, { aggregates }: TickFacts): boolean {
    // In order of node, so that states lie in the same order whichever task's part came first.
    const nodes = aggregates.nodes.keys()
    this.cells.begin(aggregates.turns.begun, tick)
    if (this.cells.firstTick === undefined && !nodes.some((node) => aggregates.nodes.eventsOf(node) > 0)) return false
    this.cells.firstTick ??= tick
    for (const node of nodes) if (this.#lattice.axisOf(node) !== undefined) this.cells.cellOf(node, tick)
    if (this.cells.firstTick === tick) this.cells.setFirstPriors(aggregates)
    return true
  }

  isWarm(tick: number): boolean {
    return this.cells.ticksBefore(tick) >= formerPolicy.historyTicksMin
  }

  judge(tick: number, { aggregates }: TickFacts, isOpen: (node: number) => boolean): Judged<FormerEvidence>[] {
    const isLooked = (node: number): boolean => (aggregates.judged(node)?.events ?? 0) > 0 || isOpen(node)
    return axisNames.flatMap((axis) => {
      const cells = this.cells.nodes.flatMap((node, cell) =>
        this.#lattice.axisOf(node) === axis ? [{ node, cell }] : [],
      )
      const looked = cells.flatMap(({ node, cell }) =>
        isLooked(node)
          ? [{ node, sum: aggregates.judged(node) ?? noSum, expectation: this.cells.expect(cell, tick) }]
          : [],
      )
      const expectations = looked.map(({ expectation }) => expectation)
      const p = looked.map(({ sum }, at) => pOf(expectations[at], sum.events))
      const q = familyQ(p, cells.length)
      return looked.map(({ node, sum }, at) => {
        return { subject: node, axis, evidence: evidenceOf(sum, expectations[at], p[at], q[at], cells.length) }
      })
    })
  }

  learn(tick: number, { aggregates }: TickFacts, { isHeld }: Lesson): void {
    this.cells.learn(tick, aggregates, (node, counted) => (isHeld(node) ? atMostExpected(counted) : counted.events))
    this.#setFamilies()
  }

  called(evidence: FormerEvidence, callingChildren: number): Level {
    return calledLevel(evidence, callingChildren, this.#profile.file.warnings.eventsMin)
  }
  isQuiet({ rateRatio }: FormerEvidence, level: Level): boolean {
    return isQuiet(rateRatio, level)
  }
  explainedByParent(child: Judged<FormerEvidence>, parent: Judged<FormerEvidence>): boolean {
    return explainedByParent(child.evidence, parent.evidence)
  }
  explainedByChild(parent: Judged<FormerEvidence>, child: Judged<FormerEvidence>): boolean {
    return explainedByChild(parent.evidence, child.evidence)
  }
  standsOn(): boolean {
    return true
  }
  reduced(evidence: FormerEvidence, eventsLost: number): FormerEvidence {
    return reduced(evidence, eventsLost)
  }

  detail({ subject, evidence }: Judged<FormerEvidence>, { aggregates }: TickFacts): CountDetail {
    return told(evidence, {
      byType: aggregates.byType(subject, this.#profile),
      withheld: aggregates.withheld(subject),
    })
  }

  published(evidence: FormerEvidence, { byType, withheld }: CountDetail): Published {
    const { events, squares, expected, variance, p, q, rateRatio, enterprises, familySize } = evidence
    return {
      statistic: 'count',
      evidence: {
        ...{ count: events, expected, variance, p, q, rateRatio, enterprises },
        effectiveEnterprises: squares > 0 ? (events * events) / squares : 0,
        byType,
        ...(withheld === 0 ? {} : { withheld }),
        familySize,
      },
    }
  }

  saying({ axis, evidence }: Judged<FormerEvidence>, { byType, withheld }: CountDetail, language: string): Saying {
    // What most of the events are is not said where the types hold events that are not in the count.
    const topType = withheld === 0 ? Object.keys(byType)[0] : undefined
    const type = topType === undefined ? undefined : this.#profile.types[this.#profile.typeIndex.get(topType) ?? 0]
    return {
      message: `warning.${axis}`,
      otherwise: '{place} {industry}: {count} / {expected}, {level}',
      values: {
        count: evidence.events,
        expected: rounded(evidence.expected),
        enterprises: evidence.enterprises,
        topType: type?.names[language] ?? topType,
      },
    }
  }

  readonly early: EarlyCalls<FormerEvidence, CountDetail> = {
    subjects: () => [],
    judged: () => undefined,
    record: ({ subject: node }, _, beat) => ({ node, beat, sum: noSum, byType: {} }),
    again: (tick, { node, sum, byType, withheld = 0 }) => {
      const axis = this.#lattice.axisOf(node)
      const cell = this.cells.index.get(node)
      if (axis === undefined || cell === undefined) return undefined
      const expectation = this.cells.expect(cell, tick)
      const p = pOf(expectation, sum.events)
      const familySize = this.#familySizes[axis]
      const evidence = evidenceOf(sum, expectation, p, Math.min(1, p * familySize), familySize)
      return { one: { subject: node, axis, evidence }, detail: told(evidence, { byType, withheld }) }
    },
  }

  save(out: WordWriter): void {
    this.cells.save(out)
  }
  load(head: unknown, from: WordReader, moves?: Moves): void {
    this.cells.load(head, from, moves)
    this.#setFamilies()
  }

  #setFamilies(): void {
    this.#familySizes = { industry: 0, region: 0, cell: 0 }
    for (const node of this.cells.nodes) {
      const axis = this.#lattice.axisOf(node)
      if (axis !== undefined) this.#familySizes[axis]++
    }
  }
}

/** One decimal below ten, none above. */
function rounded(value: number): number {
  return value < 10 ? Math.floor(value * 10 + 0.5) / 10 : Math.floor(value + 0.5)
}
