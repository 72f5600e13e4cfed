/**
 * What a cell's count should be, written from docs/science.md section 6 as plainly as it can be: one object a cell, matrices as rows,
 * every sum in full. Part of the judge's oracle; it shares no code with models/counts.
 */
import { type Cells, codesOf } from './cells.ts'
import type { Clock } from './clock.ts'
import type { Expected, Statistic, Sum, Sums, Turns } from './judgeOracle.ts'
import { type Groups, type InTick, StreamStates } from './streams.ts'
import { nothing } from './sums.ts'

const keepWeekly = 0.985
/** With ticks of a week the recursion remembers longer; what siblings hear of a cell and the weekly index do not. */
const short = { keep: 0.985, keepDispersion: 0.97, calmTicks: 5, calmEvents: 40 }
const long = { keep: 0.99, keepDispersion: 0.995, calmTicks: 15, calmEvents: 0 }
const omega0 = [5, 10, 10]
const limit = 2.58
const silentTicksMax = 60
const unknownPrior = { rate: 0.1, shape: 0.3 }

type Prior = { rate: number; shape: number }
type Cell = {
  /** The regression, from the first tick that it learns on. */
  omega: number[][] | undefined
  xi: number[]
  /** Q and W: dispersion. */
  squares: number
  weights: number
  /** E and Y: events that the prior expected so far, and events counted so far with outbreaks cut. */
  expected: number
  counted: number
  /** What siblings hear of it: discounted events and ticks. */
  seen: { events: number; ticks: number }
  /** Its last ticks, since the first in which something taught that is not judged yet: what it counted with that, and that alone. */
  lessons: { total: number; taught: number }[]
}
type Tick = { tick: number; prior: Prior; week: number }

export class CountStatistic implements Statistic {
  readonly name = 'count'
  readonly #cells: Cells
  readonly #clock: Clock
  readonly #known = new Map<string, Cell>()
  readonly #weeks = new Map<string, { events: number; ticks: number }[]>()
  #priors = new Map<string, Prior>()
  #firstTick: number | undefined
  readonly #begun = new Map<string, number>()
  readonly #streams: StreamStates

  constructor(cells: Cells, clock: Clock, groups: Groups) {
    this.#cells = cells
    this.#clock = clock
    this.#streams = new StreamStates(cells, clock, groups)
  }

  get subjects(): string[] {
    return [...this.#known.keys()]
  }

  knows(subject: string): boolean {
    return this.#known.has(subject)
  }

  ticksBefore(tick: number): number {
    return this.#firstTick === undefined ? 0 : tick - this.#firstTick
  }

  /**
   * A cell is known from its first event on; it then learns the ticks before, since its region began, as zeros. History begins with the
   * first event of all, and anew where that was astray.
   */
  begin(tick: number, sums: Sums, begun: Turns['begun']): boolean {
    for (const region of begun) this.#begun.set(region, tick)
    if (this.#firstTick !== undefined && begun.includes('')) {
      this.#firstTick = tick
      this.#known.clear()
      this.#weeks.clear()
      this.#priors = new Map()
      this.#streams.clear()
    }
    if (this.#firstTick === undefined && ![...sums.values()].some((sum) => sum.events + sum.taught + sum.backlog > 0))
      return false
    this.#firstTick ??= tick
    for (const subject of sums.keys()) {
      if (this.#cells.axisOf(subject) === undefined || this.#known.has(subject)) continue
      const begun = Math.max(this.#firstTick, this.#begun.get(codesOf(subject).region) ?? this.#firstTick)
      const silent = Math.min(tick - begun, silentTicksMax)
      const cell = newCell()
      this.#known.set(subject, cell)
      for (let back = silent; back > 0; back--) this.#learnCell(cell, this.#tickOf(subject, tick - back), 0)
      cell.seen = { events: 0, ticks: silent }
    }
    for (const [subject, sum] of sums)
      if (this.#known.has(subject)) this.#streams.open(subject, tick, sum, this.#cell(subject).seen.events)
    if (this.#firstTick === tick)
      this.#setPriors((subject) => ({ events: Math.max(0, sums.get(subject)?.events ?? 0), ticks: 1 }))
    return true
  }

  expect(subject: string, tick: number): Expected {
    return this.#expectCell(this.#cell(subject), this.#tickOf(subject, tick))
  }

  streams(subject: string, tick: number, sum: Sum): InTick[] {
    return this.#streams.inTick(subject, tick, sum, this.expect(subject, tick))
  }

  size(subject: string): { streams: number; events: number } {
    const streams = this.#streams.of(subject)
    return { streams: streams.length, events: streams.find(({ group }) => group === '')?.ever ?? 0 }
  }

  learn(
    tick: number,
    sums: Sums,
    { isHeld, isShadow, limitOf }: Parameters<Statistic['learn']>[2],
    ended: Turns['ended'],
  ): void {
    const wholes = new Map(this.subjects.map((subject) => [subject, this.expect(subject, tick)]))
    for (const [subject, whole] of wholes) {
      const of = { whole, limit: limitOf(subject), isHeld: isHeld(subject), isFirst: tick === this.#firstTick }
      this.#streams.learn(subject, tick, sums.get(subject) ?? nothing, of)
      if (isShadow(subject)) this.#streams.clearEvidence(subject)
    }
    const weekBegins = this.#clock.phase(tick) === 0
    for (const [subject, cell] of this.#known) {
      const sum = sums.get(subject)
      if (sum !== undefined && sum.backlog !== 0) continue
      const at = this.#tickOf(subject, tick)
      const events = Math.max(0, sum?.events ?? 0)
      const learnt = isHeld(subject) ? Math.min(events, Math.round(this.#expectCell(cell, at).mean)) : events
      const keep = weekBegins ? keepWeekly : 1
      const taught = Math.max(0, sum?.taught ?? 0)
      if (taught + cell.lessons.length > 0)
        cell.lessons = [...cell.lessons, { total: learnt + taught, taught }].slice(-this.#teachingTicks)
      if (cell.lessons.length === this.#teachingTicks && cell.lessons.every((one) => one.taught === 0))
        cell.lessons = []
      if (isHeld(subject)) continue
      this.#learnCell(cell, at, events)
      cell.seen = { events: keep * cell.seen.events + events, ticks: keep * cell.seen.ticks + 1 }
    }
    if (this.#clock.phases > 1) this.#learnWeeks(tick, sums)
    this.#setPriors((subject) => this.#cell(subject).seen)
    for (const subject of this.#beginAnew(tick, ended)) this.#streams.forget(subject, this.#cell(subject).seen.events)
    this.#streams.learnShares(tick, sums, this.subjects)
  }

  get #teachingTicks(): number {
    return Math.max(14, this.#clock.phases)
  }

  /** A cell of which more than a tenth is new is forgotten, and learns its last ticks again; those before the new as the mean that it knew. */
  #beginAnew(tick: number, ended: Turns['ended']): string[] {
    const anew = [...this.#known].filter(([subject, { lessons }]) => {
      const isNear = ended.some((region) => this.#cells.isNear(region, subject))
      return isNear && total(lessons.map(({ taught }) => taught)) > total(lessons.map((one) => one.total)) / 10
    })
    const ticks = this.#teachingTicks
    const counts = anew.map(([, { lessons, seen }]) => {
      const mean = seen.ticks === 0 ? 0 : Math.round(seen.events / seen.ticks)
      return [...Array.from({ length: ticks - lessons.length }, () => mean), ...lessons.map((one) => one.total)]
    })
    for (const [at, [subject, { lessons }]] of anew.entries())
      this.#known.set(subject, { ...newCell(), lessons, seen: { events: total(counts[at]), ticks } })
    this.#setPriors((subject) => this.#cell(subject).seen)
    for (const [at, [subject]] of anew.entries())
      for (const [back, count] of counts[at].entries())
        this.#learnCell(this.#cell(subject), this.#tickOf(subject, tick - ticks + 1 + back), count)
    return anew.map(([subject]) => subject)
  }

  #learnWeeks(tick: number, sums: Sums): void {
    for (const rhythm of new Set(this.subjects.map((subject) => this.#cells.rhythm(subject)))) {
      const week =
        this.#weeks.get(rhythm) ?? Array.from({ length: this.#clock.phases }, () => ({ events: 0, ticks: 0 }))
      this.#weeks.set(rhythm, week)
      const phase = week[this.#clock.phase(tick)]
      const { events, taught, backlog } = sums.get(rhythm) ?? { events: 0, taught: 0, backlog: 0 }
      if (backlog !== 0) continue
      phase.events = keepWeekly * phase.events + Math.max(0, events + taught)
      phase.ticks = keepWeekly * phase.ticks + 1
    }
  }

  /** Mean of the phase over the mean of all phases, shrunk towards 1 by min(4, 30 / mean count) weeks, within .2 and 5. */
  #weekOf(subject: string, tick: number): number {
    const week = this.#weeks.get(this.#cells.rhythm(subject)) ?? []
    const means = week.filter(({ ticks }) => ticks > 0).map(({ events, ticks }) => events / ticks)
    const mean = means.length === 0 ? 0 : total(means) / means.length
    if (mean === 0) return 1
    const { events, ticks } = week[this.#clock.phase(tick)]
    const weeks = Math.min(4, 30 / mean)
    return Math.min(5, Math.max(0.2, (events + weeks * mean) / (ticks + weeks) / mean))
  }

  #setPriors(seenOf: (subject: string) => { events: number; ticks: number }): void {
    const groups = new Map<string, { size: number; seen: { events: number; ticks: number }[] }>()
    for (const subject of this.subjects) {
      const { group, size } = this.#cells.siblings(subject)
      const known = groups.get(group) ?? { size, seen: [] }
      groups.set(group, { size, seen: [...known.seen, seenOf(subject)] })
    }
    const ticks = Math.max(...this.subjects.map((subject) => seenOf(subject).ticks))
    this.#priors = new Map(
      [...groups].flatMap(([group, { size, seen }]) => {
        const silent = Array.from({ length: size - seen.length }, () => ({ events: 0, ticks }))
        // Who has begun and learnt nothing yet, because all of it was kept back, says nothing.
        const telling = [...seen, ...silent].filter((one) => one.ticks > 0)
        return telling.length === 0 ? [] : [[group, priorOf(telling)]]
      }),
    )
  }

  #tickOf(subject: string, tick: number): Tick {
    const prior = this.#priors.get(this.#cells.siblings(subject).group) ?? unknownPrior
    return { tick, prior, week: this.#weekOf(subject, tick) }
  }

  #expectCell(cell: Cell, { tick, prior, week }: Tick): Expected {
    const phi = this.#dispersion(cell, prior)
    const size = prior.shape + cell.counted
    const coldMean = (prior.rate * week * size) / (prior.shape + cell.expected)
    const cold = { mean: coldMean, variance: phi * coldMean + coldMean ** 2 / size }
    const share = 1 - coldShare(cell)
    if (share === 0 || cell.omega === undefined) return cold
    const warm = this.#regression(cell.omega, cell.xi, tick)
    const mean = Math.exp(warm.lnRate) * week
    const variance = phi * mean + mean ** 2 * Math.min(phi * warm.uncertainty, 1)
    const mixed = (1 - share) * cold.mean + share * mean
    const square = (1 - share) * (cold.variance + cold.mean ** 2) + share * (variance + mean ** 2)
    return { mean: mixed, variance: square - mixed ** 2 }
  }

  /** x'b and x' Omega^-1 x; until the log is a year old the level alone speaks. */
  #regression(omega: number[][], xi: number[], tick: number): { lnRate: number; uncertainty: number } {
    if (this.ticksBefore(tick) < this.#clock.ticksPerYear)
      return { lnRate: xi[0] / omega[0][0], uncertainty: 1 / omega[0][0] }
    const x = this.#season(tick)
    return { lnRate: dot(x, solved(omega, xi)), uncertainty: dot(x, solved(omega, x)) }
  }

  #season(tick: number): number[] {
    const angle = (2 * Math.PI * (tick % this.#clock.ticksPerYear)) / this.#clock.ticksPerYear
    return [1, Math.cos(angle), Math.sin(angle)]
  }

  #learnCell(cell: Cell, at: Tick, y: number): void {
    const { tick, prior, week } = at
    const { mean, variance } = this.#expectCell(cell, at)
    const phi = this.#dispersion(cell, prior)
    const keep = this.#memory.keep ** (this.#clock.tickDays / 7)
    const keepDispersion = this.#memory.keepDispersion ** (this.#clock.tickDays / 7)
    // While the cold start has a say, the spread that was expected cuts, and what it would have expected of the count is taught.
    const isYoung = coldShare(cell) > 0
    const spread = isYoung ? variance / mean : phi
    const calm = Math.max(1, (mean ** 0.5 + (limit / 1.5) * spread ** 0.5) ** 1.5 * mean ** 0.25)
    const cut = Math.min(y, calm)
    const posterior =
      (prior.rate * week * (prior.shape + cell.counted + cut)) / (prior.shape + cell.expected + prior.rate * week)

    const residual = (1.5 * (y ** (2 / 3) * mean ** (-1 / 6) - mean ** 0.5)) / spread ** 0.5
    const weight = y > 1 && residual > limit ? (limit / residual) ** 2 : 1
    const excess =
      y <= calm ? (y - mean) / mean : Math.min(Math.max(3, calm / mean - 1), calm / mean - 1 + Math.log(y / calm))
    const lesson = isYoung ? { mean: posterior, excess: 0 } : { mean, excess }
    const x = this.#season(tick)
    const b0 = [Math.log(prior.rate), 0, 0]
    const before = cell.omega ?? x.map((_, row) => x.map((_, column) => (row === column ? omega0[row] : 0)))
    const xi = cell.omega === undefined ? b0.map((b, row) => omega0[row] * b) : cell.xi
    cell.omega = before.map((values, row) =>
      values.map((value, column) => {
        const prior0 = row === column ? omega0[row] : 0
        return keep * value + (1 - keep) * prior0 + weight * lesson.mean * x[row] * x[column]
      }),
    )
    cell.xi = xi.map(
      (value, row) =>
        keep * value +
        (1 - keep) * omega0[row] * b0[row] +
        weight * lesson.mean * x[row] * (Math.log(lesson.mean / week) + lesson.excess),
    )
    cell.squares = keepDispersion * cell.squares + Math.min((phi * (cut - mean) ** 2) / variance, 100)
    cell.weights = keepDispersion * cell.weights + 1
    cell.expected = keep * cell.expected + prior.rate * week
    cell.counted = keep * cell.counted + cut
  }

  get #memory(): typeof short {
    return this.#clock.tickDays < 7 ? short : long
  }

  /** As if so many ticks, and those that bring so many events, had shown none. */
  #dispersion({ squares, weights, expected, counted }: Cell, { rate, shape }: Prior): number {
    const { calmTicks, calmEvents } = this.#memory
    const mean = (rate * (shape + counted)) / (shape + expected)
    const ticks = calmTicks + calmEvents / mean
    return Math.max(1, (squares + ticks) / (weights + ticks))
  }

  #cell(subject: string): Cell {
    const cell = this.#known.get(subject)
    if (cell === undefined) throw new Error(`the oracle does not know ${subject}`)
    return cell
  }
}

const newCell = (): Cell => ({
  omega: undefined,
  xi: [0, 0, 0],
  squares: 0,
  weights: 0,
  expected: 0,
  counted: 0,
  seen: { events: 0, ticks: 0 },
  lessons: [],
})

/** How far the cold start has a say: 1 below ten events expected or counted, 0 from twenty on. */
const coldShare = ({ expected, counted }: Cell): number =>
  1 - Math.min(1, Math.max(0, Math.max(expected, counted) / 10 - 1))

/** Gamma of the siblings' rates by its moments, weighted by their ticks. */
function priorOf(seen: readonly { events: number; ticks: number }[]): Prior {
  const ticks = total(seen.map((one) => one.ticks))
  const rate = Math.max(0.5, total(seen.map(({ events }) => events))) / ticks
  if (seen.length < 2) return { rate, shape: 1 }
  const spread = total(seen.map((one) => one.ticks * (one.events / one.ticks - rate) ** 2))
  const between = (spread - (seen.length - 1) * rate) / (ticks - total(seen.map((one) => one.ticks ** 2)) / ticks)
  return { rate, shape: between > 0 ? Math.min(20, Math.max(0.3, rate ** 2 / between)) : 20 }
}

/** The v with matrix v = right, by elimination. */
function solved(matrix: readonly number[][], right: readonly number[]): number[] {
  const rows = matrix.map((row, at) => [...row, right[at]])
  for (let pivot = 0; pivot < rows.length; pivot++) {
    rows[pivot] = rows[pivot].map((value) => value / rows[pivot][pivot])
    for (let row = 0; row < rows.length; row++)
      if (row !== pivot) rows[row] = rows[row].map((value, column) => value - rows[row][pivot] * rows[pivot][column])
  }
  return rows.map((row) => row[rows.length])
}

const dot = (one: readonly number[], other: readonly number[]): number =>
  total(one.map((value, at) => value * other[at]))

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0)
