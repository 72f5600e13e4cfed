/**
 * Decayed sums over the facts of one enterprise, w * 2^(-age / half-life): the intensity of an exponential-kernel Hawkes process.
 * Taken in the order of the facts and with weights from a table, the sums have the same bytes on every machine.
 *
 * A row of many facts is not added up anew for each instant: what lies before the block of hours at hand is summed as of that block's beginning,
 * block by block, and decays as a whole, since 2^-(a + b) = 2^-a * 2^-b. Where this is done follows from the facts and the instant alone,
 * so the bytes are the same whether such sums were kept from before or are made anew.
 */
import {
  blockOf,
  type FactSlice,
  factBlock,
  factHour,
  factLogAmountHundredths,
  factSeverity,
  factSource,
  factType,
  hoursPerDay,
  lastHourOf,
  tombstoneBit,
} from './facts.ts'
import { closedFactsMin, type KeptSums, type LastingSums } from './keptSums.ts'
import { pow2 } from './math.ts'

export const momentumShortDays = 7
export const momentumLongDays = 90

/** What the sums need to know of a profile. */
export type SumsProfile = {
  groups: readonly string[]
  /** Group of each event type, by index. */
  groupOfType: readonly number[]
  halfLivesDays: readonly number[]
  horizonHours: number
}

/** Where the sums lie, and which half-lives the short and the long look are. */
export type SumsPlan = {
  lives: number
  /** The place of all groups, behind the last. */
  all: number
  short: number
  long: number
}

export function sumsPlan({ groups, halfLivesDays }: Pick<SumsProfile, 'groups' | 'halfLivesDays'>): SumsPlan {
  return {
    lives: halfLivesDays.length,
    all: groups.length,
    short: nearest(halfLivesDays, momentumShortDays),
    long: nearest(halfLivesDays, momentumLongDays),
  }
}

/** From so many facts of one block on it is summed by itself. */
const blockFactsMin = 16

/** One scratch space: not for two threads. */
export class FactSums {
  /** Sums of counts, then of severities; by group, all groups last, and half-life. */
  readonly sums: Float64Array
  readonly counts: Float64Array
  /** Age of the youngest fact, or the horizon, in hours; a bit for each source. */
  youngestHours = 0
  sources = 0
  /** Says what is summed, and how. */
  readonly name: string
  /** The sums, and behind them that of ln(1 + amount) with the long half-life; those before the open block; and those of one block. */
  readonly #all: Float64Array
  readonly #ofClosed: Float64Array
  readonly #ofBlock: Float64Array
  readonly #plan: SumsPlan
  readonly #horizonHours: number
  readonly #decay: Float64Array
  readonly #groupOf: Uint8Array
  readonly #passes: readonly Pass[]
  /** Places of all sums that are asked for, and the half-life of each. */
  readonly #asked: Int32Array
  readonly #lifeOf: Int32Array

  /** `slots`: features that are asked for, by place: sums, then momenta of the groups and of all, then others. Only sums that these need are made. */
  constructor(profile: SumsProfile, plan: SumsPlan, slots: Int32Array) {
    const { groupOfType, halfLivesDays, horizonHours } = profile
    const { lives, all, long } = plan
    const size = (all + 1) * lives
    this.name = [groupOfType, halfLivesDays, horizonHours, slots].join(' ')
    this.#all = new Float64Array(2 * size + 1)
    this.#ofClosed = new Float64Array(2 * size + 1)
    this.#ofBlock = new Float64Array(2 * size + 1)
    this.sums = this.#all.subarray(0, 2 * size)
    this.counts = this.#all.subarray(0, size)
    this.#plan = plan
    this.#horizonHours = horizonHours
    this.#decay = decayTable(halfLivesDays, horizonHours)
    this.#groupOf = Uint8Array.from(groupOfType)
    const asked = askedLives(slots, plan)
    this.#passes = inPasses(asked)
    const placesOf = (some: ReadonlySet<number>, first: number, groups: readonly number[]): number[] =>
      [...some].flatMap((life) => groups.map((group) => first + group * lives + life))
    const single = Array.from({ length: all }, (_, group) => group)
    const places = [
      ...placesOf(asked.groupCounts, 0, single),
      ...placesOf(asked.groupSeverities, size, single),
      ...placesOf(asked.counts, 0, [all]),
      ...placesOf(asked.severities, size, [all]),
    ]
    this.#asked = Int32Array.from([...places, 2 * size])
    this.#lifeOf = Int32Array.from([...places.map((place) => place % lives), long])
  }

  /** Sum of ln(1 + amount) with the long half-life. */
  get amount(): number {
    return this.#all[this.#all.length - 1]
  }

  /** The sums of a row at an hour, in the place of those before. `kept`: its sums from before. */
  of(facts: FactSlice, asOfHour: number, kept?: KeptSums): void {
    const { words, offset, count, stride } = facts
    const oldestHour = asOfHour - this.#horizonHours
    const last = blockOf(asOfHour + 1) - 1
    const end = offset + count * stride
    let [from, open] = [offset, end]
    while (from < end && factHour(words[from + 2]) < oldestHour) from += stride
    while (open > from && factBlock(words[open - stride + 2]) > last) open -= stride
    const hasMany = open - from >= closedFactsMin * stride
    const closed = hasMany
      ? this.#closed(facts, { from, to: open }, last, from === offset ? kept : undefined)
      : undefined
    this.#clear(this.#all)
    this.sources = 0
    if (closed !== undefined) this.#addSums(closed, asOfHour - lastHourOf(last), this.#all)
    this.#addFacts(facts, { from: closed === undefined ? from : open, to: end }, asOfHour, this.#all)
    this.youngestHours = this.#youngest(facts, asOfHour)
  }

  /** What some facts add as of the last hour of a block; none of them lies behind it. Undefined where they are few, tombstones left out. */
  #closed(facts: FactSlice, span: Span, last: number, kept: KeptSums | undefined): LastingSums | undefined {
    if (kept?.closed?.block === last) return kept.closed
    if (!hasFacts(facts, span, closedFactsMin)) return undefined
    const all = this.#ofClosed
    const asOfHour = lastHourOf(last)
    this.#clear(all)
    this.sources = 0
    let added = span.from
    for (let at = span.from; at < span.to; ) {
      const block = factBlock(facts.words[at + 2])
      const known = kept?.get(block)
      const to = known === undefined ? endOfBlock(facts, { from: at, to: span.to }, block) : at + known.words
      const sums = known ?? this.#block(facts, { from: at, to }, block, kept)
      if (sums !== undefined) {
        this.#addFacts(facts, { from: added, to: at }, asOfHour, all)
        this.#addSums(sums, asOfHour - lastHourOf(block), all)
        added = to
      }
      at = to
    }
    this.#addFacts(facts, { from: added, to: span.to }, asOfHour, all)
    const closed = this.#lasting(all, span, last)
    if (kept !== undefined) kept.closed = closed
    return closed
  }

  /** What the facts of a block add as of its last hour; undefined where they are few. */
  #block(facts: FactSlice, span: Span, block: number, kept: KeptSums | undefined): LastingSums | undefined {
    if (!hasFacts(facts, span, blockFactsMin)) return undefined
    const before = this.sources
    const all = this.#ofBlock
    this.#clear(all)
    this.sources = 0
    this.#addFacts(facts, span, lastHourOf(block), all)
    const sums = this.#lasting(all, span, block)
    this.sources = before
    kept?.set(sums)
    return sums
  }

  #lasting(all: Float64Array, { from, to }: Span, block: number): LastingSums {
    const sums = new Float64Array(this.#asked.length)
    for (let at = 0; at < sums.length; at++) sums[at] = all[this.#asked[at]]
    return { block, words: to - from, sums, sources: this.sources }
  }

  #clear(sums: Float64Array): void {
    const asked = this.#asked
    for (let at = 0; at < asked.length; at++) sums[asked[at]] = 0
  }

  #addSums({ sums, sources }: LastingSums, ageHours: number, into: Float64Array): void {
    const [decay, asked, lifeOf] = [this.#decay, this.#asked, this.#lifeOf]
    const weights = ageHours * this.#plan.lives
    for (let at = 0; at < asked.length; at++) into[asked[at]] += decay[weights + lifeOf[at]] * sums[at]
    this.sources |= sources
  }

  #addFacts(facts: FactSlice, span: Span, asOfHour: number, into: Float64Array): void {
    if (span.from === span.to) return
    for (let at = 0; at < this.#passes.length; at++) this.#addUp(facts, span, asOfHour, this.#passes[at], into)
  }

  /**
   * Of each kind of sum two half-lives in one pass. What every fact adds to stands in variables, not in arrays, and nothing is added up
   * that is not asked for: each takes half of the time.
   */
  #addUp({ words, stride }: FactSlice, { from, to }: Span, asOfHour: number, pass: Pass, into: Float64Array): void {
    const groupOf = this.#groupOf
    const decay = this.#decay
    const horizonHours = this.#horizonHours
    const { lives, all, long } = this.#plan
    const total = all * lives
    const size = total + lives
    const { count0, count1, severity0, severity1, groupCount0, groupCount1, groupSeverity0, groupSeverity1 } = pass
    const hasGroupCount0 = pass.groupCounts > 0
    const hasGroupCount1 = pass.groupCounts > 1
    const hasGroupSeverity0 = pass.groupSeverities > 0
    const hasGroupSeverity1 = pass.groupSeverities > 1
    let countSum0 = into[total + count0]
    let countSum1 = into[total + count1]
    let severitySum0 = into[size + total + severity0]
    let severitySum1 = into[size + total + severity1]
    let amount = into[2 * size]
    let sources = 0
    for (let word = from; word < to; word += stride) {
      const what = words[word + 2]
      const age = Math.max(0, asOfHour - factHour(what))
      if ((what & tombstoneBit) !== 0 || age > horizonHours) continue
      const severity = factSeverity(what)
      const group = groupOf[factType(what)] * lives
      const weights = age * lives
      countSum0 += decay[weights + count0]
      countSum1 += decay[weights + count1]
      severitySum0 += decay[weights + severity0] * severity
      severitySum1 += decay[weights + severity1] * severity
      if (hasGroupCount0) into[group + groupCount0] += decay[weights + groupCount0]
      if (hasGroupCount1) into[group + groupCount1] += decay[weights + groupCount1]
      if (hasGroupSeverity0) into[size + group + groupSeverity0] += decay[weights + groupSeverity0] * severity
      if (hasGroupSeverity1) into[size + group + groupSeverity1] += decay[weights + groupSeverity1] * severity
      const hundredths = factLogAmountHundredths(words[word + 4])
      if (hundredths !== 0) amount += decay[weights + long] * (hundredths / 100)
      sources |= 1 << factSource(words[word + 3])
    }
    if (pass.counts > 0) into[total + count0] = countSum0
    if (pass.counts > 1) into[total + count1] = countSum1
    if (pass.severities > 0) into[size + total + severity0] = severitySum0
    if (pass.severities > 1) into[size + total + severity1] = severitySum1
    if (pass === this.#passes[0]) into[2 * size] = amount
    this.sources |= sources
  }

  #youngest({ words, offset, count, stride }: FactSlice, asOfHour: number): number {
    for (let at = offset + (count - 1) * stride; at >= offset; at -= stride) {
      const what = words[at + 2]
      if ((what & tombstoneBit) === 0) return Math.min(this.#horizonHours, Math.max(0, asOfHour - factHour(what)))
    }
    return this.#horizonHours
  }
}

/** Facts from one word up to another. */
type Span = { from: number; to: number }

/** The first word behind the facts of a block that begin where a span does. */
function endOfBlock({ words, stride }: FactSlice, { from, to }: Span, block: number): number {
  let at = from
  while (at < to && factBlock(words[at + 2]) === block) at += stride
  return at
}

/** Whether they are so many at least, tombstones left out. */
function hasFacts({ words, stride }: FactSlice, { from, to }: Span, least: number): boolean {
  let count = 0
  for (let at = from; at < to && count < least; at += stride) if ((words[at + 2] & tombstoneBit) === 0) count++
  return count === least
}

/** Half-lives of one pass, by place: of counts and severities over all groups, and of those of single groups. Where fewer are asked for, one stands twice. */
type Pass = {
  count0: number
  count1: number
  severity0: number
  severity1: number
  groupCount0: number
  groupCount1: number
  groupSeverity0: number
  groupSeverity1: number
  /** How many of the two are asked for. */
  counts: number
  severities: number
  groupCounts: number
  groupSeverities: number
}

type AskedLives = Record<'counts' | 'severities' | 'groupCounts' | 'groupSeverities', ReadonlySet<number>>

/** The half-lives that the asked features need. The count over all with the long half-life is what peers compare. */
function askedLives(slots: Int32Array, { lives, all, short, long }: SumsPlan): AskedLives {
  const sums = (all + 1) * lives
  const [counts, severities] = [new Set([long]), new Set<number>()]
  const [groupCounts, groupSeverities] = [new Set<number>(), new Set<number>()]
  for (const slot of slots) {
    const isAll = slot % sums >= all * lives
    const isMomentum = slot >= 2 * sums
    if (slot < sums) (isAll ? counts : groupCounts).add(slot % lives)
    else if (!isMomentum) (isAll ? severities : groupSeverities).add(slot % lives)
    else if (slot < 2 * sums + all + 1)
      for (const life of [short, long]) (slot - 2 * sums === all ? counts : groupCounts).add(life)
  }
  return { counts, severities, groupCounts, groupSeverities }
}

function inPasses(asked: AskedLives): Pass[] {
  const [counts, severities] = [[...asked.counts], [...asked.severities]]
  const [groupCounts, groupSeverities] = [[...asked.groupCounts], [...asked.groupSeverities]]
  const most = Math.max(counts.length, severities.length, groupCounts.length, groupSeverities.length)
  return Array.from({ length: Math.ceil(most / 2) }, (_, at) => {
    const first = (some: readonly number[]): number => some[2 * at] ?? 0
    const second = (some: readonly number[]): number => some[2 * at + 1] ?? first(some)
    const number = (some: readonly number[]): number => Math.max(0, Math.min(2, some.length - 2 * at))
    return {
      count0: first(counts),
      count1: second(counts),
      severity0: first(severities),
      severity1: second(severities),
      groupCount0: first(groupCounts),
      groupCount1: second(groupCounts),
      groupSeverity0: first(groupSeverities),
      groupSeverity1: second(groupSeverities),
      counts: number(counts),
      severities: number(severities),
      groupCounts: number(groupCounts),
      groupSeverities: number(groupSeverities),
    }
  })
}

/** Those that are made already: one costs more than all else with which a task begins, and a process knows few profiles. */
const decayTables = new Map<string, Float64Array>()

/** 2^(-age / half-life) for every whole hour of age up to the horizon, half-lives side by side. To be read only. */
function decayTable(halfLivesDays: readonly number[], horizonHours: number): Float64Array {
  const name = `${halfLivesDays} ${horizonHours}`
  const table = decayTables.get(name) ?? newDecayTable(halfLivesDays, horizonHours)
  decayTables.set(name, table)
  return table
}

function newDecayTable(halfLivesDays: readonly number[], horizonHours: number): Float64Array {
  const lives = halfLivesDays.length
  const table = new Float64Array((horizonHours + 1) * lives)
  for (let age = 0; age <= horizonHours; age++) {
    for (let life = 0; life < lives; life++)
      table[age * lives + life] = pow2(-age / (halfLivesDays[life] * hoursPerDay))
  }
  return table
}

/** Place of the half-life that is nearest to the one wanted. */
export function nearest(days: readonly number[], wanted: number): number {
  return days.reduce((best, one, at) => (Math.abs(one - wanted) < Math.abs(days[best] - wanted) ? at : best), 0)
}
