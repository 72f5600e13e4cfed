/** The statistic `count`: how many fresh events of judged types became known at a node in the tick, beside those that are usual there. */
import type { Expectation } from '../../../models/counts/detector.ts'
import { leastCount } from '../../../models/counts/leastCount.ts'
import type { Level } from '../../../streams/outputs.ts'
import type { Profile } from '../../../streams/profile.ts'
import type { Axis } from '../../../streams/topics.ts'
import type { WordReader, WordWriter } from '../../fold/pages.ts'
import { cellEnterprisesMin } from '../../limits.ts'
import type { Lattice } from '../lattice.ts'
import type { Moves } from '../moves.ts'
import { noSum } from '../nodeSums.ts'
import type { TickAggregates } from '../tickAggregates.ts'
import { CellStates } from './cellStates.ts'
import {
  CountEvidence,
  calledLevel,
  evidenceOf,
  explainedByChild,
  explainedByParent,
  familyQ,
  isQuiet,
  pOf,
  reduced,
} from './countEvidence.ts'
import type { EarlyCalls, Expected, Judged, Published, Saying, Statistic, TickFacts } from './statistic.ts'

/** Events by type, the most frequent first, and how many events beside those of the evidence are not judged. */
export type CountDetail = { byType: Record<string, number>; withheld: number }

const axisNames = ['industry', 'region', 'cell'] as const satisfies readonly Axis[]
/** What is expected is shown of cells without events too, from this mean on. */
const shownMeanMin = 0.1
/** p at which a count may be called red before its tick is over: with the family's size, it implies q < .001. */
const earlyRedP = 0.001

export class CountStatistic implements Statistic<CountEvidence, CountDetail> {
  readonly name = 'count'
  readonly evidence = CountEvidence
  readonly noDetail: CountDetail = { byType: {}, withheld: 0 }
  readonly cells: CellStates
  readonly #profile: Profile
  readonly #lattice: Lattice
  /** Least count of each cell that is red at once, in the open tick. */
  readonly #leastRed = new Map<number, number>()
  /** Of the tick that was judged last. */
  #expected: Expected = columnsOf([])
  #familySizes: Record<Axis, number> = { industry: 0, region: 0, cell: 0 }

  constructor(profile: Profile, lattice: Lattice) {
    this.#profile = profile
    this.#lattice = lattice
    this.cells = new CellStates(profile, lattice)
  }

  get #policy() {
    return this.#profile.file.warnings
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
    return this.cells.ticksBefore(tick) >= this.#policy.historyTicksMin
  }

  /** How many events are usual at a node in a tick that is not learnt yet; undefined of nodes that are not judged, and while there is too little history. */
  usual(node: number, tick: number): number | undefined {
    if (!this.isWarm(tick) || this.#lattice.axisOf(node) === undefined) return undefined
    const cell = this.cells.index.get(node)
    return cell === undefined ? 0 : this.cells.expect(cell, tick).mean // without a state it never had an event
  }

  judge(tick: number, { aggregates }: TickFacts, isOpen: (node: number) => boolean): Judged<CountEvidence>[] {
    const all = this.cells.nodes.map((node, cell) => ({ node, cell, expectation: this.cells.expect(cell, tick) }))
    const isLooked = (node: number): boolean => (aggregates.judged(node)?.events ?? 0) > 0 || isOpen(node)
    this.#expected = columnsOf(
      all.filter(({ node, expectation }) => expectation.mean >= shownMeanMin || isLooked(node)),
    )
    return axisNames.flatMap((axis) => {
      const cells = all.filter(({ node }) => this.#lattice.axisOf(node) === axis)
      const looked = cells.flatMap(({ node, expectation }) =>
        isLooked(node) ? [{ node, sum: aggregates.judged(node) ?? noSum, expectation }] : [],
      )
      const expectations = looked.map(({ expectation }) => expectation)
      const p = looked.map(({ sum }, at) => pOf(expectations[at], sum.events))
      const q = familyQ(p, cells.length)
      return looked.map(({ node, sum }, at) => {
        return { subject: node, axis, evidence: evidenceOf(sum, expectations[at], p[at], q[at], cells.length) }
      })
    })
  }

  expected(): Expected {
    return this.#expected
  }

  learn(tick: number, { aggregates }: TickFacts, isHeld: (node: number) => boolean): void {
    this.cells.learn(tick, aggregates, isHeld)
    this.#setFamilies()
  }

  called(evidence: CountEvidence, callingChildren: number): Level {
    return calledLevel(evidence, callingChildren, this.#policy)
  }
  isQuiet({ rateRatio }: CountEvidence, level: Level): boolean {
    return isQuiet(rateRatio, level, this.#policy)
  }
  explainedByParent(child: CountEvidence, parent: CountEvidence): boolean {
    return explainedByParent(child, parent)
  }
  explainedByChild(parent: CountEvidence, child: CountEvidence): boolean {
    return explainedByChild(parent, child, this.#policy)
  }
  reduced(evidence: CountEvidence, eventsLost: number): CountEvidence {
    return reduced(evidence, eventsLost)
  }

  detail({ subject, evidence }: Judged<CountEvidence>, { aggregates }: TickFacts): CountDetail {
    return told(evidence, {
      byType: aggregates.byType(subject, this.#profile),
      withheld: aggregates.withheld(subject),
    })
  }

  published(evidence: CountEvidence, { byType, withheld }: CountDetail): Published {
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

  saying({ axis, evidence }: Judged<CountEvidence>, { byType, withheld }: CountDetail, language: string): Saying {
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

  readonly early: EarlyCalls<CountEvidence, CountDetail> = {
    found: ({ aggregates }, { beat, tick }, levelOf) => {
      const { eventsMin, redEnterprisesMin } = this.#policy
      const nodes = aggregates.nodes
        .takeChanged(eventsMin, redEnterprisesMin)
        .filter((node) => levelOf(node) !== 'red' && this.#isRedAtOnce(node, tick, aggregates))
      return nodes
        .sort((a, b) => a - b)
        .map((node) => {
          const withheld = aggregates.withheld(node)
          return {
            ...{ node, beat, sum: aggregates.judged(node) ?? noSum, byType: aggregates.byType(node, this.#profile) },
            ...(withheld === 0 ? {} : { withheld }),
          }
        })
    },
    judged: ({ node, sum, byType, withheld = 0 }, tick) => {
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

  /** Fixes, for the tick to come, what the least red counts depend on; each is worked out when its cell first has events. */
  #setFamilies(): void {
    this.#leastRed.clear()
    this.#familySizes = { industry: 0, region: 0, cell: 0 }
    for (const node of this.cells.nodes) {
      const axis = this.#lattice.axisOf(node)
      if (axis !== undefined) this.#familySizes[axis]++
    }
  }

  #isRedAtOnce(node: number, tick: number, aggregates: TickAggregates): boolean {
    const events = aggregates.judged(node)?.events
    const least = this.#leastRedOf(node, tick)
    return events !== undefined && least !== undefined && events >= least
  }

  /** The least count of a node that is red at once in this tick; undefined for one that is not judged yet. */
  #leastRedOf(node: number, tick: number): number | undefined {
    const known = this.#leastRed.get(node)
    if (known !== undefined) return known
    const cell = this.cells.index.get(node)
    const axis = this.#lattice.axisOf(node)
    if (cell === undefined || axis === undefined || !this.isWarm(tick)) return undefined
    const limits = { pMax: earlyRedP / this.#familySizes[axis], rateRatioMin: this.#policy.levels.red.rateRatioMin }
    const least = leastCount(this.cells.expect(cell, tick), limits)
    this.#leastRed.set(node, least)
    return least
  }
}

/** Of what one or two enterprises brought the types stay untold: they could be told from the rest by them. */
export function told({ enterprises }: CountEvidence, detail: CountDetail): CountDetail {
  return enterprises === 0 || enterprises >= cellEnterprisesMin ? detail : { ...detail, byType: {} }
}

function columnsOf(all: readonly { node: number; expectation: Expectation }[]): Expected {
  return {
    keys: Uint32Array.from(all, ({ node }) => node),
    means: Float32Array.from(all, ({ expectation }) => expectation.mean),
    variances: Float32Array.from(all, ({ expectation }) => expectation.variance),
  }
}

/** One decimal below ten, none above. */
function rounded(value: number): number {
  return value < 10 ? Math.floor(value * 10 + 0.5) / 10 : Math.floor(value + 0.5)
}
