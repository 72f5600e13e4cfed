/**
 * The statistic `count`: how many fresh events of judged types became known at a node in the tick, beside those that are usual there. It is
 * looked for in several streams, all events and each group of types; one warning a node, whose evidence is the stream that burns most.
 */
import type { Level } from '../../../streams/outputs.ts'
import type { Profile } from '../../../streams/profile.ts'
import type { Makeup } from '../../../streams/ticks.ts'
import type { CountEvidence as PublishedEvidence } from '../../../streams/warnings.ts'
import { type CellKeys, cellKeys } from '../../cells.ts'
import type { WordReader, WordWriter } from '../../fold/pages.ts'
import { cellEnterprisesMin } from '../../limits.ts'
import { nameOf } from '../../words.ts'
import { kindOf, levelHeld, neighbourShare } from '../kinds.ts'
import type { Lattice } from '../lattice.ts'
import type { Moves } from '../moves.ts'
import type { TickAggregates } from '../tickAggregates.ts'
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
import { makeupOf, sharesOf } from './makeup.ts'
import type {
  Amendment,
  EarlyCalls,
  Expected,
  Judged,
  Lesson,
  Listed,
  Published,
  Saying,
  StandingAt,
  Statistic,
  TickFacts,
} from './statistic.ts'
import { allEvents } from './streams.ts'

/**
 * Events by type, the most frequent first, and how many events beside those of the evidence are not judged. `ofNeighbour`: rise of the strongest
 * neighbour under an earlier warning, over the own one.
 */
export type CountDetail = { byType: Record<string, number>; withheld: number; ofNeighbour?: number }

/** Below it, one enterprise makes the count: that is listed, and no warning. */
const effectiveEnterprisesMin = 2

export class CountStatistic implements Statistic<CountEvidence, CountDetail> {
  readonly name = 'count'
  readonly evidence = CountEvidence
  readonly noDetail: CountDetail = { byType: {}, withheld: 0 }
  readonly rules: { clearTicks: number }
  readonly judgeOf: CountJudge
  readonly #profile: Profile
  readonly #keys: CellKeys
  readonly #lattice: Lattice
  readonly #sizes: SizeSteps
  #listed: Listed[] = []
  /** Nodes whose evidence called in the tick that was judged last, however small the rise and whoever brought it: it teaches nobody. */
  #loud: ReadonlySet<number> = new Set()

  constructor(profile: Profile, lattice: Lattice) {
    const { clearTicks, levels } = profile.file.warnings
    this.#profile = profile
    this.#keys = cellKeys(profile)
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
    for (const { subject, evidence } of loud)
      if (this.#isBroad(evidence)) evidence.makeup = this.#makeupOf(subject, aggregates)
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
    const level = levelOf({ strength: evidence.value / evidence.limit, size: evidence.rateRatio }, this.#sizes)
    return levelHeld(level, kindOf({ ...sharesOf(evidence), effectiveEnterprises: effectiveEnterprises(evidence) }))
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

  detail(one: Judged<CountEvidence>, { aggregates }: TickFacts, standing: StandingAt<CountEvidence>): CountDetail {
    const withheld = aggregates.withheld(one.subject)
    const byType = aggregates.byType(one.subject, this.#profile)
    return told(one.evidence, { byType, withheld, ...this.#besides(one, standing) })
  }

  published(evidence: CountEvidence, { byType, withheld, ofNeighbour }: CountDetail): Published {
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
        ...this.#kind(evidence, ofNeighbour),
      },
    }
  }

  saying(
    { axis, evidence }: Judged<CountEvidence>,
    { byType, withheld, ofNeighbour }: CountDetail,
    language: string,
  ): Saying {
    const { kind } = this.#kind(evidence, ofNeighbour)
    const { stream, events, expected, enterprises } = evidence
    const { file, groups, types, typeIndex } = this.#profile
    const group = stream === allEvents ? undefined : groups[stream - 1]
    // What most of the events are is not said where the types hold events that are not in the count.
    const topType = withheld === 0 ? Object.keys(byType)[0] : undefined
    const type = topType === undefined ? undefined : types[typeIndex.get(topType) ?? 0]
    return {
      remark: kind && `kind.${kind}`,
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
      const { nodes } = aggregates
      const calling = nodes
        .takeChanged(eventsMin, enterprisesMin)
        .filter((at) => this.judgeOf.mayCall(at, tick, aggregates))
      return calling.map((at) => nodes.keyAt(at)).filter((node) => levelOfNode(node) !== 'red')
    },
    judged: (tick, { aggregates }, node) => this.judgeOf.judgedSoFar(tick, aggregates, node),
    record: ({ subject }, { aggregates }, beat) => {
      const withheld = aggregates.withheld(subject)
      const makeup = this.#makeupOf(subject, aggregates)
      const { events, enterprises, squares } = aggregates.judgedSum(subject)
      return {
        ...{ node: subject, beat, sum: { events, enterprises, squares } },
        byType: aggregates.byType(subject, this.#profile),
        ...(withheld === 0 ? {} : { withheld }),
        ...(makeup === undefined ? {} : { makeup }),
      }
    },
    again: (tick, { node, sum, byType, withheld = 0, makeup }, standing) => {
      const groups = Array.from(this.#profile.groups, () => 0)
      for (const [code, count] of Object.entries(byType)) {
        const type = this.#profile.types[this.#profile.typeIndex.get(code) ?? 0]
        groups[type.group] += count
      }
      const one = this.judgeOf.judgedBy(tick, node, { sum, groupEvents: (group) => groups[group], withheld })
      if (one === undefined) return undefined
      one.evidence.makeup = makeup
      return { one, detail: told(one.evidence, { byType, withheld, ...this.#besides(one, standing) }) }
    },
  }

  save(out: WordWriter): void {
    this.judgeOf.save(out)
  }
  load(head: unknown, from: WordReader, moves?: Moves): void {
    this.judgeOf.load(head, from, moves)
  }

  #makeupOf(node: number, aggregates: TickAggregates): Makeup | undefined {
    return makeupOf(aggregates, node, { profile: this.#profile, keys: this.#keys })
  }

  /** Beside what calls: neighbours that stood before it. */
  #besides(
    { subject, evidence }: Judged<CountEvidence>,
    standing: StandingAt<CountEvidence>,
  ): Pick<CountDetail, 'ofNeighbour'> {
    if (evidence.makeup === undefined) return {}
    const roseInTick = standing(subject)?.raisedTick ?? Number.POSITIVE_INFINITY
    const beside = this.#lattice.besideOf(subject).flatMap((node) => {
      const found = standing(node)
      return found === undefined ? [] : [{ node, roseInTick: found.raisedTick, excess: found.evidence.rateRatio - 1 }]
    })
    const ofNeighbour = neighbourShare({ roseInTick, excess: evidence.rateRatio - 1 }, beside)
    return ofNeighbour === 0 ? {} : { ofNeighbour }
  }

  /** Of evidence that calls. The source stays untold where one or two enterprises could be told by it. */
  #kind(
    evidence: CountEvidence,
    ofNeighbour: number | undefined,
  ): Pick<PublishedEvidence, 'kind' | 'shares' | 'source'> {
    const { makeup, enterprises } = evidence
    if (makeup === undefined) return {}
    const shares = { ...sharesOf(evidence), ...(ofNeighbour === undefined ? {} : { ofNeighbour }) }
    const kind = kindOf({ ...shares, effectiveEnterprises: effectiveEnterprises(evidence) })
    const isTold = enterprises >= cellEnterprisesMin && this.#profile.sources.length > 1
    return { kind, shares, ...(isTold ? { source: makeup.source } : {}) }
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
