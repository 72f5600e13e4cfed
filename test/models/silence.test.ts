/** When a stream counts as silent: by what it sent, and by the gaps that it is used to. */
import { describe, expect, it } from 'vitest'
import { type Gaps, isSilence, learnGap, noGaps, noRun, silenceP } from '../../models/counts/silence.ts'
import { restingFactor, weekStateLength } from '../../models/counts/weekday.ts'
import { poisson, seeded } from './random.ts'

const pMax = 1e-5

/** Teaches a stream its counts; returns the ticks in which it would be told as silent, each silence once. */
function told(counts: readonly number[], gaps: Gaps = noGaps()): number[] {
  const found: number[] = []
  let run = noRun()
  let toldRun = noRun()
  for (const [tick, records] of counts.entries()) {
    if (records > 0) {
      const wasTold = toldRun.ticks > 0
      if (tick > 0)
        learnGap(gaps, wasTold ? toldRun : run, { records, exposure: 1, memoryTicks: 28, wasSilent: wasTold })
      run = noRun()
      toldRun = noRun()
      continue
    }
    run = { ticks: run.ticks + 1, exposure: run.exposure + 1 }
    if (toldRun.ticks > 0 || gaps.exposure < 14 || !isSilence(gaps, run, pMax)) continue
    toldRun = run
    found.push(tick)
  }
  return found
}

const ticks = (count: number, of: (tick: number) => number): number[] =>
  Array.from({ length: count }, (_, at) => of(at))
const nothing = (count: number): number[] => ticks(count, () => 0)

describe('the probability of a run', () => {
  it('is that of no record when the rate is known from so many records in so much exposure', () => {
    expect(silenceP({ exposure: 10, records: 3, longestTicks: 0 }, { ticks: 5, exposure: 5 })).toBeCloseTo(
      (10 / 15) ** 3,
      12,
    )
    expect(silenceP({ exposure: 1e6, records: 2e6, longestTicks: 0 }, { ticks: 4, exposure: 4 })).toBeCloseTo(
      Math.exp(-8),
      6,
    )
  })

  it('is 1 while nothing was learnt: one stray record promises nothing', () => {
    expect(silenceP(noGaps(), { ticks: 9_000, exposure: 9_000 })).toBe(1)
    expect(told([1, ...nothing(9_000), 40, 40])).toEqual([])
  })
})

describe('a silence', () => {
  it.each([
    [300, 1, 1],
    [30, 1, 1],
    [5, 3, 3],
    [1, 13, 17],
    [0.2, 60, 110],
  ])('of a source with %d records a tick is told after %d to %d ticks', (mean, from, to) => {
    const random = seeded(7)
    const history = ticks(365, (tick) => (tick === 364 ? 1 : poisson(random, mean)))
    const after = told([...history, ...nothing(300)]).filter((tick) => tick > 364)[0] - 364
    expect(after).toBeGreaterThanOrEqual(from)
    expect(after).toBeLessThanOrEqual(to)
  })

  it('is told falsely no more often than its probability says', () => {
    const random = seeded(8)
    for (const mean of [0.05, 0.3, 1, 3, 8]) {
      const runs = ticks(200, () => told(ticks(400, () => poisson(random, mean))).length)
      // 80,000 ticks; a run begins in at most min(mean, 1) of them, so 1e-5 allows less than one.
      expect(
        runs.reduce((sum, one) => sum + one, 0),
        `mean ${mean}`,
      ).toBeLessThanOrEqual(1)
    }
  })

  it('is not told of who rests at weekends, even if nobody knew of weekends', () => {
    const weekdays = ticks(200, (tick) => (tick % 7 < 5 ? 100 : 0))
    expect(told(weekdays)).toEqual([])
    const holiday = weekdays.map((count, tick) => (tick === 105 || tick === 106 ? 0 : count)) // Monday and Tuesday
    expect(told(holiday)).toEqual([])
    const gone = weekdays.map((count, tick) => (tick >= 105 ? 0 : count))
    expect(told(gone)).toEqual([107])
  })

  it('is told once, and again only for a run that is much longer, of who fails now and then', () => {
    const random = seeded(9)
    const failing = ticks(1_000, () => (random() < 0.2 ? 0 : 50))
    expect(told(failing).length).toBeLessThanOrEqual(6) // of 200 failures
    const batches = ticks(1_000, (tick) => (tick % 10 === 0 ? 500 : 0))
    expect(told(batches)).toEqual([])
  })

  it('is told again soon after an earlier one was over', () => {
    const busy = (count: number): number[] => ticks(count, () => 50)
    expect(told([...busy(60), ...nothing(10), ...busy(20), ...nothing(10)])).toEqual([60, 90])
  })
})

it('the index of a phase may be next to nothing: half an event in all weeks', () => {
  const state = new Float64Array(weekStateLength(7))
  expect(restingFactor(state, 0)).toBe(1)
  for (let phase = 0; phase < 7; phase++) state.set([phase < 5 ? 200 : 0, 2], 2 * phase)
  expect(restingFactor(state, 6)).toBeLessThan(0.01)
  expect(restingFactor(state, 0)).toBeCloseTo(7 / 5, 2)
  expect(() => restingFactor(state, 7)).toThrow(RangeError)
})

it('a gap teaches its exposure and what ended it, but for what was kept back in a silence; a longest run is forgotten slowly', () => {
  const end = { records: 500, exposure: 1, memoryTicks: 28 }
  const taught = (wasSilent: boolean): Gaps => {
    const gaps = { exposure: 20, records: 40, longestTicks: 2 }
    learnGap(gaps, { ticks: 10, exposure: 9 }, { ...end, wasSilent })
    return gaps
  }
  const keep = (1 - 1 / (13 * 28)) ** 11 // few records: thirteen times the memory
  expect(taught(false).exposure).toBeCloseTo(keep * 20 + 9 + 1, 9)
  expect(taught(false).records).toBeCloseTo(keep * 40 + 500, 9)
  expect(taught(false).longestTicks).toBe(10)
  expect(taught(true).exposure).toBeCloseTo(keep * 20 + 9, 9)
  expect(taught(true).records).toBeCloseTo(keep * 40, 9)
  expect(taught(true).longestTicks).toBe(5)
  const busy = { exposure: 20, records: 61, longestTicks: 8 }
  learnGap(busy, noRun(), { ...end, wasSilent: false })
  expect(busy.records).toBeCloseTo((1 - 1 / 28) * 61 + 500, 9)
  expect(busy.longestTicks).toBeCloseTo((1 - 1 / (3 * 28)) * 8, 9)
})
