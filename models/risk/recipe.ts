/**
 * How a model is made of rows: what was asked for, not what came of it. It stands in the model, so that the same can be made again of
 * the same rows, and of fewer: what is judged on later rows is the recipe, fitted on the rows before them.
 */
import { z } from 'zod'
import { NetworkSetting, TrainingSetting } from '../../streams/training.ts'
import { boundedList, modelFeaturesMax } from './bounds.ts'

const { validationShare, bandShares, interactions, bins } = TrainingSetting.shape

const ridgesMax = 100

const head = {
  /** Columns that were learnt from; those that were constant are no features of the model. */
  columns: boundedList(z.string().min(1), modelFeaturesMax, 1),
  /** Of all that is random. */
  seed: z.int(),
  /** Share of the rows in each slice that judges an earlier fit; at most .5. */
  validationShare,
  bandShares,
  /** Ticks after a row in which its label comes about and becomes known. */
  gapTicks: z.int().min(0),
}

export const Recipe = z.discriminatedUnion('kind', [
  /** `ridges`: the penalties to choose from, descending; one: it is that. */
  z.object({
    ...head,
    kind: z.literal('scorecard'),
    ridges: boundedList(z.number().min(0), ridgesMax, 1),
    interactions,
    bins,
  }),
  z.object({ ...head, kind: z.literal('network'), network: NetworkSetting }),
])
export type Recipe = z.infer<typeof Recipe>
