/** Training rows in memory: what one asked of the log at past ticks, and what came of it. */
export type Dataset = {
  /** Names of the columns of `values`. */
  readonly names: readonly string[]
  /** Row after row, `names.length` values each. NaN where a value is missing. */
  readonly values: Float64Array
  /** 1: the adverse outcome came. */
  readonly labels: Uint8Array
  /** Tick at whose end the row was taken, ascending: rows lie in order of time. */
  readonly ticks: Int32Array
  /** Enterprise of each row; rows of one tick lie in order of it. */
  readonly ids: readonly string[]
  /** Codes of each row at its tick, for slices of quality: the level of region and industry that the profile judges first. */
  readonly regions: readonly string[]
  readonly industries: readonly string[]
  readonly grades: readonly string[]
}

/** Rows `from` (inclusive) to `to` (exclusive), sharing memory. */
export function sliceOf(data: Dataset, from: number, to: number): Dataset {
  const { names, values, labels, ticks, ids, regions, industries, grades } = data
  return {
    names,
    values: values.subarray(from * names.length, to * names.length),
    labels: labels.subarray(from, to),
    ticks: ticks.subarray(from, to),
    ids: ids.slice(from, to),
    regions: regions.slice(from, to),
    industries: industries.slice(from, to),
    grades: grades.slice(from, to),
  }
}
