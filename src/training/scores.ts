/** Rows as a model file scores them. */
import { buildModel } from '../../models/risk/buildModel.ts'
import type { ModelFile } from '../../models/risk/modelFile.ts'

/** Probabilities of rows that hold the features of the file, in its order; NaN for a row that it refuses. */
export function probabilitiesOf(file: ModelFile, rows: Float64Array): Float64Array {
  const out = new Float64Array(rows.length / file.features.length)
  buildModel(file, '').scoreRows(rows, out)
  return out
}
