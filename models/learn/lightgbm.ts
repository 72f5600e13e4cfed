/** Boosted trees trained with LightGBM, from its text model (`Booster.save_model`). */
import { z } from 'zod'
import { categoriesMax } from '../risk/bounds.ts'
import { type TreesWeights, TreeWeights } from '../risk/weights.ts'
import { type Fields, sectionsOf } from './lightgbmText.ts'

export type LightGbmModel = {
  /** In the order in which the trees number them. LightGBM has put `_` where a name had a space. */
  readonly featureNames: readonly string[]
  /** Leaves are log-odds: shrinkage, the average of `boost_from_average` and the sigmoid are in them. */
  readonly trees: TreesWeights
  /** The objective's own: P = logistic(sigmoid * raw_score). */
  readonly sigmoid: number
}

/**
 * Reads a model of LightGBM 3 or 4 with the objective `binary`. Categories stay the integers that LightGBM was trained on.
 * @throws Error when the text is not whole, or holds what has no place here: another objective, several classes, linear
 * trees, a random forest, categories that pandas has numbered.
 */
export function parseLightGbm(text: string): LightGbmModel {
  const { head, trees, tail } = sectionsOf(text)
  const version = head.text('version')
  if (version !== 'v3' && version !== 'v4')
    throw new Error(`version: ${version}, but v3 and v4 are read; save the model again with LightGBM 3 or 4`)
  const sigmoid = sigmoidOf(head)
  if (head.number('num_tree_per_iteration') !== 1)
    throw new Error('num_tree_per_iteration: the model has several classes; train with objective=binary')
  if (head.has('average_output')) throw new Error('average_output: a random forest; train with boosting=gbdt')
  if (trees.length === 0) throw new Error('the model has no trees; train at least one round')
  const featureNames = head.words('feature_names')
  const features = head.number('max_feature_idx') + 1
  if (features !== featureNames.length)
    throw new Error(
      `feature_names: ${featureNames.length} names for ${features} features; name every column and train again`,
    )
  refusePandasCategories(tail)
  return {
    featureNames,
    sigmoid,
    trees: trees.map((fields, at) => {
      try {
        return treeOf(fields, features, sigmoid)
      } catch (error) {
        throw new Error(`Tree=${at}: ${error instanceof Error ? error.message : error}`)
      }
    }),
  }
}

function sigmoidOf(head: Fields): number {
  const objective = head.has('objective') ? head.text('objective') : 'one of your own'
  const sigmoid = Number(/^binary sigmoid:(\S+)$/.exec(objective)?.[1])
  if (sigmoid > 0 && sigmoid < Number.POSITIVE_INFINITY) return sigmoid
  throw new Error(`objective: ${objective}, but a score is the chance of one outcome; train with objective=binary`)
}

/** LightGBM writes inf where only what is missing goes right. */
const unbounded = new Map([['inf', Number.MAX_VALUE]])

function treeOf(fields: Fields, features: number, sigmoid: number): TreeWeights {
  if (fields.has('is_linear') && fields.number('is_linear') !== 0)
    throw new Error('is_linear: leaves with linear models are not read; train with linear_tree=false')
  const leaves = fields.number('num_leaves')
  const splits = leaves - 1
  const asked = fields.numbers('split_feature', splits)
  const beyond = asked.find((feature) => feature >= features)
  if (beyond !== undefined)
    throw new Error(`split_feature: ${beyond}, but there are ${features} feature_names; copy the whole file`)
  const tree = TreeWeights.safeParse({
    values: fields.numbers('leaf_value', leaves).map((value) => value * sigmoid),
    counts: leaves === 1 ? [1] : countsOf(fields, leaves),
    features: asked,
    thresholds: fields.numbers('threshold', splits, unbounded),
    decisions: fields.numbers('decision_type', splits),
    left: fields.numbers('left_child', splits),
    right: fields.numbers('right_child', splits),
    categories: fields.number('num_cat') === 0 ? [] : categoriesOf(fields),
  })
  if (!tree.success) {
    const [{ path, message }] = tree.error.issues
    throw new Error(`${path.join('.')}: ${message}; the file is damaged, copy the whole file`)
  }
  return tree.data
}

function countsOf(fields: Fields, leaves: number): number[] {
  const counts = fields.numbers('leaf_count', leaves)
  if (counts.some((count) => count < 1))
    throw new Error(
      'leaf_count: a leaf without training rows has no weight in reasons; train with min_data_in_leaf >= 1',
    )
  return counts
}

/** LightGBM keeps sets of categories as bits: 32 a word, `cat_boundaries` says which words are whose. */
function categoriesOf(fields: Fields): number[][] {
  const sets = fields.number('num_cat')
  const boundaries = fields.numbers('cat_boundaries', sets + 1)
  if (boundaries[0] !== 0 || boundaries.some((end, at) => at > 0 && end < boundaries[at - 1]))
    throw new Error('cat_boundaries: must ascend from 0; the file is damaged, copy the whole file')
  const words = fields.numbers('cat_threshold', boundaries[sets])
  if (boundaries.some((end, at) => at > 0 && (end - boundaries[at - 1]) * 32 > categoriesMax))
    throw new Error(`cat_threshold: categories above ${categoriesMax - 1}; number them from 0 and train again`)
  return Array.from({ length: sets }, (_, set) =>
    words
      .slice(boundaries[set], boundaries[set + 1])
      .flatMap((word, at) =>
        Array.from({ length: 32 }, (_, bit) => at * 32 + bit).filter((category) => (word >>> (category & 31)) & 1),
      ),
  )
}

const PandasCategories = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text)
    } catch {
      context.addIssue('no JSON')
      return z.NEVER
    }
  })
  .pipe(z.array(z.array(z.unknown())).nullable())

/** Columns of pandas' type `category` are trained as places in lists at the end of the file; places equal to what they stand for do no harm. */
function refusePandasCategories(tail: readonly string[]): void {
  const key = 'pandas_categorical:'
  const line = tail.find((each) => each.startsWith(key))
  if (line === undefined) return
  const lists = PandasCategories.safeParse(line.slice(key.length))
  if (!lists.success) throw new Error(`${key} is no list of lists; copy the whole file`)
  const other = lists.data?.find((list) => list.some((category, at) => category !== at))
  if (other !== undefined)
    throw new Error(
      `${key} ${JSON.stringify(other.slice(0, 3))}: pandas has numbered categories anew; train on integer columns with categorical_feature`,
    )
}
