/**
 * The scorecard in points, for readers who think in points: more points, less risk.
 * Source: Siddiqi (2006), Credit Risk Scorecards, 6.
 */
import { ln, ln2 } from '../math.ts'
import type { ScorecardWeights } from '../risk/weights.ts'
import type { Moments } from './checkRows.ts'

/** `pointsAtOdds` points where `odds` rows go well for each that does not; `pointsToDouble` more where it is twice as many. */
const scale = { pointsToDouble: 20, pointsAtOdds: 600, odds: 50 }

/** Points of a row by its log-odds of an adverse outcome: `pointsOf(-ln(50))` is 600. */
export function pointsOf(logOdds: number): number {
  return scale.pointsAtOdds - (scale.pointsToDouble / ln2) * (logOdds + ln(scale.odds))
}

export type PointsCard = {
  scale: typeof scale
  /** Points of a row with every feature at its mean; the others are added to it. */
  base: number
  /** For one unit of the feature above `mean`, and for one standard deviation. Binned features are not among them. */
  features: { feature: string; mean: number; perUnit: number; perDeviation: number }[]
  /** For both features one standard deviation above their means; times the product of the two otherwise. */
  interactions: { features: [string, string]; perProduct: number }[]
  /** `from` <= value < `to`; no `from` in the lowest bin, no `to` in the highest. */
  bins: { feature: string; bins: { from?: number; to?: number; points: number }[] }[]
}

export function pointsCard(features: readonly Moments[], { intercept, weights, terms }: ScorecardWeights): PointsCard {
  const perLogOdds = -scale.pointsToDouble / ln2
  const binned = new Set(terms?.bins.map(({ feature }) => feature))
  return {
    scale,
    base: pointsOf(intercept),
    features: features.flatMap(({ name, mean, deviation }, at) =>
      binned.has(name)
        ? []
        : [
            {
              feature: name,
              mean,
              perUnit: (perLogOdds * weights[at]) / deviation,
              perDeviation: perLogOdds * weights[at],
            },
          ],
    ),
    interactions: (terms?.interactions ?? []).map(({ features: both, weight }) => ({
      features: both,
      perProduct: perLogOdds * weight,
    })),
    bins: (terms?.bins ?? []).map(({ feature, edges, logOdds }) => ({
      feature,
      bins: logOdds.map((value, bin) => ({
        ...(bin > 0 ? { from: edges[bin - 1] } : {}),
        ...(bin < edges.length ? { to: edges[bin] } : {}),
        points: perLogOdds * value,
      })),
    })),
  }
}
