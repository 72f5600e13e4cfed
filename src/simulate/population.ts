/** The enterprises at the start, in columns: about 30 bytes each, so a million of them are small. Nothing here changes later. */
import { noGrade, type Profile } from '../../streams/profile.ts'
import { unknownIndex } from '../../streams/tree.ts'
import { AliasTable } from './flaws/alias.ts'
import { type Places, places } from './places.ts'
import { Random } from './random.ts'
import type { Family } from './traits.ts'

/** Mean of Dandong (65.4/25.3/7.7/1.5 %) and Bayannur (73.2/18.7/5.2/3.0 %), best first. */
const fourGradePercent = [69.3, 22, 6.45, 2.25] as const
export const ungradedShare = 0.02
export const bornLaterShare = 0.01
const unknownPlaceShare = 0.002
/** Problem rates by grade rise from this floor with the rates of random inspections (Henan 2021: 0, 39.6, 56.5, 85 %). */
const problemFloor = 0.15
const problemWithoutGrade = 0.35
const giantShare = 0.001

/** How much more often a family of events meets enterprises of a section (GB/T 4754 letters); `else` for the others. */
const affinities: Readonly<Record<Family, Readonly<Record<string, number>>>> = {
  consumer: { F: 1.3, H: 1.8, O: 1.5, R: 1.3, K: 0.9, G: 0.9, I: 0.9, Q: 1.2, P: 1, else: 0.6 },
  conduct: { B: 2, C: 1.8, D: 1.3, E: 1.2, H: 1.3, N: 1, F: 0.9, else: 0.6 },
  labour: { E: 3, C: 1.3, H: 1.2, G: 1.1, else: 0.6 },
  neutral: { else: 1 },
}

export type Population = {
  readonly size: number
  /** Enterprises from this number on are registered during the run. */
  readonly bornLaterFrom: number
  readonly region: Uint16Array
  readonly industry: Uint16Array
  /** Index of the grade that the first record gives; 0 for those that never get one. */
  readonly grade: Uint8Array
  /** How prone to events of consumers, and of others: mean about 1, with a heavy tail. */
  readonly appeal: Float32Array
  readonly frailty: Float32Array
  readonly regions: Places
  readonly industries: Places
}

export function gradeShares(profile: Profile): readonly number[] {
  const count = profile.grades.length - 1
  if (count === fourGradePercent.length) return fourGradePercent.map((percent) => percent / 100)
  const raw = Array.from({ length: count }, (_, rank) => 0.35 ** rank)
  const sum = raw.reduce((total, share) => total + share, 0)
  return raw.map((share) => share / sum)
}

/** Relative rate of problems by grade index (0 = no grade). */
export function problemRates(profile: Profile): readonly number[] {
  const { grades } = profile.file
  const rising = (rank: number): number => (0.85 * rank) / Math.max(1, grades.length - 1)
  return [problemWithoutGrade, ...grades.map((grade, rank) => problemFloor + (grade.highRiskRate ?? rising(rank)))]
}

export function populate(profile: Profile, size: number, seed: number): Population {
  const regions = places(profile.regions, new Random(seed, 'region sizes'))
  const industries = places(profile.industries, new Random(seed, 'industry sizes'))
  const shares = gradeShares(profile)
  const gradeTable = new AliasTable([ungradedShare, ...shares.map((share) => share * (1 - ungradedShare))])
  const draws = {
    place: new Random(seed, 'places'),
    grade: new Random(seed, 'grades'),
    tail: new Random(seed, 'tails'),
  }
  const population: Population = {
    size,
    bornLaterFrom: size - Math.floor(size * bornLaterShare),
    region: new Uint16Array(size),
    industry: new Uint16Array(size),
    grade: new Uint8Array(size),
    appeal: new Float32Array(size),
    frailty: new Float32Array(size),
    regions,
    industries,
  }
  for (let enterprise = 0; enterprise < size; enterprise++) {
    population.region[enterprise] = draws.place.chance(unknownPlaceShare) ? unknownIndex : regions.pick(draws.place)
    population.industry[enterprise] = draws.place.chance(unknownPlaceShare)
      ? unknownIndex
      : industries.pick(draws.place)
    population.grade[enterprise] = shares.length === 0 ? noGrade : gradeTable.pick(draws.grade)
    population.appeal[enterprise] = appeal(draws.tail)
    population.frailty[enterprise] = draws.tail.logNormal(0.75, 0.75)
  }
  return population
}

/** Lognormal, and one in a thousand a platform with 20 to 400 times the complaints (Pareto, exponent 1.2). */
function appeal(random: Random): number {
  const plain = random.logNormal(0.6, 1)
  return random.chance(giantShare) ? Math.min(400, 20 * (1 - random.next()) ** (-1 / 1.2)) : plain
}

/** Relative rate of a family of events for every enterprise, mean 1: tail x grade x section. */
function familyWeights(profile: Profile, population: Population, grade: Uint8Array, family: Family): Float32Array {
  const rates = problemRates(profile)
  const bySection = affinities[family]
  const affinity = Float32Array.from(profile.industries.nodes, (node) => {
    return bySection[profile.industries.nodes[population.industries.topOf[node.index]].code] ?? bySection.else
  })
  const tail = family === 'consumer' ? population.appeal : population.frailty
  const weights = new Float32Array(population.size)
  let sum = 0
  for (let one = 0; one < population.size; one++) {
    const problems = family === 'neutral' ? 1 : rates[grade[one]]
    weights[one] = tail[one] * problems * affinity[population.industry[one]]
    sum += weights[one]
  }
  const scale = population.size / sum
  for (let one = 0; one < population.size; one++) weights[one] *= scale
  return weights
}

export function weightsByFamily(
  profile: Profile,
  population: Population,
  grade: Uint8Array,
): Readonly<Record<Family, Float32Array>> {
  const of = (family: Family): Float32Array => familyWeights(profile, population, grade, family)
  return { consumer: of('consumer'), conduct: of('conduct'), labour: of('labour'), neutral: of('neutral') }
}

/** For drawing enterprises by family; made again each month, when grades have moved. */
export function familyTables(weights: Readonly<Record<Family, Float32Array>>): Readonly<Record<Family, AliasTable>> {
  return {
    consumer: new AliasTable(weights.consumer),
    conduct: new AliasTable(weights.conduct),
    labour: new AliasTable(weights.labour),
    neutral: new AliasTable(weights.neutral),
  }
}
