/** What every count detector owes its callers. `outbreakFactorMax`: how far one tick of ten times the mean may lift the next mean. */
import { describe, expect, it } from 'vitest'
import { type CountContext, type CountDetector, judge } from '../../models/counts/detector.ts'
import { poisson, seeded } from './random.ts'

export type Promises = { readonly outbreakFactorMax: number; readonly falseShareMax: number }

const offset = 3

export function contextAt(tick: number, change: Partial<CountContext> = {}): CountContext {
  const prior = { rate: 5, shape: 2 }
  return { tick, yearPhase: (tick % 52) / 52, weekFactor: 1, exposure: 1, prior, tickDays: 7, ...change }
}

function started(detector: CountDetector): Float64Array {
  const state = new Float64Array(detector.stateLength + 2 * offset).fill(77)
  detector.start(state, offset)
  return state
}

/** A state that has learnt `ticks` Poisson(5) counts. */
function taught(detector: CountDetector, ticks: number, random = seeded(11)): Float64Array {
  const state = started(detector)
  for (let tick = 0; tick < ticks; tick++) detector.learn(state, offset, contextAt(tick), poisson(random, 5))
  return state
}

export function conforms(detector: CountDetector, promises: Promises): void {
  describe(`${detector.name} conforms`, () => {
    it('gives the same bytes for the same input, and touches its own numbers only', () => {
      const [one, other] = [taught(detector, 80), taught(detector, 80)]
      expect(Buffer.from(one.buffer).equals(Buffer.from(other.buffer))).toBe(true)
      expect([...one.slice(0, offset), ...one.slice(-offset)]).toEqual(Array(2 * offset).fill(77))
    })

    it('expects the same from a copied state, and changes nothing by looking', () => {
      const state = taught(detector, 80)
      const before = state.slice()
      const copy = new Float64Array(detector.stateLength)
      copy.set(state.subarray(offset, offset + detector.stateLength))
      expect(detector.expect(copy, 0, contextAt(80))).toEqual(detector.expect(state, offset, contextAt(80)))
      expect(state).toEqual(before)
    })

    it('keeps false alarms rare on calm counts', () => {
      const [random, state] = [seeded(12), started(detector)]
      let alarms = 0
      for (let tick = 0; tick < 3000; tick++) {
        const y = poisson(random, 5)
        if (tick >= 100 && judge(detector.expect(state, offset, contextAt(tick)), y).p < 0.01) alarms++
        detector.learn(state, offset, contextAt(tick), y)
      }
      expect(alarms / 2900).toBeLessThan(promises.falseShareMax)
    })

    it('sees ten times the mean, and does not learn it as normal', () => {
      const state = taught(detector, 200)
      const calm = detector.expect(state, offset, contextAt(200))
      expect(judge(calm, 50).p).toBeLessThan(1e-4)
      detector.learn(state, offset, contextAt(200), 50)
      const after = detector.expect(state, offset, contextAt(200))
      expect(after.mean / calm.mean).toBeLessThan(promises.outbreakFactorMax)
    })

    it.each([0, 3, 40, 200])('stays finite for any count after %d ticks', (ticks) => {
      const [random, state] = [seeded(13), taught(detector, ticks)]
      const counts = [
        0,
        1_000_000,
        1_000_000,
        0,
        0,
        1,
        ...Array.from({ length: 300 }, () => Math.floor(10 ** (6 * random()))),
      ]
      counts.forEach((y, i) => {
        const rate = 10 ** (random() * 12 - 8)
        const context = contextAt(ticks + i, {
          prior: { rate, shape: 0.3 + 20 * random() },
          exposure: 10 ** (random() * 8 - 4),
          tickDays: i % 3 === 0 ? 1 / 24 : 7,
        })
        const expectation = detector.expect(state, offset, context)
        expect(expectation.mean).toBeGreaterThan(0)
        expect(expectation.variance).toBeGreaterThanOrEqual(expectation.mean)
        const { p, rateRatio } = judge(expectation, y)
        expect(p >= 0 && p <= 1 && Number.isFinite(rateRatio)).toBe(true)
        detector.learn(state, offset, context, y)
        expect(state.every(Number.isFinite)).toBe(true)
      })
    })

    it.each([
      [{}, Number.NaN, /count/],
      [{}, -1, /count/],
      [{}, 0.5, /count/],
      [{}, Number.POSITIVE_INFINITY, /count/],
      [{ tick: 0.5 }, 1, /tick/],
      [{ yearPhase: 1.5 }, 1, /yearPhase/],
      [{ weekFactor: 0 }, 1, /weekFactor/],
      [{ exposure: Number.NaN }, 1, /exposure/],
      [{ prior: { rate: 0, shape: 1 } }, 1, /prior.rate/],
      [{ prior: { rate: 1, shape: -1 } }, 1, /prior.shape/],
      [{ tickDays: 0 }, 1, /tickDays/],
    ])('refuses %o with count %d, and keeps its state', (change, y, what) => {
      const state = taught(detector, 30)
      const before = state.slice()
      const learn = () => detector.learn(state, offset, contextAt(30, change), y)
      expect(learn).toThrow(RangeError)
      expect(learn).toThrow(what)
      if (y === 1) expect(() => detector.expect(state, offset, contextAt(30, change))).toThrow(what)
      expect(state).toEqual(before)
    })
  })
}
