/**
 * Decayed sums over the facts of one enterprise, w * 2^(-age / half-life): the intensity of an exponential-kernel Hawkes process.
 * Taken in the order of the facts and with weights from a table, the sums have the same bytes on every machine.
 */
import {
  type FactSlice,
  factHour,
  factLogAmountHundredths,
  factSeverity,
  factSource,
  factType,
  hoursPerDay,
  tombstoneBit,
} from './facts.ts'
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

/** One scratch space: not for two threads. */
export class FactSums {
  /** Sums of counts, then of severities; by group, all groups last, and half-life. */
  readonly sums: Float64Array
  readonly counts: Float64Array
  /** Age of the youngest fact, or the horizon, in hours; sum of ln(1 + amount) with the long half-life; a bit for each source. */
  youngestHours = 0
  amount = 0
  sources = 0
  readonly #severities: Float64Array
  readonly #plan: SumsPlan
  readonly #horizonHours: number
  readonly #decay: Float64Array
  readonly #groupOf: Uint8Array
  readonly #passes: readonly Pass[]
  /** Places of the sums of single groups that are asked for. */
  readonly #ofGroups: Int32Array

  /** `slots`: features that are asked for, by place: sums, then momenta of the groups and of all, then others. Only sums that these need are made. */
  constructor(profile: SumsProfile, plan: SumsPlan, slots: Int32Array) {
    const { groupOfType, halfLivesDays, horizonHours } = profile
    const { lives, all } = plan
    const size = (all + 1) * lives
    this.sums = new Float64Array(2 * size)
    this.counts = this.sums.subarray(0, size)
    this.#severities = this.sums.subarray(size)
    this.#plan = plan
    this.#horizonHours = horizonHours
    this.#decay = decayTable(halfLivesDays, horizonHours)
    this.#groupOf = Uint8Array.from(groupOfType)
    const asked = askedLives(slots, plan)
    this.#passes = inPasses(asked)
    const placesOf = (some: ReadonlySet<number>, first: number): number[] =>
      [...some].flatMap((life) => Array.from({ length: all }, (_, group) => first + group * lives + life))
    this.#ofGroups = Int32Array.from([...placesOf(asked.groupCounts, 0), ...placesOf(asked.groupSeverities, size)])
  }

  /** The sums of a row at an hour, in the place of those before. */
  of(facts: FactSlice, asOfHour: number): void {
    const { sums } = this
    const ofGroups = this.#ofGroups
    for (let at = 0; at < ofGroups.length; at++) sums[ofGroups[at]] = 0
    for (let at = 0; at < this.#passes.length; at++) this.#addUp(facts, asOfHour, this.#passes[at])
  }

  /**
   * Of each kind of sum two half-lives in one pass. What every fact adds to stands in variables, not in arrays, and nothing is added up
   * that is not asked for: each takes half of the time.
   */
  #addUp({ words, offset, count, stride }: FactSlice, asOfHour: number, pass: Pass): void {
    const { counts } = this
    const severities = this.#severities
    const groupOf = this.#groupOf
    const decay = this.#decay
    const horizonHours = this.#horizonHours
    const { lives, all, long } = this.#plan
    const { count0, count1, severity0, severity1, groupCount0, groupCount1, groupSeverity0, groupSeverity1 } = pass
    const hasGroupCount0 = pass.groupCounts > 0
    const hasGroupCount1 = pass.groupCounts > 1
    const hasGroupSeverity0 = pass.groupSeverities > 0
    const hasGroupSeverity1 = pass.groupSeverities > 1
    let countSum0 = 0
    let countSum1 = 0
    let severitySum0 = 0
    let severitySum1 = 0
    let youngest = horizonHours
    let amount = 0
    let sources = 0
    const end = offset + count * stride
    for (let word = offset; word < end; word += stride) {
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
      if (hasGroupCount0) counts[group + groupCount0] += decay[weights + groupCount0]
      if (hasGroupCount1) counts[group + groupCount1] += decay[weights + groupCount1]
      if (hasGroupSeverity0) severities[group + groupSeverity0] += decay[weights + groupSeverity0] * severity
      if (hasGroupSeverity1) severities[group + groupSeverity1] += decay[weights + groupSeverity1] * severity
      if (age < youngest) youngest = age
      const hundredths = factLogAmountHundredths(words[word + 4])
      if (hundredths !== 0) amount += decay[weights + long] * (hundredths / 100)
      sources |= 1 << factSource(words[word + 3])
    }
    const total = all * lives
    counts[total + count0] = countSum0
    counts[total + count1] = countSum1
    severities[total + severity0] = severitySum0
    severities[total + severity1] = severitySum1
    this.youngestHours = youngest
    this.amount = amount
    this.sources = sources
  }
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
