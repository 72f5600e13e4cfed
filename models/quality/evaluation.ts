/** What an evaluation says: every figure of a model on rows that it has not learnt from. JSON; a figure that is undefined is absent. */
import { z } from 'zod'
import { BandQuality } from './bandQuality.ts'
import { unjudgedKinds } from './driftLimits.ts'

const finite = z.number()
const share = finite.min(0).max(1)
const count = z.int().min(0)

/** A value with its interval; without bounds where too few rows speak. */
export const Figure = z.object({ value: finite, low: finite.optional(), high: finite.optional() })
export type Figure = z.infer<typeof Figure>

const figure = Figure.optional()

export const Figures = z.object({
  auc: figure,
  /** 2 AUC - 1. */
  gini: figure,
  ks: figure,
  averagePrecision: figure,
  brier: figure,
  logLoss: figure,
  /** Mean distance of predicted and observed share, over bins of equal mass. */
  calibrationError: figure,
  calibrationSlope: figure,
  calibrationIntercept: figure,
  /** Positives in the high share of the order, as a multiple of as many rows at random. */
  lift: figure,
  /** Share of the positives in the first half of the order. */
  firstHalf: figure,
})
export type Figures = z.infer<typeof Figures>

const Points = z.array(z.object({ x: finite, y: finite }))

export const Curves = z.object({
  roc: Points.optional(),
  precisionRecall: Points.optional(),
  /** Share of the positives (y) in a share of the order (x). */
  gains: Points.optional(),
  calibration: z.array(z.object({ rows: count, predicted: finite, observed: share })),
  histogram: z.object({ to: finite, positives: z.array(count), negatives: z.array(count) }),
})
export type Curves = z.infer<typeof Curves>

export const ModelQuality = z.object({
  name: z.string().min(1),
  /** Rows that the model scored; all figures are of these. */
  rows: count,
  positives: count,
  /** Rows that it could not score. */
  refused: count,
  figures: Figures,
  curves: Curves,
})
export type ModelQuality = z.infer<typeof ModelQuality>

export const GroupQuality = z.object({
  name: z.string(),
  rows: count,
  positives: count,
  /** Mean probability, and share of positives. */
  predicted: finite,
  observed: share,
  brier: finite,
  /** Share of the group's positives in the high share of all rows. */
  recall: share.optional(),
  auc: figure,
  /** Scores at 10, 25, 50, 75 and 90 % of the group's rows. */
  scores: z.array(finite),
})
export type GroupQuality = z.infer<typeof GroupQuality>

/** Two models' recall of the positives of a group at one workload. */
export const RecallChange = z.object({
  name: z.string(),
  positives: count,
  recall: share,
  otherRecall: share,
  /** P(a loss at least this large) if both were equally good: McNemar's test with continuity correction, one-sided. */
  lossProbability: share,
})
export type RecallChange = z.infer<typeof RecallChange>

/** The candidate against another model, on the rows that both scored; differences are candidate minus other. */
export const Comparison = z.object({
  rows: count,
  aucDifference: figure,
  brierDifference: figure,
  recallByRegion: z.array(RecallChange),
})
export type Comparison = z.infer<typeof Comparison>

export const Evaluation = z.object({
  formatVersion: z.literal(1),
  /** First and last month of the rows. */
  from: z.string(),
  to: z.string(),
  rows: count,
  positives: count,
  /** Share of the rows, those with the highest scores, at which lift and recall are measured. */
  highShare: share,
  /** As many rows as have the worst grade: the candidate's lift there, and that of the grade by itself. Absent without such rows. */
  worstGrade: z.object({ name: z.string(), share, lift: finite.optional(), own: finite.optional() }).optional(),
  /** Of the candidate, the highest first. */
  bands: z.array(BandQuality),
  calibrationBinsMax: count,
  resampling: z.object({ draws: count, seed: z.int(), level: share, clusters: count }),
  candidate: ModelQuality,
  others: z.array(z.object({ model: ModelQuality, comparison: Comparison })),
  /** Name of the one among `others` that is in use. */
  champion: z.string().optional(),
  byMonth: z.array(GroupQuality),
  byRegion: z.array(GroupQuality),
  byIndustry: z.array(GroupQuality),
  byGrade: z.array(GroupQuality),
  /** Population stability against the training rows; absent when the model file holds no reference. */
  psi: z
    .object({
      score: finite.optional(),
      /** From here on the score has moved too far. */
      scoreLimit: finite.optional(),
      features: z.array(
        z.object({
          name: z.string(),
          psi: finite.optional(),
          limit: finite.optional(),
          /** Why it stops nobody: it moves for everybody at once, or had not settled yet where the reference begins. */
          unjudged: z.enum(unjudgedKinds).optional(),
        }),
      ),
      /** Why none of it is judged: there is too little on either side. */
      tooLittle: z.string().optional(),
    })
    .optional(),
})
export type Evaluation = z.infer<typeof Evaluation>
