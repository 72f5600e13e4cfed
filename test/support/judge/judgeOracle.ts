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
import { chanceOfAtLeast } from './tails.ts'

export type Expected = { mean: number; variance: number }
/**
 * What the open tick has counted so far in a cell: fresh judged events, distinct enterprises, and the sum over them of (events of one)^2.
 * `events` holds none of those that are not judged yet, because their source or region has just begun, and of those that were kept back.
 */
export type Sum = {
  events: number
  taught: number
  backlog: number
  enterprises: number
  squares: number
  byType: Readonly<Record<string, number>>
}
/** Every cell that the tick has heard of, though its sums may have come to 0. */
export type Sums = ReadonlyMap<string, Sum>
/** A beat: the tick's counts at its end, what of earlier ticks was taken back in it, and whether it ends the tick. */
export type Beat = {
  beat: number
  tick: number
  sums: Sums
  late: readonly { tick: number; cells: readonly string[]; events: number }[]
  endsTick: boolean
}
/** Regions that began in a tick that ends, and those in which something has taught enough (docs/fold.md rule 24). */
export type Turns = { begun: readonly string[]; ended: readonly string[] }

export interface Statistic {
  readonly name: string
  readonly subjects: readonly string[]
  knows(subject: string): boolean
  /** Ticks of history before this one. */
  ticksBefore(tick: number): number
  /** Before a tick is judged: subjects that it is the first to hear of. False while there is no history at all. */
  begin(tick: number, sums: Sums, begun: Turns['begun']): boolean
  expect(subject: string, tick: number): Expected
  learn(tick: number, sums: Sums, isHeld: (subject: string) => boolean, ended: Turns['ended']): void
}

/** A warning but for its words, and for what every warning of a run has in common. */
export type Said = Omit<CountWarning, 'sentences' | 'profile' | 'model' | 'foldVersion' | 'at'>

type Evidence = Sum & {
  expected: number
  variance: number
  p: number
  q: number
  rateRatio: number
  familySize: number
}
type Open = {
  level: Level
  recent: Level[]
  quietTicks: number
  raisedTick: number
  /** What the published level stands on. */
  evidence: { tick: number; found: Evidence } | undefined
  retracted: number
  amended: boolean
}
type Change = { change: Said['change']; levelBefore: Level; tick: number; beat: number; early: boolean }

const ladder: readonly Level[] = ['calm', 'blue', 'yellow', 'orange', 'red']
const heldDays = 28
const explainedPMin = 0.01
const earlyP = 0.001
/** Of what fewer enterprises brought, warnings do not tell the types. */
const enterprisesToldMin = 3
const nothing: Sum = { events: 0, taught: 0, backlog: 0, enterprises: 0, squares: 0, byType: {} }

export class JudgeOracle {
  readonly #policy: WarningPolicy
  readonly #cells: Cells
  readonly #clock: Clock
  readonly #statistic: Statistic
  readonly #open = new Map<string, Open>()
  #families = new Map<string, number>()

  constructor(policy: WarningPolicy, cells: Cells, clock: Clock, statistic: Statistic) {
    this.#policy = policy
    this.#cells = cells
    this.#clock = clock
    this.#statistic = statistic
  }

  /** What is said in a beat: amendments, early reds, and at the end of a tick its levels. */
  beat(beat: Beat, turns: Turns): Said[] {
    const said = [...this.#amend(beat), ...this.#raiseEarly(beat)]
    return beat.endsTick ? [...said, ...this.#close(beat, turns)] : said
  }

  #amend({ beat, tick, late }: Beat): Said[] {
    const lost = new Map<string, number>()
    for (const one of late) {
      for (const cell of one.cells) {
        const open = this.#open.get(cell)
        if (open !== undefined && open.level !== 'calm' && open.evidence?.tick === one.tick)
          lost.set(cell, (lost.get(cell) ?? 0) + one.events)
      }
    }
    return [...lost].flatMap(([cell, events]) => {
      const open = this.#open.get(cell)
      if (open?.evidence === undefined) return []
      open.retracted += events
      const { found } = open.evidence
      const left = found.events - open.retracted
      const p = pOf({ mean: found.expected, variance: found.variance }, left)
      const q = found.p === 0 ? found.q : Math.min(1, (found.q * p) / found.p)
      const evidence = {
        ...found,
        events: left,
        p,
        q,
        rateRatio: left / found.expected,
        byType: {},
        taught: 0,
        backlog: 0,
      }
      if (open.amended || rank(this.#called(evidence, 0)) >= rank(open.level)) return []
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

  /** Red within the tick: enough events and enterprises, the rate ratio of red, and p of at most .001 shared among the cells of the axis. */
  #raiseEarly({ beat, tick, sums }: Beat): Said[] {
    const { eventsMin, redEnterprisesMin, levels, historyTicksMin } = this.#policy
    if (this.#statistic.ticksBefore(tick) < historyTicksMin) return []
    const enough = [...sums].filter(([, sum]) => sum.events >= eventsMin && sum.enterprises >= redEnterprisesMin)
    return this.#coarsestFirst(new Map(enough)).flatMap(([cell, sum]) => {
      if (!this.#statistic.knows(cell) || this.#levelOf(cell) === 'red') return []
      const expected = this.#statistic.expect(cell, tick)
      if (sum.events / expected.mean < levels.red.rateRatioMin) return []
      const p = pOf(expected, sum.events)
      const familySize = this.#families.get(this.#axisOf(cell)) ?? 0
      if (p > earlyP / familySize) return []
      const evidence = evidenceOf(sum, expected, p, Math.min(1, p * familySize), familySize)
      const { recent } = this.#open.get(cell) ?? { recent: [] }
      const next = { level: 'red', recent, quietTicks: 0 } as const
      return [this.#move(cell, evidence, next, { tick, beat, early: true }, [], undefined)]
    })
  }

  #close({ beat, tick, sums }: Beat, { begun, ended }: Turns): Said[] {
    const statistic = this.#statistic
    if (!statistic.begin(tick, sums, begun)) return []
    const judged = statistic.ticksBefore(tick) >= this.#policy.historyTicksMin
    const said = judged ? this.#judge(tick, beat, sums) : []
    statistic.learn(tick, sums, (cell) => this.#isHeld(cell, tick), ended)
    this.#families = countBy(statistic.subjects, (cell) => this.#axisOf(cell))
    return said
  }

  #judge(tick: number, beat: number, sums: Sums): Said[] {
    const evidence = this.#evidence(tick, sums)
    const calls = new Map([...evidence].map(([cell, found]) => [cell, this.#called(found, 0)]))
    const isCalling = (cell: string): boolean => (calls.get(cell) ?? 'calm') !== 'calm'
    const calling = [...calls.keys()].filter(isCalling)
    return this.#coarsestFirst(evidence).flatMap(([cell, found]) => {
      const children = calling.filter((one) => this.#cells.parents(one).includes(cell))
      const called = this.#called(found, children.length)
      const before = this.#open.get(cell) ?? calm
      const isExplained = this.#cells.parents(cell).some((parent) => {
        const above = evidence.get(parent)
        return above !== undefined && isCalling(parent) && explainsChild(above, found)
      })
      const next = this.#step(before, before.level === 'calm' && isExplained ? 'calm' : called, found.rateRatio)
      if (next.level === before.level) {
        this.#remember(cell, next)
        return []
      }
      const only = children.length === 1 ? evidence.get(children[0]) : undefined
      const explainedBy = only !== undefined && this.#isAllOf(found, only) ? children[0] : undefined
      return [this.#move(cell, found, next, { tick, beat, early: false }, children, explainedBy)]
    })
  }

  /** Evidence of every cell that has events or is open; the others of its axis have p = 1. */
  #evidence(tick: number, sums: Sums): Map<string, Evidence> {
    const all = new Map<string, Evidence>()
    const { subjects } = this.#statistic
    for (const axis of new Set(subjects.map((cell) => this.#axisOf(cell)))) {
      const family = subjects.filter((cell) => this.#axisOf(cell) === axis)
      const found = family.map((cell) => {
        const sum = sums.get(cell) ?? nothing
        const expected = this.#statistic.expect(cell, tick)
        return { cell, sum, expected, p: pOf(expected, sum.events) }
      })
      const q = falseDiscoveryRates(found.map(({ p }) => p))
      for (const [at, { cell, sum, expected, p }] of found.entries())
        if (sum.events > 0 || this.#open.has(cell)) all.set(cell, evidenceOf(sum, expected, p, q[at], family.length))
    }
    return all
  }

  /** The highest level whose q and rate ratio are both met. */
  #called({ events, enterprises, q, rateRatio }: Evidence, callingChildren: number): Level {
    const { levels, eventsMin, redEnterprisesMin, orangeChildrenMin } = this.#policy
    const meets = ({ qMax, rateRatioMin }: { qMax: number; rateRatioMin: number }): boolean =>
      q < qMax && rateRatio >= rateRatioMin
    if (events < eventsMin || !meets(levels.blue)) return 'calm'
    if (meets(levels.red) && enterprises >= redEnterprisesMin) return 'red'
    if (meets(levels.orange) || callingChildren >= orangeChildrenMin) return 'orange'
    return meets(levels.yellow) ? 'yellow' : 'blue'
  }

  /** Up to the highest level that `raiseTicks` of the last `raiseOfTicks` ticks reach, red at once; down one level after `clearTicks` quiet ones. */
  #step(before: Open, called: Level, rateRatio: number): Pick<Open, 'level' | 'recent' | 'quietTicks'> {
    const { raiseTicks, raiseOfTicks, clearTicks, levels } = this.#policy
    const recent = [...before.recent, called].slice(-raiseOfTicks)
    const reached = ladder.filter((level) => recent.filter((one) => rank(one) >= rank(level)).length >= raiseTicks)
    const up = called === 'red' ? 'red' : (reached.at(-1) ?? 'calm')
    if (rank(up) > rank(before.level)) return { level: up, recent, quietTicks: 0 }
    if (before.level === 'calm') return { level: 'calm', recent, quietTicks: 0 }
    const isQuiet = rateRatio - 1 < (levels[before.level].rateRatioMin - 1) / 2
    const quietTicks = isQuiet ? before.quietTicks + 1 : 0
    if (quietTicks < clearTicks) return { level: before.level, recent, quietTicks }
    return { level: ladder[rank(before.level) - 1], recent, quietTicks: 0 }
  }

  /** Whether what is left of a parent without its only calling child calls for nothing. */
  #isAllOf(parent: Evidence, child: Evidence): boolean {
    const mean = parent.expected - child.expected
    if (mean <= 0) return true
    const share = mean / parent.expected
    const excess = Math.max(0, (parent.variance - parent.expected) * share ** 2)
    const events = parent.events - child.events
    return (
      events / mean < this.#policy.levels.blue.rateRatioMin &&
      pOf({ mean, variance: mean + excess }, events) > explainedPMin
    )
  }

  #remember(cell: string, next: Pick<Open, 'level' | 'recent' | 'quietTicks'>): void {
    const open = this.#open.get(cell) ?? { ...calm }
    this.#open.set(cell, { ...open, ...next })
    this.#forgetIfAtRest(cell)
  }

  #move(
    cell: string,
    found: Evidence,
    next: Pick<Open, 'level' | 'recent' | 'quietTicks'>,
    when: Omit<Change, 'change' | 'levelBefore'>,
    children: readonly string[],
    explainedBy: string | undefined,
  ): Said {
    const before = this.#open.get(cell) ?? calm
    const raisedTick = before.level === 'calm' ? when.tick : before.raisedTick
    const evidence = { tick: when.tick, found }
    this.#open.set(cell, { ...next, raisedTick, evidence, retracted: 0, amended: false })
    const change = before.level === 'calm' ? 'raised' : next.level === 'calm' ? 'cleared' : 'level'
    const said = this.#say(cell, found, { ...when, change, levelBefore: before.level }, children, explainedBy)
    this.#forgetIfAtRest(cell)
    return said
  }

  #forgetIfAtRest(cell: string): void {
    const open = this.#open.get(cell)
    if (open?.level === 'calm' && open.recent.every((level) => level === 'calm')) this.#open.delete(cell)
  }

  #say(
    cell: string,
    found: Evidence,
    { change, levelBefore, tick, beat, early }: Change,
    children: readonly string[],
    explainedBy: string | undefined,
  ): Said {
    const { level, raisedTick } = this.#open.get(cell) ?? calm
    const { events: count, enterprises, squares, expected, variance, p, q, rateRatio, familySize } = found
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
      beat,
      statistic: 'count',
      evidence: {
        ...{ count, expected, variance, p, q, rateRatio, enterprises, familySize },
        effectiveEnterprises: squares === 0 ? 0 : count ** 2 / squares,
        byType: isTold ? found.byType : {},
        ...(found.taught + found.backlog === 0 ? {} : { withheld: found.taught + found.backlog }),
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

  /** A cell under a warning is not taught by its outbreak, for four weeks. */
  #isHeld(cell: string, tick: number): boolean {
    const { level, raisedTick } = this.#open.get(cell) ?? calm
    return level !== 'calm' && (tick - raisedTick) * this.#clock.tickDays < heldDays
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

const calm: Open = {
  level: 'calm',
  recent: [],
  quietTicks: 0,
  raisedTick: 0,
  evidence: undefined,
  retracted: 0,
  amended: false,
}

const rank = (level: Level): number => ladder.indexOf(level)

/** A count that is no larger than expected has p = 1. */
function pOf(expected: Expected, events: number): number {
  return events <= expected.mean ? 1 : chanceOfAtLeast(events, expected)
}

function evidenceOf(sum: Sum, { mean, variance }: Expected, p: number, q: number, familySize: number): Evidence {
  return { ...sum, expected: mean, variance, p, q, rateRatio: sum.events / mean, familySize }
}

/** Benjamini & Hochberg: the least (p of another) * family / (how many are no larger), over all that are no smaller than its own. */
function falseDiscoveryRates(all: readonly number[]): number[] {
  const bounds = [...new Set(all)].map((p) => {
    const noLarger = all.filter((other) => other <= p).length
    return { p, q: (p * all.length) / noLarger }
  })
  return all.map((p) => bounds.reduce((least, other) => (other.p >= p ? Math.min(least, other.q) : least), 1))
}

/** Whether the parent's rise alone would bring the child's count: its expectation, multiplied by the parent's rate ratio, has p > .01. */
function explainsChild(parent: Evidence, child: Evidence): boolean {
  const rise = Math.max(1, parent.rateRatio)
  const mean = child.expected * rise
  const variance = mean + (child.variance - child.expected) * rise ** 2
  return pOf({ mean, variance }, child.events) > explainedPMin
}

function countBy(all: readonly string[], kind: (one: string) => string): Map<string, number> {
  const counts = new Map<string, number>()
  for (const one of all) counts.set(kind(one), (counts.get(kind(one)) ?? 0) + 1)
  return counts
}
