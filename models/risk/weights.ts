/** What each kind of model has learnt. */
import { z } from 'zod'

const finite = z.number()
const featureName = z.string().min(1)

export const ScorecardInteraction = z.object({
  /** Two different features; the term is the product of both, each standardised. */
  features: z.tuple([featureName, featureName]),
  /** Log-odds for a product of 1: both one standard deviation above their means. */
  weight: finite,
})
export type ScorecardInteraction = z.infer<typeof ScorecardInteraction>

export const ScorecardBins = z.object({
  feature: featureName,
  /** Ascending, in the unit of the feature. Bin k holds edges[k - 1] <= value < edges[k]. */
  edges: z.array(finite).min(1),
  /** Log-odds of each bin, one more than edges; their mean over the training rows is 0. */
  logOdds: z.array(finite).min(2),
})
export type ScorecardBins = z.infer<typeof ScorecardBins>

export const ScorecardWeights = z.object({
  /** Log-odds where every feature is at its mean, and every binned one adds nothing. */
  intercept: finite,
  /** Log-odds for one standard deviation of the feature, in the order of `features`; 0 for a binned one. */
  weights: z.array(finite),
  /** What stands beside the straight lines. Absent: nothing. */
  terms: z.object({ interactions: z.array(ScorecardInteraction), bins: z.array(ScorecardBins) }).optional(),
})
export type ScorecardWeights = z.infer<typeof ScorecardWeights>

const index = z.int().min(0)

/** Categories are below this, so that tables over them stay small: 4 MiB a feature. */
export const categoriesMax = 1_048_576

/**
 * One tree, numbered as LightGBM does: split 0 is the root, and a child is a split, or a leaf as -1 - leaf. n leaves have n - 1
 * splits; the lists about splits have one entry a split.
 */
export const TreeWeights = z.object({
  /** Log-odds of each leaf. */
  values: z.array(finite).min(1),
  /** Training rows in each leaf, and so in each split above: how likely a row is to come there when a feature is unknown. */
  counts: z.array(z.int().min(1)).min(1),
  /** Index of the feature that is asked. */
  features: z.array(index),
  /** A value goes left when it is not above this. Of a categorical split: index in `categories`. */
  thresholds: z.array(finite),
  /** LightGBM's bits: 1 categorical, 2 what is missing goes left, 4 zero and NaN are missing, 8 NaN is missing. */
  decisions: z.array(z.int().min(0).max(11)),
  left: z.array(z.int()),
  right: z.array(z.int()),
  /** Categories that go left; all others, and what is missing, go right. */
  categories: z.array(z.array(index.max(categoriesMax - 1))),
})
export type TreeWeights = z.infer<typeof TreeWeights>

/** The log-odds are the sum of one leaf of every tree. */
export const TreesWeights = z.array(TreeWeights).min(1)
export type TreesWeights = z.infer<typeof TreesWeights>

const layerSizeMax = 4096
const layersMax = 16

/** One dense layer; float32 as base64 of little-endian bytes. */
export const DenseLayerWeights = z.object({
  inputs: z.int().min(1).max(layerSizeMax),
  outputs: z.int().min(1).max(layerSizeMax),
  /** `inputs` x `outputs` values, those of one input one after another. */
  kernel: z.base64(),
  /** `outputs` values. */
  bias: z.base64(),
})

/** Dense layers one after another over standardised features: relu after each but the last, whose one output is the log-odds. */
export const NetworkWeights = z.object({ layers: z.array(DenseLayerWeights).min(1).max(layersMax) })
export type NetworkWeights = z.infer<typeof NetworkWeights>
