/** Trains a scorecard: checks the rows, standardises, chooses the ridge, fits, and says how sure it is of every term. */
import { type BinSetting, checkTraining, TrainingSetting } from '../../streams/training.ts'
import { fitLogistic } from '../logistic/irls.ts'
import { ln } from '../math.ts'
import type { ScorecardWeights } from '../risk/weights.ts'
import { checkRows, type Moments, usableFeatures } from './checkRows.ts'
import type { Dataset } from './dataset.ts'
import { foldShareDefault } from './folds.ts'
import { inferenceOf, type Wald } from './inference.ts'
import { type Inflation, inflationOf } from './inflation.ts'
import { type PointsCard, pointsCard } from './points.ts'
import { chooseRidge, endOfGrid, type RidgeTrial, ridgeGrid } from './ridge.ts'
import { designOf, type TermColumn, termColumns, weightsOf } from './terms.ts'

export type ScorecardSetting = {
  /** >= 0. Absent: chosen from `ridges` by time-ordered folds. */
  ridge?: number | undefined
  /** Descending. Default: `ridgeGrid`. */
  ridges?: readonly number[]
  interactions?: readonly [string, string][]
  bins?: readonly BinSetting[]
  /** Ticks before the rows that judge a ridge which are not learnt from: the label's horizon and delay. Default 0. */
  gapTicks?: number
  /** Share of the rows that judge in a fold, above 0 and at most .5. Default .2. */
  foldShare?: number
}

export type TermReport = {
  /** `intercept`, `recency`, `recency x amount`, `recency >= 3`: the jump of the log-odds at that edge. */
  term: string
  kind: 'intercept' | TermColumn['kind']
  /** Log-odds: for one standard deviation, for a product of 1, for a jump. */
  coefficient: number
  /** Absent where a monotone bin holds the coefficient at 0. */
  wald?: Wald
  /** Variance inflation, >= 1. Absent for the intercept, and where other terms tell this one whole. */
  vif?: number
}

export type ScorecardReport = {
  ridge: number
  /** What the ridge was chosen from; absent when it was given. */
  ridgeTrials?: RidgeTrial[]
  rows: number
  positives: number
  iterations: number
  logLikelihood: number
  /** That of the share of positives alone. */
  logLikelihoodNull: number
  /** The intercept is that of the fit, where binned features are in their lowest bin. */
  terms: TermReport[]
  points: PointsCard
  /** What was left out or joined, and why. */
  notes: string[]
}

export type TrainedScorecard = { weights: ScorecardWeights; features: Moments[]; report: ScorecardReport }

/**
 * Learns from all columns of the rows. `features` lacks those that are constant; a note says so.
 * @throws Error that says what to do: too few rows of a class, missing or infinite values, rows that stand twice, terms that name
 * no feature, columns that cannot be told apart without a ridge, no convergence.
 */
export function trainScorecard(data: Dataset, setting: ScorecardSetting): TrainedScorecard {
  checkRows(data)
  const { interactions = [], bins = [], ridges = ridgeGrid } = setting
  const folds = { share: setting.foldShare ?? foldShareDefault, gapTicks: setting.gapTicks ?? 0 }
  checkTraining(TrainingSetting.parse({ interactions, bins }), data.names)
  const usable = usableFeatures(data)
  const columns = termColumns(data, usable, { interactions, bins })
  const design = designOf(data, usable, columns)
  const { labels, ticks } = data
  const nonNegative = Uint8Array.from(columns, (column) => (column.kind === 'bin' && column.monotone ? 1 : 0))
  const inflation = inflationOf(design)
  const chosen =
    setting.ridge === undefined ? chooseRidge({ design, labels, ticks, nonNegative, folds }, ridges) : undefined
  const ridge = chosen?.ridge ?? setting.ridge ?? 0
  const end = chosen === undefined ? undefined : endOfGrid(ridge, ridges)
  const notes = [...usable.notes, ...dependenceNotes(columns, inflation, ridge), ...(end === undefined ? [] : [end])]
  const fit = fitLogistic(design, labels, ridge, { nonNegative })
  const inference = inferenceOf(fit)
  const weights = weightsOf(data, usable, columns, fit)
  const positives = labels.reduce((sum, label) => sum + label, 0)
  const terms = columns.map(({ term, kind, ...rest }, at): TermReport => {
    const sign = 'sign' in rest ? rest.sign : 1
    const [wald, vif] = [inference.weights[at], inflation.factors[at]]
    return {
      term,
      kind,
      coefficient: sign * fit.weights[at],
      ...(wald === undefined ? {} : { wald: { ...wald, z: sign * wald.z } }),
      ...(vif === undefined ? {} : { vif }),
    }
  })
  return {
    weights,
    features: usable.features,
    report: {
      ridge,
      ...(chosen === undefined ? {} : { ridgeTrials: chosen.trials }),
      rows: labels.length,
      positives,
      iterations: fit.iterations,
      logLikelihood: fit.logLikelihood,
      logLikelihoodNull: nullLogLikelihood(positives, labels.length),
      terms: [
        { term: 'intercept', kind: 'intercept', coefficient: fit.intercept, wald: inference.intercept },
        ...terms,
      ],
      points: pointsCard(usable.features, weights),
      notes,
    },
  }
}

/** @throws Error when there is no ridge to share the weight among columns that tell the same. */
function dependenceNotes(columns: readonly TermColumn[], { dependent }: Inflation, ridge: number): string[] {
  return dependent.map(({ column, of }) => {
    const says = `${columns[column].term} is told whole by ${of.map((at) => columns[at].term).join(', ')}`
    if (ridge === 0) throw new Error(`features: ${says}; drop one of them, or give training.ridge above 0`)
    return `${says}; the ridge shares the weight among them`
  })
}

function nullLogLikelihood(positives: number, rows: number): number {
  return positives * ln(positives / rows) + (rows - positives) * ln(1 - positives / rows)
}
