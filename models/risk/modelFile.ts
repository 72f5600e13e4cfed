/**
 * A model folder: `model.json` (this contract) and `MODEL_CARD.md`. The folder's hash is its version. Trained, imported and
 * built-in models all come this way.
 */
import { z } from 'zod'
import { objectOfAtMost } from '../../streams/contracts.ts'
import { bandEdgesMax, boundedList, modelFeaturesMax, peerRowsMax } from './bounds.ts'
import { Calibration } from './calibration.ts'
import { PsiReference } from './psiReference.ts'
import { Recipe } from './recipe.ts'
import { NetworkWeights, ScorecardWeights, TreesWeights } from './weights.ts'

const finite = z.number()

export const PeerTable = z.object({
  /** Rows by `<industry code>|<region code>`; a row with few enterprises is left out, and its parent is used. */
  rows: objectOfAtMost(peerRowsMax).pipe(z.record(z.string(), z.tuple([finite, finite.positive()]))),
  /** Rows that stand for fewer enterprises than this are left out. */
  enterprisesMin: z.int().min(1),
})

/** Where score and features of the training rows lay, the features in the order of the model's; drift is measured against it. */
export const ModelReference = z.object({
  score: PsiReference,
  features: boundedList(PsiReference, modelFeaturesMax),
  /** How old the log was, in days, when the first of these rows was taken; absent where that is not known. */
  ageDays: finite.min(0).optional(),
})
export type ModelReference = z.infer<typeof ModelReference>

/** Training rows as a card names them: first and last tick, how many, and how many of them with the outcome. */
export const RowsRange = z.object({ from: z.string(), to: z.string(), rows: z.int(), positives: z.int() })
export type RowsRange = z.infer<typeof RowsRange>

/** Later rows, scored by a fit of the recipe on rows whose labels were known before them. */
export const Slice = RowsRange.extend({
  fitted: RowsRange,
  /** Of these rows by that fit; absent where all labels are the same. */
  auc: finite.optional(),
})
export type Slice = z.infer<typeof Slice>

const slicesMax = 64

const head = {
  formatVersion: z.literal(1),
  profile: z.string().min(1),
  label: z.string().min(1),
  features: boundedList(
    z.object({ name: z.string().min(1), mean: finite, deviation: finite.positive() }),
    modelFeaturesMax,
    1,
  ),
  peers: PeerTable,
  bandEdges: boundedList(finite.min(0).max(1), bandEdgesMax, 1),
  /** Between the log-odds and the probability; absent = none. */
  calibration: Calibration.optional(),
  reference: ModelReference.optional(),
  /** From, to, rows and positives: those of the fit. Of trees from elsewhere, where these are not known: of the rows that calibrated them. */
  training: RowsRange.extend({
    seed: z.int(),
    dataHash: z.string(),
    command: z.string(),
    metrics: z.record(z.string(), finite),
    /** Hash over the rows (src/training/identity.ts); `dataHash` is that of the folder that they are from. */
    rowsHash: z.string().optional(),
    /** What chose, calibrated and cut the bands. */
    slices: boundedList(Slice, slicesMax).optional(),
    /** What makes the model again; absent where nothing can be fitted again. */
    recipe: Recipe.optional(),
  }),
}

export const ScorecardFile = z.object({ ...head, kind: z.literal('scorecard'), scorecard: ScorecardWeights })
export type ScorecardFile = z.infer<typeof ScorecardFile>
export const TreesFile = z.object({ ...head, kind: z.literal('trees'), trees: TreesWeights })
export type TreesFile = z.infer<typeof TreesFile>

export const NetworkFile = z.object({ ...head, kind: z.literal('network'), network: NetworkWeights })
export type NetworkFile = z.infer<typeof NetworkFile>

export const ModelFile = z.discriminatedUnion('kind', [ScorecardFile, TreesFile, NetworkFile])
export type ModelFile = z.infer<typeof ModelFile>
