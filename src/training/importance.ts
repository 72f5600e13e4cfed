/** What counts in a model: the weights of a scorecard, of other kinds what is lost without a feature. */
import type { Dataset } from '../../models/learn/dataset.ts'
import { strongestWeights } from '../../models/learn/modelCard.ts'
import { type Importance, permutationImportance } from '../../models/quality/permutation.ts'
import type { ModelFile } from '../../models/risk/modelFile.ts'
import { probabilitiesOf } from './scores.ts'

/** `weight`: log-odds for one standard deviation; `aucLoss`: by permutation, on the rows that judge. The largest first. */
export type FeatureImportance = { by: 'weight' | 'aucLoss'; features: Importance[] }

/** @param values features of the rows, in the order of the file's */
export function importanceOf(
  file: ModelFile,
  values: Float64Array,
  { labels }: Pick<Dataset, 'labels'>,
  seed: number,
): FeatureImportance {
  if (file.kind === 'scorecard') return { by: 'weight', features: strongestWeights(file) }
  const names = file.features.map(({ name }) => name)
  const score = (rows: Float64Array): Float64Array => probabilitiesOf(file, rows)
  return { by: 'aucLoss', features: permutationImportance({ names, values, labels }, score, seed) }
}
