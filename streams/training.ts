/** What a profile says about training: which features, which terms, how a network learns. docs/profiles.md explains each setting. */
import { z } from 'zod'

const featureName = z.string().min(1).max(128)

/** Piecewise constant: one value for each bin of a feature, instead of a straight line. */
export const BinSetting = z
  .strictObject({
    feature: featureName,
    /** Lower edges of the bins above the lowest, ascending, in the unit of the feature. */
    edges: z.array(z.number()).min(1).max(50).optional(),
    /** Or so many bins with about as many training rows each. */
    quantiles: z.int().min(2).max(50).optional(),
    /** `up`: more of the feature is never less risk. */
    monotone: z.enum(['up', 'down', 'none']).default('none'),
  })
  .refine(
    ({ edges, quantiles }) => (edges === undefined) !== (quantiles === undefined),
    'edges or quantiles, one of them',
  )
  .refine(({ edges = [] }) => edges.every((edge, at) => at === 0 || edge > edges[at - 1]), {
    message: 'must ascend',
    path: ['edges'],
  })
export type BinSetting = z.infer<typeof BinSetting>

/** How a network learns. */
export const NetworkSetting = z.strictObject({
  /** Units of each hidden layer; none: a linear model. */
  hidden: z.array(z.int().min(1).max(1024)).max(4).default([32]),
  epochs: z.int().min(1).max(1000).default(30),
  /** Epochs without a lower loss on the latest slice after which training stops. */
  patience: z.int().min(1).max(1000).default(5),
  /** Penalty on the squares of all weights, biases not. */
  l2: z.number().min(0).default(0.0001),
  /** Share of hidden units left out at each step. */
  dropout: z.number().min(0).max(0.9).default(0),
  /** Rows of a step. */
  batch: z.int().min(1).max(65_536).default(256),
  /** First step of Adam. */
  learningRate: z.number().positive().max(1).default(0.001),
  /** How much a row of each label counts. Unequal weights shift the log-odds; calibration shifts them back. */
  classWeights: z
    .strictObject({ negative: z.number().positive().default(1), positive: z.number().positive().default(1) })
    .prefault({}),
})
export type NetworkSetting = z.infer<typeof NetworkSetting>

const psiLimit = z.number().positive().max(100)

/** From where on drift stops a promotion, and is told of a champion. Each number is a population stability index. */
export const GateSetting = z.strictObject({
  scorePsi: psiLimit.default(0.25),
  /** Of each feature that has no limit of its own. */
  featurePsi: psiLimit.default(0.25),
  /** Limits by name of a feature, `*` for any part of it; the first that fits counts. */
  limits: z
    .array(z.strictObject({ feature: featureName, psi: psiLimit }))
    .max(100)
    .default([]),
  /** Features that move for everybody at once, beside those that do by their declaration (`nearby` of the whole): shown, and not judged. */
  common: z.array(featureName).max(100).default([]),
  /** Fewer rows than this, in training or where a model is judged, say nothing. */
  rowsMin: z.int().min(1).default(500),
  /** Nor do rows of fewer days, from the first to the last. */
  daysMin: z.number().min(0).max(3_650).default(14),
})
export type GateSetting = z.infer<typeof GateSetting>

export const TrainingSetting = z.strictObject({
  /** Names of features, `*` for any part of one: `count.*.30d`. Absent: what the trainer takes by default. */
  features: z.array(featureName).min(1).optional(),
  /** Penalty on half the sum of squared weights of standardised features. Absent: chosen by time-ordered folds. */
  ridge: z.number().min(0).optional(),
  /** Pairs of features whose product is a term of the scorecard. */
  interactions: z
    .array(z.tuple([featureName, featureName]))
    .max(100)
    .default([]),
  bins: z.array(BinSetting).max(100).default([]),
  /** Shares of the latest rows below the lower edge of each band above the lowest. */
  bandShares: z
    .array(z.number().gt(0).lt(1))
    .min(1)
    .refine((shares) => shares.every((share, at) => at === 0 || share > shares[at - 1]), 'must ascend')
    .default([0.9, 0.97, 0.995]),
  /** Share of the rows in a slice of the latest: fits on the rows before slices choose, stop early and calibrate. */
  validationShare: z.number().gt(0).max(0.5).default(0.2),
  network: NetworkSetting.prefault({}),
  gates: GateSetting.prefault({}),
})
export type TrainingSetting = z.infer<typeof TrainingSetting>

/** Whether a name is what a pattern describes, in which `*` stands for anything. Each piece is taken where it comes first: no step is tried again. */
export function isLike(name: string, pattern: string): boolean {
  const [first, ...others] = pattern.split('*')
  const last = others.pop()
  if (last === undefined) return name === pattern
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false
  let at = first.length
  for (const piece of others) {
    const found = name.indexOf(piece, at)
    if (found < 0) return false
    at = found + piece.length
  }
  return at <= name.length - last.length
}

/** The known features that the patterns name, in the order in which they are known. @throws Error with the path of a pattern that names none. */
export function matchingFeatures(
  patterns: readonly string[],
  known: readonly string[],
  path = 'training.features',
): string[] {
  const chosen = new Set<string>()
  for (const [at, pattern] of patterns.entries()) {
    const found = known.filter((name) => isLike(name, pattern))
    if (found.length === 0) throw new Error(`${path}.${at}: ${pattern} is none of ${known.join(', ')}`)
    for (const name of found) chosen.add(name)
  }
  return known.filter((name) => chosen.has(name))
}

/**
 * What the schema cannot say: every pattern and every term names features that there are.
 * @throws Error with the path of the mistake: `training.bins.0.feature: count.X.30d is none of ...`.
 */
export function checkTraining(
  { features, interactions, bins, gates }: TrainingSetting,
  known: readonly string[],
): void {
  matchingFeatures(gates.common, known, 'training.gates.common')
  for (const [at, { feature }] of gates.limits.entries())
    if (!known.some((name) => isLike(name, feature)))
      throw new Error(`training.gates.limits.${at}.feature: ${feature} is none of ${known.join(', ')}`)
  const chosen = features === undefined ? known : matchingFeatures(features, known)
  const mustBe = (path: string, name: string): void => {
    if (!chosen.includes(name)) throw new Error(`${path}: ${name} is none of ${chosen.join(', ')}`)
  }
  const binned = new Set<string>()
  const monotone = new Set<string>()
  for (const [at, bin] of bins.entries()) {
    mustBe(`training.bins.${at}.feature`, bin.feature)
    if (binned.has(bin.feature)) throw new Error(`training.bins.${at}.feature: ${bin.feature} has bins already`)
    binned.add(bin.feature)
    if (bin.monotone !== 'none') monotone.add(bin.feature)
  }
  const pairs = new Set<string>()
  for (const [at, pair] of interactions.entries()) {
    const path = `training.interactions.${at}`
    for (const [side, name] of pair.entries()) {
      mustBe(`${path}.${side}`, name)
      if (monotone.has(name)) throw new Error(`${path}.${side}: ${name} has monotone bins, which a product would undo`)
    }
    if (pair[0] === pair[1]) throw new Error(`${path}: ${pair[0]} with itself; use bins for a curve`)
    const key = pair.toSorted().join(' ')
    if (pairs.has(key)) throw new Error(`${path}: ${pair.join(' and ')} stand twice`)
    pairs.add(key)
  }
}
