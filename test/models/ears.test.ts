import { describe, expect, it } from 'vitest'
import { c2Excess, earsLag, windowMoments } from '../../models/counts/ears.ts'
import { earsC1 } from '../../models/counts/earsDetectors.ts'

/** Weeks 265-286 of `salmonella.agona`, R surveillance 1.20.3 (Debian r-cran-surveillance); bounds by its earsC(). */
const agona = [2, 4, 0, 3, 0, 1, 3, 0, 1, 1, 0, 1, 0, 1, 0, 1, 2, 2, 4, 7, 6, 1]
const weeks = [282, 283, 284, 285, 286]
const indexOf = (week: number) => week - 265
/** Normal quantiles of the usual limits: 0.999 for C1 and C2, 0.975 for C3. */
const [zC1C2, zC3] = [3.090232306167813, 1.959963984540054]

describe('EARS upper bounds for salmonella.agona, weeks 282-286', () => {
  it.each([
    ['C1', 0, [3.05028176444, 3.52316411226, 5.74647967408, 9.75382199577, 11.2068382168]],
    ['C2', earsLag, [2.22322721932, 2.22322721932, 3.05028176444, 3.52316411226, 5.74647967408]],
  ] as const)('%s', (_, lag, reference) => {
    weeks.forEach((week, i) => {
      const { mean, deviation } = windowMoments(agona, indexOf(week), lag)
      expect(mean + zC1C2 * deviation).toBeCloseTo(reference[i], 9)
    })
  })

  it('C3, with the count in the place of the mean, as R computes it (not as it documents it)', () => {
    const reference = [2.15359587248, 3.25954692773, 3.12441409815, 0, 0]
    weeks.forEach((week, i) => {
      const t = indexOf(week)
      const excesses = [1, 2].map((back) => c2Excess(agona[t - back], windowMoments(agona, t - back, 2)))
      const { mean, deviation } = windowMoments(agona, t, 2)
      const documented = mean + deviation * (zC3 - excesses[0] - excesses[1])
      expect(Math.max(0, documented - mean + agona[t])).toBeCloseTo(reference[i], 9)
    })
  })

  it('refuses a window that begins before the series', () => {
    expect(() => windowMoments(agona, 8, earsLag)).toThrow(RangeError)
    expect(windowMoments(agona, 9, 2)).toEqual(windowMoments(agona, 7, 0))
  })

  it('a constant baseline still counts what exceeds it', () => {
    expect(c2Excess(3, { mean: 1, deviation: 0 })).toBe(2)
    expect(c2Excess(1, { mean: 1, deviation: 0 })).toBe(0)
  })
})

it('a detector expects the mean of its window, with a seventh of its variance more because the mean is an estimate', () => {
  const context = { tick: 0, yearPhase: 0, weekFactor: 1, exposure: 1, prior: { rate: 2, shape: 4 }, tickDays: 1 }
  const expectedAfter = (detector: typeof earsC1, counts: readonly number[]): ReturnType<typeof earsC1.expect> => {
    const state = new Float64Array(detector.stateLength)
    detector.start(state, 0)
    for (const count of counts) detector.learn(state, 0, context, count)
    return detector.expect(state, 0, context)
  }
  expect(expectedAfter(earsC1, [])).toEqual({ mean: 2, variance: 2 + 4 / 4 }) // the prior, until the window is full
  const spread = expectedAfter(earsC1, [0, 0, 10, 2, 20, 4, 30, 6, 40])
  const deviation = windowMoments([0, 0, 10, 2, 20, 4, 30, 6, 40], 9, 0).deviation
  expect(spread.mean).toBeCloseTo(16, 12)
  expect(spread.variance).toBeCloseTo((deviation ** 2 * 8) / 7, 9)
  expect(expectedAfter(earsC1, [3, 3, 3, 3, 3, 3, 3]).variance).toBeCloseTo((3 * 8) / 7, 12) // never below Poisson
})
