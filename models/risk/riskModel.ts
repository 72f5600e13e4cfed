/** The risk-model port: everything that scores implements it, whatever learned it. */
import type { ModelReference } from './modelFile.ts'

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
  /** Log-odds of the row that `contributions` explains against: they and it add up to the log-odds before calibration. */
  readonly baseLogOdds: number
  /** Probability 0..1 of an adverse outcome within the label's horizon; undefined when the row cannot be scored. Never 0 for "unknown". */
  score(features: Float64Array): number | undefined
  /** Probabilities of `out.length` rows that lie one after another in `rows`; NaN for one that cannot be scored. Equal to `score`, bit for bit. */
  scoreRows(rows: Float64Array, out: Float64Array): void
  /** Share of every feature in the log-odds, in the order of the features: in `out`, or in a new array. */
  contributions(features: Float64Array, out?: Float64Array): Float64Array
  /** What made the score as high as it is, largest first, at most `max`. */
  reasons(features: Float64Array, max: number): readonly Contribution[]
  /** Median and spread of an enterprise's peers, by `<industry code>|<region code>`; '' is all of them. */
  readonly peers: Readonly<Record<string, readonly [median: number, spread: number]>>
  /** Where the training rows lay; without one drift is not measured. */
  readonly reference?: ModelReference | undefined
}

/** What the kinds of model differ in: log-odds, and what they are made of. */
export type ModelCore = {
  readonly baseLogOdds: number
  /** Log-odds of `out.length` rows that lie one after another in `rows`; NaN for one that cannot be scored. The same bits at any number of rows. */
  logOdds(rows: Float64Array, out: Float64Array): void
  /** Fills `out` with the share of every feature in the log-odds of one row. */
  contributions(row: Float64Array, out: Float64Array): void
}
