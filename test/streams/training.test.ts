/** What a profile says about training, and the mistakes in it. */
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { loadProfile } from '../../src/settings/profiles.ts'
import { matchingFeatures, TrainingSetting } from '../../streams/training.ts'
import { readDocs, writeProfile } from './profileFolder.ts'

const Written = z.object({ training: z.record(z.string(), z.unknown()) })
const shown = Written.parse(parse(/```yaml\n(training:[\s\S]*?)```/.exec(await readDocs())?.[1] ?? '')).training

/** The profile of the docs with this `training`. */
async function loaded(training: unknown, change = (text: string) => text): ReturnType<typeof loadProfile> {
  return loadProfile(
    await writeProfile((files) => {
      const yaml = change(files.get('profile.yaml') ?? '')
      files.set('profile.yaml', `${yaml}training: ${JSON.stringify(training)}\n`)
    }),
  )
}

const networkDefaults = {
  hidden: [32],
  epochs: 30,
  patience: 5,
  l2: 0.0001,
  dropout: 0,
  batch: 256,
  learningRate: 0.001,
  classWeights: { negative: 1, positive: 1 },
}
const gateDefaults = { scorePsi: 0.25, featurePsi: 0.25, limits: [], common: [], rowsMin: 500, daysMin: 14 }

test('the example of the page is valid in the profile of the page', async () => {
  const { file } = await loaded(shown)
  expect(file.training).toEqual({
    ...shown,
    bins: [
      { feature: 'gradeAge', edges: [3, 5], monotone: 'none' },
      { feature: 'count.FOOD.30d', quantiles: 4, monotone: 'up' },
    ],
    validationShare: 0.2,
    network: networkDefaults,
    gates: { ...gateDefaults, limits: [{ feature: 'recency', psi: 0.5 }], common: ['gradeAge'] },
  })
})

test('an empty setting is every default, a profile without one has none', async () => {
  expect(TrainingSetting.parse({})).toEqual({
    interactions: [],
    bins: [],
    bandShares: [0.9, 0.97, 0.995],
    validationShare: 0.2,
    network: networkDefaults,
    gates: gateDefaults,
  })
  expect((await loadProfile('cn')).file.training).toBeUndefined()
})

test.each([
  [['count.*.30d'], ['count.A.30d', 'count.all.30d']],
  [
    ['momentum.all', 'count.A.*', 'count.A.30d'],
    ['count.A.30d', 'count.A.7d', 'momentum.all'],
  ],
  [['*'], ['count.A.30d', 'count.A.7d', 'count.all.30d', 'momentum.all']],
])('%j names %j', (patterns, names) => {
  expect(matchingFeatures(patterns, ['count.A.30d', 'count.A.7d', 'count.all.30d', 'momentum.all'])).toEqual(names)
})

const bins = (...all: object[]) => ({ bandShares: [0.9], bins: all })
test.each<[unknown, string]>([
  [
    { bandShares: [0.9], features: ['recency', 'count.FOOT.*'] },
    'training.features.1: count.FOOT.* is none of count.FOOD.7d',
  ],
  [{ bandShares: [0.9], features: ['count.FOOD.3.d'] }, 'training.features.0: count.FOOD.3.d is none of'],
  [{ bandShares: [0.9], features: [] }, 'training.features: '],
  [{ bandShares: [0.9], interactions: [['recency', 'age']] }, 'training.interactions.0.1: age is none of'],
  [
    { bandShares: [0.9], features: ['amount'], interactions: [['amount', 'recency']] },
    'training.interactions.0.1: recency is none of amount',
  ],
  [{ bandShares: [0.9], interactions: [['recency', 'recency']] }, 'training.interactions.0: recency with itself'],
  [
    {
      bandShares: [0.9],
      interactions: [
        ['recency', 'amount'],
        ['amount', 'recency'],
      ],
    },
    'training.interactions.1: amount and recency stand twice',
  ],
  [bins({ feature: 'age', quantiles: 4 }), 'training.bins.0.feature: age is none of'],
  [bins({ feature: 'recency' }), 'training.bins.0: edges or quantiles, one of them'],
  [bins({ feature: 'recency', quantiles: 4, edges: [1] }), 'training.bins.0: edges or quantiles, one of them'],
  [bins({ feature: 'recency', edges: [2, 2] }), 'training.bins.0.edges: must ascend'],
  [
    bins({ feature: 'recency', quantiles: 3 }, { feature: 'recency', edges: [1] }),
    'training.bins.1.feature: recency has bins already',
  ],
  [
    { ...bins({ feature: 'recency', quantiles: 3, monotone: 'down' }), interactions: [['amount', 'recency']] },
    'training.interactions.0.1: recency has monotone bins',
  ],
  [{ bandShares: [0.9], gates: { common: ['age'] } }, 'training.gates.common.0: age is none of'],
  [
    {
      bandShares: [0.9],
      gates: {
        limits: [
          { feature: 'recency', psi: 1 },
          { feature: 'count.FOOT*', psi: 1 },
        ],
      },
    },
    'training.gates.limits.1.feature: count.FOOT* is none of',
  ],
  [{ bandShares: [0.9], gates: { limits: [{ feature: 'recency', psi: 0 }] } }, 'training.gates.limits.0.psi: '],
  [{ bandShares: [0.9], gates: { rowsMin: 0 } }, 'training.gates.rowsMin: '],
  [{}, 'training.bandShares: 3 shares for 2 bands, one less is needed'],
  [{ bandShares: [0.9, 0.9] }, 'training.bandShares: must ascend'],
  [{ bandShares: [0.9], ridge: -1 }, 'training.ridge: '],
  [{ bandShares: [0.9], rigde: 1 }, 'training: Unrecognized key: "rigde"'],
  [{ bandShares: [0.9], network: { hidden: [0] } }, 'training.network.hidden.0: '],
  [{ bandShares: [0.9], network: { dropout: 0.95 } }, 'training.network.dropout: '],
  [{ bandShares: [0.9], network: { classWeights: { positive: 0 } } }, 'training.network.classWeights.positive: '],
])('%j is refused with the place of the mistake', async (training, says) => {
  await expect(loaded(training)).rejects.toThrow(`is not valid: ${says}`)
})

test('without a label there is nothing to train', async () => {
  const unlabelled = (text: string): string => text.replace(/^label: .*$/m, 'label: { kind: none }')
  await expect(loaded({ bandShares: [0.9] }, unlabelled)).rejects.toThrow('training: label.kind is none')
})
