/**
 * Features of one enterprise: a pure function of (facts, grades, context, asOf). The same function scores online and makes training rows.
 */
import { type CompiledFeature, declaredValue } from './declared.ts'
import { FactSums, momentumLongDays, momentumShortDays, type SumsProfile, sumsPlan } from './factSums.ts'
import {
  type FactSlice,
  type GradeSlice,
  gradeCode,
  gradeHour,
  gradeInForce,
  gradeWords,
  hoursPerDay,
} from './facts.ts'
import type { KeptSums } from './keptSums.ts'
import { type LaneKernel, ln, ln1pLanes } from './math.ts'

/** Keeps the logarithm of a momentum finite; events per day. */
const momentumEpsilon = 0.01
const [youngestLog, amountLog, gradeAgeLog, peerLog, firstLog] = [0, 1, 2, 3, 4] as const

/** What the features need to know of a profile. */
export type FeatureProfile = SumsProfile & {
  /** `['none', 'A', ...]`, best grade second. */
  grades: readonly string[]
  /** Features of this profile alone. */
  declared: readonly CompiledFeature[]
}

/** Median and spread (IQR / 1.349) of ln(1 + decayed count, 90 days) among an enterprise's peers; it comes with the model. */
export type Peers = { median: number; spread: number }

/** What surrounds an enterprise. `peers` undefined: the model knows none, and the feature is 0. `ofPlace`: what is declared of its place, by slot. */
export type FeatureContext = { peers: Peers | undefined; ofPlace: Float64Array }

/** One score's view of an enterprise at an hour. `kept`: sums over its facts from before; the features are the same without. */
export type EnterpriseView = {
  facts: FactSlice
  grades: GradeSlice
  asOfHour: number
  context: FeatureContext
  kept?: KeptSums | undefined
}

/** Fills `out` with the features asked for, in the order asked for. Finite for every view. `sums`: the name of the sums that it makes, for whoever keeps them. */
export type FeatureFill = ((out: Float64Array, view: EnterpriseView) => void) & { readonly sums: string }

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
    ...otherNames(grades),
  ]
}

/** Names of the features that are there once, whatever groups and half-lives a profile has. */
export function otherNames(grades: readonly string[]): readonly string[] {
  return ['recency', 'sources', 'amount', ...grades.map((grade) => `grade.${grade}`), 'gradeAge', 'gradeWorse', 'peer']
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
  const { grades, horizonHours } = profile
  const plan = sumsPlan(profile)
  const { lives, all, short, long } = plan
  const known = knownNames(profile, names)
  const firstDeclared = known.length - profile.declared.length
  const slots = Int32Array.from(names, (name) => known.indexOf(name))
  const facts = new FactSums(profile, plan, slots)
  const { sums, counts } = facts
  const firstOfMomentum = sums.length
  const firstOfRecency = firstOfMomentum + all + 1
  const other = new Float64Array(firstDeclared - firstOfRecency) // recency, sources, amount, grades, gradeAge, gradeWorse, peer
  const sumsAsked = asked(slots, 0, firstOfMomentum)
  const momentaAsked = asked(slots, firstOfMomentum, firstOfRecency)
  const othersAsked = asked(slots, firstOfRecency, firstDeclared)
  const declaredAsked = asked(slots, firstDeclared, known.length)
  const declared = Array.from(declaredAsked.places, (place) => declaredValue(profile.declared[place], horizonHours))
  /** What a logarithm is taken of: youngest, amount, grade age, count of `peer`, and the sums that are not 0; and the feature of each sum. */
  const ln1ps = logarithms(firstLog + sumsAsked.features.length)
  const { inputs, results: logs } = ln1ps
  const featureOfLog = new Int32Array(inputs.length)

  return Object.assign(fill, { sums: facts.name })

  function fill(out: Float64Array, view: EnterpriseView): void {
    facts.of(view.facts, view.asOfHour, view.kept)
    inputs[youngestLog] = facts.youngestHours / hoursPerDay
    inputs[amountLog] = facts.amount
    other[1] = bitCount(facts.sources)
    addGrade(view)
    inputs[peerLog] = counts[all * lives + long]
    let logCount = firstLog
    for (let at = 0; at < sumsAsked.features.length; at++) {
      const feature = sumsAsked.features[at]
      const sum = sums[sumsAsked.places[at]]
      out[feature] = sum
      if (sum === 0) continue // most sums are
      inputs[logCount] = sum
      featureOfLog[logCount++] = feature
    }
    ln1ps.run(logCount)
    for (let at = firstLog; at < logCount; at++) out[featureOfLog[at]] = logs[at]
    other[0] = logs[youngestLog]
    other[2] = logs[amountLog]
    other[3 + grades.length] = logs[gradeAgeLog]
    const { peers } = view.context
    other[other.length - 1] = peers === undefined ? 0 : (logs[peerLog] - peers.median) / peers.spread
    for (let at = 0; at < momentaAsked.features.length; at++)
      out[momentaAsked.features[at]] = momentum(momentaAsked.places[at] * lives)
    for (let at = 0; at < othersAsked.features.length; at++)
      out[othersAsked.features[at]] = other[othersAsked.places[at]]
    for (let at = 0; at < declaredAsked.features.length; at++)
      out[declaredAsked.features[at]] = declared[at](view.facts, view.asOfHour, view.context.ofPlace)
  }

  function momentum(group: number): number {
    if (counts[group + long] === 0) return 0
    return ln(
      (counts[group + short] / momentumShortDays + momentumEpsilon) /
        (counts[group + long] / momentumLongDays + momentumEpsilon),
    )
  }

  /** One-hot grade, ln(1 + its age in days), and whether the last change was for the worse (+1) or the better (-1). */
  function addGrade({ grades: slice, asOfHour }: EnterpriseView): void {
    for (let at = 3; at < other.length; at++) other[at] = 0
    inputs[gradeAgeLog] = 0
    const now = gradeInForce(slice, asOfHour, Number.POSITIVE_INFINITY)
    if (now === undefined) {
      other[3] = 1
      return
    }
    const word = slice.offset + now * gradeWords
    const grade = gradeCode(slice.words[word])
    other[3 + grade] = 1
    inputs[gradeAgeLog] = (asOfHour - gradeHour(slice.words[word])) / hoursPerDay
    if (now > 0) other[4 + grades.length] = Math.sign(grade - gradeCode(slice.words[word - gradeWords]))
  }
}

const kernels = new Map<number, LaneKernel>()

/** Logarithms of so many numbers at least. Whoever asks for as many shares the scratch space, and the memory behind it. */
function logarithms(count: number): LaneKernel {
  const length = Math.ceil(count / kernelStep) * kernelStep
  const kernel = kernels.get(length) ?? ln1pLanes(length)
  kernels.set(length, kernel)
  return kernel
}
const kernelStep = 64

/** Of the features asked for those that lie from one slot up to another, and their places behind the first. */
function asked(slots: Int32Array, from: number, to: number): { features: Int32Array; places: Int32Array } {
  const features = Int32Array.from([...slots.keys()].filter((feature) => slots[feature] >= from && slots[feature] < to))
  return { features, places: features.map((feature) => slots[feature] - from) }
}

function bitCount(bits: number): number {
  let count = 0
  for (let rest = bits >>> 0; rest !== 0; rest &= rest - 1) count++
  return count
}
