/** Training rows as a network takes them: checked, split in time, standardised, float32. */
import type { Dataset } from './dataset.ts'

/** Standardised values, row by row, those of constant columns 0; labels of 0 and 1. */
export type NetworkRows = { readonly rows: number; readonly values: Float32Array; readonly labels: Float32Array }

export type PreparedRows = {
  readonly train: NetworkRows
  /** The last ticks; no rows when none were asked for. */
  readonly validation: NetworkRows
  /** Of the training slice, by column. A constant column has the deviation 1. */
  readonly means: Float64Array
  readonly deviations: Float64Array
  /** Columns with one value in the whole training slice: nothing can be learnt from them. */
  readonly constantColumns: readonly number[]
}

export const rowsMin = 100

/**
 * @param validationShare Share of the ticks, the last ones, that is kept for validation; 0 for none.
 * @throws Error that says what to do: few rows, a label missing, values not finite, no column that varies.
 */
export function prepareRows(data: Dataset, validationShare: number): PreparedRows {
  const rows = data.labels.length
  if (rows < rowsMin)
    throw new Error(`${rows} rows are too few to train a network; take a longer period, at least ${rowsMin} rows`)
  checkValues(data)
  const cut = cutOf(data.ticks, validationShare)
  checkLabels(data.labels.subarray(0, cut), 'the training slice')
  if (cut < rows) checkLabels(data.labels.subarray(cut), 'the validation slice')
  const { means, deviations, constantColumns } = momentsOf(data, cut)
  if (constantColumns.length === data.names.length)
    throw new Error('every column is constant in the training slice; take a longer period or other features')
  const varies = new Uint8Array(data.names.length).fill(1)
  for (const column of constantColumns) varies[column] = 0
  const slice = (from: number, to: number): NetworkRows => {
    const width = data.names.length
    const values = new Float32Array((to - from) * width)
    for (let at = 0; at < values.length; at++) {
      const column = at % width
      if (varies[column] === 1) values[at] = (data.values[from * width + at] - means[column]) / deviations[column]
    }
    return { rows: to - from, values, labels: Float32Array.from(data.labels.subarray(from, to)) }
  }
  return { train: slice(0, cut), validation: slice(cut, rows), means, deviations, constantColumns }
}

function checkValues({ names, values, labels }: Dataset): void {
  const rows = labels.length
  if (values.length !== rows * names.length)
    throw new Error(`${values.length} values are not ${rows} rows of ${names.length} columns; extract the rows again`)
  for (const [column, name] of names.entries()) {
    let [missing, infinite] = [0, 0]
    for (let at = column; at < values.length; at += names.length) {
      if (Number.isNaN(values[at])) missing++
      else if (!Number.isFinite(Math.fround(values[at]))) infinite++
    }
    if (missing === rows) throw new Error(`column ${name} has no value in any row; leave it out`)
    if (missing > 0)
      throw new Error(
        `column ${name} has no value in ${missing} of ${rows} rows; fill them in, or leave out column or rows`,
      )
    if (infinite > 0)
      throw new Error(
        `column ${name} is infinite or beyond float32 in ${infinite} of ${rows} rows; mend the feature, or leave it out`,
      )
  }
}

function checkLabels(labels: Uint8Array, where: string): void {
  const positives = labels.reduce((sum, label) => sum + label, 0)
  if (positives > 0 && positives < labels.length) return
  const label = positives === 0 ? 0 : 1
  throw new Error(
    `all ${labels.length} rows of ${where} have the label ${label}; take a longer period, or another label or validation share`,
  )
}

/** The first row of the validation slice, which begins with a tick; all rows when there is to be none. */
function cutOf(ticks: Int32Array, share: number): number {
  if (share === 0) return ticks.length
  const begins: number[] = []
  for (let row = 0; row < ticks.length; row++) {
    if (row > 0 && ticks[row] < ticks[row - 1])
      throw new Error(`row ${row} is older than the one before; sort the rows by tick`)
    if (row === 0 || ticks[row] !== ticks[row - 1]) begins.push(row)
  }
  if (begins.length < 2)
    throw new Error(
      'all rows are of one tick, none is left for validation; take a longer period, or a validation share of 0',
    )
  const kept = Math.min(begins.length - 1, Math.max(1, Math.round(begins.length * share)))
  return begins[begins.length - kept]
}

function momentsOf(
  { names, values }: Dataset,
  rows: number,
): Pick<PreparedRows, 'means' | 'deviations' | 'constantColumns'> {
  const width = names.length
  const means = new Float64Array(width)
  const deviations = new Float64Array(width)
  const constantColumns: number[] = []
  for (let column = 0; column < width; column++) {
    let [sum, least, most] = [0, values[column], values[column]]
    for (let row = 0, at = column; row < rows; row++, at += width) {
      sum += values[at]
      least = Math.min(least, values[at])
      most = Math.max(most, values[at])
    }
    const mean = least === most ? least : sum / rows
    let squares = 0
    for (let row = 0, at = column; row < rows; row++, at += width) squares += (values[at] - mean) ** 2
    means[column] = mean
    deviations[column] = squares > 0 ? Math.sqrt(squares / rows) : 1
    if (squares === 0) constantColumns.push(column)
  }
  return { means, deviations, constantColumns }
}
