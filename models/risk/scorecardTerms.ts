/** Terms of a scorecard beside its straight lines: products of two standardised features, and one value for each bin of a feature. */
import type { ScorecardFile } from './modelFile.ts'
import type { ScorecardWeights } from './weights.ts'

export type ScorecardTerms = {
  /** Log-odds of all terms together for the row that begins at `from`. */
  logOdds(rows: Float64Array, from: number): number
  /** Adds the share of each feature; that of a product is split evenly between its two. */
  addContributions(row: Float64Array, out: Float64Array): void
}

type Product = { first: number; second: number; weight: number }
type Bins = { feature: number; edges: Float64Array; logOdds: Float64Array }

/** @throws Error with the path of the mistake: an unknown feature, one that is binned twice, edges that do not ascend. */
export function scorecardTerms(
  features: ScorecardFile['features'],
  { interactions, bins }: NonNullable<ScorecardWeights['terms']>,
): ScorecardTerms {
  const indexOf = (name: string, path: string): number => {
    const at = features.findIndex((feature) => feature.name === name)
    if (at < 0) throw new Error(`${path}: the model has no feature ${name}`)
    return at
  }
  const products = interactions.map(({ features: [a, b], weight }, at): Product => {
    const path = `scorecard.terms.interactions.${at}.features`
    if (a === b) throw new Error(`${path}: ${a} with itself`)
    return { first: indexOf(a, path), second: indexOf(b, path), weight }
  })
  const steps = bins.map(({ feature, edges, logOdds }, at): Bins => {
    const path = `scorecard.terms.bins.${at}`
    if (bins.findIndex((other) => other.feature === feature) !== at)
      throw new Error(`${path}.feature: ${feature} has bins already`)
    if (edges.some((edge, k) => k > 0 && !(edge > edges[k - 1]))) throw new Error(`${path}.edges: must ascend`)
    if (logOdds.length !== edges.length + 1)
      throw new Error(`${path}.logOdds: ${logOdds.length} values for ${edges.length + 1} bins`)
    return {
      feature: indexOf(feature, `${path}.feature`),
      edges: Float64Array.from(edges),
      logOdds: Float64Array.from(logOdds),
    }
  })
  const standardised = (value: number, at: number): number => (value - features[at].mean) / features[at].deviation
  const productOf = ({ first, second, weight }: Product, rows: Float64Array, from: number): number =>
    weight * standardised(rows[from + first], first) * standardised(rows[from + second], second)

  return {
    logOdds(rows, from) {
      let sum = 0
      for (const product of products) sum += productOf(product, rows, from)
      for (const { feature, edges, logOdds } of steps) sum += logOdds[binOf(edges, rows[from + feature])]
      return sum
    },
    addContributions(row, out) {
      for (const product of products) {
        const half = 0.5 * productOf(product, row, 0)
        out[product.first] += half
        out[product.second] += half
      }
      for (const { feature, edges, logOdds } of steps) out[feature] += logOdds[binOf(edges, row[feature])]
    },
  }
}

/** How many of the ascending edges a value reaches. */
export function binOf(edges: Float64Array, value: number): number {
  let bin = 0
  while (bin < edges.length && value >= edges[bin]) bin++
  return bin
}
