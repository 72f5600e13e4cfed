/** Capped Shiryaev-Roberts streams against the formula written out, and the least count that calls against a search one by one. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Expectation } from '../../models/counts/detector.ts'
import { streamCounts } from '../../models/counts/evidence.ts'
import {
  addCount,
  evidenceIn,
  evidenceWith,
  leastCallingCount,
  outbreaks,
  slowRise,
  startStream,
  streamLength,
} from '../../models/counts/shiryaevRoberts.ts'
import { poisson, seeded } from './random.ts'

const means = fc.double({ min: -9, max: 9, noNaN: true }).map((power) => 10 ** power)
const expectations = fc
  .record({ mean: means, phi: fc.double({ min: 1, max: 1000, noNaN: true }), isPoisson: fc.boolean() })
  .map(({ mean, phi, isPoisson }): Expectation => ({ mean, variance: isPoisson ? mean : phi * mean }))
const counts = fc.oneof(fc.nat(5), fc.nat(1000), fc.nat(2 ** 31 - 1))
const nodesOf = fc.integer({ min: 1, max: 4000 })
const states = fc.array(fc.double({ min: 0, max: 1e5, noNaN: true }), { minLength: 3, maxLength: 3 })

/** The formula as it is printed. */
function plain(before: readonly number[], { mean, variance }: Expectation, y: number, nodes: number): number[] {
  const r = variance > mean ? mean ** 2 / (variance - mean) : Number.POSITIVE_INFINITY
  return [2, 4, 8].map((k, at) => {
    const isPoisson = r > 1e12 * mean
    const fall = isPoisson ? (k - 1) * mean : (r + y) * Math.log((r + k * mean) / (r + mean))
    const l = y * Math.log(k) - fall
    return Math.min((0.6 * before[at] + 1) * Math.exp(Math.min(l, 8)), 10 ** 4.5 * nodes)
  })
}

const started = (values: readonly number[] = [0, 0, 0]): Float64Array => Float64Array.from([77, ...values, 77])

describe('a capped Shiryaev-Roberts stream', () => {
  it('follows the formula, touches its own numbers only, and looks without a change', () => {
    const [calm, mild] = [
      { mean: 3, variance: 3 },
      { mean: 2.5, variance: 5 },
    ]
    const state = started()
    let wanted = [0, 0, 0]
    for (const [tick, y] of [3, 0, 4, 9, 12, 15, 30, 2].entries()) {
      const expectation = tick % 2 === 0 ? calm : mild
      wanted = plain(wanted, expectation, y, 20)
      const seen = evidenceWith(state, 1, expectation, { y, nodes: 20 })
      addCount(state, 1, expectation, { y, nodes: 20 })
      expect(evidenceIn(state, 1)).toBe(seen)
      for (const [at, value] of wanted.entries()) expect(state[1 + at] / value).toBeCloseTo(1, 9)
    }
    expect([state[0], state[1 + streamLength]]).toEqual([77, 77])
    startStream(state, 1)
    expect([...state]).toEqual([77, 0, 0, 0, 77])
  })

  it('takes many streams at once to the same bits', () => {
    const streams = fc.array(fc.tuple(states, expectations, counts, nodesOf), { minLength: 1, maxLength: 300 })
    fc.assert(
      fc.property(streams, (all) => {
        const columns = streamCounts(all.length)
        const [one, many] = [0, 1].map(() => Float64Array.from(all.flatMap(([values]) => values)))
        for (const [at, [, expectation, y, nodes]] of all.entries()) {
          columns.offsets[at] = at * streamLength
          columns.means[at] = expectation.mean
          columns.variances[at] = expectation.variance
          columns.counts[at] = y
          columns.nodes[at] = nodes
          addCount(one, at * streamLength, expectation, { y, nodes })
        }
        outbreaks.addAll(many, columns, all.length)
        expect(many).toEqual(one)
      }),
    )
  })

  it('is finite, bounded, and rises with the count, whatever comes', () => {
    fc.assert(
      fc.property(states, expectations, counts, counts, nodesOf, (values, expectation, one, other, nodes) => {
        const state = started(values)
        const [less, more] = [Math.min(one, other), Math.max(one, other)].map((y) =>
          evidenceWith(state, 1, expectation, { y, nodes }),
        )
        expect(less).toBeGreaterThanOrEqual(0)
        expect(more).toBeGreaterThanOrEqual(less)
        expect(more).toBeLessThanOrEqual(10 ** 4.5 * nodes * 1.000001)
      }),
    )
  })

  it('goes on from saved bytes as if it had not stopped', () => {
    const [random, state] = [seeded(5), started()]
    const expectation = { mean: 4, variance: 7 }
    for (let tick = 0; tick < 50; tick++) addCount(state, 1, expectation, { y: poisson(random, 5), nodes: 9 })
    const restored = new Float64Array(state.slice().buffer)
    for (let tick = 0; tick < 50; tick++) {
      const y = poisson(random, 6)
      addCount(state, 1, expectation, { y, nodes: 9 })
      addCount(restored, 1, expectation, { y, nodes: 9 })
    }
    expect(restored).toEqual(state)
  })

  it('calls seldom where nothing happens, and soon where counts double', () => {
    const [random, expectation] = [seeded(6), { mean: 6, variance: 6 }]
    const limit = 25 * 100
    let calls = 0
    const state = started()
    for (let tick = 0; tick < 20_000; tick++) {
      addCount(state, 1, expectation, { y: poisson(random, 6), nodes: 100 })
      if (evidenceIn(state, 1) > limit) calls++
    }
    expect(calls).toBeLessThan(6)
    startStream(state, 1)
    const delays = Array.from({ length: 20 }, () => {
      startStream(state, 1)
      for (let tick = 1; ; tick++) {
        addCount(state, 1, expectation, { y: poisson(random, 15), nodes: 100 })
        if (evidenceIn(state, 1) > limit) return tick
      }
    })
    expect(delays.reduce((sum, delay) => sum + delay) / 20).toBeLessThan(5)
  })

  it('refuses counts and expectations that cannot be, and keeps its state', () => {
    const state = started([1, 2, 3])
    const at = { y: 1, nodes: 5 }
    const calm = { mean: 2, variance: 2 }
    expect(() => addCount(state, 1, calm, { ...at, y: 1.5 })).toThrow(RangeError)
    expect(() => addCount(state, 1, calm, { ...at, y: -1 })).toThrow(RangeError)
    expect(() => addCount(state, 1, { mean: 0, variance: 1 }, at)).toThrow(/mean/)
    expect(() => addCount(state, 1, { mean: Number.NaN, variance: 1 }, at)).toThrow(/mean/)
    expect(() => addCount(state, 1, calm, { ...at, nodes: 0 })).toThrow(/nodes/)
    expect([...state]).toEqual([77, 1, 2, 3, 77])
  })
})

describe('the slow clock', () => {
  const limit = 600

  function delay(mean: number, seed: number): number {
    const [random, state] = [seeded(seed), new Float64Array(slowRise.length)]
    for (let week = 1; week < 200; week++) {
      slowRise.add(state, 0, { mean: 5, variance: 5 }, { y: poisson(random, mean), nodes: 1 })
      if (slowRise.evidenceIn(state, 0) > limit) return week
    }
    return 200
  }

  it('finds half as many again within months, twice as many within weeks, and seldom anything where there is nothing', () => {
    const seeds = Array.from({ length: 40 }, (_, seed) => seed)
    const median = (mean: number): number => seeds.map((seed) => delay(mean, seed)).sort((a, b) => a - b)[20]
    expect(median(7.5)).toBeLessThan(20)
    expect(median(10)).toBeLessThan(8)
    expect(seeds.filter((seed) => delay(5, seed) < 200).length).toBeLessThan(10)
  })

  it('has two numbers a stream, and the same formula', () => {
    const state = Float64Array.from([4, 9])
    slowRise.add(state, 0, { mean: 3, variance: 6 }, { y: 5, nodes: 1 })
    for (const [at, k] of [1.5, 2].entries()) {
      const l = 5 * Math.log(k) - 8 * Math.log((3 + k * 3) / 6)
      expect(state[at]).toBeCloseTo((0.97 * [4, 9][at] + 1) * Math.exp(l), 9)
    }
  })
})

describe('the least count that calls', () => {
  it('is the one at which the evidence first exceeds the limit', () => {
    const limits = fc.record({
      evidenceMin: fc.double({ min: 0.01, max: 1e6, noNaN: true }),
      nodes: nodesOf,
      countMin: fc.integer({ min: 1, max: 5 }),
    })
    fc.assert(
      fc.property(states, expectations, limits, (values, expectation, { evidenceMin, nodes, countMin }) => {
        const state = started(values)
        const least = leastCallingCount(state, 1, expectation, { evidenceMin, nodes, countMin })
        const calls = (y: number): boolean =>
          y >= countMin && y > expectation.mean && evidenceWith(state, 1, expectation, { y, nodes }) > evidenceMin
        if (least === undefined) {
          expect(calls(2 ** 52)).toBe(false)
        } else {
          expect(Number.isSafeInteger(least)).toBe(true)
          expect(calls(least)).toBe(true)
          expect(calls(least - 1)).toBe(false)
        }
      }),
    )
  })

  it.each([
    // of one stream: three events where .1 was expected are e^6 at k = 8
    [[0, 0, 0], { mean: 0.1, variance: 0.1 }, 25, 3],
    [[0, 0, 0], { mean: 10, variance: 10 }, 25, 21],
    [[0, 0, 0], { mean: 10, variance: 40 }, 25, 37],
    [[200, 0, 0], { mean: 10, variance: 10 }, 25, 14],
    [[0, 0, 0], { mean: 1, variance: 1 }, 3000, undefined], // e^8 is 2,981
  ])('after %j and with %j expected, above %d it is %s', (values, expectation, evidenceMin, least) => {
    expect(leastCallingCount(started(values), 1, expectation, { evidenceMin, nodes: 1, countMin: 3 })).toBe(least)
  })
})
