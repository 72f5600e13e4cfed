/** What can learn: one function a kind of model. */
import type { Dataset } from '../../models/learn/dataset.ts'
import { parseLightGbm } from '../../models/learn/lightgbm.ts'
import { type EpochReport, trainNetwork } from '../../models/learn/network.ts'
import { type ScorecardReport, trainScorecard } from '../../models/learn/scorecard.ts'
import { loadTensorFlow } from './tensorflow.ts'
import type { Learner } from './trainModel.ts'

/** `penalty` in place of the profile's ridge. `told` hears the report: coefficients, errors, points. */
export function scorecardLearner(penalty: number | undefined, told: (report: ScorecardReport) => void): Learner {
  return async (rows, { setting, gapTicks }) => {
    const { interactions, bins } = setting
    const ridge = penalty ?? setting.ridge
    const there = new Set(rows.names)
    const { weights, features, report } = trainScorecard(rows, {
      ridge,
      gapTicks,
      interactions: interactions.filter((pair) => pair.every((name) => there.has(name))),
      bins: bins.filter(({ feature }) => there.has(feature)),
    })
    told(report)
    const says = `logistic regression over ${features.length} standardised features, ridge ${report.ridge}, fitted by IRLS`
    return { part: { kind: 'scorecard', features, scorecard: weights }, says, notes: report.notes }
  }
}

/** `told` hears each epoch. One seed gives one model on one backend. */
export function networkLearner(
  seed: number,
  epochs: number | undefined,
  told: (epoch: EpochReport, of: number) => void,
): Learner {
  return async (fit, { setting, validation }) => {
    const tf = await loadTensorFlow()
    const settings = { ...setting.network, seed, epochs: epochs ?? setting.network.epochs }
    const trained = await trainNetwork(tf, { fit, validation }, settings, (epoch) => told(epoch, settings.epochs))
    const { weights, features, notes } = trained
    return {
      part: { kind: 'network', features, network: weights },
      says: `network ${[features.length, ...settings.hidden, 1].join('-')}, ${trained.epochs} epochs; ${tf.why}`,
      notes,
    }
  }
}

/** Trees that LightGBM has trained. @throws Error when the file cannot be taken over. */
export function importedTrees(text: string): { names: readonly string[]; learner: Learner } {
  const { featureNames, trees } = parseLightGbm(text)
  const learner: Learner = async (rows) => ({
    part: { kind: 'trees', features: featureNames.map((name) => ({ name, ...momentsOf(rows, name) })), trees },
    says: `${trees.length} trees, trained by LightGBM and imported`,
    notes: [],
  })
  return { names: featureNames, learner }
}

/** Of the values that are there. */
function momentsOf({ names, values, labels }: Dataset, name: string): { mean: number; deviation: number } {
  const column = names.indexOf(name)
  const some = Float64Array.from(labels.keys(), (row) => values[row * names.length + column]).filter(Number.isFinite)
  const mean = some.reduce((sum, value) => sum + value, 0) / Math.max(1, some.length)
  const squares = some.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, deviation: squares > 0 ? Math.sqrt(squares / some.length) : 1 }
}
