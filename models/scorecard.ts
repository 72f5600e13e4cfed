/** The scorecard: logistic regression over standardised features. Exact contributions, no surprises. */
import { logistic } from './math.ts'
import type { ModelFile } from './modelFile.ts'
import type { Contribution, RiskModel } from './riskModel.ts'

/** @throws Error when weights and features do not fit together. */
export function scorecard(file: ModelFile, hash: string): RiskModel {
  const { features, scorecard: fitted, bandEdges } = file
  if (fitted.weights.length !== features.length)
    throw new Error(`scorecard.weights: ${fitted.weights.length} weights for ${features.length} features`)
  if (bandEdges.some((edge, at) => at > 0 && edge <= bandEdges[at - 1])) throw new Error('bandEdges: must ascend')
  const slopes = Float64Array.from(features, ({ deviation }, at) => fitted.weights[at] / deviation)
  const means = Float64Array.from(features, ({ mean }) => mean)
  let base = fitted.intercept
  for (let at = 0; at < slopes.length; at++) base -= slopes[at] * means[at]

  return {
    kind: 'scorecard',
    hash,
    featureNames: features.map(({ name }) => name),
    bandEdges,
    score(x) {
      let logOdds = base
      for (let at = 0; at < slopes.length; at++) logOdds += slopes[at] * x[at]
      return Number.isFinite(logOdds) ? logistic(logOdds) : undefined
    },
    reasons(x, max) {
      const all: Contribution[] = []
      for (let at = 0; at < slopes.length; at++) {
        const logOdds = slopes[at] * (x[at] - means[at])
        if (logOdds > 0) all.push({ feature: at, logOdds })
      }
      return all.sort((a, b) => b.logOdds - a.logOdds || a.feature - b.feature).slice(0, max)
    },
    peers: file.peers.rows,
  }
}
