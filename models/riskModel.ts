/** The risk-model port: everything that scores implements it, whatever learned it. */
export type Contribution = {
  /** Index of the feature. */ feature: number /** Share of the log-odds, positive = riskier. */
  logOdds: number
}

export interface RiskModel {
  readonly kind: string
  /** sha256 of the model folder's files. */
  readonly hash: string
  /** Names of the features in the order in which `score` takes them; the stream refuses a model whose names it cannot fill. */
  readonly featureNames: readonly string[]
  /** Lower edges of the bands above the lowest, ascending: `[.15, .35, .65]`. */
  readonly bandEdges: readonly number[]
  /** Probability 0..1 of an adverse outcome within the label's horizon; undefined when the row cannot be scored. Never 0 for "unknown". */
  score(features: Float64Array): number | undefined
  /** What made the score what it is, largest first, at most `max`. Contributions of all features and the base add up to the log-odds. */
  reasons(features: Float64Array, max: number): readonly Contribution[]
  /** Median and spread of an enterprise's peers, by `<industry code>|<region code>`; '' is all of them. */
  readonly peers: Readonly<Record<string, readonly [median: number, spread: number]>>
}
