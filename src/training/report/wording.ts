/** What each language has to say. */

import type { Unjudged } from '../../../models/quality/driftLimits.ts'
import type { GateName } from '../../../models/quality/gates.ts'
import type { Stability } from '../../../models/quality/psi.ts'

export type Words = {
  readonly language: string
  readonly to: string
  readonly headline: string
  readonly headlineNone: string
  readonly found: string
  readonly passes: string
  readonly fails: string
  readonly about: string
  /** What the share of the worst grade gives, in a second line. */
  readonly worstGrade: string
  readonly sameRecipe: string
  readonly outcomes: Readonly<Record<'none' | 'within' | 'result', string>>
  readonly facts: Readonly<Record<'outcome' | 'profile' | 'rows' | 'candidate' | 'date', string>>
  readonly rows: Readonly<Record<'judging' | 'trained' | 'calibrated' | 'judgedAs', string>>
  readonly resampled: string
  readonly inUse: string
  readonly refused: string
  readonly sections: Readonly<
    Record<
      | 'facts'
      | 'gates'
      | 'figures'
      | 'bands'
      | 'importance'
      | 'order'
      | 'calibration'
      | 'grades'
      | 'months'
      | 'regions'
      | 'industries'
      | 'sizes'
      | 'psi',
      string
    >
  >
  readonly notes: Readonly<
    Record<
      | 'gates'
      | 'figures'
      | 'bands'
      | 'weight'
      | 'aucLoss'
      | 'roc'
      | 'precisionRecall'
      | 'calibration'
      | 'gains'
      | 'grades'
      | 'months'
      | 'groups'
      | 'psi'
      | 'noPsi',
      string
    >
  >
  readonly plots: Readonly<Record<'roc' | 'precisionRecall' | 'calibration' | 'gains' | 'grades' | 'months', string>>
  readonly axes: Readonly<
    Record<
      | 'falsePositives'
      | 'truePositives'
      | 'recall'
      | 'precision'
      | 'predicted'
      | 'observed'
      | 'examined'
      | 'found'
      | 'rows'
      | 'score'
      | 'auc',
      string
    >
  >
  readonly figures: Readonly<Record<FigureName, readonly [name: string, meaning: string]>>
  readonly differences: Readonly<Record<'auc' | 'brier', readonly [name: string, meaning: string]>>
  readonly columns: Readonly<
    Record<
      | 'figure'
      | 'meaning'
      | 'name'
      | 'rows'
      | 'positives'
      | 'predicted'
      | 'observed'
      | 'auc'
      | 'recall'
      | 'brier'
      | 'lift'
      | 'share'
      | 'gate'
      | 'value'
      | 'limit'
      | 'of'
      | 'result'
      | 'feature'
      | 'psi'
      | 'verdict'
      | 'month'
      | 'grade'
      | 'region'
      | 'industry'
      | 'size'
      | 'low'
      | 'median'
      | 'high'
      | 'band'
      | 'from'
      | 'precision'
      | 'weight'
      | 'aucLoss',
      string
    >
  >
  readonly gates: Readonly<Record<GateName, string>>
  readonly pass: string
  readonly fail: string
  readonly unjudged: string
  readonly unknown: string
  readonly psi: Readonly<Record<Stability | Unjudged, string>>
  readonly score: string
  readonly noSkill: string
  readonly perfect: string
  readonly positive: string
  readonly negative: string
  readonly numbers: string
}

export type FigureName =
  | 'auc'
  | 'gini'
  | 'ks'
  | 'averagePrecision'
  | 'brier'
  | 'logLoss'
  | 'calibrationError'
  | 'calibrationSlope'
  | 'calibrationIntercept'
  | 'lift'
  | 'firstHalf'
