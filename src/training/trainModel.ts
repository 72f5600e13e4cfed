/**
 * From training rows to a model: what has to be chosen is chosen on slices in order of time, the model is fitted on all rows, and fits on
 * earlier rows alone say how it is calibrated, where its bands begin and what its drift is measured against.
 */
import type { Dataset } from '../../models/learn/dataset.ts'
import { withColumns } from '../../models/learn/dataset.ts'
import { areaUnderRoc } from '../../models/quality/ranking.ts'
import type { ModelPart } from '../../models/risk/buildModel.ts'
import type { ModelFile } from '../../models/risk/modelFile.ts'
import type { Recipe } from '../../models/risk/recipe.ts'
import type { Profile } from '../../streams/profile.ts'
import type { RowsDictionary } from '../../streams/trainingRows.ts'
import { cardOf } from './cardOf.ts'
import { crossFit, logOddsOf, rounded } from './crossFit.ts'
import { fileOf, sharesAbove } from './fileOf.ts'
import { rangeOf, rowsHash } from './identity.ts'
import { type Learner, type Learnt, learnerOf } from './learners.ts'
import { unseenLogOdds } from './unseen.ts'

export type TrainOptions = {
  profile: Profile
  /** One or more rows in order of time; the recipe's columns are among theirs. */
  data: Dataset
  dictionary: Pick<RowsDictionary, 'peers' | 'dataHash' | 'label' | 'logFrom'>
  recipe: Recipe
  /** Default: that of the recipe. */
  learner?: Learner
  /** The command that trains it again. */
  command: string
  gitCommit?: string | undefined
}

export type TrainedModel = {
  file: ModelFile
  card: string
  /** What was left out, joined, or chosen at an end. */
  notes: readonly string[]
}

const surer =
  'scores of rows that a fit has learnt from lie elsewhere than those of the rows to come: bands and reference of the score are by fits on earlier rows'

/** @throws Error that says what to do, when the rows cannot be learnt from. */
export async function trainModel(options: TrainOptions): Promise<TrainedModel> {
  const { profile, dictionary, recipe, command } = options
  const { learner = learnerOf(recipe) } = options
  const rows = withColumns(options.data, recipe.columns)
  const learnt = await learner(rows)
  const { validationShare: share, gapTicks } = recipe
  const learn = async (earlier: Dataset): Promise<ModelPart> => (await learner(earlier, learnt.choice)).part
  const crossed = await crossFit(profile, rows, { share, gapTicks }, learn)
  const unseen = await unseenLogOdds({ profile, rows, part: learnt.part, crossed, share, learn })
  const file = fileOf({
    profile,
    dictionary,
    part: learnt.part,
    held: crossed,
    unseen: unseen.logOdds,
    all: rows,
    shares: sharesAbove(recipe),
    training: {
      ...rangeOf(profile, rows),
      seed: recipe.seed,
      command,
      metrics: fitMetrics(learnt, rows),
      rowsHash: rowsHash(rows),
      slices: crossed.slices,
      recipe,
    },
  })
  const notes = [...learnt.notes, ...crossed.notes, ...(unseen.own ? [] : [surer])]
  return { file, notes, card: cardOf(file, { ...options, says: learnt.says, notes, shares: sharesAbove(recipe) }) }
}

function fitMetrics({ part }: Learnt, rows: Dataset): Record<string, number> {
  const auc = areaUnderRoc(logOddsOf(part, rows), rows.labels)
  return Number.isFinite(auc) ? { trainAuc: rounded(auc) } : {}
}
