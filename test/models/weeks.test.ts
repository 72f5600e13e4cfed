/** Evidence of weeks: the larger of two weeks' and of the slow clock's, what a call takes back, and the least count that calls. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Expectation } from '../../models/counts/detector.ts'
import { streamCounts } from '../../models/counts/evidence.ts'
import { evidenceByTick } from '../../models/counts/evidenceByTick.ts'
import { outbreaks, slowRise } from '../../models/counts/shiryaevRoberts.ts'
import { addWeek, evidenceOfOnePercent, twoWeeksEvidenceIn, twoWeeksLength } from '../../models/counts/twoWeeks.ts'
import { weeks } from '../../models/counts/weeks.ts'
import { poisson, seeded } from './random.ts'

const expectations = fc
  .record({
    mean: fc.double({ min: -2, max: 2.5, noNaN: true }).map((power) => 10 ** power),
    phi: fc.oneof(fc.constant(1), fc.double({ min: 1, max: 8, noNaN: true })),
  })
  .map(({ mean, phi }): Expectation => ({ mean, variance: phi * mean }))
const histories = fc.array(fc.nat(60), { maxLength: 4 })

function gathered(expectation: Expectation, counts: readonly number[]): Float64Array {
  const state = Float64Array.from([77, ...Array(weeks.length).fill(0), 77])
  for (const y of counts) weeks.add(state, 1, expectation, { y, nodes: 9 })
  return state
}

describe('evidence of weeks', () => {
  it('is that of ticks from a week on', () => {
    expect([1 / 24, 1, 7].map(evidenceByTick)).toEqual([outbreaks, outbreaks, weeks])
  })

  it('is the larger of two weeks and of the slow clock, and looks without a change', () => {
    fc.assert(
      fc.property(expectations, histories, fc.nat(90), (expectation, counts, y) => {
        const [two, slow] = [new Float64Array(twoWeeksLength), new Float64Array(slowRise.length)]
        for (const count of [...counts, y]) {
          addWeek(two, 0, expectation, count)
          slowRise.add(slow, 0, expectation, { y: count, nodes: 9 })
        }
        const wanted = Math.max((100 / evidenceOfOnePercent) * twoWeeksEvidenceIn(two, 0), slowRise.evidenceIn(slow, 0))
        const state = gathered(expectation, counts)
        const before = [...state]
        expect(weeks.evidenceWith(state, 1, expectation, { y, nodes: 9 })).toBe(wanted)
        expect([...state]).toEqual(before)
        weeks.add(state, 1, expectation, { y, nodes: 9 })
        expect(weeks.evidenceIn(state, 1)).toBe(wanted)
        expect([state[0], state.at(-1)]).toEqual([77, 77])
        weeks.start(state, 1)
        expect([...state]).toEqual([77, ...Array(weeks.length).fill(0), 77])
      }),
    )
  })

  it('finds a rise that no week shows, and begins to look for the next after a call', () => {
    const [random, expectation] = [seeded(3), { mean: 5, variance: 5 }]
    const state = gathered(expectation, [])
    let week = 0
    while (weeks.evidenceIn(state, 1) <= 600 && week < 60) {
      const y = Math.min(poisson(random, 9), 11) // 11 of 5: p = .014
      weeks.add(state, 1, expectation, { y, nodes: 1 })
      week++
    }
    expect(week).toBeLessThan(20)
    expect(week).toBeGreaterThan(3)
    const columns = streamCounts(1)
    columns.offsets[0] = 1
    columns.means[0] = columns.variances[0] = columns.counts[0] = 5
    columns.nodes[0] = 1
    columns.limits[0] = 100
    weeks.addAll(state, columns, 1)
    expect(weeks.evidenceIn(state, 1)).toBeLessThan(200)
  })

  it('calls from a least count on, and with every larger one', () => {
    const limits = fc.record({
      evidenceMin: fc.double({ min: 0, max: 6, noNaN: true }).map((power) => 10 ** power),
      countMin: fc.integer({ min: 1, max: 5 }),
    })
    fc.assert(
      fc.property(expectations, histories, limits, (expectation, counts, { evidenceMin, countMin }) => {
        const state = gathered(expectation, counts)
        const calls = (y: number): boolean =>
          y >= countMin &&
          y > expectation.mean &&
          weeks.evidenceWith(state, 1, expectation, { y, nodes: 9 }) > evidenceMin
        const least = weeks.leastCallingCount(state, 1, expectation, { evidenceMin, nodes: 9, countMin })
        if (least === undefined) throw new Error('some count is unlikely enough')
        expect(calls(least - 1)).toBe(false)
        for (const more of [0, 1, 2, 5, 20, 100, 1000]) expect(calls(least + more)).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  it('refuses what cannot be, and keeps its state', () => {
    const expectation = { mean: 2, variance: 2 }
    const state = gathered(expectation, [3])
    const before = [...state]
    expect(() => weeks.add(state, 1, expectation, { y: -1, nodes: 1 })).toThrow(RangeError)
    expect(() => weeks.add(state, 1, { mean: 0, variance: 2 }, { y: 1, nodes: 1 })).toThrow(/mean/)
    expect([...state]).toEqual(before)
  })
})
