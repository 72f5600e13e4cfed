/** LightGBM's text model: what is read scores, with the numbers of the file. */
import { parseLightGbm } from '../../../models/learn/lightgbm.ts'
import { trees } from '../../../models/risk/trees.ts'
import type { TreeWeights } from '../../../models/risk/weights.ts'
import type { Sfc32 } from '../../../streams/sfc32.ts'
import { randomTrees, standardFeatures } from '../../support/randomTrees.ts'
import { type Fuzzer, must } from '../fuzzer.ts'

const decisions = [0, 1, 2, 4, 6, 8, 10]
const featureNames = ['x0', 'x1', 'x2', 'x3']

export const lightGbmFuzzer: Fuzzer = {
  name: 'lightgbm',
  few: 1_000,
  sample(random) {
    const grown = grownBy(random)
    return { bytes: Buffer.from(textOf(grown)), means: { featureNames, sigmoid: 2, trees: grown.map(doubled) } }
  },
  read(bytes) {
    const model = parseLightGbm(bytes.toString('utf8'))
    const core = trees({ features: standardFeatures(model.featureNames), trees: model.trees })
    const size = model.featureNames.length
    const [out, shares] = [new Float64Array(3), new Float64Array(size)]
    core.logOdds(
      Float64Array.from({ length: 3 * size }, (_, at) => [0, 0.5, Number.NaN, -0.5, 40][at % 5]),
      out,
    )
    core.contributions(new Float64Array(size), shares)
    must(![...out, ...shares].some(Number.isNaN), 'a model of finite numbers gives none')
    return model
  },
}

function grownBy(random: Sfc32): TreeWeights[] {
  const decision = (): number => decisions[random.int(decisions.length)]
  const options = { features: featureNames.length, trees: 1 + random.int(3), leaves: 2 + random.int(12), decision }
  return randomTrees(() => random.next(), options).trees
}

const doubled = (tree: TreeWeights): TreeWeights => ({ ...tree, values: tree.values.map((value) => 2 * value) })

function textOf(grown: readonly TreeWeights[]): string {
  const head = [
    'tree',
    'version=v4',
    'num_class=1',
    'num_tree_per_iteration=1',
    `max_feature_idx=${featureNames.length - 1}`,
    'objective=binary sigmoid:2',
    `feature_names=${featureNames.join(' ')}`,
    `tree_sizes=${grown.map(() => 300).join(' ')}`,
  ]
  return [...head, '', ...grown.flatMap(treeLines), 'end of trees', '', 'pandas_categorical:null', ''].join('\n')
}

function treeLines(tree: TreeWeights, at: number): string[] {
  const { values, counts, features, thresholds, left, right, categories } = tree
  return [
    `Tree=${at}`,
    `num_leaves=${values.length}`,
    `num_cat=${categories.length}`,
    `split_feature=${features.join(' ')}`,
    `threshold=${thresholds.join(' ')}`,
    `decision_type=${tree.decisions.join(' ')}`,
    `left_child=${left.join(' ')}`,
    `right_child=${right.join(' ')}`,
    `leaf_value=${values.join(' ')}`,
    `leaf_count=${counts.join(' ')}`,
    ...(categories.length === 0 ? [] : categoryLines(categories)),
    'is_linear=0',
    'shrinkage=1',
    '',
  ]
}

/** Sets of categories as bits, 32 a word, two words a set. */
function categoryLines(categories: readonly (readonly number[])[]): string[] {
  const words = categories.flatMap((set) =>
    [0, 1].map((word) => set.reduce((bits, one) => (one >> 5 === word ? bits | (1 << (one & 31)) : bits), 0) >>> 0),
  )
  return [
    `cat_boundaries=${[0, ...categories.map((_, at) => 2 * (at + 1))].join(' ')}`,
    `cat_threshold=${words.join(' ')}`,
  ]
}
