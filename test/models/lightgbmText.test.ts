/** LightGBM's text model: read as it stands, refused when it is not whole or has no place here. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseLightGbm } from '../../models/learn/lightgbm.ts'
import { trees } from '../../models/risk/trees.ts'
import { standardFeatures } from '../support/randomTrees.ts'
import { small } from './lightgbmText.fixtures.ts'

describe('a text model', () => {
  test('is read as it stands, with Windows line ends too', () => {
    const read = parseLightGbm(small)
    expect(read.trees[0]).toEqual({
      values: [0.5, -1, 2],
      counts: [20, 10, 30],
      features: [0, 1],
      thresholds: [0.5, Number.MAX_VALUE],
      decisions: [2, 8],
      left: [-1, -2],
      right: [1, -3],
      categories: [],
    })
    expect(read.trees[1].categories).toEqual([[0, 31, 33]])
    expect(read).toMatchObject({ featureNames: ['a', 'b', 'c'], sigmoid: 2 })
    expect(parseLightGbm(small.replaceAll('\n', '\r\n'))).toEqual(read)
    const core = trees({ features: standardFeatures(read.featureNames), trees: read.trees })
    expect(core.baseLogOdds).toBe(1 / 6 - 1 / 6 + 1 + (-2 * 45 + 0.25 * 15) / 60)
  })

  test('that is cut anywhere is refused', () => {
    const end = small.indexOf('end of parameters') + 'end of parameters'.length
    fc.assert(
      fc.property(fc.nat(small.indexOf('end of trees') + 11), (length) => {
        expect(() => parseLightGbm(small.slice(0, length))).toThrow(/copy the whole file|write one with/)
      }),
    )
    expect(() => parseLightGbm(small.slice(0, end - 1))).toThrow(/cut short: no line "end of parameters"/)
  })

  const refused: [what: string, from: string | RegExp, to: string, message: RegExp][] = [
    ['another format', 'tree\n', '{"tree":1}\n', /no LightGBM text model.*Booster.save_model/],
    ['a tree too few', /Tree=1[\s\S]*?\n\n\n/, '', /not whole: 1 of 2 trees; copy the whole file/],
    ['a tree cut out of the middle', /leaf_value=0.25[\s\S]*?num_leaves=2/, '', /not whole: 1 of 2 trees/],
    [
      'a list cut short',
      'leaf_value=0.25 -0.5 1',
      'leaf_value=0.25 -0.5',
      /Tree=0: leaf_value: 2 values instead of 3.*copy/,
    ],
    ['a line too few', 'leaf_count=45 15\n', '', /Tree=1: the line leaf_count= is missing; save the model again/],
    ['no number', '-0.5', 'nan', /Tree=0: leaf_value: nan is no finite number; train again/],
    ['unknown decisions', 'decision_type=2 8', 'decision_type=2 12', /Tree=0: decisions.1: .*copy the whole file/],
    ['another version', 'version=v4', 'version=v2', /version: v2.*LightGBM 3 or 4/],
    ['regression', 'binary sigmoid:2', 'regression', /objective: regression.*train with objective=binary/],
    [
      'several classes',
      'binary sigmoid:2',
      'multiclass num_class:3',
      /objective: multiclass.*train with objective=binary/,
    ],
    ['trees of classes', 'per_iteration=1', 'per_iteration=3', /several classes; train with objective=binary/],
    ['an objective of its own', 'objective=binary sigmoid:2\n', '', /objective: one of your own.*objective=binary/],
    ['a random forest', 'sigmoid:2\n', 'sigmoid:2\naverage_output\n', /random forest; train with boosting=gbdt/],
    ['linear trees', 'is_linear=0', 'is_linear=1', /Tree=0: is_linear.*linear_tree=false/],
    ['a name too few', 'feature_names=a b c', 'feature_names=a b', /2 names for 3 features; name every column/],
    ['a feature without a name', 'split_feature=2', 'split_feature=3', /Tree=1: split_feature: 3, but there are 3/],
    ['a leaf without rows', 'leaf_count=45 15', 'leaf_count=60 0', /Tree=1: leaf_count: .*min_data_in_leaf/],
    [
      'with sets of categories that overlap',
      /cat_boundaries=0 2/,
      'cat_boundaries=1 2',
      /Tree=1: cat_boundaries: must ascend from 0; .*copy the whole file/,
    ],
    [
      'huge categories',
      /cat_b[\s\S]*?cat_threshold=/,
      `cat_boundaries=0 32769\ncat_threshold=${'1 '.repeat(32_767)}`,
      /Tree=1: cat_threshold: categories above 1048575; number them from 0/,
    ],
    ['categories of pandas', 'categorical:null', 'categorical:[[0,1],["x"]]', /\["x"\].*categorical_feature/],
    ['categories cut short', 'categorical:null', 'categorical:[["x"', /pandas_categorical: is no list/],
  ]
  test.each(refused)('with %s is refused', (_, from, to, message) => {
    expect(small).not.toBe(small.replace(from, to))
    expect(() => parseLightGbm(small.replace(from, to))).toThrow(message)
  })
})
