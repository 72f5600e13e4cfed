/** What can learn: a recipe as a function of rows, and trees that LightGBM has trained elsewhere. */
import { type Dataset, sliceOf } from '../../models/learn/dataset.ts'
import { timeFolds } from '../../models/learn/folds.ts'
import { parseLightGbm } from '../../models/learn/lightgbm.ts'
import { type EpochReport, type NetworkData, type TrainedNetwork, trainNetwork } from '../../models/learn/network.ts'
import { type ScorecardReport, trainScorecard } from '../../models/learn/scorecard.ts'
import type { ModelPart } from '../../models/risk/buildModel.ts'
import type { Recipe } from '../../models/risk/recipe.ts'
import { loadTensorFlow } from './tensorflow.ts'

/** What was chosen on slices in order of time: the same for the fit on all rows and for those on earlier ones. */
export type Choice = { ridge?: number; epochs?: number }

export type Learnt = {
  part: ModelPart
  choice: Choice
  /** For the card: `logistic regression over 40 features, ridge 20`. */
  says: string
  notes: readonly string[]
}

/** Learns from all rows, in order of time. Without a choice it makes one: on slices of these rows, before it learns from all of them. */
export type Learner = (rows: Dataset, choice?: Choice) => Promise<Learnt>

/** Who hears of a training. */
export type Told = {
  /** Of a scorecard on all rows: coefficients, errors, points. */
  report?: (report: ScorecardReport) => void
  /** Of a network, each epoch of each of its fits. */
  epoch?: (epoch: EpochReport, of: number) => void
}

/** The same rows and recipe give the same model: to the bit, a network on one backend. */
export function learnerOf(recipe: Recipe, told: Told = {}): Learner {
  return recipe.kind === 'scorecard' ? scorecardLearner(recipe, told) : networkLearner(recipe, told)
}

function scorecardLearner(recipe: Extract<Recipe, { kind: 'scorecard' }>, told: Told): Learner {
  const { ridges, interactions, bins, gapTicks, validationShare } = recipe
  return async (rows, choice) => {
    const given = choice?.ridge ?? (ridges.length === 1 ? ridges[0] : undefined)
    const setting = { ridge: given, ridges, interactions, bins, gapTicks, foldShare: validationShare }
    const { weights, features, report } = trainScorecard(rows, setting)
    if (choice === undefined) told.report?.(report)
    const { ridge, ridgeTrials } = report
    const by =
      ridgeTrials === undefined ? '' : ` (of ${ridges.toReversed().join(', ')} that which foretold later rows best)`
    const says = `logistic regression over ${features.length} standardised features, ridge ${ridge}${by}, fitted by IRLS`
    return {
      part: { kind: 'scorecard', features, scorecard: weights },
      choice: { ridge },
      says,
      notes: report.notes,
    }
  }
}

function networkLearner(recipe: Extract<Recipe, { kind: 'network' }>, told: Told): Learner {
  const { seed, network, validationShare: share, gapTicks } = recipe
  return async (rows, choice) => {
    const tf = await loadTensorFlow()
    const trained = (data: NetworkData, epochs: number): Promise<TrainedNetwork> =>
      trainNetwork(tf, data, { ...network, seed, epochs }, (epoch) => told.epoch?.(epoch, epochs))
    const epochs = choice?.epochs ?? (await trained(latestSlice(rows, { share, gapTicks }), network.epochs)).epochs
    const { weights, features, notes } = await trained({ fit: rows }, epochs)
    return {
      part: { kind: 'network', features, network: weights },
      choice: { epochs },
      says: `network ${[features.length, ...network.hidden, 1].join('-')}, ${epochs} epochs (those that foretold the latest slice best); ${tf.why}`,
      notes,
    }
  }
}

/** The latest slice, to say when to stop, and the rows before it. @throws Error when there are too few. */
function latestSlice(rows: Dataset, setting: { share: number; gapTicks: number }): Required<NetworkData> {
  const last = timeFolds(rows, setting).at(-1)
  if (last === undefined) throw new Error(tooFewTicks(setting))
  const { trainTo, from, to } = last
  return { fit: sliceOf(rows, 0, trainTo), validation: sliceOf(rows, from, to) }
}

export function tooFewTicks({ share, gapTicks }: { share: number; gapTicks: number }): string {
  return `rows: none is left to learn from before the latest ${Math.round(share * 100)} %, which judge, and the ${gapTicks} ticks before them, whose labels reach into these; widen the window`
}

export type TreesPart = Extract<ModelPart, { kind: 'trees' }>

/** Trees that LightGBM has trained. @throws Error when the file cannot be taken over. */
export function importedTrees(text: string): { names: readonly string[]; partFor: (rows: Dataset) => TreesPart } {
  const { featureNames, trees } = parseLightGbm(text)
  const partFor = (rows: Dataset): TreesPart => ({
    kind: 'trees',
    features: featureNames.map((name) => ({ name, ...momentsOf(rows, name) })),
    trees,
  })
  return { names: featureNames, partFor }
}

/** Of the values that are there. */
function momentsOf({ names, values, labels }: Dataset, name: string): { mean: number; deviation: number } {
  const column = names.indexOf(name)
  const some = Float64Array.from(labels.keys(), (row) => values[row * names.length + column]).filter(Number.isFinite)
  const mean = some.reduce((sum, value) => sum + value, 0) / Math.max(1, some.length)
  const squares = some.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, deviation: squares > 0 ? Math.sqrt(squares / some.length) : 1 }
}
