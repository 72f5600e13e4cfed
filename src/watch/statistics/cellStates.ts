/**
 * What each judged cell has learnt: detector state, and how much it has seen, for the prior of its siblings. A cell gets a state
 * with its first event; the ticks before it, since its region began, in which it was silent, are then learnt as zeros.
 */
import { z } from 'zod'
import type { CountContext, CountDetector, CountPrior, Expectation } from '../../../models/counts/detector.ts'
import { priorOfColumns } from '../../../models/counts/prior.ts'
import { learnWeekday, weekFactor, weekStateLength } from '../../../models/counts/weekday.ts'
import type { Profile } from '../../../streams/profile.ts'
import type { Axis } from '../../../streams/topics.ts'
import { rootIndex } from '../../../streams/tree.ts'
import type { WordReader, WordWriter } from '../../fold/pages.ts'
import { anewShare, dayMs } from '../../limits.ts'
import { resized } from '../../sums.ts'
import { teachingTicks } from '../beginnings.ts'
import type { Lattice } from '../lattice.ts'
import { cellKey, type Moves, moved, regionKey } from '../moves.ts'
import type { NodeSums } from '../nodeSums.ts'
import type { TickAggregates } from '../tickAggregates.ts'
import { detectorOf } from './detectors.ts'
import { Expectations } from './expectations.ts'

/** Silent ticks that a new cell is taught at most. */
const silentTicksMax = 60
/** A prior before anything is known: few events, cells unlike each other. */
const priorUnknown: CountPrior = { rate: 0.1, shape: 0.3 }
/** What a tick's evidence is worth a week later, for rhythm and priors. */
const keepWeekly = 0.985

const Saved = z.object({
  firstTick: z.int().nullable(),
  nodes: z.array(cellKey),
  rhythms: z.array(z.tuple([cellKey, z.array(z.number())])),
  begun: z.array(z.tuple([regionKey, z.int()])).optional(),
  lessons: z.array(z.tuple([cellKey, z.object({ totals: z.array(z.int()), taught: z.array(z.int()) })])).optional(),
})

/** What a node counted in the last ticks, with what is not judged yet, and that alone. */
type Lesson = { totals: number[]; taught: number[] }

/** What a node learns of the events of a tick. */
export type Taught = (node: number, counted: { events: number; expected: number }) => number | undefined

/** No more events than were expected. */
export function atMostExpected({ events, expected }: { events: number; expected: number }): number {
  return Math.min(events, Math.round(expected))
}

export class CellStates {
  readonly detector: CountDetector
  readonly index = new Map<number, number>()
  readonly nodes: number[] = []
  readonly axes: (Axis | undefined)[] = []
  /** Of the tick that was asked of last. */
  readonly expected = new Expectations()
  /** Nation-wide nodes whose weekly rhythm others follow, and by cell the place of its own among them. */
  readonly rhythmNodes: number[] = []
  readonly rhythmOf: number[] = []
  state: Float64Array = new Float64Array(0)
  /** Discounted events and ticks of each cell, side by side. */
  seen: Float64Array = new Float64Array(0)
  /** Weekly rhythm of each section and of all industries. */
  readonly rhythms = new Map<number, Float64Array>()
  firstTick: number | undefined
  /** The tick in which each region began. */
  readonly #begun = new Map<number, number>()
  /** Of nodes below or above which something that began later than the log teaches. */
  readonly #lessons = new Map<number, Lesson>()
  readonly #profile: Profile
  readonly #lattice: Lattice
  /** Cells that share a prior: which group a cell is in, how many each has, seen or not, and the priors of the tick. */
  readonly #groupOf: number[] = []
  readonly #groups = new Map<string, number>()
  readonly #groupSizes: number[] = []
  readonly #members: number[][] = []
  #priors: (CountPrior | undefined)[] = []
  /** By group the context of the cell that was asked of last. */
  readonly #contexts: ({ rhythm: number; context: CountContext } | undefined)[] = []
  /** By index of a node among these sums its cell + 1; 0: it is not known yet. */
  #sums: NodeSums | undefined
  #cellsAt = new Int32Array(64)
  /** Week factors by rhythm and phase, worked out once, until rhythms are learnt. */
  readonly #weekFactors = new Map<number, number>()

  constructor(profile: Profile, lattice: Lattice, detector = detectorOf(profile.file.warnings)) {
    this.#profile = profile
    this.#lattice = lattice
    this.detector = detector
  }

  /** Ticks that the log had before this one. */
  ticksBefore(tick: number): number {
    return this.firstTick === undefined ? 0 : tick - this.firstTick
  }

  expect(cell: number, tick: number): Expectation {
    this.prepare(cell, tick)
    return this.expected.of(cell)
  }

  /** Sees to it that what a cell should bring stands in its column. */
  prepare(cell: number, tick: number): void {
    const { detector, expected } = this
    if (expected.has(cell, tick)) return
    expected.set(cell, tick, detector.expect(this.state, cell * detector.stateLength, this.#context(cell, tick)))
  }

  prepareAll(tick: number): void {
    for (let cell = 0; cell < this.nodes.length; cell++) this.prepare(cell, tick)
  }

  /** Regions begin in this tick. The history of all begins anew where only stray records were before: then it returns true. */
  begin(regions: readonly number[], tick: number): boolean {
    for (const region of regions) this.#begun.set(region, tick)
    if (this.firstTick === undefined || !regions.includes(rootIndex)) return false
    this.firstTick = tick
    this.#forgetAll()
    return true
  }

  #forgetAll(): void {
    const { nodes, axes, rhythmNodes, rhythmOf } = this
    for (const list of [
      nodes,
      axes,
      rhythmNodes,
      rhythmOf,
      this.#groupOf,
      this.#groupSizes,
      this.#members,
      this.#priors,
      this.#contexts,
    ])
      list.length = 0
    this.expected.forget()
    for (const map of [this.index, this.rhythms, this.#lessons, this.#groups, this.#weekFactors]) map.clear()
    this.#sums = undefined
    this.state.fill(0)
    this.seen.fill(0)
  }

  /** The cell of the node at an index of sums; undefined for one without a state. */
  cellAt(sums: NodeSums, at: number): number | undefined {
    if (sums !== this.#sums) {
      this.#sums = sums
      this.#cellsAt.fill(0)
    }
    if (at < this.#cellsAt.length && this.#cellsAt[at] > 0) return this.#cellsAt[at] - 1
    const cell = this.index.get(sums.keyAt(at))
    if (cell === undefined) return undefined
    if (at >= this.#cellsAt.length) this.#cellsAt = resized(this.#cellsAt, 2 * at)
    this.#cellsAt[at] = cell + 1
    return cell
  }

  /** The state of a node; made, with its silent past, when it has none. */
  cellOf(node: number, tick: number): number {
    const known = this.index.get(node)
    if (known !== undefined) return known
    const cell = this.#addCell(node)
    this.#reserve(cell + 1)
    const { detector, state } = this
    detector.start(state, cell * detector.stateLength)
    const begun = this.#begun.get(this.#lattice.regionOf(node)) ?? tick - this.ticksBefore(tick)
    const silent = Math.min(this.ticksBefore(tick), tick - begun, silentTicksMax)
    for (let back = silent; back > 0; back--)
      detector.learn(state, cell * detector.stateLength, this.#context(cell, tick - back), 0)
    this.seen[2 * cell + 1] = silent
    return cell
  }

  /**
   * Takes a closed tick into every state, then the priors of the next. `taught`: what a node learns of its events; undefined: nothing.
   * Returns the nodes that begin anew.
   */
  learn(tick: number, aggregates: TickAggregates, taught: Taught): number[] {
    const { detector, state } = this
    const keep = this.#profile.calendar.weekPhase(tick) === 0 ? keepWeekly : 1
    const judged = this.judgedEvents(aggregates)
    for (let cell = 0; cell < this.nodes.length; cell++) {
      const node = this.nodes[cell]
      if (aggregates.backlog.of(node) !== 0) continue // what was kept back says nothing of the tick
      const events = judged[cell]
      const expected = this.expect(cell, tick)
      const learnt = taught(node, { events, expected: expected.mean })
      this.#note(
        node,
        learnt ?? atMostExpected({ events, expected: expected.mean }),
        Math.max(0, aggregates.taught.of(node)),
      )
      if (learnt === undefined) continue
      detector.learn(state, cell * detector.stateLength, this.#context(cell, tick), learnt, expected)
      this.seen[2 * cell] = keep * this.seen[2 * cell] + learnt
      this.seen[2 * cell + 1] = keep * this.seen[2 * cell + 1] + 1
    }
    this.#learnRhythms(tick, aggregates)
    this.setPriors()
    return this.#beginAnew(aggregates.turns.ended, tick)
  }

  /** By cell how many events of a tick are judged, 0 at least. */
  judgedEvents(aggregates: TickAggregates): Float64Array {
    const found = new Float64Array(this.nodes.length)
    for (const at of aggregates.nodes.known) {
      const cell = this.cellAt(aggregates.nodes, at)
      if (cell !== undefined) found[cell] = Math.max(0, aggregates.nodes.eventsAt(at))
    }
    for (const some of [aggregates.taught, aggregates.backlog])
      for (const [node] of some.entries()) {
        const cell = this.index.get(node)
        if (cell !== undefined) found[cell] = aggregates.judgedEvents(node)
      }
    return found
  }

  #note(node: number, learnt: number, taught: number): void {
    const known = this.#lessons.get(node)
    if (known === undefined && taught === 0) return
    const lesson = known ?? { totals: [], taught: [] }
    this.#lessons.set(node, lesson)
    lesson.totals.push(learnt + taught)
    lesson.taught.push(taught)
    if (lesson.totals.length <= teachingTicks(this.#profile.calendar)) return
    lesson.totals.shift()
    lesson.taught.shift()
    if (sum(lesson.taught) === 0) this.#lessons.delete(node)
  }

  /** What has taught in these regions is judged from now on: a cell to which it brings much begins anew, with the ticks in which it taught. */
  #beginAnew(regions: readonly number[], tick: number): number[] {
    const anew = [...this.#lessons].filter(
      ([node, { totals, taught }]) =>
        sum(taught) > anewShare * sum(totals) && regions.some((region) => this.#lattice.isNear(region, node)),
    )
    if (anew.length === 0) return []
    const ticks = teachingTicks(this.#profile.calendar)
    const histories = anew.map(([node, { totals }]): { cell: number; counts: number[] } => {
      const cell = this.cellOf(node, tick)
      const before = this.seen[2 * cell + 1] > 0 ? Math.round(this.seen[2 * cell] / this.seen[2 * cell + 1]) : 0
      return { cell, counts: [...Array.from({ length: ticks - totals.length }, () => before), ...totals] }
    })
    for (const { cell, counts } of histories) {
      this.seen[2 * cell] = sum(counts)
      this.seen[2 * cell + 1] = ticks
    }
    this.setPriors()
    const { detector, state } = this
    for (const { cell, counts } of histories) {
      const offset = cell * detector.stateLength
      detector.start(state, offset)
      for (const [at, count] of counts.entries())
        detector.learn(state, offset, this.#context(cell, tick - ticks + 1 + at), count)
    }
    return anew.map(([node]) => node)
  }

  /** Before the first tick is learnt nothing is known but the tick itself: siblings tell each other what size to expect. */
  setFirstPriors(aggregates: TickAggregates): void {
    const first = this.seen.slice()
    for (const [cell, events] of this.judgedEvents(aggregates).entries()) {
      this.seen[2 * cell] = events
      this.seen[2 * cell + 1] = 1
    }
    this.setPriors()
    this.seen = first
  }

  /** Priors by siblings; those never seen count as silent ones. */
  setPriors(): void {
    this.expected.forget()
    this.#contexts.fill(undefined)
    let exposureMax = 0
    for (let cell = 0; cell < this.nodes.length; cell++) exposureMax = Math.max(exposureMax, this.seen[2 * cell + 1])
    let size = 0
    for (const [group, { length }] of this.#members.entries()) size = Math.max(size, length, this.#groupSizes[group])
    const columns = { counts: new Float64Array(size), exposures: new Float64Array(size) }
    this.#priors = this.#members.map((members, group) => {
      for (let at = 0; at < members.length; at++) {
        columns.counts[at] = this.seen[2 * members[at]]
        columns.exposures[at] = this.seen[2 * members[at] + 1]
      }
      const length = Math.max(members.length, this.#groupSizes[group])
      columns.counts.fill(0, members.length, length)
      columns.exposures.fill(exposureMax, members.length, length)
      let isKnown = false
      for (let at = 0; at < length && !isKnown; at++) isKnown = columns.exposures[at] > 0
      return isKnown ? priorOfColumns({ ...columns, length }) : undefined
    })
  }

  save(out: WordWriter): void {
    out.putJson({
      firstTick: this.firstTick ?? null,
      nodes: this.nodes,
      rhythms: [...this.rhythms].map(([node, rhythm]): [number, number[]] => [node, Array.from(rhythm)]),
      begun: [...this.#begun],
      lessons: [...this.#lessons],
    } satisfies z.infer<typeof Saved>)
    out.putDoubles(this.state.subarray(0, this.nodes.length * this.detector.stateLength))
    out.putDoubles(this.seen.subarray(0, this.nodes.length * 2))
  }

  load(head: unknown, from: WordReader, moves?: Moves): void {
    const before = Saved.parse(head)
    const saved = moves === undefined ? before : moved(Saved, before, moves)
    const cells = before.nodes.flatMap((node, cell) => (moves?.cell(node) === undefined && moves ? [] : [cell]))
    this.firstTick = saved.firstTick ?? undefined
    for (const node of saved.nodes) this.#addCell(node)
    for (const [node, rhythm] of saved.rhythms) this.rhythms.set(node, Float64Array.from(rhythm))
    for (const [region, tick] of saved.begun ?? []) this.#begun.set(region, tick)
    for (const [node, lesson] of saved.lessons ?? []) this.#lessons.set(node, lesson)
    this.#forgetWeeks()
    this.state = picked(from.takeDoubles(), cells, this.detector.stateLength)
    this.seen = picked(from.takeDoubles(), cells, 2)
    if (!this.seen.every((value) => value >= 0)) throw new Error('a cell has seen less than nothing')
    this.setPriors()
  }

  #addCell(node: number): number {
    const cell = this.nodes.length
    this.nodes.push(node)
    this.index.set(node, cell)
    this.axes.push(this.#lattice.axisOf(node))
    const { key, size } = this.#lattice.siblingsOf(node)
    const group = this.#groups.get(key) ?? this.#groupSizes.push(size) - 1
    this.#groups.set(key, group)
    if (group === this.#members.length) {
      this.#members.push([])
      this.#contexts.push(undefined)
    }
    this.#members[group].push(cell)
    this.#groupOf.push(group)
    this.rhythmOf.push(this.#placeOf(this.#lattice.rhythmOf(node)))
    return cell
  }

  #placeOf(rhythm: number): number {
    const known = this.rhythmNodes.indexOf(rhythm)
    return known >= 0 ? known : this.rhythmNodes.push(rhythm) - 1
  }

  /** One for all cells that share a prior and a rhythm, as siblings mostly do. */
  #context(cell: number, tick: number): CountContext {
    const [group, rhythm] = [this.#groupOf[cell], this.rhythmOf[cell]]
    const known = this.#contexts[group]
    if (known !== undefined && known.rhythm === rhythm && known.context.tick === tick) return known.context
    const context = this.#newContext(cell, tick)
    this.#contexts[group] = { rhythm, context }
    return context
  }

  #newContext(cell: number, tick: number): CountContext {
    const { calendar } = this.#profile
    return {
      tick,
      yearPhase:
        (((tick % calendar.ticksPerYear) + calendar.ticksPerYear) % calendar.ticksPerYear) / calendar.ticksPerYear,
      weekFactor: this.#weekFactor(this.rhythmNodes[this.rhythmOf[cell]], tick),
      exposure: 1,
      prior: this.#priors[this.#groupOf[cell]] ?? priorUnknown,
      seasonKnown: this.ticksBefore(tick) >= calendar.ticksPerYear,
      tickDays: calendar.tickMs / dayMs,
    }
  }

  #weekFactor(rhythm: number, tick: number): number {
    const { calendar } = this.#profile
    const phase = calendar.weekPhase(tick)
    const key = rhythm * calendar.phasesPerWeek + phase
    const known = this.#weekFactors.get(key)
    if (known !== undefined) return known
    const learnt = this.rhythms.get(rhythm)
    const factor = learnt === undefined ? 1 : weekFactor(learnt, phase)
    this.#weekFactors.set(key, factor)
    return factor
  }

  #forgetWeeks(): void {
    this.#weekFactors.clear()
    this.#contexts.fill(undefined)
  }

  #learnRhythms(tick: number, aggregates: TickAggregates): void {
    const { calendar } = this.#profile
    if (calendar.phasesPerWeek === 1) return
    this.#forgetWeeks()
    for (const whole of this.rhythmNodes) {
      if (aggregates.backlog.of(whole) !== 0) continue
      const rhythm = this.rhythms.get(whole) ?? new Float64Array(weekStateLength(calendar.phasesPerWeek))
      learnWeekday(rhythm, calendar.weekPhase(tick), Math.max(0, aggregates.nodes.eventsOf(whole)), keepWeekly)
      this.rhythms.set(whole, rhythm)
    }
  }

  #reserve(cells: number): void {
    const { stateLength } = this.detector
    if (cells * stateLength <= this.state.length) return
    const size = Math.max(64, Math.ceil(cells * 1.5))
    this.state = resized(this.state, size * stateLength)
    this.seen = resized(this.seen, size * 2)
  }
}

function sum(counts: readonly number[]): number {
  return counts.reduce((all, count) => all + count, 0)
}

/** The values of some cells, so many of each. */
function picked(values: Float64Array, cells: readonly number[], each: number): Float64Array {
  const found = new Float64Array(cells.length * each)
  for (const [at, cell] of cells.entries()) found.set(values.subarray(cell * each, (cell + 1) * each), at * each)
  return found
}
