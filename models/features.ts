/**
 * Features of one enterprise: a pure function of (facts, grades, context, asOf). The same function scores online and makes training rows.
 *
 * Decayed sums over facts, w * 2^(-age / half-life), are the intensity of an exponential-kernel Hawkes process; taken in the
 * order of the facts' hours and with ages in whole hours from a table, they give the same bytes on every machine.
 */
import { type CompiledFeature, type DeclaredValue, declaredValue } from './declared.ts'
import {
  type FactSlice,
  factHour,
  factLogAmountHundredths,
  factSeverity,
  factSource,
  factType,
  type GradeSlice,
  gradeCode,
  gradeHour,
  gradeInForce,
  gradeWords,
  tombstoneBit,
} from './facts.ts'
import { ln, ln1pAll, pow2 } from './math.ts'

const hoursPerDay = 24
/** Keeps the logarithm of a momentum finite; events per day. */
const momentumEpsilon = 0.01
const momentumShortDays = 7
const momentumLongDays = 90
const [youngestLog, amountLog, gradeAgeLog, peerLog, firstLog] = [0, 1, 2, 3, 4] as const

/** What the features need to know of a profile. */
export type FeatureProfile = {
  groups: readonly string[]
  /** Group of each event type, by index. */
  groupOfType: readonly number[]
  halfLivesDays: readonly number[]
  /** `['none', 'A', ...]`, best grade second. */
  grades: readonly string[]
  horizonHours: number
  /** Features of this profile alone. */
  declared: readonly CompiledFeature[]
}

/** Median and spread (IQR / 1.349) of ln(1 + decayed count, 90 days) among an enterprise's peers; it comes with the model. */
export type Peers = { median: number; spread: number }

/** What surrounds an enterprise. `peers` undefined: the model knows none, and the feature is 0. `ofPlace`: what is declared of its place, by slot. */
export type FeatureContext = { peers: Peers | undefined; ofPlace: Float64Array }

/** One score's view of an enterprise at an hour. */
export type EnterpriseView = { facts: FactSlice; grades: GradeSlice; asOfHour: number; context: FeatureContext }

/** Fills `out` with the features asked for, in the order asked for. Finite for every view. */
export type FeatureFill = (out: Float64Array, view: EnterpriseView) => void

/** Names of all features of a profile: `count.CMP.30d`, `momentum.all`, `grade.C`; those that it declares stand last. */
export function featureNames(profile: FeatureProfile): readonly string[] {
  return [...commonNames(profile), ...profile.declared.map(({ name }) => name)]
}

function commonNames({ groups, halfLivesDays, grades }: FeatureProfile): readonly string[] {
  const groupNames = [...groups, 'all']
  const perLife = (kind: string): string[] =>
    groupNames.flatMap((group) => halfLivesDays.map((days) => `${kind}.${group}.${days}d`))
  return [
    ...perLife('count'),
    ...perLife('severity'),
    ...groupNames.map((group) => `momentum.${group}`),
    'recency',
    'sources',
    'amount',
    ...grades.map((grade) => `grade.${grade}`),
    'gradeAge',
    'gradeWorse',
    'peer',
  ]
}

/** All names, if those asked for are among them. @throws Error for a name that the profile does not have. */
export function knownNames(profile: FeatureProfile, names: readonly string[]): readonly string[] {
  const known = featureNames(profile)
  const missing = names.find((name) => !known.includes(name))
  if (missing !== undefined) throw new Error(`there is no feature ${missing}`)
  return known
}

/**
 * The function that fills the named features for one profile. It works in one scratch space: not for two threads.
 * @throws Error for a name that the profile does not have.
 */
export function featureFill(profile: FeatureProfile, names: readonly string[]): FeatureFill {
  const { groups, groupOfType, halfLivesDays, grades, horizonHours } = profile
  const lives = halfLivesDays.length
  const all = groups.length // the sums over all groups stand behind those of the groups
  const long = nearest(halfLivesDays, momentumLongDays)
  const short = nearest(halfLivesDays, momentumShortDays)
  const decay = decayTable(halfLivesDays, horizonHours)
  const known = knownNames(profile, names)
  const firstDeclared = known.length - profile.declared.length
  /** Sums of counts, then of severities, by group and half-life. */
  const sums = new Float64Array(2 * (all + 1) * lives)
  const counts = sums.subarray(0, (all + 1) * lives)
  const severities = sums.subarray((all + 1) * lives)
  const slots = Int32Array.from(names, (name) => known.indexOf(name))
  const firstOfMomentum = sums.length
  const firstOfRecency = firstOfMomentum + all + 1
  const other = new Float64Array(firstDeclared - firstOfRecency) // recency, sources, amount, grades, gradeAge, gradeWorse, peer
  /** What one hour counted: events and severities by group, and which groups it had. */
  const hourCounts = new Int32Array(groups.length)
  const hourSeverities = new Int32Array(groups.length)
  const hourGroups = new Int32Array(groups.length)
  let hourGroupCount = 0
  const groupOf = Uint8Array.from(groupOfType)
  /** Half-lives that are asked for: of a group's own sums, and of the sums over all. */
  const asked = askedLives(slots, { lives, all, short, long })
  const declared: readonly (DeclaredValue | undefined)[] = known.map((_, slot) =>
    slot >= firstDeclared && slots.includes(slot)
      ? declaredValue(profile.declared[slot - firstDeclared], horizonHours)
      : undefined,
  )

  const sumSlots = Int32Array.from(slots.keys().filter((at) => slots[at] < firstOfMomentum))
  const otherSlots = Int32Array.from(slots.keys().filter((at) => slots[at] >= firstOfMomentum))
  /** What a logarithm is taken of: youngest, amount, grade age, count of `peer`, and the sums that are not 0; and the feature of each sum. */
  const logs = new Float64Array(firstLog + sumSlots.length)
  const featureOfLog = new Int32Array(logs.length)

  return (out, view) => {
    addFacts(view)
    addGrade(view)
    logs[peerLog] = counts[all * lives + long]
    out.fill(0)
    let logCount = firstLog
    for (let at = 0; at < sumSlots.length; at++) {
      const feature = sumSlots[at]
      const sum = sums[slots[feature]]
      if (sum === 0) continue // most sums are
      logs[logCount] = sum
      featureOfLog[logCount++] = feature
    }
    ln1pAll(logs, logCount)
    for (let at = firstLog; at < logCount; at++) out[featureOfLog[at]] = logs[at]
    other[0] = logs[youngestLog]
    other[2] = logs[amountLog]
    other[3 + grades.length] = logs[gradeAgeLog]
    const { peers } = view.context
    other[other.length - 1] = peers === undefined ? 0 : (logs[peerLog] - peers.median) / peers.spread
    for (let at = 0; at < otherSlots.length; at++) {
      const feature = otherSlots[at]
      const slot = slots[feature]
      const own = declared[slot]
      if (own !== undefined) out[feature] = own(view.facts, view.asOfHour, view.context.ofPlace)
      else
        out[feature] = slot < firstOfRecency ? momentum((slot - firstOfMomentum) * lives) : other[slot - firstOfRecency]
    }
  }

  function momentum(group: number): number {
    if (counts[group + long] === 0) return 0
    return ln(
      (counts[group + short] / momentumShortDays + momentumEpsilon) /
        (counts[group + long] / momentumLongDays + momentumEpsilon),
    )
  }

  /** Raw sums of counts and severities by group and half-life; recency, sources and amount. Only sums that are asked for are made. */
  function addFacts({ facts, asOfHour }: EnterpriseView): void {
    sums.fill(0)
    const { words, stride } = facts
    const end = facts.offset + facts.count * stride
    let sources = 0
    let youngest = horizonHours
    let amount = 0
    for (let word = facts.offset; word < end; ) {
      // Facts of one hour have one age: they are counted as they are, whole numbers, and then weighed together.
      const hour = factHour(words[word + 2])
      const age = Math.max(0, asOfHour - hour)
      let hundredths = 0
      for (; word < end && factHour(words[word + 2]) === hour; word += stride) {
        const what = words[word + 2]
        if ((what & tombstoneBit) !== 0 || age > horizonHours) continue
        const group = groupOf[factType(what)]
        if (hourCounts[group]++ === 0) hourGroups[hourGroupCount++] = group
        hourSeverities[group] += factSeverity(what)
        sources |= 1 << factSource(words[word + 3])
        hundredths += factLogAmountHundredths(words[word + 4])
      }
      if (hourGroupCount === 0) continue
      weigh(age * lives)
      if (age < youngest) youngest = age
      amount += decay[age * lives + long] * (hundredths / 100)
    }
    logs[youngestLog] = youngest / hoursPerDay
    other[1] = bitCount(sources)
    logs[amountLog] = amount
  }

  /** Adds what one hour counted with the weights of its age, and empties its counts. */
  function weigh(weights: number): void {
    const { groupCounts, groupSeverities, allCounts, allSeverities } = asked
    let count = 0
    let severity = 0
    for (let at = 0; at < hourGroupCount; at++) {
      const group = hourGroups[at]
      const own = group * lives
      const [ownCount, ownSeverity] = [hourCounts[group], hourSeverities[group]]
      for (let at = 0; at < groupCounts.length; at++)
        counts[own + groupCounts[at]] += decay[weights + groupCounts[at]] * ownCount
      for (let at = 0; at < groupSeverities.length; at++)
        severities[own + groupSeverities[at]] += decay[weights + groupSeverities[at]] * ownSeverity
      count += ownCount
      severity += ownSeverity
      hourCounts[group] = 0
      hourSeverities[group] = 0
    }
    hourGroupCount = 0
    const total = all * lives
    for (let at = 0; at < allCounts.length; at++)
      counts[total + allCounts[at]] += decay[weights + allCounts[at]] * count
    for (let at = 0; at < allSeverities.length; at++)
      severities[total + allSeverities[at]] += decay[weights + allSeverities[at]] * severity
  }

  /** One-hot grade, ln(1 + its age in days), and whether the last change was for the worse (+1) or the better (-1). */
  function addGrade({ grades: slice, asOfHour }: EnterpriseView): void {
    other.fill(0, 3)
    logs[gradeAgeLog] = 0
    const now = gradeInForce(slice, asOfHour, Number.POSITIVE_INFINITY)
    if (now === undefined) {
      other[3] = 1
      return
    }
    const word = slice.offset + now * gradeWords
    const grade = gradeCode(slice.words[word])
    other[3 + grade] = 1
    logs[gradeAgeLog] = (asOfHour - gradeHour(slice.words[word])) / hoursPerDay
    if (now > 0) other[4 + grades.length] = Math.sign(grade - gradeCode(slice.words[word - gradeWords]))
  }
}

type AskedLives = {
  groupCounts: Int32Array
  groupSeverities: Int32Array
  allCounts: Int32Array
  allSeverities: Int32Array
}

/** Which half-lives the asked features need. The count over all with the long half-life is what peers compare. */
function askedLives(
  slots: Int32Array,
  { lives, all, short, long }: { lives: number; all: number; short: number; long: number },
): AskedLives {
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

function bitCount(bits: number): number {
  let count = 0
  for (let rest = bits >>> 0; rest !== 0; rest &= rest - 1) count++
  return count
}
