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
  readonly #asked: readonly FourLives[]
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
    this.#asked = inFours(asked)
    const placesOf = (some: ReadonlySet<number>, first: number): number[] =>
      [...some].flatMap((life) => Array.from({ length: all }, (_, group) => first + group * lives + life))
    this.#ofGroups = Int32Array.from([...placesOf(asked.ofCounts, 0), ...placesOf(asked.ofSeverities, size)])
  }

  /** The sums of a row at an hour, in the place of those before. */
  of(facts: FactSlice, asOfHour: number): void {
    const { sums } = this
    const ofGroups = this.#ofGroups
    for (let at = 0; at < ofGroups.length; at++) sums[ofGroups[at]] = 0
    for (let at = 0; at < this.#asked.length; at++) this.#addUp(facts, asOfHour, this.#asked[at])
  }

  /** Four half-lives in one pass. What every fact adds to stands in variables, not in arrays: it takes half the time. */
  #addUp({ words, offset, count, stride }: FactSlice, asOfHour: number, four: FourLives): void {
    const { counts } = this
    const severities = this.#severities
    const groupOf = this.#groupOf
    const decay = this.#decay
    const horizonHours = this.#horizonHours
    const { lives, all, long } = this.#plan
    const { life0, life1, life2, life3 } = four
    const { isCount0, isCount1, isCount2, isCount3 } = four
    const { isSeverity0, isSeverity1, isSeverity2, isSeverity3 } = four
    let count0 = 0
    let count1 = 0
    let count2 = 0
    let count3 = 0
    let severity0 = 0
    let severity1 = 0
    let severity2 = 0
    let severity3 = 0
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
      const weight0 = decay[weights + life0]
      const weight1 = decay[weights + life1]
      const weight2 = decay[weights + life2]
      const weight3 = decay[weights + life3]
      if (isCount0) counts[group + life0] += weight0
      if (isCount1) counts[group + life1] += weight1
      if (isCount2) counts[group + life2] += weight2
      if (isCount3) counts[group + life3] += weight3
      if (isSeverity0) severities[group + life0] += weight0 * severity
      if (isSeverity1) severities[group + life1] += weight1 * severity
      if (isSeverity2) severities[group + life2] += weight2 * severity
      if (isSeverity3) severities[group + life3] += weight3 * severity
      count0 += weight0
      count1 += weight1
      count2 += weight2
      count3 += weight3
      severity0 += weight0 * severity
      severity1 += weight1 * severity
      severity2 += weight2 * severity
      severity3 += weight3 * severity
      if (age < youngest) youngest = age
      amount += decay[weights + long] * (factLogAmountHundredths(words[word + 4]) / 100)
      sources |= 1 << factSource(words[word + 3])
    }
    const total = all * lives
    counts[total + life0] = count0
    counts[total + life1] = count1
    counts[total + life2] = count2
    counts[total + life3] = count3
    severities[total + life0] = severity0
    severities[total + life1] = severity1
    severities[total + life2] = severity2
    severities[total + life3] = severity3
    this.youngestHours = youngest
    this.amount = amount
    this.sources = sources
  }
}

/** Four half-lives, by place; and which of them the counts and severities of groups are asked with. Where fewer are asked for, the last stands again, for all groups alone. */
type FourLives = {
  life0: number
  life1: number
  life2: number
  life3: number
  isCount0: boolean
  isCount1: boolean
  isCount2: boolean
  isCount3: boolean
  isSeverity0: boolean
  isSeverity1: boolean
  isSeverity2: boolean
  isSeverity3: boolean
}

type AskedLives = { ofAll: ReadonlySet<number>; ofCounts: ReadonlySet<number>; ofSeverities: ReadonlySet<number> }

/** The half-lives that the asked features need, of all groups and of single ones. The count over all with the long half-life is what peers compare. */
function askedLives(slots: Int32Array, { lives, all, short, long }: SumsPlan): AskedLives {
  const sums = (all + 1) * lives
  const [ofAll, ofCounts, ofSeverities] = [new Set([long]), new Set<number>(), new Set<number>()]
  for (const slot of slots) {
    const isAll = slot % sums >= all * lives
    if (slot < 2 * sums) (isAll ? ofAll : slot < sums ? ofCounts : ofSeverities).add(slot % lives)
    else if (slot < 2 * sums + all + 1)
      for (const life of [short, long]) (slot - 2 * sums === all ? ofAll : ofCounts).add(life)
  }
  return { ofAll, ofCounts, ofSeverities }
}

function inFours({ ofAll, ofCounts, ofSeverities }: AskedLives): FourLives[] {
  const lives = [...ofAll.union(ofCounts).union(ofSeverities)].sort((a, b) => a - b)
  return lives.flatMap((_, at) => (at % 4 === 0 ? [fourLives(lives.slice(at, at + 4), ofCounts, ofSeverities)] : []))
}

/** One to four half-lives. */
function fourLives(lives: readonly number[], counts: ReadonlySet<number>, severities: ReadonlySet<number>): FourLives {
  const life = (lane: number): number => lives[Math.min(lane, lives.length - 1)]
  const isIn = (asked: ReadonlySet<number>, lane: number): boolean => lane < lives.length && asked.has(lives[lane])
  return {
    life0: life(0),
    life1: life(1),
    life2: life(2),
    life3: life(3),
    isCount0: isIn(counts, 0),
    isCount1: isIn(counts, 1),
    isCount2: isIn(counts, 2),
    isCount3: isIn(counts, 3),
    isSeverity0: isIn(severities, 0),
    isSeverity1: isIn(severities, 1),
    isSeverity2: isIn(severities, 2),
    isSeverity3: isIn(severities, 3),
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
