/** Models that are small as bytes and huge once they are built: each is a misfit, before anything is built of it. */
import { expect, it } from 'vitest'
import { misfitOf } from '../../src/registry/modelFolder.ts'
import { chain, stump, type Tree } from '../support/hostileTrees.ts'
import { modelFolder } from '../support/models.ts'
import { tinyProfile } from '../support/tinyProfile.ts'

function misfitOfTrees(trees: readonly Tree[], change: Record<string, unknown> = {}): string | undefined {
  const { hash, files } = modelFolder({ weight: 0, change: { kind: 'trees', trees, ...change } })
  return misfitOf(files, hash, tinyProfile)
}

const features = (count: number, name = 'count.all.7d'): object[] =>
  Array.from({ length: count }, () => ({ name, mean: 0, deviation: 1 }))

it.each<[string, readonly Tree[], Record<string, unknown>, RegExp]>([
  ['a tree 16,000 deep', [chain(16_000)], {}, /^trees\[0\]: .* splits on the ways to all leaves, and at most/],
  ['500 trees 500 deep', Array<Tree>(500).fill(chain(500)), {}, /splits on the ways/],
  [
    'deep trees over many features',
    Array<Tree>(40).fill({ ...chain(300), features: Array.from({ length: 300 }, (_, at) => at) }),
    { features: features(300) },
    /steps of reasons/,
  ],
  [
    'one shared list of categories for 800 features',
    Array.from({ length: 800 }, (_, at) =>
      stump(
        at,
        Array.from({ length: 1_024 }, (_, category) => category * 1_000),
      ),
    ),
    { features: features(800) },
    /categories: splits about them take more than/,
  ],
  ['a category that is none', [stump(0, [1.5])], {}, /^trees\.0\.categories/],
  ['more trees than anyone trains', Array<Tree>(20_001).fill(chain(1)), {}, /^trees: /],
  ['features without end', [chain(1)], { features: features(5_000) }, /^features: /],
  [
    'texts for numbers, a million of them',
    [{ ...chain(1), values: Array(1_000_000).fill('0') }],
    {},
    /^trees\.0\.values\.0: must be a finite number$/,
  ],
  [
    'features that the profile does not have, told before the trees',
    [chain(16_000)],
    { features: features(1, 'no.such') },
    /no\.such/,
  ],
])('%s', (_, trees, change, misfit) => {
  expect(misfitOfTrees(trees, change)).toMatch(misfit)
})

it('trees such as people train are no misfit', () => {
  expect(misfitOfTrees(Array<Tree>(500).fill(chain(30)))).toBeUndefined()
  expect(misfitOfTrees([stump(0, [0, 1, 5]), stump(0, [])])).toBeUndefined()
})
