/** Training rows as a network takes them: checked, standardised, float32. */
import { checkRows, type Moments, type UsableFeatures, usableFeatures } from './checkRows.ts'
import type { Dataset } from './dataset.ts'

/** Standardised values, row by row; labels of 0 and 1. */
export type NetworkRows = { readonly rows: number; readonly values: Float32Array; readonly labels: Float32Array }

export type PreparedRows = {
  readonly fit: NetworkRows
  readonly validation?: NetworkRows
  /** Those of the values, with the moments of the rows that are learnt from. */
  readonly features: Moments[]
  /** What was left out, and why. */
  readonly notes: string[]
}

/**
 * @param validation Later rows, which only judge.
 * @throws Error that says what to do: rows that nothing can be learnt from, or that nothing can be judged by.
 */
export function prepareRows(fit: Dataset, validation?: Dataset): PreparedRows {
  checkRows(fit)
  const usable = usableFeatures(fit)
  const { features, notes } = usable
  const prepared = { fit: standardised(fit, usable), features, notes }
  if (validation === undefined) return prepared
  checkValidation(fit, validation)
  return { ...prepared, validation: standardised(validation, usable) }
}

function checkValidation(fit: Dataset, { names, labels, ticks }: Dataset): void {
  if (names.length !== fit.names.length || names.some((name, at) => name !== fit.names[at]))
    throw new Error(
      `validation rows: their columns are ${names.join(', ')} instead of ${fit.names.join(', ')}; extract both in one run`,
    )
  const positives = labels.reduce((sum, label) => sum + label, 0)
  if (positives === 0 || positives === labels.length)
    throw new Error(
      `validation rows: ${positives} of ${labels.length} are positive, none can tell when to stop; widen the training window, or raise training.validationShare`,
    )
  const last = fit.ticks[fit.ticks.length - 1]
  if (ticks[0] <= last)
    throw new Error(
      `validation rows: they begin at tick ${ticks[0]}, but tick ${last} is learnt from; split the rows by time`,
    )
}

function standardised({ names, values, labels }: Dataset, { features, columns }: UsableFeatures): NetworkRows {
  const out = new Float32Array(labels.length * columns.length)
  for (let row = 0, to = 0; row < labels.length; row++)
    for (let at = 0; at < columns.length; at++, to++) {
      const { name, mean, deviation } = features[at]
      const value = values[row * names.length + columns[at]]
      out[to] = (value - mean) / deviation
      // Rows that moments are taken from lie within the square root of their number; only later ones can be beyond float32.
      if (!Number.isFinite(out[to]))
        throw new Error(
          `validation rows: ${name} is ${value} in row ${row}, while the rows before have mean ${mean} and deviation ${deviation}; drop this row, correct the data, or leave the feature out`,
        )
    }
  return { rows: labels.length, values: out, labels: Float32Array.from(labels) }
}
