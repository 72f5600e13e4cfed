import { describe, expect, it } from 'vitest'
import { judge } from '../../models/counts/detector.ts'
import { cusumOf, recursiveGlm, resetCusum } from '../../models/counts/recursion.ts'
import { contextAt } from './detectors.conformance.ts'
import { poisson, seeded } from './random.ts'

function taught(ticks: number, mean: (tick: number) => number, change: Parameters<typeof contextAt>[1] = {}) {
  const state = new Float64Array(recursiveGlm.stateLength)
  const random = seeded(21)
  recursiveGlm.start(state, 0)
  for (let tick = 0; tick < ticks; tick++)
    recursiveGlm.learn(state, 0, contextAt(tick, change), poisson(random, mean(tick)))
  return state
}

describe('cold start', () => {
  it('is the Gamma-Poisson predictive: NB(a + Y, (b + E) / (b + E + 1))', () => {
    const state = new Float64Array(recursiveGlm.stateLength)
    const context = contextAt(0, { prior: { rate: 0.5, shape: 2 } })
    recursiveGlm.start(state, 0)
    expect(recursiveGlm.expect(state, 0, context)).toEqual({ mean: 0.5, variance: 0.5 + 0.5 ** 2 / 2 })
    recursiveGlm.learn(state, 0, context, 1)
    // a = 2 + 1, b + E = 2 / 0.5 + 1 ticks: mean a / (b + E), variance mean (b + E + 1) / (b + E)
    const { mean, variance } = recursiveGlm.expect(state, 0, context)
    expect(mean).toBeCloseTo(3 / 5, 12)
    expect(variance).toBeCloseTo((3 / 5) * (6 / 5), 12)
  })

  it('scales with exposure and weekday', () => {
    const state = taught(3, () => 0.5, { prior: { rate: 0.5, shape: 2 } })
    const { mean } = recursiveGlm.expect(state, 0, contextAt(3, { prior: { rate: 0.5, shape: 2 } }))
    const change = { prior: { rate: 0.5, shape: 2 }, exposure: 4, weekFactor: 0.5 }
    expect(recursiveGlm.expect(state, 0, contextAt(3, change)).mean).toBeCloseTo(2 * mean, 12)
  })
})

describe('a series at seven times the rate of its siblings from its beginning', () => {
  /** p of each tick, and the share of the count that was expected. */
  function follow(shape: number, ticks: number): { p: number; share: number }[] {
    const state = new Float64Array(recursiveGlm.stateLength)
    recursiveGlm.start(state, 0)
    return Array.from({ length: ticks }, (_, tick) => {
      const context = contextAt(tick, { prior: { rate: 1450 / 7, shape }, tickDays: 1, seasonKnown: false })
      const expected = recursiveGlm.expect(state, 0, context)
      recursiveGlm.learn(state, 0, context, 1450)
      return { p: judge(expected, 1450).p, share: expected.mean / 1450 }
    })
  }

  it('is no outbreak where siblings differ as provinces do', () => {
    const ticks = follow(0.5, 60).slice(1)
    for (const { p } of ticks) expect(p).toBeGreaterThan(0.01)
    expect(ticks[0].share).toBeGreaterThan(0.87)
    expect(ticks[2].share).toBeGreaterThan(0.95)
    for (const { share } of ticks) expect(share).toBeLessThan(1.01)
  })

  it.each([1, 2, 5, 20])('is none before it is judged where their shape is %d', (shape) => {
    const ticks = follow(shape, 60)
    for (const { p } of ticks.slice(14)) expect(p).toBeGreaterThan(0.01)
    for (const { share } of ticks) expect(share).toBeLessThan(1.01)
  })
})

describe('with history', () => {
  it('learns level and season', () => {
    const mean = (tick: number) => Math.exp(3 + 0.6 * Math.cos((2 * Math.PI * tick) / 52))
    const state = taught(400, mean, { prior: { rate: 5, shape: 2 } })
    for (const tick of [400, 413, 426, 439]) {
      expect(recursiveGlm.expect(state, 0, contextAt(tick)).mean / mean(tick)).toBeCloseTo(1, 0)
    }
    const [top, bottom] = [416, 442].map((tick) => recursiveGlm.expect(state, 0, contextAt(tick)).mean)
    expect(top / bottom).toBeGreaterThan(2.5)
  })

  it.each([
    [7, 0.3],
    [1, 0.05],
    [1, 0.135],
    [1 / 24, 0.01],
  ])('keeps the rate of a sparse cell: ticks of %d days, mean %d', (tickDays, mean) => {
    const change = { prior: { rate: mean, shape: 2 }, tickDays, yearPhase: 0 }
    const state = new Float64Array(recursiveGlm.stateLength)
    const random = seeded(22)
    let sum = 0
    for (let tick = 0; tick < 6000; tick++) {
      if (tick >= 1000) sum += recursiveGlm.expect(state, 0, contextAt(tick, change)).mean
      recursiveGlm.learn(state, 0, contextAt(tick, change), poisson(random, mean))
    }
    expect(Math.abs(sum / 5000 / mean - 1)).toBeLessThan(0.15)
  })

  it('takes overdispersion into the variance', () => {
    const calm = taught(300, () => 20)
    const restless = taught(300, (tick) => (tick % 2 === 0 ? 10 : 30))
    const spread = ({ mean, variance }: { mean: number; variance: number }) => variance / mean
    expect(spread(recursiveGlm.expect(calm, 0, contextAt(300)))).toBeLessThan(2)
    expect(spread(recursiveGlm.expect(restless, 0, contextAt(300)))).toBeGreaterThan(4)
  })

  it('does not take an outbreak of four ticks for normal', () => {
    const state = taught(300, () => 10)
    for (let tick = 300; tick < 304; tick++) {
      const expectation = recursiveGlm.expect(state, 0, contextAt(tick))
      expect(judge(expectation, 40).p).toBeLessThan(1e-6)
      recursiveGlm.learn(state, 0, contextAt(tick), 40)
    }
    expect(recursiveGlm.expect(state, 0, contextAt(300)).mean).toBeLessThan(13)
  })

  it('sums up a small lasting rise, and begins anew when told', () => {
    const state = taught(300, () => 10)
    resetCusum(state, 0)
    for (let tick = 300; tick < 312; tick++) recursiveGlm.learn(state, 0, contextAt(tick), 15)
    expect(cusumOf(state, 0)).toBeGreaterThan(4)
    resetCusum(state, 0)
    expect(cusumOf(state, 0)).toBe(0)
  })
})
