/**
 * Permutation importance: the AUC that a model loses when the values of one column are dealt anew among the rows.
 * Source: Breiman (2001), Random Forests, 10; Fisher, Rudin & Dominici (2019).
 */
import { areaUnderRoc } from './ranking.ts'
import { seededIndex } from './seeded.ts'

/** More rows make it no surer than is needed to tell features apart: of so many, evenly spread, each column is scored once. */
const rowsMax = 10_000

export type Importance = { name: string; value: number }

/**
 * Largest first. Empty where all labels are the same.
 * @param values row by row, as many a row as names
 * @param score probabilities of such rows
 */
export function permutationImportance(
  { names, values, labels }: { names: readonly string[]; values: Float64Array; labels: Uint8Array },
  score: (rows: Float64Array) => Float64Array,
  seed: number,
): Importance[] {
  const width = names.length
  const size = Math.min(labels.length, rowsMax)
  const rows = Uint32Array.from({ length: size }, (_, at) => Math.floor((at * labels.length) / size))
  const some = new Float64Array(size * width)
  for (const [at, row] of rows.entries()) some.set(values.subarray(row * width, (row + 1) * width), at * width)
  const outcomes = Uint8Array.from(rows, (row) => labels[row])
  const index = seededIndex(seed)
  const whole = aucOf(score(some), outcomes)
  if (whole === undefined) return []
  const importances = names.map((name, column) => {
    const auc = aucOf(score(dealt(some, { column, width, index })), outcomes)
    return { name, value: whole - (auc ?? whole) }
  })
  return importances.sort((a, b) => b.value - a.value || (a.name < b.name ? -1 : 1))
}

/** One column in another order (Fisher-Yates). */
function dealt(
  rows: Float64Array,
  { column, width, index }: { column: number; width: number; index: (below: number) => number },
): Float64Array {
  const out = rows.slice()
  for (let last = rows.length / width - 1; last > 0; last--) {
    const [at, other] = [last * width + column, index(last + 1) * width + column]
    const value = out[at]
    out[at] = out[other]
    out[other] = value
  }
  return out
}

/** Of the rows that were scored; undefined without both labels. */
function aucOf(scores: Float64Array, labels: Uint8Array): number | undefined {
  const kept = (_: number, row: number): boolean => !Number.isNaN(scores[row])
  const auc = areaUnderRoc(scores.filter(kept), labels.filter(kept))
  return Number.isNaN(auc) ? undefined : auc
}
