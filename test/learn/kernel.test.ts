/** The scorecard as it scores: a matrix product, the same bits at any batch size, contributions that add up. */
import fc from 'fast-check'
import { Matrix } from 'ml-matrix'
import { expect, test } from 'vitest'
import baseline from '../../models/baseline/model.json' with { type: 'json' }
import { ScorecardFile } from '../../models/risk/modelFile.ts'
import { scorecard } from '../../models/risk/scorecard.ts'
import { ScorecardWeights } from '../../models/risk/weights.ts'

const finite = fc.double({ min: -3, max: 3, noNaN: true })
const columns = (size: number): fc.Arbitrary<number[]> => fc.array(finite, { minLength: size, maxLength: size })

/** A scorecard with every kind of term, and rows for it. */
const cases = fc.integer({ min: 2, max: 7 }).chain((size) =>
  fc.record({
    features: fc
      .record({ means: columns(size), deviations: columns(size) })
      .map(({ means, deviations }) =>
        means.map((mean, at) => ({ name: `f${at}`, mean, deviation: 0.1 + Math.abs(deviations[at]) })),
      ),
    weights: columns(size),
    intercept: finite,
    interactions: fc.array(
      fc.record({ first: fc.nat(size - 1), by: fc.integer({ min: 1, max: size - 1 }), weight: finite }),
      { maxLength: 4 },
    ),
    binned: fc.uniqueArray(fc.nat(size - 1), { maxLength: size }),
    edges: fc.uniqueArray(finite, { minLength: 1, maxLength: 4, comparator: 'SameValueZero' }),
    logOdds: columns(5),
    rows: fc.array(columns(size), { minLength: 1, maxLength: 40 }),
    batch: fc.integer({ min: 1, max: 40 }),
  }),
)

type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never

function fileOf({ features, weights, intercept, interactions, binned, edges, logOdds }: Case) {
  const sorted = edges.toSorted((a, b) => a - b)
  const name = (at: number): string => features[at % features.length].name
  return {
    features,
    scorecard: ScorecardWeights.parse({
      intercept,
      weights,
      terms: {
        interactions: interactions.map(({ first, by, weight }) => ({
          features: [name(first), name(first + by)],
          weight,
        })),
        bins: binned.map((at) => ({ feature: name(at), edges: sorted, logOdds: logOdds.slice(0, sorted.length + 1) })),
      },
    }),
  }
}

test('log-odds are the product of the terms and their weights, by ml-matrix', () => {
  fc.assert(
    fc.property(cases, (one) => {
      const { features, scorecard: fitted } = fileOf(one)
      const z = (row: number[], name: string): number => {
        const at = features.findIndex((feature) => feature.name === name)
        return (row[at] - features[at].mean) / features[at].deviation
      }
      const { interactions, bins } = fitted.terms ?? { interactions: [], bins: [] }
      const design = one.rows.map((row) => [
        1,
        ...features.map(({ name }) => z(row, name)),
        ...interactions.map(({ features: [a, b] }) => z(row, a) * z(row, b)),
        ...bins.flatMap(({ feature, edges }) => {
          const value = row[features.findIndex(({ name }) => name === feature)]
          const lower = [Number.NEGATIVE_INFINITY, ...edges]
          return lower.map((edge, bin) =>
            value >= edge && !(value >= (edges[bin] ?? Number.POSITIVE_INFINITY)) ? 1 : 0,
          )
        }),
      ])
      const weights = [
        fitted.intercept,
        ...fitted.weights,
        ...interactions.map(({ weight }) => weight),
        ...bins.flatMap(({ logOdds }) => logOdds),
      ]
      const expected = new Matrix(design).mmul(Matrix.columnVector(weights)).to1DArray()
      const out = new Float64Array(one.rows.length)
      scorecard({ features, scorecard: fitted }).logOdds(Float64Array.from(one.rows.flat()), out)
      const scale =
        1 +
        design.flat().reduce((max, value) => Math.max(max, Math.abs(value)), 0) *
          weights.reduce((sum, value) => sum + Math.abs(value), 0)
      for (const [row, value] of out.entries()) expect(Math.abs(value - expected[row])).toBeLessThan(1e-12 * scale)
    }),
  )
})

test('the same bits at any batch size', () => {
  fc.assert(
    fc.property(cases, (one) => {
      const core = scorecard(fileOf(one))
      const size = one.features.length
      const rows = Float64Array.from(one.rows.flat())
      const [whole, parts] = [new Float64Array(one.rows.length), new Float64Array(one.rows.length)]
      core.logOdds(rows, whole)
      for (let from = 0; from < whole.length; from += one.batch)
        core.logOdds(rows.subarray(from * size), parts.subarray(from, from + one.batch))
      expect(Buffer.from(parts.buffer).equals(Buffer.from(whole.buffer))).toBe(true)
    }),
  )
})

test('contributions and base add up to the log-odds', () => {
  fc.assert(
    fc.property(cases, (one) => {
      const core = scorecard(fileOf(one))
      const [logOdds, shares] = [new Float64Array(1), new Float64Array(one.features.length)]
      for (const row of one.rows) {
        core.logOdds(Float64Array.from(row), logOdds)
        core.contributions(Float64Array.from(row), shares)
        const sum = shares.reduce((total, share) => total + share, core.baseLogOdds)
        const scale = shares.reduce((total, share) => total + Math.abs(share), 1)
        expect(Math.abs(sum - logOdds[0])).toBeLessThan(1e-12 * scale)
      }
    }),
  )
})

const two = [
  { name: 'a', mean: 1, deviation: 2 },
  { name: 'b', mean: 0, deviation: 1 },
]
const bins = { feature: 'a', edges: [1, 3], logOdds: [-1, 0, 5] }

test('the share of a product is halved, a bin begins at its edge', () => {
  const terms = { interactions: [{ features: ['a', 'b'], weight: 3 }], bins: [bins] }
  const core = scorecard({
    features: two,
    scorecard: ScorecardWeights.parse({ intercept: 0.5, weights: [0, 1], terms }),
  })
  const shares = new Float64Array(2)
  core.contributions(Float64Array.of(3, 2), shares)
  expect([...shares]).toEqual([3 + 5, 2 + 3])
  const out = new Float64Array(4)
  core.logOdds(Float64Array.of(0.999, 0, 1, 0, 2.999, 0, 3, 0), out)
  expect([...out]).toEqual([-0.5, 0.5, 0.5, 5.5])
})

test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('%d is no value of a bin', (value) => {
  const fitted = ScorecardWeights.parse({ intercept: 0, weights: [0, 1], terms: { interactions: [], bins: [bins] } })
  const out = new Float64Array(1)
  scorecard({ features: two, scorecard: fitted }).logOdds(Float64Array.of(value, 0), out)
  expect(out[0]).toBeNaN()
})

test.each([
  [
    'an unknown feature',
    { interactions: [{ features: ['a', 'x'], weight: 1 }], bins: [] },
    /interactions\.0\.features: .* no feature x/,
  ],
  ['a product with itself', { interactions: [{ features: ['a', 'a'], weight: 1 }], bins: [] }, /a with itself/],
  ['bins twice', { interactions: [], bins: [bins, bins] }, /bins\.1\.feature: a has bins already/],
  ['edges that fall', { interactions: [], bins: [{ ...bins, edges: [3, 1] }] }, /bins\.0\.edges: must ascend/],
  ['a bin without a value', { interactions: [], bins: [{ ...bins, logOdds: [1, 2] }] }, /2 values for 3 bins/],
])('%s is refused', (_, terms, says) => {
  const fitted = ScorecardWeights.parse({ intercept: 0, weights: [0, 1], terms })
  expect(() => scorecard({ features: two, scorecard: fitted })).toThrow(says)
})

test('a file without terms stays valid, and empty terms change no bit', () => {
  const file = ScorecardFile.parse(baseline)
  expect(file.scorecard.terms).toBeUndefined()
  const rows = Float64Array.from({ length: 40 * 50 }, (_, at) => ((at * 7919) % 101) / 30)
  const [plain, empty] = [new Float64Array(50), new Float64Array(50)]
  scorecard(file).logOdds(rows, plain)
  scorecard({ ...file, scorecard: { ...file.scorecard, terms: { interactions: [], bins: [] } } }).logOdds(rows, empty)
  expect(empty).toEqual(plain)
})
