/**
 * The judge once more, written from docs/fold.md (rules 13 to 15) and docs/science.md (section 8) as plainly as it can be: from the
 * counts of a tick to levels. It shares no code with src/ or models/. What a count should be is a Statistic's matter: another one (a
 * share, a sum of scores) is judged by a JudgeOracle of its own.
 */
import type { Level } from '../../../streams/outputs.ts'
import type { WarningPolicy } from '../../../streams/profileFile.ts'
import type { CountWarning } from '../ofCounts.ts'
import { type Cells, codesOf } from './cells.ts'
import type { Clock } from './clock.ts'
import { type Gathering, gatheringOf } from './gathering.ts'
import type { CallLimit, InTick } from './streams.ts'
import { type Expected, nothing, type Sum, type Sums } from './sums.ts'
import { chanceOfAtLeast } from './tails.ts'

export type { Expected, Sum, Sums } from './sums.ts'

/** A beat: the tick's counts at its end, what of earlier ticks was taken back in it, and whether it ends the tick. */
export type Beat = {
  beat: number
  tick: number
  sums: Sums
  late: readonly { tick: number; cells: readonly string[]; type: string; events: number }[]
  endsTick: boolean
}
/** Regions that began in a tick that ends, and those in which something has taught enough (docs/fold.md rule 24). */
export type Turns = { begun: readonly string[]; ended: readonly string[] }
/** Regions in which most is silent in a tick that ends (rule 23): given, as it is said who is silent. */
export type Silent = { silent: readonly string[] }

export interface Statistic {
  readonly name: string
  readonly subjects: readonly string[]
  knows(subject: string): boolean
  /** Ticks of history before this one. */
  ticksBefore(tick: number): number
  /** Before a tick is judged: subjects that it is the first to hear of. False while there is no history at all. */
  begin(tick: number, sums: Sums, begun: Turns['begun']): boolean
  /** The streams of a subject that are judged in a tick, with what was counted, that of all events first. */
  streams(subject: string, tick: number, sum: Sum): InTick[]
  /** How many streams a subject has, and how many events it ever had. */
  size(subject: string): { streams: number; events: number }
  learn(
    tick: number,
    sums: Sums,
    of: {
      isHeld: (subject: string) => boolean
      /** What was gathered against it is forgotten. */
      isShadow: (subject: string) => boolean
      limitOf: (subject: string) => CallLimit
    },
    ended: Turns['ended'],
  ): void
}

/** A warning but for its words, and for what every warning of a run has in common. */
export type Said = Omit<CountWarning, 'sentences' | 'profile' | 'model' | 'foldVersion' | 'at'>

/** Of the stream that burns most, beside all of the subject. */
type Evidence = {
  group: string
  events: number
  expected: number
  variance: number
  p: number
  q: number
  rateRatio: number
  value: number
  before: readonly number[]
  limit: number
  nodes: number
  familySize: number
  all: Sum
  allExpected: number
  /** It looks like trouble and is mostly none: it stands one level lower. */
  artefact: Artefact | undefined
}
type Artefact = 'return-after-silence' | 'batch-upload'
type Open = {
  level: Level
  quietTicks: number
  raisedTick: number
  /** What the published level stands on. */
  evidence: { tick: number; found: Evidence } | undefined
  retracted: number
  amended: boolean
  held: boolean
}
/** Nodes that share the limit of an axis, the limit, and the streams that are judged. */
type Limit = { nodes: number; limit: number; streams: number }
type Change = { change: Said['change']; levelBefore: Level; tick: number; beat: number; early: boolean }

const ladder: readonly Level[] = ['calm', 'blue', 'yellow', 'orange', 'red']
/** A cell that has been open or called for so long is taught again: so it is now. */
const heldDays = 14
const openDays = 28
const explainedPMin = 0.01
/** Evidence of each level, in multiples of the limit. */
const strengths: Readonly<Record<Level, number>> = { calm: 0, blue: 1, yellow: 4, orange: 16, red: 64 }
/** Below it, one enterprise makes the count. */
const effectiveMin = 2
/** Of what fewer enterprises brought, warnings do not tell the types. */
const enterprisesToldMin = 3

export class JudgeOracle {
  readonly #policy: WarningPolicy
  readonly #cells: Cells
  readonly #clock: Clock
  readonly #statistic: Statistic
  readonly #open = new Map<string, Open>()
  readonly #groupOf: (type: string) => string
  readonly #gathering: Gathering
  #limits = new Map<string, Limit>()
  /** Ticks in a row in which a cell stood open or called. */
  readonly #held = new Map<string, number>()

  constructor(
    policy: WarningPolicy,
    { cells, clock, groupOf }: { cells: Cells; clock: Clock; groupOf: (type: string) => string },
    statistic: Statistic,
  ) {
    this.#policy = policy
    this.#cells = cells
    this.#clock = clock
    this.#gathering = gatheringOf(clock.tickDays)
    this.#groupOf = groupOf
    this.#statistic = statistic
  }

  /** What is said in a beat: amendments, early calls, and at the end of a tick its levels. */
  beat(beat: Beat, turns: Turns & Silent): Said[] {
    const said = [...this.#amend(beat), ...this.#raiseEarly(beat)]
    return beat.endsTick ? [...said, ...this.#close(beat, turns)] : said
  }

  #amend({ beat, tick, late }: Beat): Said[] {
    const lost = new Map<string, number>()
    for (const one of late) {
      for (const cell of one.cells) {
        const open = this.#open.get(cell)
        if (open === undefined || open.level === 'calm' || open.evidence?.tick !== one.tick) continue
        const { group } = open.evidence.found
        if (group === '' || group === this.#groupOf(one.type)) lost.set(cell, (lost.get(cell) ?? 0) + one.events)
      }
    }
    return [...lost].flatMap(([cell, events]) => {
      const open = this.#open.get(cell)
      if (open?.evidence === undefined) return []
      open.retracted += events
      const { found } = open.evidence
      const left = Math.max(0, found.events - open.retracted)
      const p = pOf({ mean: found.expected, variance: found.variance }, left)
      const evidence = {
        ...found,
        events: left,
        p,
        q: found.p === 0 ? found.q : Math.min(1, (found.q * p) / found.p),
        rateRatio: left / found.expected,
        value: this.#valueWith(found.before, left, { mean: found.expected, variance: found.variance }, found.nodes),
        all: {
          ...found.all,
          events: Math.max(0, found.all.events - open.retracted),
          byType: {},
          taught: 0,
          backlog: 0,
        },
      }
      if (open.amended || rank(this.#called(evidence)) >= rank(open.level)) return []
      open.amended = true
      return [
        this.#say(
          cell,
          evidence,
          { change: 'amended', levelBefore: open.level, tick, beat, early: false },
          [],
          undefined,
        ),
      ]
    })
  }

  /** Within the tick: at the first beat whose counts call for more than where a cell stands; one that is calm, if no parent explains it. */
  #raiseEarly({ beat, tick, sums }: Beat): Said[] {
    if (this.#statistic.ticksBefore(tick) < this.#policy.historyTicksMin) return []
    const known = new Map([...sums].filter(([cell]) => this.#statistic.knows(cell)))
    const { eventsMin, enterprisesMin } = this.#policy
    const enough = [...known].filter(([, sum]) => sum.events >= eventsMin && sum.enterprises >= enterprisesMin)
    const calling = new Map<string, boolean>()
    const callsNow = (cell: string, sum: Sum): boolean => {
      const calls = calling.get(cell) ?? this.#calls(cell, tick, sum)
      calling.set(cell, calls)
      return calls
    }
    return this.#coarsestFirst(new Map(enough)).flatMap(([cell, sum]) => {
      const found = this.#evidenceOf(cell, tick, sum)
      const { level } = this.#open.get(cell) ?? calm
      const called = this.#called(found)
      if (rank(called) <= rank(level)) return []
      const isExplained = this.#cells.parents(cell).some((parent) => {
        const of = known.get(parent) ?? nothing
        return callsNow(parent, of) && this.#explains(parent, found, tick, of)
      })
      const isBurning = (other: string, of: Sum): boolean => this.#levelOf(other) !== 'calm' || callsNow(other, of)
      const isShadow = (): boolean =>
        [...known].some(
          ([other, of]) =>
            this.#cells.sharedBy(cell, other) !== undefined &&
            isBurning(other, of) &&
            this.#isShadow(cell, other, tick, known),
        )
      if (level === 'calm' && (isExplained || isShadow())) return []
      const q = Math.min(1, found.p * found.familySize)
      return [
        this.#move(cell, { ...found, q }, { level: called, quietTicks: 0 }, { tick, beat, early: true }, [], undefined),
      ]
    })
  }

  #close({ beat, tick, sums }: Beat, { begun, ended, silent }: Turns & Silent): Said[] {
    const statistic = this.#statistic
    if (begun.includes('')) this.#held.clear() // history begins anew
    if (!statistic.begin(tick, sums, begun)) return []
    const evidence = this.#evidence(tick, sums)
    const calling = new Set([...evidence].filter(([, found]) => this.#isLoud(found)).map(([cell]) => cell))
    const judged = statistic.ticksBefore(tick) >= this.#policy.historyTicksMin
    const shadows = new Set<string>()
    const said = judged ? this.#judge(tick, beat, sums, { evidence, silent, shadows }) : []
    for (const cell of statistic.subjects) {
      const isHeld = (judged && calling.has(cell)) || this.#isHeld(cell, tick)
      if (isHeld) this.#held.set(cell, (this.#held.get(cell) ?? 0) + 1)
      else this.#held.delete(cell)
    }
    const isHeld = (cell: string): boolean => {
      const ticks = this.#held.get(cell) ?? 0
      return ticks > 0 && ticks <= Math.max(4, heldDays / this.#clock.tickDays)
    }
    const of = {
      isHeld,
      isShadow: (cell: string) => shadows.has(cell),
      limitOf: (cell: string) => ({ ...this.#limitOf(cell), countMin: this.#policy.eventsMin }),
    }
    statistic.learn(tick, sums, of, ended)
    this.#setLimits()
    return said
  }

  #judge(
    tick: number,
    beat: number,
    sums: Sums,
    {
      evidence,
      silent,
      shadows,
    }: { evidence: ReadonlyMap<string, Evidence>; silent: readonly string[]; shadows: Set<string> },
  ): Said[] {
    const calling = [...evidence].filter(([, found]) => this.#called(found) !== 'calm').map(([cell]) => cell)
    // What stands does so until all are moved, whichever moves first.
    const burning = [...evidence.keys()].filter((cell) => calling.includes(cell) || this.#levelOf(cell) !== 'calm')
    return this.#coarsestFirst(evidence).flatMap(([cell, found]) => {
      const children = calling.filter((one) => this.#cells.parents(one).includes(cell))
      const called = this.#called(found)
      const before = this.#open.get(cell) ?? calm
      const isExplained = this.#cells
        .parents(cell)
        .some((parent) => calling.includes(parent) && this.#explains(parent, found, tick, sums.get(parent) ?? nothing))
      const isShadow =
        before.level === 'calm' && called !== 'calm' && burning.some((other) => this.#isShadow(cell, other, tick, sums))
      if (isShadow) shadows.add(cell)
      const held = silent.includes(codesOf(cell).region)
      const asked = before.level === 'calm' && (isExplained || isShadow) ? 'calm' : called
      const next = this.#step(before, asked, found, held)
      if (next.level === before.level) {
        this.#remember(cell, next)
        return this.#mark(cell, found, held, { tick, beat, early: false })
      }
      const only = children.length === 1 ? children[0] : undefined
      const isAll = only !== undefined && this.#isAllOf(found, only, tick, sums.get(only) ?? nothing)
      const to = { ...next, held }
      return [this.#move(cell, found, to, { tick, beat, early: false }, children, isAll ? only : undefined)]
    })
  }

  /** Evidence of every cell that has events or is open; the other streams of its axis have p = 1. */
  #evidence(tick: number, sums: Sums): Map<string, Evidence> {
    const all = new Map<string, Evidence>()
    const { subjects } = this.#statistic
    for (const axis of new Set(subjects.map((cell) => this.#axisOf(cell)))) {
      const looked = subjects.filter((cell) => {
        return this.#axisOf(cell) === axis && ((sums.get(cell)?.events ?? 0) > 0 || this.#open.has(cell))
      })
      const found = looked.map((cell) => ({ cell, found: this.#evidenceOf(cell, tick, sums.get(cell) ?? nothing) }))
      const streams = this.#limits.get(axis)?.streams ?? 1
      const silent = Array.from({ length: Math.max(0, streams - found.length) }, () => 1)
      const q = falseDiscoveryRates([...found.map((one) => one.found.p), ...silent], Math.max(streams, found.length))
      for (const [at, one] of found.entries()) all.set(one.cell, { ...one.found, q: q[at] })
    }
    return all
  }

  /** Of the streams that may call the one with the strongest evidence, else all events. Groups are told of three enterprises at least. */
  #evidenceOf(cell: string, tick: number, sum: Sum): Evidence {
    const { nodes, limit, streams: familySize } = this.#limitOf(cell)
    const [all, ...groups] = this.#statistic.streams(cell, tick, sum).map((one) => {
      return { ...one, value: this.#valueWith(one.stream.evidence, one.events, one.expected, nodes) }
    })
    const told = sum.enterprises >= enterprisesToldMin ? [all, ...groups] : [all]
    const mayCall = told.filter(({ events, expected }) => events >= this.#policy.eventsMin && events > expected.mean)
    // Evidence is capped: of several at the cap the one that has risen most.
    const rise = ({ events, expected }: InTick): number => events / expected.mean
    const [strongest = all] = mayCall.toSorted((a, b) => b.value - a.value || rise(b) - rise(a))
    const { stream, events, expected, value } = strongest
    const { mean, variance } = expected
    const found = {
      ...{ group: stream.group, events, expected: mean, variance, p: pOf(expected, events), q: 1 },
      ...{ rateRatio: events / mean, value, before: stream.evidence, limit, nodes, familySize },
      ...{ all: { ...sum, events: Math.max(0, sum.events) }, allExpected: all.expected.mean, artefact: undefined },
    }
    return this.#isLoud(found) && this.#isBroad(found) ? { ...found, artefact: artefactOf(sum) } : found
  }

  #valueWith(before: readonly number[], events: number, expected: Expected, nodes: number): number {
    return this.#gathering.value(this.#gathering.after(before, events, expected, nodes))
  }

  /** Evidence above the limit, whoever brought it. */
  #isLoud({ events, expected, value, limit }: Evidence): boolean {
    return events >= this.#policy.eventsMin && events > expected && value > limit
  }

  /** The highest level whose strength and rate ratio are both met. */
  #called(found: Evidence): Level {
    if (!this.#isLoud(found) || !this.#isBroad(found)) return 'calm'
    const met = ladder.filter((level) => {
      return level !== 'calm' && found.value > strengths[level] * found.limit && found.rateRatio >= this.#ratioOf(level)
    })
    return (found.artefact === undefined ? undefined : met.at(-2)) ?? met.at(-1) ?? 'calm'
  }

  #isBroad({ all: { enterprises, squares, events } }: Evidence): boolean {
    return enterprises >= this.#policy.enterprisesMin && squares > 0 && events ** 2 / squares >= effectiveMin
  }

  #ratioOf(level: Level): number {
    return level === 'calm' ? 1 : this.#policy.levels[level].rateRatioMin
  }

  #calls(cell: string, tick: number, sum: Sum): boolean {
    return this.#statistic.knows(cell) && this.#called(this.#evidenceOf(cell, tick, sum)) !== 'calm'
  }

  /** Whether the parent's rise in the child's stream alone would bring the child: its expectation, times that rise, has p > .01. */
  #explains(parent: string, child: Evidence, tick: number, sum: Sum): boolean {
    const of = this.#statistic.streams(parent, tick, sum).find(({ stream }) => stream.group === child.group)
    if (of === undefined) return false
    const rise = Math.max(1, of.events / of.expected.mean)
    const mean = child.expected * rise
    return pOf({ mean, variance: mean + (child.variance - child.expected) * rise ** 2 }, child.events) > explainedPMin
  }

  /** Whether one cell calls by nothing but what it shares with one that lies across, and that one's rise brings; and not the reverse. */
  #isShadow(cell: string, across: string, tick: number, sums: Sums): boolean {
    const shared = this.#cells.sharedBy(cell, across)
    if (shared === undefined) return false
    return this.#isBrought(cell, across, shared, tick, sums) && !this.#isBrought(across, cell, shared, tick, sums)
  }

  #isBrought(cell: string, across: string, shared: string, tick: number, sums: Sums): boolean {
    if (!this.#statistic.knows(shared)) return false
    const found = this.#evidenceOf(cell, tick, sums.get(cell) ?? nothing)
    const part = this.#statistic
      .streams(shared, tick, sums.get(shared) ?? nothing)
      .find(({ stream }) => stream.group === found.group)
    if (part === undefined || part.events <= part.expected.mean) return false
    const of = { ...found, events: part.events, expected: part.expected.mean, variance: part.expected.variance }
    if (!this.#explains(across, of, tick, sums.get(across) ?? nothing)) return false
    const mean = found.expected - part.expected.mean
    if (mean <= 0) return true
    const excess = Math.max(0, (found.variance - found.expected) * (mean / found.expected) ** 2)
    const events = Math.max(0, found.events - part.events)
    const value = this.#valueWith(found.before, events, { mean, variance: mean + excess }, found.nodes)
    return this.#called({ ...found, events, expected: mean, rateRatio: events / mean, value }) === 'calm'
  }

  /** Up at once to what is called for; down one level after `clearTicks` ticks below half of what the level asks, none of them held. */
  #step(
    before: Open,
    called: Level,
    { value, limit, rateRatio }: Evidence,
    held: boolean,
  ): Pick<Open, 'level' | 'quietTicks'> {
    if (rank(called) > rank(before.level)) return { level: called, quietTicks: 0 }
    if (before.level === 'calm') return { level: 'calm', quietTicks: 0 }
    const isWeak = value < (strengths[before.level] * limit) / 2
    const isSmall = rateRatio - 1 < (this.#ratioOf(before.level) - 1) / 2
    const quietTicks = !held && (isWeak || isSmall) ? before.quietTicks + 1 : 0
    if (quietTicks < this.#policy.clearTicks) return { level: before.level, quietTicks }
    return { level: ladder[rank(before.level) - 1], quietTicks: 0 }
  }

  /** Whether what is left of a parent's stream without its only calling child calls for nothing. */
  #isAllOf(parent: Evidence, child: string, tick: number, sum: Sum): boolean {
    const of = this.#statistic.streams(child, tick, sum).find(({ stream }) => stream.group === parent.group)
    if (of === undefined) return false
    const mean = parent.expected - of.expected.mean
    if (mean <= 0) return true
    const share = mean / parent.expected
    const excess = Math.max(0, (parent.variance - parent.expected) * share ** 2)
    const events = Math.max(0, parent.events - of.events)
    return events / mean < this.#ratioOf('blue') && pOf({ mean, variance: mean + excess }, events) > explainedPMin
  }

  #limitOf(cell: string): Limit {
    return this.#limits.get(this.#axisOf(cell)) ?? { nodes: 1, limit: this.#limitPerNode, streams: 1 }
  }

  /** 12 for each node gave half a false episode a week of daily ticks; weeks are asked for 25. */
  get #limitPerNode(): number {
    const { tickDays } = this.#clock
    return (((tickDays < 7 ? 12 : 25) * 0.5) / this.#policy.budget.counts) * (1 / tickDays)
  }

  /** A cell shares the limit once it has had three events. */
  #setLimits(): void {
    const axes = new Set(this.#statistic.subjects.map((cell) => this.#axisOf(cell)))
    this.#limits = new Map(
      [...axes].map((axis) => {
        const sizes = this.#statistic.subjects
          .filter((cell) => this.#axisOf(cell) === axis)
          .map((cell) => this.#statistic.size(cell))
        const nodes = Math.max(1, sizes.filter(({ events }) => events >= 3).length)
        const streams = sizes.reduce((sum, one) => sum + one.streams, 0)
        return [axis, { nodes, limit: this.#limitPerNode * nodes, streams }]
      }),
    )
  }

  #remember(cell: string, next: Pick<Open, 'level' | 'quietTicks'>): void {
    const open = this.#open.get(cell) ?? { ...calm }
    this.#open.set(cell, { ...open, ...next })
    this.#forgetIfAtRest(cell)
  }

  /** Says that what stands is held, or no more. */
  #mark(cell: string, found: Evidence, held: boolean, when: Omit<Change, 'change' | 'levelBefore'>): Said[] {
    const open = this.#open.get(cell)
    if (open === undefined || open.held === held) return []
    open.held = held
    const change = held ? 'held' : 'released'
    return [this.#say(cell, found, { ...when, change, levelBefore: open.level }, [], undefined)]
  }

  #move(
    cell: string,
    found: Evidence,
    next: Pick<Open, 'level' | 'quietTicks'> & { held?: boolean },
    when: Omit<Change, 'change' | 'levelBefore'>,
    children: readonly string[],
    explainedBy: string | undefined,
  ): Said {
    const before = this.#open.get(cell) ?? calm
    const raisedTick = before.level === 'calm' ? when.tick : before.raisedTick
    const evidence = { tick: when.tick, found }
    const held = next.held ?? before.held
    this.#open.set(cell, { ...next, held, raisedTick, evidence, retracted: 0, amended: false })
    const change = before.level === 'calm' ? 'raised' : next.level === 'calm' ? 'cleared' : 'level'
    const said = this.#say(cell, found, { ...when, change, levelBefore: before.level }, children, explainedBy)
    this.#forgetIfAtRest(cell)
    return said
  }

  #forgetIfAtRest(cell: string): void {
    const open = this.#open.get(cell)
    if (open?.level === 'calm') this.#open.delete(cell)
  }

  #say(
    cell: string,
    found: Evidence,
    { change, levelBefore, tick, beat, early }: Change,
    children: readonly string[],
    explainedBy: string | undefined,
  ): Said {
    const { level, raisedTick, held } = this.#open.get(cell) ?? calm
    const { group, events: count, expected, variance, p, q, rateRatio, value, limit, all, familySize } = found
    const { artefact } = found
    const { enterprises, squares } = all
    const parents = this.#cells.parents(cell).filter((parent) => this.#levelOf(parent) !== 'calm')
    const isTold = enterprises === 0 || enterprises >= enterprisesToldMin
    return {
      ...codesOf(cell),
      id: this.#idOf(cell),
      axis: this.#axisOf(cell),
      change,
      level,
      levelBefore,
      tick,
      tickLabel: this.#clock.label(tick),
      raisedTick,
      early,
      ...(held ? { held } : {}),
      beat,
      statistic: 'count',
      evidence: {
        ...(group === '' ? {} : { group, all: { count: all.events, expected: found.allExpected } }),
        ...{ count, expected, variance, p, q, rateRatio, value, limit, enterprises, familySize },
        effectiveEnterprises: squares === 0 ? 0 : all.events ** 2 / squares,
        byType: isTold ? all.byType : {},
        ...(all.taught + all.backlog === 0 ? {} : { withheld: all.taught + all.backlog }),
        ...(artefact === undefined ? {} : { kind: artefact }),
      },
      parents: parents.map((parent) => this.#idOf(parent)),
      children: children.map(codesOf),
      ...(explainedBy === undefined ? {} : { explainedBy: codesOf(explainedBy) }),
    }
  }

  /** Parents move before their children, which name them. */
  #coarsestFirst<T>(cells: ReadonlyMap<string, T>): [cell: string, of: T][] {
    const depths = new Map([...cells.keys()].map((cell) => [cell, this.#cells.depth(cell)]))
    const depthOf = (cell: string): number => depths.get(cell) ?? 0
    return [...cells].sort(([one], [other]) => depthOf(one) - depthOf(other) || (one < other ? -1 : 1))
  }

  #idOf(cell: string): string {
    const { region, industry } = codesOf(cell)
    const raised = this.#clock.label(this.#open.get(cell)?.raisedTick ?? 0)
    return ['count', this.#axisOf(cell), region, industry, raised].filter((part) => part !== '').join('.')
  }

  /** A cell under a warning is not taught by its outbreak, for four weeks of it. */
  #isHeld(cell: string, tick: number): boolean {
    const { level, raisedTick } = this.#open.get(cell) ?? calm
    return level !== 'calm' && (tick - raisedTick) * this.#clock.tickDays < openDays
  }

  #levelOf(cell: string): Level {
    return this.#open.get(cell)?.level ?? 'calm'
  }

  #axisOf(cell: string): Said['axis'] {
    const axis = this.#cells.axisOf(cell)
    if (axis === undefined) throw new Error(`${cell} is not judged`)
    return axis
  }
}

/** A fifth of what came was kept back; or, of ten records at least, one source brought three fifths, a fifth of that stale. */
function artefactOf({ events, taught, backlog, bySource, stale }: Sum): Artefact | undefined {
  if (backlog > 0 && backlog >= 0.2 * (events + taught + backlog)) return 'return-after-silence'
  const counts = Object.values(bySource)
  const records = counts.reduce((sum, count) => sum + count, 0)
  const most = Math.max(0, ...counts)
  return records >= 10 && stale >= 0.2 * most && most >= 0.6 * records ? 'batch-upload' : undefined
}

const calm: Open = {
  level: 'calm',
  quietTicks: 0,
  raisedTick: 0,
  evidence: undefined,
  retracted: 0,
  amended: false,
  held: false,
}

const rank = (level: Level): number => ladder.indexOf(level)

/** A count that is no larger than expected has p = 1. */
function pOf(expected: Expected, events: number): number {
  return events <= expected.mean ? 1 : chanceOfAtLeast(events, expected)
}

/** Benjamini & Hochberg: the least (p of another) * family / (how many are no larger), over all that are no smaller than its own. */
function falseDiscoveryRates(all: readonly number[], family: number): number[] {
  const bounds = [...new Set(all)].map((p) => {
    const noLarger = all.filter((other) => other <= p).length
    return { p, q: (p * family) / noLarger }
  })
  return all.map((p) => bounds.reduce((least, other) => (other.p >= p ? Math.min(least, other.q) : least), 1))
}
