/** Judges counts: expectations of all streams in a tick, evidence by node, and what each stream learns of the tick when it is over. */
import type { Expectation } from '../../../models/counts/detector.ts'
import { benjaminiHochberg } from '../../../models/counts/fdr.ts'
import { evidenceWith, leastCallingCount } from '../../../models/counts/shiryaevRoberts.ts'
import type { Profile } from '../../../streams/profile.ts'
import type { Axis } from '../../../streams/topics.ts'
import type { WordReader, WordWriter } from '../../fold/pages.ts'
import { cellEnterprisesMin, dayMs } from '../../limits.ts'
import type { Lattice } from '../lattice.ts'
import type { Moves } from '../moves.ts'
import { type NodeSum, noSum } from '../nodeSums.ts'
import type { TickAggregates } from '../tickAggregates.ts'
import { AxisLimits } from './axisLimits.ts'
import { CellStates } from './cellStates.ts'
import { type CountEvidence, pOf, type Stream } from './countEvidence.ts'
import { GroupShares, SavedShares } from './groupShares.ts'
import type { Expected, Judged } from './statistic.ts'
import { allEvents, Streams } from './streams.ts'

const axisNames = ['industry', 'region', 'cell'] as const satisfies readonly Axis[]
/** What is expected is shown of cells without events too, from this mean on. */
const shownMeanMin = 0.1

/** What a node counts in a tick; groups are judged where nothing is withheld: of what is withheld nobody knows the group. */
type NodeCounts = { sum: NodeSum; groupEvents: (group: number) => number; withheld: number }
/** A stream of a node in a tick. */
type InTick = Stream & { stream: number; of: number }

export class CountJudge {
  readonly cells: CellStates
  streams: Streams
  /** Of the tick that was judged last. */
  expected: Expected = { keys: new Uint32Array(0), means: new Float32Array(0), variances: new Float32Array(0) }
  readonly #lattice: Lattice
  #shares: GroupShares
  readonly #fresh: () => { streams: Streams; shares: GroupShares }
  readonly #limits: AxisLimits
  /** Expectations by cell, of the tick that they were worked out for; and the counts that are judged by them. */
  #tick: number | undefined
  #aggregates: TickAggregates | undefined
  readonly #expectations = new Map<number, Expectation>()
  /** By stream, the least count that calls in the open tick. */
  readonly #least = new Map<number, number>()
  /** The nation-wide node of each node, worked out once. */
  readonly #rhythms = new Map<number, number>()
  readonly #eventsMin: number
  /** Groups that have streams of their own: one group alone is all events. */
  readonly #groups: readonly number[]

  constructor(profile: Profile, lattice: Lattice) {
    this.#lattice = lattice
    this.cells = new CellStates(profile, lattice)
    this.#fresh = () => ({
      streams: new Streams(profile.groups.length, profile.calendar.tickMs / dayMs),
      shares: new GroupShares(profile, lattice.whole),
    })
    const { streams, shares } = this.#fresh()
    this.streams = streams
    this.#shares = shares
    this.#limits = new AxisLimits(profile)
    this.#eventsMin = profile.file.warnings.eventsMin
    const judged = new Set(profile.types.flatMap((type) => (type.judged ? [type.group] : [])))
    this.#groups = judged.size < 2 ? [] : [...judged].sort((a, b) => a - b)
  }

  /** History begins with the first event: ticks in which only tables came say nothing of rates. */
  begin(tick: number, aggregates: TickAggregates): boolean {
    const { cells } = this
    // In order of node, so that states lie in the same order whichever task's part came first.
    const nodes = aggregates.nodes.keys()
    if (cells.begin(aggregates.turns.begun, tick)) this.#forgetAll()
    if (cells.firstTick === undefined && !nodes.some((node) => aggregates.nodes.eventsOf(node) > 0)) return false
    cells.firstTick ??= tick
    this.#tick = undefined
    for (const node of nodes) if (this.#lattice.axisOf(node) !== undefined) this.#open(node, tick, aggregates)
    if (cells.firstTick === tick) cells.setFirstPriors(aggregates)
    return true
  }

  #forgetAll(): void {
    const { streams, shares } = this.#fresh()
    this.streams = streams
    this.#shares = shares
  }

  #open(node: number, tick: number, aggregates: TickAggregates): void {
    const cell = this.cells.cellOf(node, tick)
    this.streams.open(node, allEvents)
    if (aggregates.withheld(node) !== 0) return
    for (const group of this.#groups)
      if (aggregates.groupEvents(node, group) > 0)
        this.streams.open(
          node,
          1 + group,
          this.#shareOf(node, group, tick) * this.streams.knownOf(node, this.cells.seen[2 * cell]),
        )
  }

  judge(tick: number, aggregates: TickAggregates, isOpen: (node: number) => boolean): Judged<CountEvidence>[] {
    this.#at(tick, aggregates)
    const isLooked = (node: number): boolean => aggregates.judgedEvents(node) > 0 || isOpen(node)
    this.expected = this.#expectedOf(isLooked)
    return axisNames.flatMap((axis) => {
      const nodes = this.cells.nodes.filter((node) => this.#lattice.axisOf(node) === axis && isLooked(node))
      const judged = nodes.flatMap((node) => this.#judged(node, axis, countsOf(aggregates, node)) ?? [])
      const familySize = Math.max(this.#limits.of(axis).streams, judged.length)
      const q = benjaminiHochberg(
        judged.map(({ evidence }) => evidence.p),
        { familySize },
      )
      return judged.map((one, at) => ({ ...one, evidence: { ...one.evidence, q: q[at] } }))
    })
  }

  /** Evidence by what the open tick has counted so far. */
  judgedSoFar(tick: number, aggregates: TickAggregates, node: number): Judged<CountEvidence> | undefined {
    this.#at(tick, aggregates)
    return this.judgedBy(tick, node, countsOf(aggregates, node))
  }

  /** Evidence by other counts than those of the aggregates; undefined for a node that is not judged. */
  judgedBy(tick: number, node: number, counts: NodeCounts): Judged<CountEvidence> | undefined {
    this.#at(tick, this.#aggregates)
    const axis = this.#lattice.axisOf(node)
    return axis === undefined ? undefined : this.#judged(node, axis, counts)
  }

  /** What a node counted of a stream, by the counts that were judged last. */
  counted(node: number, of: number): Stream | undefined {
    if (this.#aggregates === undefined) return undefined
    return this.#streamsOf(node, countsOf(this.#aggregates, node)).find((one) => one.of === of)
  }

  /** Whether a stream of a node has reached the least count that calls. */
  mayCall(node: number, tick: number, aggregates: TickAggregates): boolean {
    this.#at(tick, aggregates)
    const { streams } = this
    const isGroupJudged = aggregates.withheld(node) === 0
    for (let stream = streams.firstAt(node); stream !== undefined; stream = streams.nextOf(stream)) {
      const of = streams.ofAt(stream)
      if (of !== allEvents && !isGroupJudged) continue
      const events = of === allEvents ? aggregates.judgedEvents(node) : aggregates.groupEvents(node, of - 1)
      if (events >= this.#eventsMin && events >= this.#leastOf(node, stream)) return true
    }
    return false
  }

  learn(tick: number, aggregates: TickAggregates, isHeld: (node: number) => boolean): void {
    this.#at(tick, aggregates)
    for (const node of this.cells.nodes) this.#learnNode(node, tick, aggregates, isHeld(node))
    for (const node of this.cells.learn(tick, aggregates, isHeld))
      this.streams.beginAnew(node, this.cells.seen[2 * this.cells.cellOf(node, tick)])
    const nationwide = new Set(this.cells.nodes.map((node) => this.#lattice.rhythmOf(node)))
    this.#shares.learn(tick, aggregates, nationwide.add(this.#lattice.whole))
    this.#settle()
  }

  save(out: WordWriter): void {
    this.cells.save(out)
    out.putJson(this.#shares.save())
    this.streams.save(out)
  }

  load(head: unknown, from: WordReader, moves?: Moves): void {
    this.cells.load(head, from, moves)
    const shares = SavedShares.parse(from.takeJson())
    this.#shares.load(shares, moves)
    this.streams.load(from, moves)
    this.#settle()
  }

  #at(tick: number, aggregates: TickAggregates | undefined): void {
    this.#aggregates = aggregates
    if (this.#tick === tick) return
    this.#tick = tick
    this.#expectations.clear()
    this.#least.clear()
  }

  /** What the next tick's limits depend on is fixed when a tick is over. */
  #settle(): void {
    this.#tick = undefined
    this.#limits.set(this.cells.nodes, this.streams, (node) => this.#lattice.axisOf(node))
  }

  #expectationOf(node: number): Expectation | undefined {
    const cell = this.cells.index.get(node)
    if (cell === undefined || this.#tick === undefined) return undefined
    const known = this.#expectations.get(cell) ?? this.cells.expect(cell, this.#tick)
    this.#expectations.set(cell, known)
    return known
  }

  #shareOf(node: number, group: number, tick: number): number {
    const rhythm = this.#rhythms.get(node) ?? this.#lattice.rhythmOf(node)
    this.#rhythms.set(node, rhythm)
    return this.#shares.of(rhythm, group, tick)
  }

  /** The streams of a node that are judged in the tick, all events first. */
  #streamsOf(node: number, { sum, groupEvents, withheld }: NodeCounts): InTick[] {
    const cell = this.#expectationOf(node)
    const tick = this.#tick
    if (cell === undefined || tick === undefined) return []
    const found: InTick[] = []
    for (const stream of this.streams.at(node)) {
      const of = this.streams.ofAt(stream)
      if (of === allEvents) {
        found.unshift({ stream, of, events: Math.max(0, sum.events), expected: cell.mean, variance: cell.variance })
      } else if (withheld === 0) {
        const { mean, variance } = this.streams.expect(stream, { cell, share: this.#shareOf(node, of - 1, tick) })
        found.push({ stream, of, events: Math.max(0, groupEvents(of - 1)), expected: mean, variance })
      }
    }
    return found
  }

  /** The stream that burns most: of those that may call, the one with the strongest evidence; else all events. */
  #judged(node: number, axis: Axis, counts: NodeCounts): Judged<CountEvidence> | undefined {
    const { nodes, limit, streams: familySize } = this.#limits.of(axis)
    const [all, ...groups] = this.#streamsOf(node, counts)
    if (all === undefined) return undefined
    const { sum } = counts
    // A group of what one or two enterprises brought would tell of them.
    const told = sum.enterprises >= cellEnterprisesMin ? [all, ...groups] : [all]
    const mayCall = told.filter((one) => one.events >= this.#eventsMin && one.events > one.expected)
    const valued = (mayCall.length === 0 ? [all] : mayCall).map((one) => ({ ...one, value: this.#valueOf(one, nodes) }))
    const burning = valued.reduce((most, one) => (burnsMore(one, most) ? one : most))
    const { stream, of, events, expected, variance, value } = burning
    const p = pOf({ mean: expected, variance }, events)
    return {
      subject: node,
      axis,
      evidence: {
        ...{ stream: of, events, expected, variance, p, q: Math.min(1, p * familySize), rateRatio: events / expected },
        ...{ value, before: Array.from(this.streams.memory(stream)), limit, nodes, familySize },
        ...{ allEvents: Math.max(0, sum.events), allExpected: all.expected },
        ...{ enterprises: sum.enterprises, squares: sum.squares },
      },
    }
  }

  #valueOf({ stream, events, expected, variance }: InTick, nodes: number): number {
    return evidenceWith(this.streams.memory(stream), 0, { mean: expected, variance }, { y: events, nodes })
  }

  /** The least count of a stream that calls in the open tick; Infinity: none does. */
  #leastOf(node: number, stream: number): number {
    const known = this.#least.get(stream)
    if (known !== undefined) return known
    const axis = this.#lattice.axisOf(node)
    const of = this.streams.ofAt(stream)
    const found = this.#aggregates && this.counted(node, of)
    if (axis === undefined || found === undefined) return Number.POSITIVE_INFINITY
    const { limit, nodes } = this.#limits.of(axis)
    const limits = { evidenceMin: limit, nodes, countMin: this.#eventsMin }
    const expectation = { mean: found.expected, variance: found.variance }
    const least = leastCallingCount(this.streams.memory(stream), 0, expectation, limits) ?? Number.POSITIVE_INFINITY
    this.#least.set(stream, least)
    return least
  }

  #learnNode(node: number, tick: number, aggregates: TickAggregates, isHeld: boolean): void {
    const [cell, axis] = [this.#expectationOf(node), this.#lattice.axisOf(node)]
    if (cell === undefined || axis === undefined) return
    if (aggregates.withheld(node) !== 0) this.streams.forgetGroups(node)
    if (aggregates.backlog.of(node) !== 0) {
      this.streams.forget(node)
      return
    }
    const { nodes } = this.#limits.of(axis)
    for (const { stream, of, events, expected, variance } of this.#streamsOf(node, countsOf(aggregates, node))) {
      this.streams.gather(stream, { mean: expected, variance }, { y: events, nodes })
      if (of === allEvents) this.streams.note(stream, events)
      else if (tick !== this.cells.firstTick) {
        const whole = { cell, share: this.#shareOf(node, of - 1, tick) }
        this.streams.learn(stream, whole, isHeld ? Math.min(events, Math.round(expected)) : events)
      }
    }
  }

  #expectedOf(isLooked: (node: number) => boolean): Expected {
    const all = this.cells.nodes.flatMap((node) => {
      const expectation = this.#expectationOf(node)
      return expectation && (expectation.mean >= shownMeanMin || isLooked(node)) ? [{ node, ...expectation }] : []
    })
    return {
      keys: Uint32Array.from(all, ({ node }) => node),
      means: Float32Array.from(all, ({ mean }) => mean),
      variances: Float32Array.from(all, ({ variance }) => variance),
    }
  }
}

/** By evidence; where that is at its cap, by how much larger the count is than expected. */
function burnsMore(one: InTick & { value: number }, other: InTick & { value: number }): boolean {
  const [rise, otherRise] = [one.events / one.expected, other.events / other.expected]
  return (
    one.value > other.value ||
    (one.value === other.value && (rise > otherRise || (rise === otherRise && one.of < other.of)))
  )
}

function countsOf(aggregates: TickAggregates, node: number): NodeCounts {
  return {
    sum: aggregates.judged(node) ?? noSum,
    groupEvents: (group) => aggregates.groupEvents(node, group),
    withheld: aggregates.withheld(node),
  }
}
