/**
 * From scores to warnings: how soon the level of risk of a province shows trouble in which counts hardly move, beside alarms on the adverse
 * outcomes themselves, at equal false alarms (docs/science.md).
 */
import { limitOf } from '../models/level/cusum.ts'
import type { RiskModel } from '../models/risk/riskModel.ts'
import { loadModel, modelOf } from '../src/settings/models.ts'
import { loadProfile } from '../src/settings/profiles.ts'
import { type TroubleKind, troubleKinds } from '../src/simulate/truth.ts'
import type { Profile } from '../streams/profile.ts'
import { type Chart, delays, falsePerProvinceWeek, levelChart, limitWith, outcomeChart } from './link/alarms.ts'
import { type MarketRun, type Simulated, simulated } from './link/market.ts'
import { type BenchOptions, printResult, progress } from './options.ts'

const developmentSeeds = [1, 2]
const falseAWeek = 0.02
const nullRunsPerSeed = 5
const missDays = 50
const provinces = 31
const axes = 3

export async function benchLink(options: BenchOptions): Promise<void> {
  const { seeds = developmentSeeds } = options
  const profile = await loadProfile('cn')
  const model = options.model === undefined ? await modelOf(profile) : await loadModel(options.model)
  if (model === null) throw new Error('the profile cn has no model')
  const nothing = seeds.flatMap((seed) =>
    Array.from({ length: nullRunsPerSeed }, (_, at) =>
      marketOf({ kind: undefined, seed: seed * 1_000 + at }, profile, model),
    ),
  )
  const runs = new Map(
    troubleKinds.map((kind) => [kind, seeds.map((seed) => marketOf({ kind, seed }, profile, model))]),
  )
  const { risk: budget } = profile.file.warnings.budget
  printResult({ seeds, ...measured(nothing, (kind) => runs.get(kind) ?? [], budget) }, options)
}

function marketOf(run: MarketRun, profile: Profile, model: RiskModel): Simulated {
  progress(`${run.kind ?? 'nothing'} ${run.seed}`)
  return simulated(run, profile, model)
}

function measured(
  nothing: readonly Simulated[],
  runsOf: (kind: TroubleKind) => readonly Simulated[],
  budget: number,
): object {
  const a = levelChart('meanLogOdds')
  const limit = limitOf(7 / falseAWeek)
  const measuredFalse = falsePerProvinceWeek(nothing, a, limit)
  const outcomeLimit = limitWith(nothing, outcomeChart, measuredFalse)
  const shippedLimit = limitOf((provinces * 7 * axes) / budget)
  const found = (kind: TroubleKind, chart: Chart, at: number): ReturnType<typeof foundBy> =>
    foundBy(delays(runsOf(kind), chart, at))
  const all = (chart: Chart, at: number): object => ({
    limit: at,
    falsePerProvinceWeek: falsePerProvinceWeek(nothing, chart, at),
    ...Object.fromEntries(troubleKinds.map((kind) => [kind, found(kind, chart, at)])),
  })
  const leads = (['swap', 'grades'] as const).flatMap((kind) => leadsOf(runsOf(kind), { a, limit, outcomeLimit }))
  return {
    falsePerProvinceWeek: measuredFalse,
    swap: found('swap', a, limit),
    grades: found('grades', a, limit),
    sick: found('sick', a, limit),
    leadDays: mean(leads),
    siegmundRatio: measuredFalse / falseAWeek,
    limit,
    shipped: all(a, shippedLimit),
    atSameGrades: all(levelChart('atSameGrades'), limit),
    outcomes: all(outcomeChart, outcomeLimit),
  }
}

type Limits = { a: Chart; limit: number; outcomeLimit: number }

/** By province with trouble, days by which the scores are ahead of the outcomes. */
function leadsOf(runs: readonly Simulated[], { a, limit, outcomeLimit }: Limits): number[] {
  const [scores, outcomes] = [delays(runs, a, limit), delays(runs, outcomeChart, outcomeLimit)]
  return scores.map((delay, at) => (outcomes[at] ?? missDays) - (delay ?? missDays))
}

function foundBy(found: readonly (number | undefined)[]): {
  instances: number
  day21: number
  day50: number
  meanDay: number
} {
  const by = (day: number): number => found.filter((delay) => delay !== undefined && delay <= day).length / found.length
  return {
    instances: found.length,
    day21: by(21),
    day50: by(50),
    meanDay: mean(found.map((delay) => delay ?? missDays)),
  }
}

const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length
