/** What no kind of model can learn from is refused before the fit, with what to do about it. */
import type { Dataset } from './dataset.ts'

export const rowsMin = 50
export const classRowsMin = 10

/** How a column of the rows looks: over all rows, which have values. Deviation by the number of rows. */
export type Moments = { name: string; mean: number; deviation: number }

export type UsableFeatures = {
  features: Moments[]
  /** Column of the data for each feature. */
  columns: number[]
  notes: string[]
}

/** @throws Error when there are too few rows, one class is all but missing, rows stand twice or are out of order. */
export function checkRows({ names, values, labels, ticks, ids }: Dataset): void {
  const rows = labels.length
  if (ticks.length !== rows || ids.length !== rows || values.length !== rows * names.length)
    throw new Error(`rows: ${rows} labels, ${ticks.length} ticks, ${ids.length} ids, ${values.length} values`)
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined) throw new Error(`features: ${twice} stands twice; name it once`)
  if (rows < rowsMin)
    throw new Error(
      `rows: ${rows} are too few to learn from, at least ${rowsMin} are needed; widen the training window`,
    )
  const positives = labels.reduce((sum, label) => sum + label, 0)
  for (const [count, what] of [
    [positives, 'positive'],
    [rows - positives, 'negative'],
  ] as const)
    if (count < classRowsMin)
      throw new Error(
        `labels: ${count} of ${rows} rows are ${what}, at least ${classRowsMin} are needed; widen the training window, or check the label of the profile`,
      )
  checkOrder({ names, values, labels, ticks, ids })
}

/** Rows of one tick lie together, and none of them stands twice: it would count twice. */
function checkOrder({
  names,
  values,
  labels,
  ticks,
  ids,
}: Pick<Dataset, 'names' | 'values' | 'labels' | 'ticks' | 'ids'>): void {
  const width = names.length
  const rowsOfTick = new Map<string, number[]>()
  const isSame = (a: number, b: number): boolean => {
    if (labels[a] !== labels[b]) return false
    for (let at = 0; at < width; at++) if (!Object.is(values[a * width + at], values[b * width + at])) return false
    return true
  }
  for (let row = 0; row < ids.length; row++) {
    if (row > 0 && ticks[row] < ticks[row - 1])
      throw new Error(`rows: row ${row} is of an earlier tick than the row before it; sort the rows by tick`)
    if (row > 0 && ticks[row] !== ticks[row - 1]) rowsOfTick.clear()
    const others = rowsOfTick.get(ids[row])
    const same = others?.find((other) => isSame(other, row))
    if (same !== undefined)
      throw new Error(
        `rows: ${same} and ${row} are the same, ${ids[row]} at tick ${ticks[row]}; drop one of them, or extract again`,
      )
    if (others === undefined) rowsOfTick.set(ids[row], [row])
    else others.push(row)
  }
}

/**
 * The features that say something, with their moments. A constant one is left out with a note: an event group that did not occur
 * in the window tells nothing, and retraining shall go on. One without values, or with some missing, is a mistake in the data.
 * @throws Error with the name of the feature that has missing or infinite values.
 */
export function usableFeatures({ names, values, labels }: Dataset): UsableFeatures {
  const usable: UsableFeatures = { features: [], columns: [], notes: [] }
  for (const [column, name] of names.entries()) {
    const { mean, deviation } = momentsOf(values, { name, column, width: names.length, rows: labels.length })
    if (deviation === 0) {
      usable.notes.push(`${name} is ${values[column]} in all rows and was left out`)
      continue
    }
    usable.features.push({ name, mean, deviation })
    usable.columns.push(column)
  }
  if (usable.features.length === 0)
    throw new Error('features: every one is the same in all rows; choose others, or widen the training window')
  return usable
}

type ColumnOf = { name: string; column: number; width: number; rows: number }

/** Deviation 0: constant, but for rounding. */
function momentsOf(values: Float64Array, { name, column, width, rows }: ColumnOf): Moments {
  let [sum, missing, infinite, largest] = [0, 0, 0, 0]
  for (let at = column; at < values.length; at += width) {
    if (Number.isNaN(values[at])) missing++
    else if (!Number.isFinite(values[at])) infinite++
    sum += values[at]
    largest = Math.max(largest, Math.abs(values[at]))
  }
  if (missing === rows)
    throw new Error(`features: ${name} has no value in any row; check its name, or leave it out of training.features`)
  if (missing > 0)
    throw new Error(
      `features: ${name} has no value in ${missing} of ${rows} rows; drop these rows, fill the gaps, or leave it out of training.features`,
    )
  if (infinite > 0)
    throw new Error(`features: ${name} is infinite in ${infinite} of ${rows} rows; correct the data, or leave it out`)
  const mean = sum / rows
  let squares = 0
  for (let at = column; at < values.length; at += width) squares += (values[at] - mean) * (values[at] - mean)
  const deviation = Math.sqrt(squares / rows)
  if (!Number.isFinite(deviation))
    throw new Error(`features: ${name} reaches ${largest}; scale it down, or leave it out`)
  return { name, mean, deviation: deviation <= 1e-12 * largest ? 0 : deviation }
}
