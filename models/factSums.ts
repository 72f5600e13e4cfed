/**
 * Decayed sums over the facts of one enterprise, w * 2^(-age / half-life): the intensity of an exponential-kernel Hawkes process.
 * Facts of one hour have one age: they are counted as they are, whole numbers, and then weighed together. Taken in the order of the
 * hours and with weights from a table, the sums have the same bytes on every machine.
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
  private readonly severities: Float64Array
  private readonly plan: SumsPlan
  private readonly horizonHours: number
  private readonly decay: Float64Array
  private readonly groupOf: Uint8Array
  private readonly asked: AskedLives
  /** What one hour counted: events and severities by group, and which groups it had. */
  private readonly hourCounts: Int32Array
  private readonly hourSeverities: Int32Array
  private readonly hourGroups: Int32Array

  /** `slots`: features that are asked for, by place: sums, then momenta of the groups and of all, then others. Only sums that these need are made. */
  constructor(profile: SumsProfile, plan: SumsPlan, slots: Int32Array) {
    const { groups, groupOfType, halfLivesDays, horizonHours } = profile
    const size = (plan.all + 1) * plan.lives
    this.sums = new Float64Array(2 * size)
    this.counts = this.sums.subarray(0, size)
    this.severities = this.sums.subarray(size)
    this.plan = plan
    this.horizonHours = horizonHours
    this.decay = decayTable(halfLivesDays, horizonHours)
    this.groupOf = Uint8Array.from(groupOfType)
    this.asked = askedLives(slots, plan)
    this.hourCounts = new Int32Array(groups.length)
    this.hourSeverities = new Int32Array(groups.length)
    this.hourGroups = new Int32Array(groups.length)
  }

  /** The sums of a row at an hour, in the place of those before. */
  of({ words, offset, count, stride }: FactSlice, asOfHour: number): void {
    const { groupOf, hourCounts, hourSeverities, hourGroups, horizonHours, decay } = this
    const { lives, long } = this.plan
    this.sums.fill(0)
    const end = offset + count * stride
    let sources = 0
    let youngest = horizonHours
    let amount = 0
    for (let word = offset; word < end; ) {
      const hour = factHour(words[word + 2])
      const age = Math.max(0, asOfHour - hour)
      let hundredths = 0
      let groupCount = 0
      for (; word < end && factHour(words[word + 2]) === hour; word += stride) {
        const what = words[word + 2]
        if ((what & tombstoneBit) !== 0 || age > horizonHours) continue
        const group = groupOf[factType(what)]
        if (hourCounts[group]++ === 0) hourGroups[groupCount++] = group
        hourSeverities[group] += factSeverity(what)
        sources |= 1 << factSource(words[word + 3])
        hundredths += factLogAmountHundredths(words[word + 4])
      }
      if (groupCount === 0) continue
      this.weigh(groupCount, age * lives)
      if (age < youngest) youngest = age
      amount += decay[age * lives + long] * (hundredths / 100)
    }
    this.youngestHours = youngest
    this.amount = amount
    this.sources = sources
  }

  /** Adds what one hour counted, in so many groups, with the weights of its age; and empties its counts. */
  private weigh(groupCount: number, weights: number): void {
    const { counts, severities, decay, hourCounts, hourSeverities } = this
    const { groupCounts, groupSeverities, allCounts, allSeverities } = this.asked
    const { lives, all } = this.plan
    let count = 0
    let severity = 0
    for (let at = 0; at < groupCount; at++) {
      const group = this.hourGroups[at]
      const own = group * lives
      const ownCount = hourCounts[group]
      const ownSeverity = hourSeverities[group]
      for (let at = 0; at < groupCounts.length; at++)
        counts[own + groupCounts[at]] += decay[weights + groupCounts[at]] * ownCount
      for (let at = 0; at < groupSeverities.length; at++)
        severities[own + groupSeverities[at]] += decay[weights + groupSeverities[at]] * ownSeverity
      count += ownCount
      severity += ownSeverity
      hourCounts[group] = 0
      hourSeverities[group] = 0
    }
    const total = all * lives
    for (let at = 0; at < allCounts.length; at++)
      counts[total + allCounts[at]] += decay[weights + allCounts[at]] * count
    for (let at = 0; at < allSeverities.length; at++)
      severities[total + allSeverities[at]] += decay[weights + allSeverities[at]] * severity
  }
}

type AskedLives = {
  groupCounts: Int32Array
  groupSeverities: Int32Array
  allCounts: Int32Array
  allSeverities: Int32Array
}

/** Which half-lives the asked features need. The count over all with the long half-life is what peers compare. */
function askedLives(slots: Int32Array, { lives, all, short, long }: SumsPlan): AskedLives {
  const sums = (all + 1) * lives
  const [groupCounts, groupSeverities, allCounts, allSeverities] = [
    new Set<number>(),
    new Set<number>(),
    new Set([long]),
    new Set<number>(),
  ]
  for (const slot of slots) {
    const isAll = slot % sums >= all * lives
    if (slot < sums) (isAll ? allCounts : groupCounts).add(slot % lives)
    else if (slot < 2 * sums) (isAll ? allSeverities : groupSeverities).add(slot % lives)
    else if (slot < 2 * sums + all + 1)
      for (const life of [short, long]) (slot - 2 * sums === all ? allCounts : groupCounts).add(life)
  }
  const sorted = (some: ReadonlySet<number>): Int32Array => Int32Array.from(some).sort()
  return {
    groupCounts: sorted(groupCounts),
    groupSeverities: sorted(groupSeverities),
    allCounts: sorted(allCounts),
    allSeverities: sorted(allSeverities),
  }
}

/** 2^(-age / half-life) for every whole hour of age up to the horizon, half-lives side by side. */
function decayTable(halfLivesDays: readonly number[], horizonHours: number): Float64Array {
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
