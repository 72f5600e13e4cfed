/**
 * Features of one enterprise: a pure function of (facts, grades, context, asOf). The same function scores online and makes training rows.
 *
 * Decayed sums over facts, w * 2^(-age / half-life), are the intensity of an exponential-kernel Hawkes process; taken in the
 * fixed order of the facts and with ages in whole hours from a table, they give the same bytes on every machine.
 */
import {
  type FactSlice,
  factHour,
  factLogAmount,
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
import { ln, ln1p, pow2 } from './math.ts'

const hoursPerDay = 24
/** Keeps the logarithm of a momentum finite; events per day. */
const momentumEpsilon = 0.01
const momentumShortDays = 7
const momentumLongDays = 90

/** What the features need to know of a profile. */
export type FeatureProfile = {
  groups: readonly string[]
  /** Group of each event type, by index. */
  groupOfType: readonly number[]
  halfLivesDays: readonly number[]
  /** `['none', 'A', ...]`, best grade second. */
  grades: readonly string[]
  horizonHours: number
}

/** Median and spread (IQR / 1.349) of ln(1 + decayed count, 90 days) among an enterprise's peers; it comes with the model. */
export type Peers = { median: number; spread: number }

/** What surrounds an enterprise. `peers` undefined: the model knows none, and the feature is 0. */
export type FeatureContext = { peers: Peers | undefined }

/** One score's view of an enterprise at an hour. */
export type EnterpriseView = { facts: FactSlice; grades: GradeSlice; asOfHour: number; context: FeatureContext }

export type FeatureLayout = {
  /** Names in the order of the vector: `count.CMP.30d`, `momentum.all`, `grade.C`. */
  readonly names: readonly string[]
  /** Fills `out` (length = names.length). The vector is finite for every view. */
  fill(out: Float64Array, view: EnterpriseView): void
}

/** Feature names and the function that fills them, for one profile. */
export function featureLayout(profile: FeatureProfile): FeatureLayout {
  const { groups, groupOfType, halfLivesDays, grades, horizonHours } = profile
  const lives = halfLivesDays.length
  const all = groups.length // the sums over all groups stand behind those of the groups
  const sums = (all + 1) * lives
  const groupNames = [...groups, 'all']
  const perLife = (kind: string): string[] => groupNames.flatMap((group) => halfLivesDays.map((days) => `${kind}.${group}.${days}d`))
  const names = [
    ...perLife('count'),
    ...perLife('severity'),
    ...groupNames.map((group) => `momentum.${group}`),
    'recency',
    'sources',
    `amount.${halfLivesDays[nearest(halfLivesDays, momentumLongDays)]}d`,
    ...grades.map((grade) => `grade.${grade}`),
    'gradeAge',
    'gradeWorse',
    'peer',
  ]
  const momentumAt = names.indexOf(`momentum.${groupNames[0]}`)
  const recencyAt = names.indexOf('recency')
  const [sourcesAt, amountAt, gradeAt] = [recencyAt + 1, recencyAt + 2, recencyAt + 3]
  const [gradeAgeAt, gradeWorseAt, peerAt] = [gradeAt + grades.length, gradeAt + grades.length + 1, gradeAt + grades.length + 2]
  const short = nearest(halfLivesDays, momentumShortDays)
  const long = nearest(halfLivesDays, momentumLongDays)
  const peerBasis = all * lives + long
  const decay = decayTable(halfLivesDays, horizonHours)
  const seen = new Uint8Array(all + 1)

  return { names, fill }

  function fill(out: Float64Array, view: EnterpriseView): void {
    out.fill(0)
    addFacts(out, view)
    for (let group = 0; group <= all; group++) if (seen[group] === 1) transform(out, group)
    addGrade(out, view)
    const peers = view.context.peers
    if (peers !== undefined) out[peerAt] = (out[peerBasis] - peers.median) / peers.spread
  }

  /** Raw sums: counts in [0, sums), severity-weighted in [sums, 2 sums); recency, sources and amount in their places. */
  function addFacts(out: Float64Array, { facts, asOfHour }: EnterpriseView): void {
    seen.fill(0)
    const { words, stride } = facts
    let sources = 0
    let youngest = horizonHours
    for (let fact = 0, word = facts.offset; fact < facts.count; fact++, word += stride) {
      const what = words[word + 2]
      if ((what & tombstoneBit) !== 0) continue
      const age = Math.max(0, asOfHour - factHour(what))
      if (age > horizonHours) continue
      const group = groupOfType[factType(what)]
      const severity = factSeverity(what)
      const weights = age * lives
      const own = group * lives
      const total = all * lives
      for (let life = 0; life < lives; life++) {
        const weight = decay[weights + life]
        const weighed = weight * severity
        out[own + life] += weight
        out[total + life] += weight
        out[sums + own + life] += weighed
        out[sums + total + life] += weighed
      }
      seen[group] = 1
      seen[all] = 1
      if (age < youngest) youngest = age
      sources |= 1 << factSource(words[word + 3])
      out[amountAt] += decay[weights + long] * factLogAmount(words[word + 4])
    }
    out[recencyAt] = ln1p(youngest / hoursPerDay)
    out[sourcesAt] = bitCount(sources)
    if (seen[all] === 1) out[amountAt] = ln1p(out[amountAt])
  }

  /** Turns a group's sums into logarithms, and their ratio into momentum. */
  function transform(out: Float64Array, group: number): void {
    const own = group * lives
    const shortRate = out[own + short] / momentumShortDays + momentumEpsilon
    const longRate = out[own + long] / momentumLongDays + momentumEpsilon
    out[momentumAt + group] = ln(shortRate / longRate)
    for (let life = 0; life < lives; life++) {
      out[own + life] = ln1p(out[own + life])
      out[sums + own + life] = ln1p(out[sums + own + life])
    }
  }

  /** One-hot grade, ln(1 + its age in days), and whether the last change was for the worse (+1) or the better (-1). */
  function addGrade(out: Float64Array, { grades: slice, asOfHour }: EnterpriseView): void {
    const now = gradeInForce(slice, asOfHour, Number.POSITIVE_INFINITY)
    if (now === undefined) {
      out[gradeAt] = 1
      return
    }
    const word = slice.offset + now * gradeWords
    const grade = gradeCode(slice.words[word])
    out[gradeAt + grade] = 1
    out[gradeAgeAt] = ln1p((asOfHour - gradeHour(slice.words[word])) / hoursPerDay)
    if (now > 0) out[gradeWorseAt] = Math.sign(grade - gradeCode(slice.words[word - gradeWords]))
  }
}

/** 2^(-age / half-life) for every whole hour of age up to the horizon, half-lives side by side. */
function decayTable(halfLivesDays: readonly number[], horizonHours: number): Float64Array {
  const lives = halfLivesDays.length
  const table = new Float64Array((horizonHours + 1) * lives)
  for (let age = 0; age <= horizonHours; age++) {
    for (let life = 0; life < lives; life++) table[age * lives + life] = pow2(-age / (halfLivesDays[life] * hoursPerDay))
  }
  return table
}

function nearest(days: readonly number[], wanted: number): number {
  return days.reduce((best, one, at) => (Math.abs(one - wanted) < Math.abs(days[best] - wanted) ? at : best), 0)
}

function bitCount(bits: number): number {
  let count = 0
  for (let rest = bits >>> 0; rest !== 0; rest &= rest - 1) count++
  return count
}
