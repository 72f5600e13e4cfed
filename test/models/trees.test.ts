/** Boosted trees: the same bits in any company, and contributions by the definition. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { logistic } from '../../models/math.ts'
import { buildModel } from '../../models/risk/buildModel.ts'
import { ModelFile } from '../../models/risk/modelFile.ts'
import { trees } from '../../models/risk/trees.ts'
import { largestDifference } from '../support/difference.ts'
import { randomTrees } from '../support/randomTrees.ts'
import { seeded } from './random.ts'
import { shapley } from './shapley.ts'

/** Trees and rows with every kind of split, category and gap. */
const cases = fc
  .record({
    seed: fc.nat(),
    features: fc.integer({ min: 1, max: 6 }),
    trees: fc.integer({ min: 1, max: 12 }),
    leaves: fc.integer({ min: 1, max: 20 }),
    rows: fc.integer({ min: 1, max: 200 }),
  })
  .map(({ seed, rows, ...sizes }) => {
    const random = seeded(seed)
    const decisions = [0, 1, 2, 4, 6, 8, 9, 10]
    const pick = <Each>(all: readonly Each[]): Each => all[Math.floor(random() * all.length)]
    const file = randomTrees(random, { ...sizes, decision: () => pick(decisions) })
    const value = (): number => (random() < 0.3 ? pick([Number.NaN, 0, 1, 2, -1, 5.5, 40, 41, 1e12]) : random())
    return { file, rows: Float64Array.from({ length: rows * sizes.features }, value) }
  })

describe('whatever the trees', () => {
  test('a row scores to the same bits in any company', () => {
    fc.assert(
      fc.property(cases, fc.nat(), ({ file, rows }, seed) => {
        const size = file.features.length
        const { logOdds } = trees(file)
        const together = new Float64Array(rows.length / size)
        logOdds(rows, together)
        const one = new Float64Array(1)
        const alone = together.map((_, at) => {
          logOdds(rows.subarray(at * size), one)
          return one[0]
        })
        expect(alone).toEqual(together)
        const from = seed % together.length
        const part = new Float64Array(together.length - from)
        logOdds(rows.subarray(from * size), part)
        expect(part).toEqual(together.subarray(from))
      }),
    )
  })

  test('contributions are the values that Shapley defined, and complete', () => {
    fc.assert(
      fc.property(cases, ({ file, rows }) => {
        const size = file.features.length
        const core = trees(file)
        const row = rows.subarray(0, size)
        const out = new Float64Array(size)
        core.contributions(row, out)
        const logOdds = new Float64Array(1)
        core.logOdds(row, logOdds)
        const sum = out.reduce((total, each) => total + each, core.baseLogOdds)
        expect(Math.abs(sum - logOdds[0])).toBeLessThan(1e-12)
        expect(largestDifference(out, shapley(file, row))).toBeLessThan(1e-12)
      }),
    )
  })
})

test('a model file of trees scores, explains, and survives JSON', () => {
  const grown = randomTrees(seeded(3), { features: 4, trees: 3, leaves: 6, decision: () => 10 })
  const training = { from: '', to: '', rows: 0, positives: 0, seed: 0, dataHash: '', command: '', metrics: {} }
  const head = { formatVersion: 1, profile: 'cn', label: 'none', bandEdges: [0.5], training }
  const text = JSON.stringify({ ...head, ...grown, kind: 'trees', peers: { rows: {}, enterprisesMin: 30 } })
  const model = buildModel(ModelFile.parse(JSON.parse(text)), 'c'.repeat(64))
  const row = Float64Array.of(0.2, Number.NaN, 0.9, 0.5)
  const logOdds = new Float64Array(1)
  trees(grown).logOdds(row, logOdds)
  expect(model.score(row)).toBe(logistic(logOdds[0]))
  const largest = Math.max(...model.contributions(row))
  expect(model.reasons(row, 1)[0].logOdds).toBe(largest)
})

describe('what is no tree', () => {
  const whole = randomTrees(seeded(1), { features: 3, trees: 2, leaves: 4 })
  const [first, second] = whole.trees
  const refused: [string, Partial<typeof first>, RegExp][] = [
    ['a loop', { left: [0, ...second.left.slice(1)] }, /trees\[1\]: left, right: a node has two parents/],
    [
      'a node that is not there',
      { right: [7, ...second.right.slice(1)] },
      /trees\[1\]: left, right: there is no node 7/,
    ],
    ['another feature', { features: [3, 0, 0] }, /trees\[1\]: features: 3, but the file has 3/],
    ['a list too short', { thresholds: [1] }, /trees\[1\]: thresholds: 1 for 3 splits/],
    ['a leaf without rows', { counts: [1, 1, 1] }, /trees\[1\]: counts: 3 for 4 leaves/],
    ['no categories', { decisions: [1, 0, 0], thresholds: [2, 0, 0] }, /trees\[1\]: categories: there is no list 2/],
  ]
  test.each(refused)('%s', (_, change, message) => {
    expect(() => trees({ ...whole, trees: [first, { ...second, ...change }] })).toThrow(message)
  })
})

test.each([
  // what lightgbm 4.7 gives with cat_threshold=21 (categories 0, 2 and 4) and with cat_threshold=0
  [
    [0, 2, 4],
    [0, 0, 1, 1, 1],
  ],
  [[], [1, 1, 1, 1, 1]],
])(
  'categories %j: -0.5 is category 0, and -1, NaN and a category that is not listed go right',
  (categories, leaves) => {
    const split = { features: [0], thresholds: [0], decisions: [1], left: [-1], right: [-2] }
    const tree = { values: [0, 1], counts: [1, 1], ...split, categories: [categories] }
    const out = new Float64Array(5)
    trees({ features: [{ name: 'x', mean: 0, deviation: 1 }], trees: [tree] }).logOdds(
      Float64Array.of(-0.5, 0, 1, -1, Number.NaN),
      out,
    )
    expect([...out]).toEqual(leaves)
  },
)
