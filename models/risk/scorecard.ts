/** The scorecard: logistic regression over standardised features. Exact contributions, no surprises. */
import type { ScorecardFile } from './modelFile.ts'
import type { ModelCore } from './riskModel.ts'
import { scorecardTerms } from './scorecardTerms.ts'

/** @throws Error when weights, terms and features do not fit together. */
export function scorecard({ features, scorecard: fitted }: Pick<ScorecardFile, 'features' | 'scorecard'>): ModelCore {
  const size = features.length
  if (fitted.weights.length !== size)
    throw new Error(`scorecard.weights: ${fitted.weights.length} weights for ${size} features`)
  const slopes = Float64Array.from(features, ({ deviation }, at) => fitted.weights[at] / deviation)
  const means = Float64Array.from(features, ({ mean }) => mean)
  const terms = fitted.terms === undefined ? undefined : scorecardTerms(features, fitted.terms)
  let base = fitted.intercept
  for (let at = 0; at < size; at++) base -= slopes[at] * means[at]

  return {
    baseLogOdds: fitted.intercept,
    logOdds(rows, out) {
      for (let row = 0, from = 0; row < out.length; row++, from += size) {
        let logOdds = base
        for (let at = 0; at < size; at++) logOdds += slopes[at] * rows[from + at]
        if (terms !== undefined) logOdds += terms.logOdds(rows, from)
        out[row] = Number.isFinite(logOdds) ? logOdds : Number.NaN
      }
    },
    contributions(row, out) {
      for (let at = 0; at < size; at++) out[at] = slopes[at] * (row[at] - means[at])
      terms?.addContributions(row, out)
    },
  }
}
