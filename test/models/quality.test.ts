/** Figures of quality against scikit-learn, scipy and statsmodels, and what must hold of them on any rows. */
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { logistic } from '../../models/math.ts'
import { clustersOf, intervals, singles } from '../../models/quality/bootstrap.ts'
import { pointsMax, precisionRecallCurve, rocCurve } from '../../models/quality/curves.ts'
import { differencesOf, figuresOf } from '../../models/quality/figures.ts'
import type { Judged } from '../../models/quality/groups.ts'
import { liftAt, orderOf, rankingOf } from '../../models/quality/order.ts'
import { brierScore } from '../../models/quality/ranking.ts'
import { reachOf, recallChanges } from '../../models/quality/reach.ts'
import { calibrationBins, calibrationLine, expectedCalibrationError } from '../../models/quality/reliability.ts'
import { science } from '../support/science.ts'
import { type ScienceFigures, scienceFigures } from './scienceFigures.ts'
import { someRows } from './scores.ts'

const state = await science.available()
const resampling = { draws: 200, seed: 7, level: 0.95 }

const judgedOf = (scores: Float64Array, labels: Uint8Array): Judged => ({
  scores,
  labels,
  reached: new Float64Array(labels.length),
  clusters: singles(labels.length),
})

describe.skipIf(state !== true)(
  `beside scikit-learn, scipy and statsmodels${state === true ? '' : `: ${state}`}`,
  () => {
    describe.each([
      [60, 1],
      [1_637, 2],
      [20_000, 3],
    ])('%i rows with ties', (size, seed) => {
      const { scores, labels } = someRows(size, seed)
      let reference: ScienceFigures
      beforeAll(async () => {
        reference = await scienceFigures(scores, labels)
      })

      it('orders alike', () => {
        const ranking = rankingOf(orderOf(scores), labels)
        for (const name of ['auc', 'averagePrecision', 'ks'] as const)
          expect(ranking?.[name], name).toBeCloseTo(reference[name], 10)
      })

      it('measures probabilities alike', () => {
        const figures = figuresOf(judgedOf(scores, labels), 0.1, resampling)
        expect(figures.brier?.value).toBeCloseTo(reference.brier, 10)
        expect(figures.logLoss?.value).toBeCloseTo(reference.logLoss, 10)
        const line = calibrationLine(scores, labels)
        for (const name of ['slope', 'intercept', 'slopeError', 'interceptError'] as const)
          expect(line?.[name], name).toBeCloseTo(reference[name], 8)
      })

      it('cuts the same calibration bins', () => {
        const bins = calibrationBins(scores, labels, 10)
        expect(bins).toHaveLength(reference.bins.length)
        for (const [at, { predicted, observed }] of reference.bins.entries()) {
          expect(bins[at].predicted).toBeCloseTo(predicted, 10)
          expect(bins[at].observed).toBeCloseTo(observed, 10)
        }
      })

      it('draws curves through the same points', () => {
        const near = (a: number, b: number): boolean => Math.abs(a - b) < 1e-9
        const order = orderOf(scores)
        for (const [curve, points] of [
          [rocCurve(order, labels), reference.roc],
          [precisionRecallCurve(order, labels)?.slice(1), reference.precisionRecall],
        ] as const)
          for (const { x, y } of curve ?? [])
            expect(
              points.some((other) => near(other.x, x) && near(other.y, y)),
              `${x}, ${y}`,
            ).toBe(true)
      })
    })
  },
)

/** Rows with ties, of both labels. */
const bothLabels = fc
  .array(fc.record({ score: fc.integer({ min: 1, max: 19 }), label: fc.integer({ min: 0, max: 1 }) }), { minLength: 2 })
  .filter((rows) => new Set(rows.map(({ label }) => label)).size === 2)
  .map((rows) => ({
    scores: Float64Array.from(rows, ({ score }) => score / 20),
    labels: Uint8Array.from(rows, ({ label }) => label),
  }))

describe('on any rows', () => {
  it('a map that keeps the order keeps every figure of the order', () => {
    fc.assert(
      fc.property(bothLabels, ({ scores, labels }) => {
        const mapped = scores.map((score) => score * score * score * 7 - 3)
        expect(rankingOf(orderOf(mapped), labels, [0.1, 0.5])).toEqual(rankingOf(orderOf(scores), labels, [0.1, 0.5]))
      }),
    )
  })

  it('AUC is the share of pairs in order, ties half', () => {
    fc.assert(
      fc.property(bothLabels, ({ scores, labels }) => {
        let [pairs, won] = [0, 0]
        for (let a = 0; a < labels.length; a++)
          for (let b = 0; b < labels.length; b++)
            if (labels[a] === 1 && labels[b] === 0) {
              pairs++
              won += scores[a] > scores[b] ? 1 : scores[a] === scores[b] ? 0.5 : 0
            }
        expect(rankingOf(orderOf(scores), labels)?.auc).toBeCloseTo(won / pairs, 12)
      }),
    )
  })

  it('counting rows is the same as copying them', () => {
    const counted = fc.tuple(bothLabels, fc.infiniteStream(fc.integer({ min: 0, max: 3 })))
    fc.assert(
      fc.property(counted, ([{ scores, labels }, times]) => {
        const counts = Uint16Array.from(scores, () => times.next().value ?? 0)
        const copies = Array.from(counts).flatMap((count, row) => Array.from({ length: count }, () => row))
        const copied = {
          scores: Float64Array.from(copies, (row) => scores[row]),
          labels: Uint8Array.from(copies, (row) => labels[row]),
        }
        const byCounts = rankingOf(orderOf(scores), labels, [0.25, 0.5], counts)
        expect(byCounts).toEqual(rankingOf(orderOf(copied.scores), copied.labels, [0.25, 0.5]))
      }),
    )
  })

  it('what a workload reaches is what the order captures', () => {
    fc.assert(
      fc.property(bothLabels, fc.double({ min: 0.01, max: 1, noNaN: true }), ({ scores, labels }, share) => {
        const order = orderOf(scores)
        const reached = reachOf(order, share)
        const positives = labels.reduce((sum, label) => sum + label, 0)
        const found = reached.reduce((sum, part, row) => sum + part * labels[row], 0)
        expect(reached.reduce((a, b) => a + b)).toBeCloseTo(share * labels.length, 8)
        expect(found / positives).toBeCloseTo(rankingOf(order, labels, [share])?.captured[0] ?? -1, 8)
      }),
    )
  })
})

it.each`
  scores                  | labels          | half   | lift
  ${[0.9, 0.8, 0.2, 0.1]} | ${[1, 1, 0, 0]} | ${1}   | ${2}
  ${[0.1, 0.2, 0.8, 0.9]} | ${[1, 1, 0, 0]} | ${0}   | ${0}
  ${[0.5, 0.5, 0.5, 0.5]} | ${[1, 0, 0, 0]} | ${0.5} | ${1}
  ${[0.9, 0.5, 0.5, 0.1]} | ${[0, 1, 1, 0]} | ${0.5} | ${0}
`('first half $half and lift at a quarter $lift of $labels by $scores', ({ scores, labels, half, lift }) => {
  const order = orderOf(Float64Array.from(scores))
  expect(rankingOf(order, Uint8Array.from(labels), [0.5])?.captured[0]).toBeCloseTo(half, 12)
  expect(liftAt(order, Uint8Array.from(labels), 0.25)).toBeCloseTo(lift, 12)
})

describe('rows of one label', () => {
  it.each([0, 1])('all %i: figures of the order are absent, those of probabilities stand', (label) => {
    const labels = new Uint8Array(50).fill(label)
    const { scores } = someRows(50, 4)
    expect(rankingOf(orderOf(scores), labels)).toBeUndefined()
    expect(rocCurve(orderOf(scores), labels)).toBeUndefined()
    const figures = figuresOf(judgedOf(scores, labels), 0.1, resampling)
    expect(figures.auc).toBeUndefined()
    expect(figures.calibrationSlope).toBeUndefined()
    expect(figures.brier?.value).toBeCloseTo(brierScore(scores, labels), 12)
    expect(JSON.stringify(figures)).not.toContain('null')
  })

  it('no line through parted classes, nor through one score', () => {
    const labels = Uint8Array.of(0, 0, 1, 1)
    expect(calibrationLine(Float64Array.of(0.1, 0.2, 0.7, 0.9), labels)).toBeUndefined()
    expect(calibrationLine(Float64Array.of(0.1, 0.2, 0.2, 0.9), labels)).toBeUndefined()
    expect(calibrationLine(Float64Array.of(0.3, 0.3, 0.3, 0.3), labels)).toBeUndefined()
  })

  it('a line through scores that hardly differ is that through the same ones drawn apart', () => {
    const { labels } = someRows(400, 9)
    const logOdds = Float64Array.from(labels, (label, row) => label + (row % 7))
    const lineOf = (scale: number) =>
      calibrationLine(
        logOdds.map((x) => logistic(-4 + scale * x)),
        labels,
      )
    const [near, far] = [lineOf(1e-5), lineOf(0.1)]
    expect((near?.slope ?? 0) * 1e-5).toBeCloseTo((far?.slope ?? 0) * 0.1, 6)
    expect((near?.slopeError ?? 0) * 1e-5).toBeCloseTo((far?.slopeError ?? 0) * 0.1, 6)
  })

  it('no rows, no error of calibration', () => {
    expect(expectedCalibrationError(calibrationBins(new Float64Array(), new Uint8Array(), 10))).toBeUndefined()
  })

  it('a score that is not finite is named', () => {
    expect(() => orderOf(Float64Array.of(0.1, Number.NaN))).toThrow('row 1 is NaN; leave rows out')
  })
})

describe('resampling', () => {
  const { scores, labels, weaker } = someRows(600, 5)
  const judged = judgedOf(scores, labels)

  it('a seed gives the same intervals, another seed others', () => {
    const figures = (seed: number) => figuresOf(judged, 0.1, { ...resampling, seed })
    expect(figures(1)).toEqual(figures(1))
    expect(figures(1).auc).not.toEqual(figures(2).auc)
  })

  it('a model beside itself differs by nothing, in every resample', () => {
    const same = { value: 0, low: 0, high: 0 }
    expect(differencesOf(judged, scores, resampling)).toEqual({ aucDifference: same, brierDifference: same })
  })

  it('the paired interval is narrower than the two intervals together', () => {
    const slightlyWorse = scores.map((score, row) => score * 0.98 + weaker[row] * 0.02)
    const { aucDifference } = differencesOf(judged, slightlyWorse, resampling)
    const { auc } = figuresOf(judged, 0.1, resampling)
    const width = (one: { low?: number | undefined; high?: number | undefined } | undefined): number =>
      (one?.high ?? 0) - (one?.low ?? 0)
    expect(width(aucDifference)).toBeLessThan(width(auc) / 2)
  })

  it('has the spread that theory says: the mean of a coin', () => {
    const coin = Uint8Array.from({ length: 400 }, (_, row) => row % 2)
    const mean = (counts: Uint16Array): number => coin.reduce((sum, label, row) => sum + label * counts[row], 0) / 400
    const { found } = intervals(singles(400), (counts) => ({ found: mean(counts) }), ['found'], {
      ...resampling,
      draws: 4_000,
    })
    expect(found?.low).toBeCloseTo(0.5 - 1.96 * 0.025, 2)
    expect(found?.high).toBeCloseTo(0.5 + 1.96 * 0.025, 2)
  })

  it('rows of one enterprise are drawn together: copies add no evidence', () => {
    const names = Array.from({ length: 600 }, (_, row) => `e${row}`)
    const fourfold: Judged = {
      ...judgedOf(
        Float64Array.from({ length: 2_400 }, (_, row) => scores[row % 600]),
        Uint8Array.from({ length: 2_400 }, (_, row) => labels[row % 600]),
      ),
      clusters: clustersOf([...names, ...names, ...names, ...names]),
    }
    const [once, copied] = [judged, fourfold].map((rows) => figuresOf(rows, 0.1, resampling).auc)
    expect(copied?.low).toBeCloseTo(once?.low ?? 0, 12)
    expect(copied?.high).toBeCloseTo(once?.high ?? 0, 12)
  })
})

it('curves are thin and reach both ends', () => {
  const { weaker, labels } = someRows(5_000, 6)
  const roc = rocCurve(orderOf(weaker), labels) ?? []
  expect(roc.length).toBeLessThanOrEqual(pointsMax)
  expect([roc.at(0), roc.at(-1)]).toEqual([
    { x: 0, y: 0 },
    { x: 1, y: 1 },
  ])
  const recall = precisionRecallCurve(orderOf(weaker), labels) ?? []
  expect(recall.length).toBeLessThanOrEqual(pointsMax)
  expect([recall.at(0)?.x, recall.at(-1)?.x]).toEqual([0, 1])
})

it('a group that loses nothing has probability 1, one that loses all nearly none', () => {
  const labels = new Uint8Array(60).fill(1)
  const names = Array.from(labels, (_, row) => (row < 30 ? 'a' : 'b'))
  const mine = Float64Array.from(labels, (_, row) => (row < 30 ? 1 : 0))
  const [a, b] = recallChanges(mine, new Float64Array(60).fill(1), labels, names)
  expect(a).toEqual({ name: 'a', positives: 30, recall: 1, otherRecall: 1, lossProbability: 1 })
  expect(b).toMatchObject({ name: 'b', recall: 0, otherRecall: 1 })
  expect(b.lossProbability).toBeLessThan(1e-6)
})
