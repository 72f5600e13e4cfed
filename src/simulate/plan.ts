/** Everything that is fixed before the first day: who is there, what is planned, at which level the hazard stands. */
import type { Profile } from '../../streams/profile.ts'
import { dayMs } from '../limits.ts'
import { intensity } from './cells.ts'
import { dirtShares, malformedShare } from './flaws/flaws.ts'
import { calibrate, channelIndex, hazardParameters, logHazard, stressTable } from './hazard.ts'
import { type EnterpriseIds, enterpriseIds } from './ids.ts'
import { type PlannedOutbreak, type PlanOptions, planOutbreaks } from './outbreaks.ts'
import { gradeShares, type Population, populate, problemRates, weightsByFamily } from './population.ts'
import { Random } from './random.ts'
import { type PlannedSilence, planSilences } from './silences.ts'
import { channels, type Family, sourcesOfTypes, type Trait, traits } from './traits.ts'
import { type ArtefactRequest, type PlannedArtefact, planArtefacts } from './troubles/artefacts.ts'
import { type PlannedTrouble, planTroubles, swapTypes, type TroubleRequest } from './troubles/troubles.ts'
import type { Truth } from './truth.ts'

export type PlanInput = PlanOptions & {
  enterprises: number
  outbreaks: boolean
  silences: boolean
  troubles: readonly TroubleRequest[]
  artefacts: readonly ArtefactRequest[]
}

export type Plan = {
  readonly profile: Profile
  readonly options: PlanInput
  readonly traits: readonly Trait[]
  /** Index of the source, by type. */
  readonly sources: readonly number[]
  readonly population: Population
  readonly ids: EnterpriseIds
  readonly outbreaks: readonly PlannedOutbreak[]
  /** In the order in which they begin. */
  readonly silences: readonly PlannedSilence[]
  readonly troubles: readonly PlannedTrouble[]
  readonly artefacts: readonly PlannedArtefact[]
  readonly swapTypes: ReturnType<typeof swapTypes>
  /** 0 (best) .. 1 (worst), by grade index; no grade stands in between. */
  readonly gradeBadness: readonly number[]
  readonly hazardLevel: number
  stress(region: number, industry: number): number
  readonly truth: Truth
}

const sampleSize = 4000
const badnessWithoutGrade = 0.3

export function makePlan(profile: Profile, options: PlanInput): Plan {
  const { seed, days, startMs } = options
  const typeTraits = traits(profile)
  const sources = sourcesOfTypes(profile)
  const population = populate(profile, options.enterprises, seed)
  const weights = weightsByFamily(profile, population, population.grade)
  const cells = intensity(profile, population, weights, typeTraits)
  const planned = planOutbreaks(profile, typeTraits, cells, options)
  // Silences avoid outbreaks whether these happen or not, so that a run without outbreaks differs in nothing else.
  const when = { days, seed, startMs }
  const usualSilences = planSilences(profile, sources, planned, when)
  const outbreaks = options.outbreaks ? planned : []
  const ids = enterpriseIds(profile, seed)
  const onDemand = planArtefacts(
    { profile, traits: typeTraits, sources, population, ids, intensity: cells, outbreaks: planned, when },
    options.artefacts,
  )
  const silences = [...(options.silences ? usualSilences : []), ...onDemand.silences]
  const gradeBadness = badnessByGrade(profile)
  const stress = stressTable(seed)
  const hazardLevel = calibrate(
    sampleLogarithms({ population, weights, traits: typeTraits, gradeBadness, stress, seed }),
  )
  const base = {
    profile,
    options,
    traits: typeTraits,
    sources,
    population,
    outbreaks,
    silences: silences.sort((a, b) => a.fromMs - b.fromMs),
    troubles: planTroubles(profile, cells, options.troubles, when),
    artefacts: onDemand.artefacts,
    swapTypes: swapTypes(profile, typeTraits),
    gradeBadness,
    hazardLevel,
    stress,
  }
  return { ...base, ids, truth: truthOf(base) }
}

function badnessByGrade(profile: Profile): number[] {
  const count = profile.grades.length - 1
  return [badnessWithoutGrade, ...Array.from({ length: count }, (_, rank) => rank / Math.max(1, count - 1))]
}

type Sample = Pick<Plan, 'population' | 'traits' | 'gradeBadness' | 'stress'> & {
  weights: Readonly<Record<Family, Float32Array>>
  seed: number
}

/** Log hazards of some enterprises with the past that their rates let expect. */
function sampleLogarithms({ population, traits: typeTraits, gradeBadness, stress, weights, seed }: Sample): number[] {
  const random = new Random(seed, 'hazard level')
  const meanDays = hazardParameters.halfLifeDays / Math.LN2
  const size = Math.min(sampleSize, population.size)
  const stride = Math.floor(population.size / size)
  return Array.from({ length: size }, (_, at) => {
    const one = at * stride
    const means = new Float64Array(channels.length)
    for (const { channel, family, perThousandDay } of typeTraits) {
      if (channel !== undefined)
        means[channelIndex(channel)] += (perThousandDay / 1000) * weights[family][one] * meanDays
    }
    const sums = means.map((mean) => 0.8 * random.poisson(mean))
    const region = population.regions.topOf[population.region[one]]
    const industry = population.industries.topOf[population.industry[one]]
    return logHazard(sums, 0, gradeBadness[population.grade[one]], stress(region, industry))
  })
}

function truthOf(plan: Omit<Plan, 'ids' | 'truth'>): Truth {
  const { profile, options } = plan
  const shares = gradeShares(profile)
  const rates = problemRates(profile)
  const byType = (value: (trait: Trait) => number): Record<string, number> =>
    Object.fromEntries(profile.types.map((type) => [type.code, value(plan.traits[type.index])]))
  return {
    profile: profile.file.name,
    profileHash: profile.hash,
    seed: options.seed,
    enterprises: options.enterprises,
    days: options.days,
    start: new Date(options.startMs).toISOString(),
    end: new Date(options.startMs + options.days * dayMs).toISOString(),
    outbreaks: plan.outbreaks.map((outbreak) => outbreak.truth),
    silences: plan.silences.map((silence) => silence.truth),
    troubles: plan.troubles.map((trouble) => trouble.truth),
    artefacts: plan.artefacts.map((artefact) => artefact.truth),
    parameters: {
      gradeShares: Object.fromEntries(shares.map((share, rank) => [profile.grades[rank + 1], share])),
      problemRates: Object.fromEntries(rates.map((rate, grade) => [profile.grades[grade], rate])),
      perThousandDay: byType((trait) => trait.perThousandDay),
      delayHoursMedian: byType((trait) => trait.delayHours),
      dirt: { ...dirtShares, malformed: malformedShare },
      hazard: { ...hazardParameters, level: plan.hazardLevel },
    },
  }
}
