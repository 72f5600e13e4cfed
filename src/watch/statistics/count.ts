/**
 * The statistic `count`: how many fresh events of judged types became known at a node in the tick, beside those that are usual there. It is
 * looked for in several streams, all events and each group of types; one warning a node, whose evidence is the stream that burns most.
 */
import type { Level } from '../../../streams/outputs.ts'
import type { Profile } from '../../../streams/profile.ts'
import type { WordReader, WordWriter } from '../../fold/pages.ts'
import { cellEnterprisesMin } from '../../limits.ts'
import { nameOf } from '../../words.ts'
import type { Lattice } from '../lattice.ts'
import type { Moves } from '../moves.ts'
import {
  CountEvidence,
  effectiveEnterprises,
  evidenceWithout,
  explainedByChild,
  explainedByParent,
  reduced,
  type Stream,
} from './countEvidence.ts'
import { CountJudge } from './countJudge.ts'
import { isBelowHalf, levelOf, type SizeSteps } from './levels.ts'
import type {
  Amendment,
  EarlyCalls,
  Expected,
  Judged,
  Lesson,
  Listed,
  Published,
  Saying,
  Statistic,
  TickFacts,
} from './statistic.ts'
import { allEvents } from './streams.ts'

/** Events by type, the most frequent first, and how many events beside those of the evidence are not judged. */
export type CountDetail = { byType: Record<string, number>; withheld: number }

/** Below it, one enterprise makes the count: that is listed, and no warning. */
const effectiveEnterprisesMin = 2

export class CountStatistic implements Statistic<CountEvidence, CountDetail> {
  readonly name = 'count'
  readonly evidence = CountEvidence
  readonly noDetail: CountDetail = { byType: {}, withheld: 0 }
  readonly rules: { clearTicks: number }
  readonly judgeOf: CountJudge
  readonly #profile: Profile
  readonly #lattice: Lattice
  readonly #sizes: SizeSteps
  #listed: Listed[] = []
  /** Nodes whose evidence called in the tick that was judged last, however small the rise and whoever brought it: it teaches nobody. */
  #loud: ReadonlySet<number> = new Set()

  constructor(profile: Profile, lattice: Lattice) {
    const { clearTicks, levels } = profile.file.warnings
    this.#profile = profile
    this.#lattice = lattice
    this.rules = { clearTicks }
    this.#sizes = {
      blue: levels.blue.rateRatioMin,
      yellow: levels.yellow.rateRatioMin,
      orange: levels.orange.rateRatioMin,
      red: levels.red.rateRatioMin,
    }
    this.judgeOf = new CountJudge(profile, lattice)
  }

  get cells() {
    return this.judgeOf.cells
  }

  begin(tick: number, { aggregates }: TickFacts): boolean {
    return this.judgeOf.begin(tick, aggregates)
  }
  isWarm(tick: number): boolean {
    return this.cells.ticksBefore(tick) >= this.#profile.file.warnings.historyTicksMin
  }

  /** How many events are usual at a node in a tick that is not learnt yet; undefined of nodes that are not judged, and while there is too little history. */
  usual(node: number, tick: number): number | undefined {
    if (!this.isWarm(tick) || this.#lattice.axisOf(node) === undefined) return undefined
    const cell = this.cells.index.get(node)
    return cell === undefined ? 0 : this.cells.expect(cell, tick).mean // without a state it never had an event
  }

  judge(tick: number, { aggregates }: TickFacts, isOpen: (node: number) => boolean): Judged<CountEvidence>[] {
    const all = this.judgeOf.judge(tick, aggregates, isOpen)
    const loud = this.isWarm(tick) ? all.filter(({ evidence }) => this.#isLoud(evidence)) : []
    this.#loud = new Set(loud.map(({ subject }) => subject))
    this.#listed = loud.flatMap(({ subject, evidence }) => {
      const { stream, events, expected, enterprises } = evidence
      return this.#isBroad(evidence) ? [] : [{ statistic: 'count', subject, stream, events, expected, enterprises }]
    })
    return all
  }

  expected(): Expected {
    return this.judgeOf.expected
  }
  listed(): Listed[] {
    return this.#listed
  }

  learn(tick: number, { aggregates }: TickFacts, { isHeld, isShadow }: Lesson): void {
    this.judgeOf.learn(tick, aggregates, { isHeld: (node) => isHeld(node) || this.#loud.has(node), isShadow })
  }

  called(evidence: CountEvidence): Level {
    if (!this.#isLoud(evidence) || !this.#isBroad(evidence)) return 'calm'
    return levelOf({ strength: evidence.value / evidence.limit, size: evidence.rateRatio }, this.#sizes)
  }

  isQuiet({ value, limit, rateRatio }: CountEvidence, level: Level): boolean {
    return isBelowHalf({ strength: value / limit, size: rateRatio }, level, this.#sizes)
  }

  isSilent(node: number, { aggregates }: TickFacts): boolean {
    return aggregates.silent.includes(this.#lattice.regionOf(node))
  }

  explainedByParent(child: Judged<CountEvidence>, parent: Judged<CountEvidence>): boolean {
    const above = this.judgeOf.counted(parent.subject, child.evidence.stream)
    return above !== undefined && explainedByParent(child.evidence, above)
  }

  restAcross(one: Judged<CountEvidence>, other: Judged<CountEvidence>, shared: number): CountEvidence | undefined {
    const { stream } = one.evidence
    const [part, across] = [this.judgeOf.counted(shared, stream), this.judgeOf.counted(other.subject, stream)]
    if (part === undefined || across === undefined || part.events <= part.expected) return undefined
    const { gathering } = this.judgeOf.streams
    return explainedByParent(part, across) ? evidenceWithout(one.evidence, part, gathering) : undefined
  }

  explainedByChild(parent: Judged<CountEvidence>, child: Judged<CountEvidence>): boolean {
    const below: Stream | undefined = this.judgeOf.counted(child.subject, parent.evidence.stream)
    return below !== undefined && explainedByChild(parent.evidence, below, this.#sizes.blue)
  }

  standsOn({ stream }: CountEvidence, { group }: Amendment): boolean {
    return stream === allEvents || group === undefined || stream === 1 + group
  }
  reduced(evidence: CountEvidence, eventsLost: number): CountEvidence {
    return reduced(evidence, eventsLost, this.judgeOf.streams.gathering)
  }

  detail({ subject, evidence }: Judged<CountEvidence>, { aggregates }: TickFacts): CountDetail {
    const withheld = aggregates.withheld(subject)
    return told(evidence, { byType: aggregates.byType(subject, this.#profile), withheld })
  }

  published(evidence: CountEvidence, { byType, withheld }: CountDetail): Published {
    const { stream, events, expected, variance, p, q, rateRatio, value, limit, enterprises, familySize } = evidence
    const { allEvents: count, allExpected } = evidence
    return {
      statistic: 'count',
      evidence: {
        ...(stream === allEvents ? {} : { group: this.#profile.groups[stream - 1] }),
        ...{ count: events, expected, variance, p, q, rateRatio, value, limit, enterprises },
        effectiveEnterprises: effectiveEnterprises(evidence),
        byType,
        ...(stream === allEvents ? {} : { all: { count, expected: allExpected } }),
        ...(withheld === 0 ? {} : { withheld }),
        familySize,
      },
    }
  }

  saying({ axis, evidence }: Judged<CountEvidence>, { byType, withheld }: CountDetail, language: string): Saying {
    const { stream, events, expected, enterprises } = evidence
    const { file, groups, types, typeIndex } = this.#profile
    const group = stream === allEvents ? undefined : groups[stream - 1]
    // What most of the events are is not said where the types hold events that are not in the count.
    const topType = withheld === 0 ? Object.keys(byType)[0] : undefined
    const type = topType === undefined ? undefined : types[typeIndex.get(topType) ?? 0]
    return {
      message: group === undefined ? `warning.${axis}` : `warning.${axis}.group`,
      otherwise:
        group === undefined
          ? '{place} {industry}: {count} / {expected}, {level}'
          : '{place} {industry}, {group}: {count} / {expected}, {level}',
      values: {
        ...{ count: events, expected: rounded(expected), enterprises },
        topType: type?.names[language] ?? topType,
        ...(group === undefined ? {} : { group: nameOf(file.groups, group, language) }),
      },
    }
  }

  readonly early: EarlyCalls<CountEvidence, CountDetail> = {
    subjects: (tick, { aggregates }, levelOfNode) => {
      if (!this.isWarm(tick)) return []
      const { eventsMin, enterprisesMin } = this.#profile.file.warnings
      const changed = aggregates.nodes.takeChanged(eventsMin, enterprisesMin)
      return changed.filter((node) => levelOfNode(node) !== 'red' && this.judgeOf.mayCall(node, tick, aggregates))
    },
    judged: (tick, { aggregates }, node) => this.judgeOf.judgedSoFar(tick, aggregates, node),
    record: ({ subject }, { aggregates }, beat) => {
      const withheld = aggregates.withheld(subject)
      const { events, enterprises, squares } = aggregates.judgedSum(subject)
      return {
        ...{ node: subject, beat, sum: { events, enterprises, squares } },
        byType: aggregates.byType(subject, this.#profile),
        ...(withheld === 0 ? {} : { withheld }),
      }
    },
    again: (tick, { node, sum, byType, withheld = 0 }) => {
      const groups = Array.from(this.#profile.groups, () => 0)
      for (const [code, count] of Object.entries(byType)) {
        const type = this.#profile.types[this.#profile.typeIndex.get(code) ?? 0]
        groups[type.group] += count
      }
      const one = this.judgeOf.judgedBy(tick, node, { sum, groupEvents: (group) => groups[group], withheld })
      return one && { one, detail: told(one.evidence, { byType, withheld }) }
    },
  }

  save(out: WordWriter): void {
    this.judgeOf.save(out)
  }
  load(head: unknown, from: WordReader, moves?: Moves): void {
    this.judgeOf.load(head, from, moves)
  }

  #isLoud({ value, limit, events, expected }: CountEvidence): boolean {
    return events >= this.#profile.file.warnings.eventsMin && events > expected && value > limit
  }
  #isBroad(evidence: CountEvidence): boolean {
    const { enterprisesMin } = this.#profile.file.warnings
    return evidence.enterprises >= enterprisesMin && effectiveEnterprises(evidence) >= effectiveEnterprisesMin
  }
}

/** Of what one or two enterprises brought the types stay untold: they could be told from the rest by them. */
export function told({ enterprises }: Pick<CountEvidence, 'enterprises'>, detail: CountDetail): CountDetail {
  return enterprises === 0 || enterprises >= cellEnterprisesMin ? detail : { ...detail, byType: {} }
}

/** One decimal below ten, none above. */
function rounded(value: number): number {
  return value < 10 ? Math.floor(value * 10 + 0.5) / 10 : Math.floor(value + 0.5)
}
