/** Calibrations keep the order, never say 0 or 1, equal scikit-learn's, and are chosen only when they help. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bandEdgesFor } from '../../models/learn/bands.ts'
import { chooseCalibration, fitBeta, fitIsotonic } from '../../models/learn/calibrate.ts'
import { isotonicBlocks } from '../../models/learn/isotonic.ts'
import { logistic } from '../../models/math.ts'
import { brierScore } from '../../models/quality/ranking.ts'
import { logOddsOf } from '../../models/quality/reliability.ts'
import { buildModel } from '../../models/risk/buildModel.ts'
import { Calibration, calibrate } from '../../models/risk/calibration.ts'
import type { ModelFile } from '../../models/risk/modelFile.ts'
import { science } from '../support/science.ts'
import { seeded } from './random.ts'
import { scienceFigures } from './scienceFigures.ts'
import { someRows } from './scores.ts'

const state = await science.available()

describe.skipIf(state !== true)(`beside scikit-learn and statsmodels${state === true ? '' : `: ${state}`}`, () => {
  it.each([
    [200, 1],
    [5_000, 2],
  ])('%i rows', async (size, seed) => {
    const { scores, labels } = someRows(size, seed)
    const logOdds = Float64Array.from(scores, logOddsOf)
    const reference = await scienceFigures(scores, labels)
    const blocks = isotonicBlocks(logOdds, labels)
    for (const [row, expected] of reference.isotonic.entries()) {
      const block = blocks.find(({ from, to }) => logOdds[row] >= from && logOdds[row] <= to)
      expect(block?.value).toBeCloseTo(expected, 10)
    }
    const beta = fitBeta(logOdds, labels)
    const [c, a, b] = reference.beta
    if (a >= 0 && b >= 0) {
      expect(beta?.kind).toBe('beta')
      for (const [name, value] of Object.entries({ a, b, c }))
        expect(beta, name).toHaveProperty(name, expect.closeTo(value, 6))
    }
  })
})

const ascending = (min: number, max: number) =>
  fc
    .uniqueArray(fc.double({ min, max, noNaN: true }), { minLength: 1, maxLength: 8, comparator: 'SameValueZero' })
    .map((all) => all.sort((x, y) => x - y))

const calibrations: fc.Arbitrary<Calibration> = fc.oneof(
  fc.constant<Calibration>({ kind: 'none' }),
  fc.record({
    kind: fc.constant('beta' as const),
    a: fc.double({ min: 0, max: 5, noNaN: true }),
    b: fc.double({ min: 0, max: 5, noNaN: true }),
    c: fc.double({ min: -5, max: 5, noNaN: true }),
  }),
  fc.tuple(ascending(-20, 20), ascending(1e-6, 1 - 1e-6)).map(([edges, values]) => {
    const size = Math.min(edges.length, values.length)
    return { kind: 'isotonic' as const, edges: edges.slice(0, size), values: values.slice(0, size) }
  }),
)

describe('any calibration', () => {
  it('keeps the order and stays inside 0 and 1', () => {
    const two = fc.tuple(fc.double({ min: -30, max: 30, noNaN: true }), fc.double({ min: -30, max: 30, noNaN: true }))
    fc.assert(
      fc.property(calibrations, two, (calibration, pair) => {
        const [low, high] = pair.sort((x, y) => x - y).map(calibrate(calibration))
        expect(low).toBeLessThanOrEqual(high)
        expect(low).toBeGreaterThan(0)
        expect(high).toBeLessThan(1)
      }),
      { numRuns: 2_000 },
    )
  })

  it('leaves a row that cannot be scored unscored', () => {
    fc.assert(
      fc.property(calibrations, (calibration) => {
        expect(calibrate(calibration)(Number.NaN)).toBeNaN()
      }),
    )
  })

  it.each([-800, 800])('is certain of nothing at log-odds %i', (logOdds) => {
    const beta = calibrate({ kind: 'beta', a: 3, b: 3, c: 0 })
    const isotonic = calibrate({ kind: 'isotonic', edges: [-1, 1], values: [0.2, 0.8] })
    for (const probability of [beta(logOdds), isotonic(logOdds)]) {
      expect(probability).toBeGreaterThan(0)
      expect(probability).toBeLessThan(1)
    }
  })
})

it('beta with a = b = 1 and c = 0 changes nothing', () => {
  const beta = calibrate({ kind: 'beta', a: 1, b: 1, c: 0 })
  for (let logOdds = -20; logOdds <= 20; logOdds += 0.37) expect(beta(logOdds)).toBeCloseTo(logistic(logOdds), 14)
})

it('isotonic is linear between knots, and hits them', () => {
  const isotonic = calibrate({ kind: 'isotonic', edges: [-1, 0, 2], values: [0.1, 0.3, 0.7] })
  expect([-1, -0.5, 0, 1, 2].map(isotonic)).toEqual([0.1, 0.2, 0.3, 0.5, 0.7].map((value) => expect.closeTo(value, 14)))
})

it('an isotonic fit keeps rows of one block apart', () => {
  const { weaker, labels } = someRows(2_000, 3)
  const logOdds = Float64Array.from(weaker, logOddsOf)
  const isotonic = fitIsotonic(logOdds, labels)
  const calibrated = Float64Array.from(logOdds, calibrate(Calibration.parse(isotonic)))
  expect(new Set(calibrated).size).toBe(new Set(logOdds).size)
})

describe('the choice', () => {
  /** Rows whose true log-odds are known, and the log-odds that a model would say. */
  const rowsOf = (said: (truth: number) => number, size: number) => {
    const random = seeded(11)
    const truth = Float64Array.from({ length: size }, () => random() * 6 - 4)
    return {
      logOdds: truth.map(said),
      labels: Uint8Array.from(truth, (logOdds) => (random() < logistic(logOdds) ? 1 : 0)),
    }
  }

  it('leaves a model alone that is right already', () => {
    const { logOdds, labels } = rowsOf((truth) => truth, 6_000)
    expect(chooseCalibration(logOdds, labels)).toEqual({ kind: 'none' })
  })

  it('takes beta for one that is too sure by half', () => {
    const { logOdds, labels } = rowsOf((truth) => 2 * truth + 1, 6_000)
    const chosen = chooseCalibration(logOdds, labels)
    expect(chosen.kind).toBe('beta')
    const scores = (calibration: Calibration) => Float64Array.from(logOdds, calibrate(calibration))
    expect(brierScore(scores(chosen), labels)).toBeLessThan(brierScore(scores({ kind: 'none' }), labels) * 0.95)
  })

  it('takes isotonic where the error has steps', () => {
    const { logOdds, labels } = rowsOf((truth) => (truth > -1 ? 3 : truth > -1.5 ? 0 : -8) + truth / 10, 6_000)
    expect(chooseCalibration(logOdds, labels).kind).toBe('isotonic')
  })

  it.each([
    ['one label', 500, 1],
    ['few rows', 20, 0.5],
  ])('fits nothing to %s', (_, size, rate) => {
    const labels = Uint8Array.from({ length: size }, (_row, at) => (at < size * rate ? 1 : 0))
    expect(
      chooseCalibration(
        Float64Array.from(labels, (label) => label * 3),
        labels,
      ),
    ).toEqual({ kind: 'none' })
  })

  it('fits nothing to a model that is the wrong way round', () => {
    const { logOdds, labels } = rowsOf((truth) => -truth, 3_000)
    expect(fitBeta(logOdds, labels)).toBeUndefined()
  })

  it('leaves out rows that were not scored', () => {
    const { logOdds, labels } = rowsOf((truth) => 2 * truth + 1, 3_000)
    const withGaps = Float64Array.from({ length: 6_000 }, (_, at) => (at % 2 ? Number.NaN : logOdds[at / 2]))
    const spread = Uint8Array.from({ length: 6_000 }, (_, at) => labels[Math.floor(at / 2)])
    expect(chooseCalibration(withGaps, spread)).toEqual(chooseCalibration(logOdds, labels))
  })
})

describe('in a model', () => {
  const file: ModelFile = {
    formatVersion: 1,
    kind: 'scorecard',
    profile: 'cn',
    label: 'none',
    features: [{ name: 'x', mean: 0, deviation: 1 }],
    scorecard: { intercept: 0, weights: [1] },
    peers: { rows: {}, enterprisesMin: 30 },
    bandEdges: [0.5],
    training: { from: '', to: '', rows: 0, positives: 0, seed: 0, dataHash: '', command: '', metrics: {} },
  }
  const model = buildModel({ ...file, calibration: { kind: 'beta', a: 1, b: 1, c: -1 } }, '')

  it('stands between log-odds and probability, alike in one row and in many', () => {
    const out = new Float64Array(3)
    model.scoreRows(Float64Array.of(-1, 2, Number.NaN), out)
    expect([out[0], out[1]]).toEqual([model.score(Float64Array.of(-1)), model.score(Float64Array.of(2))])
    expect(out[1]).toBeCloseTo(logistic(1), 14)
    expect(out[2]).toBeNaN()
    expect(model.score(Float64Array.of(Number.NaN))).toBeUndefined()
  })

  it('leaves contributions those of the log-odds before it', () => {
    expect(model.contributions(Float64Array.of(2))).toEqual(Float64Array.of(2))
    expect(model.baseLogOdds).toBe(0)
  })

  it('a reference of other features is refused', () => {
    const reference = { score: { edges: [], shares: [1], missing: 0 }, features: [] }
    expect(() => buildModel({ ...file, reference }, '')).toThrow('reference.features: 0 for 1 features')
  })

  it.each([
    [{ kind: 'isotonic', edges: [0, 1], values: [0.5] }, 'as many as'],
    [{ kind: 'isotonic', edges: [1, 0], values: [0.1, 0.5] }, 'edges: must ascend'],
    [{ kind: 'isotonic', edges: [0, 1], values: [0.5, 0.1] }, 'values: must ascend'],
    [{ kind: 'isotonic', edges: [0], values: [0] }, 'Too small'],
    [{ kind: 'beta', a: -1, b: 1, c: 0 }, 'Too small'],
  ])('%j is refused', (calibration, why) => {
    expect(Calibration.safeParse(calibration).error?.message).toContain(why)
  })
})

describe('band edges', () => {
  it('part the asked shares', () => {
    const ramp = Float64Array.from({ length: 1_000 }, (_, at) => at / 1_000)
    expect(bandEdgesFor(ramp, [0.1, 0.03, 0.005])).toEqual(
      [0.8995, 0.9695, 0.9945].map((edge) => expect.closeTo(edge, 12)),
    )
  })

  it('ascend, are distinct, and a band takes no more than its share unless one score alone does', () => {
    const scores = fc
      .array(fc.integer({ min: 1, max: 30 }), { minLength: 50 })
      .map((all) => Float64Array.from(all, (n) => n / 31))
    fc.assert(
      fc.property(scores, (some) => {
        fc.pre(new Set(some).size > 3)
        const shares = [0.3, 0.1, 0.02]
        const edges = bandEdgesFor(some, shares)
        for (const [band, edge] of edges.entries()) {
          if (band > 0) expect(edge).toBeGreaterThan(edges[band - 1])
          const above = some.filter((score) => score >= edge)
          const mustLeaveRoom = new Set(above).size === edges.length - band
          if (above.length > shares[band] * some.length) expect(mustLeaveRoom).toBe(true)
        }
      }),
    )
  })

  it('ties stay together', () => {
    expect(bandEdgesFor(Float64Array.of(0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.5, 0.5, 0.5), [0.2])).toEqual([0.3])
  })

  it('too few scores for the bands', () => {
    expect(() => bandEdgesFor(Float64Array.of(0.1, 0.2), [0.5, 0.1])).toThrow(
      '2 values, too few for 3 bands; ask for fewer',
    )
    expect(() => bandEdgesFor(Float64Array.of(0.1, 0.2), [0.1, 0.5])).toThrow('must descend')
  })
})
