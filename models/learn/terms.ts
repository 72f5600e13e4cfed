/**
 * Columns of a scorecard's design: a standardised feature each, products of two, and bins. Bins are coded as a thermometer, one
 * column an edge that is 1 from there on: its weight is the jump at the edge, so that monotone means weights >= 0, and a ridge
 * draws neighbours together. Where risk falls, the column is -1.
 */
import type { BinSetting } from '../../streams/training.ts'
import type { Design } from '../logistic/normalEquations.ts'
import { columnOf } from '../quality/ranking.ts'
import { binOf } from '../risk/scorecardTerms.ts'
import type { ScorecardWeights } from '../risk/weights.ts'
import type { UsableFeatures } from './checkRows.ts'
import type { Dataset } from './dataset.ts'
import { filledEdges, quantileEdges } from './edges.ts'

export type TermColumn = { term: string } & (
  | { kind: 'feature'; feature: number }
  | { kind: 'interaction'; features: [number, number] }
  | { kind: 'bin'; feature: number; edge: number; sign: 1 | -1; monotone: boolean }
)

/** One column for each term; `feature` counts among the usable ones. @throws Error with the path of a setting that does not fit the rows. */
export function termColumns(
  { values, names }: Dataset,
  { features, columns, notes }: UsableFeatures,
  setting: { interactions: readonly [string, string][]; bins: readonly BinSetting[] },
): TermColumn[] {
  const indexOf = (name: string, path: string): number => {
    const at = features.findIndex((feature) => feature.name === name)
    if (at < 0)
      throw new Error(
        `${path}: ${name} is ${names.includes(name) ? 'the same in all rows' : 'no feature of the rows'}; take it out`,
      )
    return at
  }
  const binned = new Set(setting.bins.map(({ feature }) => feature))
  const lines = features.flatMap(({ name }, feature): TermColumn[] =>
    binned.has(name) ? [] : [{ term: name, kind: 'feature', feature }],
  )
  const products = setting.interactions.map((pair, at): TermColumn => {
    const path = `training.interactions.${at}`
    return {
      term: pair.join(' x '),
      kind: 'interaction',
      features: [indexOf(pair[0], `${path}.0`), indexOf(pair[1], `${path}.1`)],
    }
  })
  const steps = setting.bins.flatMap((bin, at) => {
    const path = `training.bins.${at}`
    const feature = indexOf(bin.feature, `${path}.feature`)
    const sorted = columnOf(values, columns[feature], names.length).sort()
    const { edges, dropped } = filledEdges(bin.edges ?? quantileEdges(sorted, bin.quantiles ?? 0), sorted)
    if (edges.length === 0)
      throw new Error(
        `${path}: all rows lie in one bin of ${bin.feature}; give edges between ${sorted[0]} and ${sorted.at(-1)}`,
      )
    if (dropped > 0) notes.push(`${bin.feature}: ${dropped} bins without a row were joined to their neighbours`)
    return edges.map(
      (edge): TermColumn => ({
        term: `${bin.feature} >= ${edge}`,
        kind: 'bin',
        feature,
        edge,
        sign: bin.monotone === 'down' ? -1 : 1,
        monotone: bin.monotone !== 'none',
      }),
    )
  })
  return [...lines, ...products, ...steps]
}

export function designOf(
  { values, names, labels }: Dataset,
  usable: UsableFeatures,
  columns: readonly TermColumn[],
): Design {
  const rows = labels.length
  const width = names.length
  const filled = new Float64Array(rows * columns.length)
  const standardised = (row: number, feature: number): number => {
    const { mean, deviation } = usable.features[feature]
    return (values[row * width + usable.columns[feature]] - mean) / deviation
  }
  for (const [at, column] of columns.entries()) {
    for (let row = 0; row < rows; row++) filled[row * columns.length + at] = termValue(column, row)
  }
  return { rows, columns: columns.length, values: filled, names: columns.map(({ term }) => term) }

  function termValue(column: TermColumn, row: number): number {
    switch (column.kind) {
      case 'feature':
        return standardised(row, column.feature)
      case 'interaction':
        return standardised(row, column.features[0]) * standardised(row, column.features[1])
      case 'bin':
        return values[row * width + usable.columns[column.feature]] >= column.edge ? column.sign : 0
    }
  }
}

/** The fitted columns as a scorecard. The bins of a feature are centred: their mean over the rows goes into the intercept. */
export function weightsOf(
  { values, names, labels }: Dataset,
  { features, columns: dataColumns }: UsableFeatures,
  columns: readonly TermColumn[],
  fit: { intercept: number; weights: Float64Array },
): ScorecardWeights {
  const weights = features.map(() => 0)
  const terms: NonNullable<ScorecardWeights['terms']> = { interactions: [], bins: [] }
  const jumps = new Map<number, { edges: number[]; logOdds: number[] }>()
  for (const [at, column] of columns.entries()) {
    const weight = fit.weights[at]
    if (column.kind === 'feature') weights[column.feature] = weight
    else if (column.kind === 'interaction') {
      const [a, b] = column.features
      terms.interactions.push({ features: [features[a].name, features[b].name], weight })
    } else {
      const steps = jumps.get(column.feature) ?? { edges: [], logOdds: [0] }
      steps.edges.push(column.edge)
      steps.logOdds.push(steps.logOdds[steps.logOdds.length - 1] + column.sign * weight)
      jumps.set(column.feature, steps)
    }
  }
  let intercept = fit.intercept
  for (const [feature, { edges, logOdds }] of jumps) {
    const bounds = Float64Array.from(edges)
    const inBin = columnOf(values, dataColumns[feature], names.length).map((value) => logOdds[binOf(bounds, value)])
    const mean = inBin.reduce((sum, value) => sum + value, 0) / labels.length
    intercept += mean
    terms.bins.push({ feature: features[feature].name, edges, logOdds: logOdds.map((value) => value - mean) })
  }
  const hasTerms = terms.interactions.length + terms.bins.length > 0
  return { intercept, weights, ...(hasTerms ? { terms } : {}) }
}
