/** Judges counts: expectations of all streams in a tick, evidence by node, and what each stream learns of the tick when it is over. */
import type { Expectation } from '../../../models/counts/detector.ts'
import { benjaminiHochberg } from '../../../models/counts/fdr.ts'
import { type Keep, keepOf } from '../../../models/counts/groupShare.ts'
import type { Profile } from '../../../streams/profile.ts'
import type { Axis } from '../../../streams/topics.ts'
import type { WordReader, WordWriter } from '../../fold/pages.ts'
import { cellEnterprisesMin, dayMs } from '../../limits.ts'
import type { Lattice } from '../lattice.ts'
import type { Moves } from '../moves.ts'
import type { TickAggregates } from '../tickAggregates.ts'
import { AxisLimits } from './axisLimits.ts'
import { CallingCounts } from './callingCounts.ts'
import { CellStates } from './cellStates.ts'
import { CellTick, judgedParts } from './cellTick.ts'
import { type CountEvidence, pOf, type Stream } from './countEvidence.ts'
import { GroupShares, SavedShares } from './groupShares.ts'
import { Holding, heldTicksMax } from './holding.ts'
import { JudgedSoFar } from './judgedSoFar.ts'
import { countsAt, countsOf, type NodeCounts } from './nodeCounts.ts'
import type { Expected, Judged, Lesson } from './statistic.ts'
import { learnStreams } from './streamLearning.ts'
import { allEvents, Streams } from './streams.ts'

const axisNames = ['industry', 'region', 'cell'] as const satisfies readonly Axis[]
/** What is expected is shown of cells without events too, from this mean on. */
const shownMeanMin = 0.1

/** A stream of a node in a tick, and its evidence. */
type InTick = Stream & { stream: number; of: number }
type Burning = InTick & { value: number }

export class CountJudge {
  readonly cells: CellStates
  streams: Streams
  /** Of the tick that was judged last. */
  expected: Expected = { keys: new Uint32Array(0), means: new Float32Array(0), variances: new Float32Array(0) }
  readonly #lattice: Lattice
  #shares: GroupShares
  readonly #holding: Holding
  readonly #fresh: () => { streams: Streams; shares: GroupShares }
  readonly #limits: AxisLimits
  /** The tick that is judged, and the counts that are judged in it. */
  #tick: number | undefined
  #aggregates: TickAggregates | undefined
  readonly #closing: CellTick
  /** Shares of groups in that tick, by nation-wide node. */
  #shareTable: Float64Array | undefined
  /** In the tick that is judged. */
  readonly #least: CallingCounts
  readonly #soFar: JudgedSoFar
  readonly #groupCount: number
  readonly #keep: Keep
  readonly #eventsMin: number
  /** Groups that have streams of their own: one group alone is all events. */
  readonly #groups: readonly number[]

  constructor(profile: Profile, lattice: Lattice) {
    this.#lattice = lattice
    this.cells = new CellStates(profile, lattice)
    this.#closing = new CellTick(this.cells)
    this.#groupCount = profile.groups.length
    this.#least = new CallingCounts(this.#groupCount)
    this.#soFar = new JudgedSoFar(this.#groupCount)
    this.#keep = keepOf(profile.calendar.tickMs / dayMs)
    this.#fresh = () => ({
      streams: new Streams(profile.calendar.tickMs / dayMs),
      shares: new GroupShares(profile, lattice.whole),
    })
    const { streams, shares } = this.#fresh()
    this.streams = streams
    this.#shares = shares
    this.#holding = new Holding(heldTicksMax(profile.calendar.tickMs))
    this.#limits = new AxisLimits(profile)
    this.#eventsMin = profile.file.warnings.eventsMin
    const judged = new Set(profile.types.flatMap((type) => (type.judged ? [type.group] : [])))
    this.#groups = judged.size < 2 ? [] : [...judged].sort((a, b) => a - b)
  }

  /** History begins with the first event: ticks in which only tables came say nothing of rates. */
  begin(tick: number, aggregates: TickAggregates): boolean {
    const { cells } = this
    const { nodes } = aggregates
    if (cells.begin(aggregates.turns.begun, tick)) this.#forgetAll()
    if (cells.firstTick === undefined && !nodes.known.some((at) => nodes.eventsAt(at) > 0)) return false
    cells.firstTick ??= tick
    this.#tick = undefined
    // In order of node, so that states lie in the same order whichever task's part came first.
    const opening = nodes.known.filter((at) => this.#opens(at, aggregates)).map((at) => nodes.keyAt(at))
    for (const node of opening.sort((a, b) => a - b)) this.#open(node, tick, aggregates)
    if (cells.firstTick === tick) cells.setFirstPriors(aggregates)
    return true
  }

  /** Whether the node at an index of the sums is judged, and has no state yet or not one of each stream. */
  #opens(at: number, aggregates: TickAggregates): boolean {
    const { cells, streams } = this
    const { nodes } = aggregates
    const cell = cells.cellAt(nodes, at)
    if (cell === undefined) return this.#lattice.axisOf(nodes.keyAt(at)) !== undefined
    if (cells.axes[cell] === undefined) return false
    if (streams.firstAt(cell) === undefined) return true
    const withheld = Math.max(0, aggregates.withheld(cells.nodes[cell]))
    for (const group of this.#groups)
      if (nodes.groupEventsAt(at, group) > withheld && !streams.has(cell, 1 + group)) return true
    return false
  }

  #forgetAll(): void {
    const { streams, shares } = this.#fresh()
    this.streams = streams
    this.#shares = shares
    this.#holding.clear()
  }

  #open(node: number, tick: number, aggregates: TickAggregates): void {
    const { cells, streams } = this
    const cell = cells.cellOf(node, tick)
    if (streams.firstAt(cell) === undefined) streams.open(cell, allEvents)
    const at = aggregates.nodes.presentAt(node)
    if (at === undefined) return
    const withheld = Math.max(0, aggregates.withheld(node))
    for (const group of this.#groups) {
      if (aggregates.nodes.groupEventsAt(at, group) <= withheld || streams.has(cell, 1 + group)) continue
      const share = this.#shares.of(cells.rhythmNodes[cells.rhythmOf[cell]], group, tick)
      streams.open(cell, 1 + group, share * streams.knownOf(cell, cells.seen[2 * cell]))
    }
  }

  /** Evidence of nodes with enough events for a call, and of those that are open; all that have events are one family. */
  judge(tick: number, aggregates: TickAggregates, isOpen: (node: number) => boolean): Judged<CountEvidence>[] {
    this.#at(tick, aggregates)
    this.cells.prepareAll(tick)
    const looked = this.#looked(aggregates, isOpen)
    this.expected = this.#expectedOf(looked)
    return axisNames.flatMap((axis) => {
      const p: number[] = []
      const judged: { one: Judged<CountEvidence>; at: number }[] = []
      for (const cell of looked) {
        if (this.cells.axes[cell] !== axis || this.streams.firstAt(cell) === undefined) continue
        const node = this.cells.nodes[cell]
        const at = this.#closing.placeOf(cell)
        const events = at === undefined ? 0 : aggregates.nodes.eventsAt(at) - aggregates.withheld(node)
        const isAsked = events >= this.#eventsMin || this.#hasGroup(aggregates, at) || isOpen(node)
        const one = isAsked ? this.#judged(cell, axis, countsAt(aggregates, node, at)) : undefined
        if (one !== undefined) judged.push({ one, at: p.length })
        p.push(one?.evidence.p ?? pOf(this.cells.expect(cell, tick), Math.max(0, events)))
      }
      const q = benjaminiHochberg(p, { familySize: Math.max(this.#limits.of(axis).streams, p.length) })
      for (const { one, at } of judged) one.evidence.q = q[at]
      return judged.map(({ one }) => one)
    })
  }

  /** Whether the count of a group suffices for a call. */
  #hasGroup({ nodes }: TickAggregates, at: number | undefined): boolean {
    if (at === undefined) return false
    for (const group of this.#groups) if (nodes.groupEventsAt(at, group) >= this.#eventsMin) return true
    return false
  }

  /** Cells whose counts are looked at: there are some, or a warning is open. */
  #looked(aggregates: TickAggregates, isOpen: (node: number) => boolean): number[] {
    const { nodes } = this.cells
    const tick = this.#closing
    const looked: number[] = []
    tick.set(aggregates)
    for (let cell = 0; cell < nodes.length; cell++)
      if (tick.hasEvents(cell, aggregates) || isOpen(nodes[cell])) looked.push(cell)
    return looked
  }

  /** Evidence by what the open tick has counted so far. */
  judgedSoFar(tick: number, aggregates: TickAggregates, node: number): Judged<CountEvidence> | undefined {
    this.#at(tick, aggregates)
    const counts = countsOf(aggregates, node)
    return this.#soFar.of(node, counts, () => this.judgedBy(tick, node, counts))
  }

  /** Evidence by other counts than those of the aggregates; undefined for a node that is not judged. */
  judgedBy(tick: number, node: number, counts: NodeCounts): Judged<CountEvidence> | undefined {
    this.#at(tick, this.#aggregates)
    const cell = this.cells.index.get(node)
    const axis = cell === undefined ? undefined : this.cells.axes[cell]
    return cell === undefined || axis === undefined ? undefined : this.#judged(cell, axis, counts)
  }

  /** What a node counted of a stream, by the counts that were judged last. */
  counted(node: number, of: number): Stream | undefined {
    const cell = this.cells.index.get(node)
    const stream = cell === undefined ? undefined : this.streams.find(cell, of)
    if (this.#aggregates === undefined || this.#tick === undefined || stream === undefined) return undefined
    return this.#inTick(stream, this.#tick, countsOf(this.#aggregates, node))
  }

  /** Whether a stream of the node at an index of the sums has reached the least count that calls. */
  mayCall(at: number, tick: number, aggregates: TickAggregates): boolean {
    this.#at(tick, aggregates)
    const { nodes } = aggregates
    const cell = this.cells.cellAt(nodes, at)
    if (cell === undefined) return false
    const withheld = aggregates.withheld(this.cells.nodes[cell])
    const row = this.#least.rowOf(at)
    const [eventsMin, least, ofGroups] = [this.#eventsMin, this.#least, Math.max(0, withheld)]
    for (let of = 0; of <= this.#groupCount; of++) {
      const events = of === allEvents ? nodes.eventsAt(at) - withheld : nodes.groupEventsAt(at, of - 1) - ofGroups
      if (events < eventsMin) continue
      if (Number.isNaN(least.at(row + of)))
        least.set(row + of, this.#leastOf({ cell, of, tick }) ?? Number.POSITIVE_INFINITY)
      if (events >= least.at(row + of)) return true
    }
    return false
  }

  learn(tick: number, aggregates: TickAggregates, { isHeld, isShadow }: Lesson): void {
    this.#at(tick, aggregates)
    const { cells, streams } = this
    cells.prepareAll(tick)
    const closing = this.#closing
    const held = this.#holding.next(cells.nodes, isHeld)
    closing.set(aggregates, (node) => held.has(node))
    for (const cell of closing.partly) if (closing.parts[cell] === judgedParts.nothing) streams.forget(cell)
    learnStreams(streams, {
      ...{ cells, aggregates, tick: closing, limits: this.#limits, groups: this.#groupCount },
      countMin: this.#eventsMin,
      shares: this.#sharesIn(tick),
      keep: this.#keep,
      learnsShares: tick !== cells.firstTick,
    })
    for (let cell = 0; cell < cells.nodes.length; cell++) if (isShadow(cells.nodes[cell])) streams.forget(cell)
    for (const node of cells.learn(tick, aggregates, (node, { events }) => (held.has(node) ? undefined : events))) {
      const cell = cells.cellOf(node, tick)
      streams.beginAnew(cell, cells.seen[2 * cell])
    }
    this.#shares.learn(tick, aggregates, new Set([...cells.rhythmNodes, this.#lattice.whole]))
    this.#settle()
  }

  save(out: WordWriter): void {
    this.cells.save(out)
    out.putJson(this.#shares.save())
    out.putJson(this.#holding.save())
    this.streams.save(out, this.cells.nodes)
  }

  load(head: unknown, from: WordReader, moves?: Moves): void {
    this.cells.load(head, from, moves)
    const shares = SavedShares.parse(from.takeJson())
    this.#shares.load(shares, moves)
    this.#holding.load(from.takeJson(), moves)
    this.streams.load(from, (node) => {
      const now = moves === undefined ? node : moves.cell(node)
      return now === undefined ? undefined : this.cells.index.get(now)
    })
    this.#settle()
  }

  #at(tick: number, aggregates: TickAggregates | undefined): void {
    this.#aggregates = aggregates
    if (this.#tick === tick) return
    this.#tick = tick
    this.#shareTable = undefined
    this.#least.clear()
    this.#soFar.clear()
  }

  /** What the next tick's limits depend on is fixed when a tick is over. */
  #settle(): void {
    this.#tick = undefined
    this.#limits.set(this.streams, this.cells.axes)
  }

  #sharesIn(tick: number): Float64Array {
    this.#shareTable ??= this.#shares.table(this.cells.rhythmNodes, tick)
    return this.#shareTable
  }

  /** What a stream should bring. */
  #expectationOf(stream: number, tick: number): Expectation {
    const { cells, streams } = this
    const [cell, of] = [streams.cellAt(stream), streams.ofAt(stream)]
    const expected = cells.expect(cell, tick)
    if (of === allEvents) return expected
    const share = this.#sharesIn(tick)[cells.rhythmOf[cell] * this.#groupCount + of - 1]
    return streams.expect(stream, { cell: expected, share })
  }

  #inTick(stream: number, tick: number, { sum, groupEvents, withheld }: NodeCounts): InTick {
    const of = this.streams.ofAt(stream)
    const { mean, variance } = this.#expectationOf(stream, tick)
    const events = Math.max(0, of === allEvents ? sum.events : groupEvents(of - 1) - Math.max(0, withheld))
    return { stream, of, events, expected: mean, variance }
  }

  /** The stream that burns most: of those that may call, the one with the strongest evidence; else all events. */
  #burning(cell: number, tick: number, counts: NodeCounts, nodes: number): { all: InTick; most: Burning } | undefined {
    const { streams } = this
    const whole = streams.find(cell, allEvents)
    if (whole === undefined) return undefined
    const all = this.#inTick(whole, tick, counts)
    let most: Burning | undefined
    // A group of what one or two enterprises brought would tell of them.
    const isTold = counts.sum.enterprises >= cellEnterprisesMin
    for (let stream = streams.firstAt(cell); stream !== undefined; stream = streams.nextOf(stream)) {
      const of = streams.ofAt(stream)
      if (of !== allEvents && (!isTold || counts.groupEvents(of - 1) < this.#eventsMin)) continue
      const one = of === allEvents ? all : this.#inTick(stream, tick, counts)
      if (one.events < this.#eventsMin || one.events <= one.expected) continue
      const burning = this.#valued(one, nodes)
      if (most === undefined || burnsMore(burning, most)) most = burning
    }
    return { all, most: most ?? this.#valued(all, nodes) }
  }

  #judged(cell: number, axis: Axis, counts: NodeCounts): Judged<CountEvidence> | undefined {
    const { nodes, limit, streams: familySize } = this.#limits.of(axis)
    const found = this.#tick === undefined ? undefined : this.#burning(cell, this.#tick, counts, nodes)
    if (found === undefined) return undefined
    const { sum } = counts
    const { stream, of, events, expected, variance, value } = found.most
    const p = pOf({ mean: expected, variance }, events)
    const evidence = {
      stream: of,
      events,
      expected,
      variance,
      p,
      q: Math.min(1, p * familySize),
      rateRatio: events / expected,
      value,
      before: this.streams.memory(stream),
      limit,
      nodes,
      familySize,
      allEvents: Math.max(0, sum.events),
      allExpected: found.all.expected,
      enterprises: sum.enterprises,
      squares: sum.squares,
    }
    return { subject: this.cells.nodes[cell], axis, evidence }
  }

  #valued({ stream, of, events, expected, variance }: InTick, nodes: number): Burning {
    const value = this.streams.evidenceWith(stream, { mean: expected, variance }, { y: events, nodes })
    return { stream, of, events, expected, variance, value }
  }

  /** The least count of a stream that calls in a tick. */
  #leastOf({ cell, of, tick }: { cell: number; of: number; tick: number }): number | undefined {
    const [axis, stream] = [this.cells.axes[cell], this.streams.find(cell, of)]
    if (axis === undefined || stream === undefined) return undefined
    const { limit, nodes } = this.#limits.of(axis)
    if (this.streams.mostEvidence(stream, nodes) <= limit) return undefined // so it mostly is where many share a limit
    const limits = { evidenceMin: limit, nodes, countMin: this.#eventsMin }
    return this.streams.leastCallingCount(stream, this.#expectationOf(stream, tick), limits)
  }

  /** Of what is looked at, and of all else that is usual enough to be shown. */
  #expectedOf(looked: readonly number[]): Expected {
    const { nodes } = this.cells
    const { means, variances } = this.cells.expected
    const shown = new Int32Array(nodes.length)
    let [count, next] = [0, 0]
    for (let cell = 0; cell < nodes.length; cell++) {
      const isLooked = looked[next] === cell
      if (isLooked) next++
      if (isLooked || means[cell] >= shownMeanMin) shown[count++] = cell
    }
    const expected = {
      keys: new Uint32Array(count),
      means: new Float32Array(count),
      variances: new Float32Array(count),
    }
    for (let at = 0; at < count; at++) {
      expected.keys[at] = nodes[shown[at]]
      expected.means[at] = means[shown[at]]
      expected.variances[at] = variances[shown[at]]
    }
    return expected
  }
}

/** By evidence; where that is at its cap, by how much larger the count is than expected. */
function burnsMore(one: Burning, other: Burning): boolean {
  const [rise, otherRise] = [one.events / one.expected, other.events / other.expected]
  return (
    one.value > other.value ||
    (one.value === other.value && (rise > otherRise || (rise === otherRise && one.of < other.of)))
  )
}
