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

/** Some rows, in the order given. */
export function pickRows(data: Dataset, rows: Uint32Array): Dataset {
  const { names } = data
  const values = new Float64Array(rows.length * names.length)
  for (const [at, row] of rows.entries())
    values.set(data.values.subarray(row * names.length, (row + 1) * names.length), at * names.length)
  const texts = (some: readonly string[]): string[] => Array.from(rows, (row) => some[row])
  return {
    names,
    values,
    labels: Uint8Array.from(rows, (row) => data.labels[row]),
    ticks: Int32Array.from(rows, (row) => data.ticks[row]),
    ids: texts(data.ids),
    regions: texts(data.regions),
    industries: texts(data.industries),
    grades: texts(data.grades),
  }
}

/** Values of some columns, row by row. @throws Error for a column that the rows do not have. */
export function columnsOf({ names, values, labels }: Dataset, wanted: readonly string[]): Float64Array {
  const from = wanted.map((name) => names.indexOf(name))
  const missing = wanted.find((_, at) => from[at] < 0)
  if (missing !== undefined) throw new Error(`rows: there is no column ${missing}; extract the rows with it`)
  const out = new Float64Array(labels.length * wanted.length)
  for (let row = 0, to = 0; row < labels.length; row++)
    for (let at = 0; at < from.length; at++) out[to++] = values[row * names.length + from[at]]
  return out
}

/** The same rows with some columns only, in the order given. */
export function withColumns(data: Dataset, names: readonly string[]): Dataset {
  if (names.length === data.names.length && names.every((name, at) => name === data.names[at])) return data
  return { ...data, names, values: columnsOf(data, names) }
}
