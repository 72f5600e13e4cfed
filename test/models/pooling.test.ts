import { describe, expect, it } from 'vitest'
import { benjaminiHochberg } from '../../models/counts/fdr.ts'
import { empiricalPrior } from '../../models/counts/prior.ts'
import { learnWeekday, restingFactor, weekFactor, weekStateLength } from '../../models/counts/weekday.ts'
import { poisson, seeded } from './random.ts'

describe('Benjamini-Hochberg, against p.adjust(p, "BH") of R 4', () => {
  const table = [
    0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205, 0.212, 0.216, 0.222, 0.251, 0.269, 0.275, 0.34, 0.341, 0.384,
    0.569, 0.594, 0.696, 0.762, 0.94, 0.942, 0.975, 0.986,
  ]
  const adjusted = [
    0.025, 0.1, 0.21, 0.21, 0.21, 0.25, 0.264285714286, 0.491071428571, 0.491071428571, 0.491071428571, 0.491071428571,
    0.491071428571, 0.491071428571, 0.491071428571, 0.5328125, 0.5328125, 0.564705882353, 0.781578947368,
    0.781578947368, 0.87, 0.907142857143, 0.986, 0.986, 0.986, 0.986,
  ]
  const unsorted = [0.04, 0.001, 0.03, 0.02, 0.5]

  it.each([
    [table, undefined, adjusted],
    [unsorted, undefined, [0.05, 0.005, 0.05, 0.05, 0.5]],
    [unsorted, 20, [0.2, 0.02, 0.2, 0.2, 1]],
    [[], undefined, []],
  ])('%j in a family of %s', (p, familySize, reference) => {
    const q = benjaminiHochberg(p, familySize === undefined ? {} : { familySize })
    expect(q.length).toBe(reference.length)
    reference.forEach((value, i) => {
      expect(q[i]).toBeCloseTo(value, 11)
    })
  })

  it('cells without events need not be listed', () => {
    const all = benjaminiHochberg([...unsorted, ...Array(15).fill(1)])
    expect([...benjaminiHochberg(unsorted, { familySize: 20 })]).toEqual([...all.slice(0, 5)])
  })

  it('refuses p values and families that cannot be', () => {
    expect(() => benjaminiHochberg([0.1, 1.1])).toThrow(/p value 1/)
    expect(() => benjaminiHochberg([Number.NaN])).toThrow(RangeError)
    expect(() => benjaminiHochberg([0.1, -0.1])).toThrow(/p value 1/)
    expect(() => benjaminiHochberg([0.1, 0.2], { familySize: 1 })).toThrow(/familySize/)
  })
})

describe('prior from siblings', () => {
  it('finds the rate, and a shape between its bounds', () => {
    const alike = [10, 9, 11, 10].map((count) => ({ count, exposure: 10 }))
    expect(empiricalPrior(alike)).toEqual({ rate: 1, shape: 20 })
    const unlike = [0, 0, 0, 400].map((count) => ({ count, exposure: 10 }))
    expect(empiricalPrior(unlike)).toEqual({ rate: 10, shape: 0.3 })
    expect(empiricalPrior([{ count: 3, exposure: 2 }])).toEqual({ rate: 1.5, shape: 1 })
    const silent = [5, 5].map((exposure) => ({ count: 0, exposure }))
    expect(empiricalPrior(silent)).toEqual({ rate: 0.05, shape: 20 })
  })

  it('is that of the moments, weighted by exposure; who was never seen says nothing', () => {
    // Rate 15 / 10; spread 7, of which 2 x 1.5 is chance; 6.4 of the exposure tells siblings apart: shape 1.5^2 / (4 / 6.4).
    const siblings = [
      { count: 2, exposure: 4 },
      { count: 8, exposure: 4 },
      { count: 5, exposure: 2 },
    ]
    const { rate, shape } = empiricalPrior([...siblings, { count: 0, exposure: 0 }])
    expect(rate).toBe(1.5)
    expect(shape).toBeCloseTo(3.6, 12)
    expect(
      empiricalPrior([
        { count: 3, exposure: 2 },
        { count: 0, exposure: 0 },
      ]),
    ).toEqual({ rate: 1.5, shape: 1 })
  })

  it('recovers the shape that made the rates', () => {
    const random = seeded(9)
    // A Gamma of whole shape 3 and mean 2 is a sum of exponentials.
    const rate = () => (-2 / 3) * Math.log((1 - random()) * (1 - random()) * (1 - random()))
    const siblings = Array.from({ length: 3000 }, () => ({ count: poisson(random, 8 * rate()), exposure: 8 }))
    const prior = empiricalPrior(siblings)
    expect(prior.rate).toBeCloseTo(2, 0)
    expect(Math.abs(prior.shape - 3)).toBeLessThan(0.3)
  })

  it('refuses what it cannot use', () => {
    expect(() => empiricalPrior([])).toThrow(/exposure/)
    expect(() => empiricalPrior([{ count: -1, exposure: 1 }])).toThrow(/count/)
    expect(() => empiricalPrior([{ count: 1, exposure: Number.NaN }])).toThrow(/exposure/)
    expect(() => empiricalPrior([{ count: Number.POSITIVE_INFINITY, exposure: 1 }])).toThrow(/count/)
    expect(() => empiricalPrior([{ count: 1, exposure: -1 }])).toThrow(/exposure/)
  })
})

describe('weekly index', () => {
  it('finds quiet Sundays, keeps mean 1, and is 1 at first and for weeks', () => {
    const state = new Float64Array(weekStateLength(7))
    expect(weekFactor(state, 3)).toBe(1)
    for (let day = 0; day < 350; day++) learnWeekday(state, day % 7, day % 7 === 6 ? 30 : 120, 0.985)
    const factors = Array.from({ length: 7 }, (_, phase) => weekFactor(state, phase))
    expect(factors.reduce((sum, factor) => sum + factor, 0) / 7).toBeCloseTo(1, 12)
    expect(factors[6]).toBeGreaterThan(0.28)
    expect(factors[6]).toBeLessThan(0.4)
    const weekly = new Float64Array(weekStateLength(1))
    learnWeekday(weekly, 0, 12, 0.985)
    expect(weekFactor(weekly, 0)).toBe(1)
  })

  it('is shrunk by four weeks, or by as many as hold 30 events; older weeks count for less', () => {
    const rare = new Float64Array(weekStateLength(7))
    for (let day = 0; day < 7; day++) learnWeekday(rare, day, day === 0 ? 14 : 0, 0.985)
    expect(weekFactor(rare, 0)).toBeCloseTo((14 + 4 * 2) / (1 + 4) / 2, 12)
    const busy = new Float64Array(weekStateLength(2))
    learnWeekday(busy, 0, 10, 0.5)
    learnWeekday(busy, 1, 4, 0.5)
    learnWeekday(busy, 0, 20, 0.5)
    // 25 events in 1.5 ticks of one phase, 4 in 1 of the other.
    const mean = (25 / 1.5 + 4) / 2
    expect(weekFactor(busy, 0)).toBeCloseTo((25 + 30) / (1.5 + 30 / mean) / mean, 12)
  })

  it('of what may rest is shrunk by half an event', () => {
    const state = new Float64Array(weekStateLength(3))
    expect(restingFactor(state, 0)).toBe(1)
    learnWeekday(state, 0, 20, 1)
    learnWeekday(state, 1, 0, 1)
    expect(restingFactor(state, 1)).toBeCloseTo(0.5 / (1 + 0.05) / 10, 12)
    expect(restingFactor(state, 2)).toBe(1) // not seen yet
  })

  it('is shrunk, bounded, and refuses what is no count or phase', () => {
    const state = new Float64Array(weekStateLength(168))
    for (let hour = 0; hour < 168 * 300; hour++) learnWeekday(state, hour % 168, hour % 168 === 9 ? 1e6 : 0, 1)
    expect([weekFactor(state, 9), weekFactor(state, 0)]).toEqual([5, 0.2])
    expect(() => weekFactor(state, 168)).toThrow(/phase/)
    expect(() => learnWeekday(state, 0, -1, 1)).toThrow(/count/)
    for (const discount of [1.01, 0, -1, Number.NaN])
      expect(() => learnWeekday(state, 0, 1, discount)).toThrow(/discount/)
  })
})
