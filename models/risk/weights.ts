/** What each kind of model has learnt. */
import { z } from 'zod'
import {
  boundedList,
  categoriesMax,
  integerList,
  interactionsMax,
  modelFeaturesMax,
  numberList,
  treesMax,
} from './bounds.ts'

const finite = z.number()
const featureName = z.string().min(1)
const someNumbers = numberList.refine(({ length }) => length >= 1, 'must not be empty')

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
  edges: someNumbers,
  /** Log-odds of each bin, one more than edges; their mean over the training rows is 0. */
  logOdds: numberList,
})
export type ScorecardBins = z.infer<typeof ScorecardBins>

export const ScorecardWeights = z.object({
  /** Log-odds where every feature is at its mean, and every binned one adds nothing. */
  intercept: finite,
  /** Log-odds for one standard deviation of the feature, in the order of `features`; 0 for a binned one. */
  weights: numberList,
  /** What stands beside the straight lines. Absent: nothing. */
  terms: z
    .object({
      interactions: boundedList(ScorecardInteraction, interactionsMax),
      bins: boundedList(ScorecardBins, modelFeaturesMax),
    })
    .optional(),
})
export type ScorecardWeights = z.infer<typeof ScorecardWeights>

const wholeMax = 2 ** 31 - 1

const categoryList = integerList(0, categoriesMax - 1)
function isCategories(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => categoryList.safeParse(one).success)
}

/**
 * One tree, numbered as LightGBM does: split 0 is the root, and a child is a split, or a leaf as -1 - leaf. n leaves have n - 1
 * splits; the lists about splits have one entry a split.
 */
export const TreeWeights = z.object({
  /** Log-odds of each leaf. */
  values: someNumbers,
  /** Training rows in each leaf, and so in each split above: how likely a row is to come there when a feature is unknown. */
  counts: integerList(1, Number.MAX_SAFE_INTEGER),
  /** Index of the feature that is asked. */
  features: integerList(0, wholeMax),
  /** A value goes left when it is not above this. Of a categorical split: index in `categories`. */
  thresholds: numberList,
  /** LightGBM's bits: 1 categorical, 2 what is missing goes left, 4 zero and NaN are missing, 8 NaN is missing. */
  decisions: integerList(0, 11),
  left: integerList(-wholeMax, wholeMax),
  right: integerList(-wholeMax, wholeMax),
  /** Categories that go left; all others, and what is missing, go right. */
  categories: z.custom<number[][]>(isCategories, `must be lists of whole numbers from 0 to ${categoriesMax - 1}`),
})
export type TreeWeights = z.infer<typeof TreeWeights>

/** The log-odds are the sum of one leaf of every tree. */
export const TreesWeights = boundedList(TreeWeights, treesMax, 1)
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
