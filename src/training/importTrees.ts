/** Trees that were trained elsewhere become a model: nothing of it can be fitted here, so rows that it has not learnt from calibrate it. */
import type { Dataset } from '../../models/learn/dataset.ts'
import { cardOf } from './cardOf.ts'
import { logOddsOf } from './crossFit.ts'
import { fileOf, sharesAbove } from './fileOf.ts'
import { rangeOf } from './identity.ts'
import type { TreesPart } from './learners.ts'
import { settingOf } from './recipeOf.ts'
import type { TrainedModel, TrainOptions } from './trainModel.ts'

export type ImportOptions = Omit<TrainOptions, 'recipe' | 'learner'> & { partFor: (rows: Dataset) => TreesPart }

/** @param options.data rows that calibrate. @throws Error when they lack a column that the trees ask for. */
export function importTrees(options: ImportOptions): TrainedModel {
  const { profile, data, dictionary, command, partFor } = options
  const shares = sharesAbove(settingOf(profile))
  const part = partFor(data)
  const logOdds = logOddsOf(part, data)
  const file = fileOf({
    profile,
    dictionary,
    part,
    held: { logOdds, labels: data.labels },
    unseen: logOdds,
    all: data,
    shares,
    training: { ...rangeOf(profile, data), seed: 0, command, metrics: {} },
  })
  const says = `${part.trees.length} trees, trained by LightGBM and imported`
  return { file, notes: [], card: cardOf(file, { ...options, says, notes: [], shares }) }
}
