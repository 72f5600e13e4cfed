/** Training a scorecard: it finds the truth of made-up rows, keeps what it promises, and refuses what it cannot learn from. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Dataset, sliceOf } from '../../models/learn/dataset.ts'
import { timeFolds } from '../../models/learn/folds.ts'
import { pointsOf } from '../../models/learn/points.ts'
import { ridgeGrid } from '../../models/learn/ridge.ts'
import { type ScorecardSetting, trainScorecard } from '../../models/learn/scorecard.ts'
import { areaUnderRoc } from '../../models/quality/ranking.ts'
import { scorecard } from '../../models/risk/scorecard.ts'
import { ScorecardWeights } from '../../models/risk/weights.ts'
import { madeRows } from './rows.ts'

const names = ['a', 'b', 'c', 'd']
const data = madeRows({ rows: 6_000, seed: 11, names }, ([a, b, c]) => a + 0.8 * b * c - (a > 1 ? 1.5 : 0) - 1)

function logOddsOf(rows: Dataset, setting: ScorecardSetting): Float64Array {
  const { features, weights } = trainScorecard(rows, setting)
  const out = new Float64Array(rows.labels.length)
  scorecard({ features, scorecard: weights }).logOdds(rows.values, out)
  return out
}

test('a product that is there is found, and makes it better', () => {
  const { report } = trainScorecard(data, { ridge: 1, interactions: [['b', 'c']] })
  const term = report.terms.find(({ kind }) => kind === 'interaction')
  expect(term?.term).toBe('b x c')
  expect(Math.abs((term?.coefficient ?? 0) - 0.8)).toBeLessThan(0.1)
  expect(term?.wald?.p).toBeLessThan(1e-10)
  const [without, having] = [logOddsOf(data, { ridge: 1 }), logOddsOf(data, { ridge: 1, interactions: [['b', 'c']] })]
  expect(areaUnderRoc(having, data.labels)).toBeGreaterThan(areaUnderRoc(without, data.labels) + 0.05)
})

test('the kernel gives the log-odds that were fitted: their probabilities have the mean of the labels', () => {
  const setting: ScorecardSetting = {
    ridge: 3,
    interactions: [['b', 'c']],
    bins: [{ feature: 'a', edges: [-1, 0, 1], monotone: 'none' }],
  }
  const logOdds = logOddsOf(data, setting)
  const mean = logOdds.reduce((sum, one) => sum + 1 / (1 + Math.exp(-one)), 0) / logOdds.length
  expect(mean).toBeCloseTo(data.labels.reduce((sum, label) => sum + label, 0) / logOdds.length, 9)
  const { weights, report } = trainScorecard(data, setting)
  const { edges, logOdds: bins } = weights.terms?.bins[0] ?? { edges: [], logOdds: [] }
  expect(edges).toEqual([-1, 0, 1])
  // What the bins add is 0 in the mean of the rows.
  const counts = [0, 0, 0, 0]
  for (let at = 0; at < data.values.length; at += 4) counts[edges.filter((edge) => data.values[at] >= edge).length]++
  expect(Math.abs(bins.reduce((sum, one, bin) => sum + one * counts[bin], 0))).toBeLessThan(1e-8)
  // The jumps of the report are those of the file.
  const jumps = report.terms.filter(({ kind }) => kind === 'bin')
  expect(jumps.map(({ term }) => term)).toEqual(['a >= -1', 'a >= 0', 'a >= 1'])
  for (const [at, { coefficient }] of jumps.entries()) expect(coefficient).toBeCloseTo(bins[at + 1] - bins[at], 9)
})

test('monotone bins are monotone, whatever the rows say', () => {
  const settings = fc.record({
    seed: fc.nat(),
    monotone: fc.constantFrom('up' as const, 'down' as const),
    ridge: fc.constantFrom(0.1, 10),
    quantiles: fc.integer({ min: 2, max: 8 }),
  })
  fc.assert(
    fc.property(settings, ({ seed, monotone, ridge, quantiles }) => {
      const rows = madeRows({ rows: 400, seed, names: ['a', 'b'] }, ([a]) => 2 * Math.sin(2 * a))
      const { weights, report } = trainScorecard(rows, { ridge, bins: [{ feature: 'a', quantiles, monotone }] })
      const { logOdds } = weights.terms?.bins[0] ?? { logOdds: [] }
      expect(logOdds.length).toBe(quantiles)
      const sign = monotone === 'up' ? 1 : -1
      for (let bin = 1; bin < logOdds.length; bin++)
        expect(sign * (logOdds[bin] - logOdds[bin - 1])).toBeGreaterThanOrEqual(0)
      for (const { kind, coefficient, wald } of report.terms)
        if (kind === 'bin') expect(wald === undefined).toBe(coefficient === 0)
    }),
    { numRuns: 40 },
  )
})

test('bins without rows are joined with a note', () => {
  const setting = { ridge: 1, bins: [{ feature: 'a', edges: [-100, 0, 50, 60], monotone: 'none' as const }] }
  const { weights, report } = trainScorecard(data, setting)
  expect(weights.terms?.bins[0].edges).toEqual([0])
  expect(report.notes.join()).toMatch(/a: 3 bins without a row/)
})

test('the ridge is chosen by later rows: none of many useless features are believed', () => {
  const many = Array.from({ length: 30 }, (_, at) => `f${at}`)
  const chosen = (truth: number): number => {
    const rows = madeRows({ rows: 400, seed: 4, names: many }, ([first]) => truth * first - 1)
    const { report } = trainScorecard(rows, {})
    expect(report.ridgeTrials?.map(({ ridge }) => ridge)).toEqual([...ridgeGrid])
    expect(Math.min(...(report.ridgeTrials ?? []).map(({ logLoss }) => logLoss))).toBe(
      report.ridgeTrials?.find(({ ridge }) => ridge === report.ridge)?.logLoss,
    )
    return report.ridge
  }
  expect(chosen(0)).toBeGreaterThanOrEqual(1000)
  expect(chosen(2)).toBeLessThan(100)
})

test('a ridge at either end of what was tried is told of, one between or one that was given is not', () => {
  const notesOf = (setting: ScorecardSetting): string => trainScorecard(data, setting).report.notes.join()
  const { ridge } = trainScorecard(data, {}).report
  expect(notesOf({ ridges: [1e5, ridge, 1e-3] })).toBe('')
  expect(notesOf({ ridges: [ridge, 1e-9] })).toContain(`the ridge of ${ridge} is the largest that was tried`)
  expect(notesOf({ ridges: [1e9, ridge] })).toContain(`the ridge of ${ridge} is the smallest that was tried`)
  expect(notesOf({ ridge: 1e5 })).toBe('')
})

test('slices are the latest rows, cut between ticks, each fitted on at least half of the rows whose labels were known before it', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 120 }),
      fc.double({ min: 0.01, max: 0.5, noNaN: true }),
      fc.integer({ min: 0, max: 10 }),
      (steps, share, gapTicks) => {
        const ticks = Int32Array.from(steps.sort((a, b) => a - b))
        const labels = Uint8Array.from(ticks, (_, row) => row % 2)
        const folds = timeFolds({ labels, ticks }, { share, gapTicks })
        for (const [at, { trainTo, from, to }] of folds.entries()) {
          expect(ticks[trainTo - 1] + gapTicks).toBeLessThan(ticks[from])
          expect(ticks[trainTo] + gapTicks).toBeGreaterThanOrEqual(ticks[from]) // no row less than that
          expect(to).toBe(folds[at + 1]?.from ?? ticks.length)
          if (at + 1 < folds.length) expect(trainTo).toBeGreaterThanOrEqual(ticks.length / 2)
        }
        const last = folds.at(-1)
        if (last !== undefined) expect(last.to - last.from).toBeGreaterThanOrEqual(Math.floor(ticks.length * share))
      },
    ),
  )
})

test('rows whose labels reach into those judged are not learnt from', () => {
  const far = trainScorecard(data, { gapTicks: 2 }).report.ridgeTrials
  expect(far).not.toEqual(trainScorecard(data, {}).report.ridgeTrials)
  expect(() => trainScorecard(data, { gapTicks: 20 })).toThrow(/ridge: .* too few ticks .* give training.ridge/)
})

test('points: 600 at odds of 50 to 1, 20 more where they double; the card adds up to the points of the log-odds', () => {
  expect(pointsOf(-Math.log(50))).toBeCloseTo(600, 9)
  expect(pointsOf(-Math.log(100))).toBeCloseTo(620, 9)
  const setting: ScorecardSetting = {
    ridge: 1,
    interactions: [['b', 'c']],
    bins: [{ feature: 'a', quantiles: 4, monotone: 'none' }],
  }
  const { features, report } = trainScorecard(data, setting)
  const { points } = report
  const logOdds = logOddsOf(data, setting)
  for (let row = 0; row < 50; row++) {
    const value = (name: string): number => data.values[row * 4 + names.indexOf(name)]
    const z = (name: string): number => {
      const feature = features.find((one) => one.name === name)
      return feature === undefined ? Number.NaN : (value(name) - feature.mean) / feature.deviation
    }
    let sum = points.base
    for (const { feature, mean, perUnit, perDeviation } of points.features) {
      expect(perUnit * (value(feature) - mean)).toBeCloseTo(perDeviation * z(feature), 9)
      sum += perUnit * (value(feature) - mean)
    }
    for (const {
      features: [a, b],
      perProduct,
    } of points.interactions)
      sum += perProduct * z(a) * z(b)
    for (const { feature, bins } of points.bins)
      sum += bins.find(({ to }) => to === undefined || value(feature) < to)?.points ?? Number.NaN
    expect(sum).toBeCloseTo(pointsOf(logOdds[row]), 8)
  }
})

test('a constant feature is left out with a note, and the others are as without it', () => {
  const flat: Dataset = { ...data, values: data.values.map((value, at) => (at % 4 === 3 ? 0.1 : value)) }
  const { features, weights, report } = trainScorecard(flat, { ridge: 1 })
  expect(features.map(({ name }) => name)).toEqual(['a', 'b', 'c'])
  const three: Dataset = { ...data, names: ['a', 'b', 'c'], values: data.values.filter((_, at) => at % 4 !== 3) }
  expect(weights).toEqual(trainScorecard(three, { ridge: 1 }).weights)
  expect(report.notes).toEqual(['d is 0.1 in all rows and was left out'])
})

test('columns that tell the same need a ridge, and share their weight with one', () => {
  const twin: Dataset = {
    ...data,
    values: data.values.map((value, at, all) => (at % 4 === 3 ? 2 * all[at - 3] + 1 : value)),
  }
  expect(() => trainScorecard(twin, { ridge: 0 })).toThrow(
    /features: d is told whole by a; drop one of them, or give training.ridge/,
  )
  const { weights, report } = trainScorecard(twin, { ridge: 1 })
  expect(weights.weights[0]).toBeCloseTo(weights.weights[3], 9)
  expect(report.notes).toEqual(['d is told whole by a; the ridge shares the weight among them'])
  expect(report.terms.map(({ vif }) => vif !== undefined)).toEqual([false, false, true, true, false])
})

const changed = (at: number, value: number): Dataset => ({ ...data, values: data.values.with(at, value) })
const column = (value: (row: number) => number): Dataset => ({
  ...data,
  values: data.values.map((old, at) => (at % 4 === 1 ? value((at - 1) / 4) : old)),
})
test.each<[string, Dataset, ScorecardSetting, RegExp]>([
  ['labels of one class', { ...data, labels: new Uint8Array(6_000) }, {}, /labels: 0 of 6000 rows are positive.*widen/],
  ['nothing but positives', { ...data, labels: new Uint8Array(6_000).fill(1) }, {}, /0 of 6000 rows are negative/],
  ['10 rows', sliceOf(data, 0, 10), { ridge: 1 }, /rows: 10 are too few.*widen the training window/],
  ['no rows', sliceOf(data, 0, 0), { ridge: 1 }, /rows: 0 are too few/],
  ['a missing value', changed(5, Number.NaN), {}, /b has no value in 1 of 6000 rows; drop these rows, fill/],
  ['a column without values', column(() => Number.NaN), {}, /b has no value in any row; check its name/],
  ['an infinite value', changed(9, Number.NEGATIVE_INFINITY), {}, /b is infinite in 1 of 6000/],
  ['values beyond squares', column((row) => row * 1e300), {}, /b reaches .*; scale it down/],
  ['nothing but constants', { ...data, values: data.values.map(() => 4) }, {}, /features: every one is the same/],
  ['a row twice', twice(), {}, /rows: 6 and 7 are the same, e-6 at tick 0; drop one/],
  ['rows out of order', { ...data, ticks: data.ticks.with(4_000, 0) }, {}, /row 4000 is of an earlier tick/],
  ['a name twice', { ...data, names: ['a', 'b', 'c', 'a'] }, {}, /a stands twice/],
  ['parts that do not fit', { ...data, values: data.values.subarray(4) }, {}, /6000 labels.*23996 values/],
  ['one tick and no ridge', { ...data, ticks: new Int32Array(6_000) }, {}, /too few ticks .* give training.ridge/],
  ['a negative ridge', data, { ridge: -1 }, /ridge: -1/],
  ['a product of nothing', data, { interactions: [['a', 'x']] }, /training.interactions.0.1: x is none of a, b, c, d/],
  [
    'bins of nothing',
    data,
    { bins: [{ feature: 'x', quantiles: 3, monotone: 'up' }] },
    /training.bins.0.feature: x is none/,
  ],
  [
    'bins all alike',
    data,
    { ridge: 1, bins: [{ feature: 'a', edges: [99], monotone: 'up' }] },
    /training.bins.0: all rows lie in one bin of a; give edges between/,
  ],
  [
    'bins of a constant',
    column(() => 1),
    { ridge: 1, bins: [{ feature: 'b', edges: [1], monotone: 'up' }] },
    /training.bins.0.feature: b is the same in all rows/,
  ],
  ['labels told exactly', column((row) => data.labels[row]), { ridge: 0 }, /b .*use a larger ridge|use a ridge/],
])('%s is refused, and it says what to do', (_, rows, setting, says) => {
  expect(() => trainScorecard(rows, setting)).toThrow(says)
})

function twice(): Dataset {
  const rows = {
    ...data,
    ids: data.ids.with(7, 'e-6'),
    labels: data.labels.with(7, data.labels[6]),
    values: data.values.slice(),
  }
  rows.values.copyWithin(28, 24, 28)
  return rows
}

test('the weights are a valid part of a model file, and no number is missing', () => {
  const setting: ScorecardSetting = {
    bins: [{ feature: 'd', quantiles: 5, monotone: 'up' }],
    interactions: [['a', 'b']],
  }
  const { weights, report } = trainScorecard(data, setting)
  expect(ScorecardWeights.parse(JSON.parse(JSON.stringify(weights)))).toEqual(weights)
  expect(JSON.stringify(report)).not.toContain('null')
})
