/** The scan statistic against plain looks at all sets, and its chance against draws. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bestSet, type Family, logLikelihoodRatio } from '../../models/scan/kulldorff.ts'
import { nullScores, pOf } from '../../models/scan/monteCarlo.ts'
import { Sfc32 } from '../../streams/sfc32.ts'
import { poisson, seeded } from './random.ts'

const poissonFamily = (means: readonly number[], zones = [[...means.keys()]]): Family => {
  const all = Float64Array.from(means)
  return { means: all, variances: all.slice(), zones }
}

describe('the likelihood ratio', () => {
  test('is that of two binomial rates: ln C(10, 4) terms cancel', () => {
    // 4 of 10 where 1 of 10 is usual: 4 ln 4 + 6 ln(6 / 9)
    expect(logLikelihoodRatio(4, 1, 10)).toBeCloseTo(4 * Math.log(4) + 6 * Math.log(6 / 9), 12)
    expect(logLikelihoodRatio(10, 1, 10)).toBeCloseTo(10 * Math.log(10), 12)
    expect(logLikelihoodRatio(1, 1, 10)).toBe(0)
    expect(logLikelihoodRatio(0, 1, 10)).toBe(0)
  })
  test('comes to count ln(count / expected) - (count - expected) in a large country', () => {
    expect(logLikelihoodRatio(20, 10, 1e9)).toBeCloseTo(20 * Math.log(2) - 10, 6)
  })
})

/** The best of all sets of two to four members that rise, none of which has more than three quarters of the score. */
function plainBest(counts: readonly number[], means: readonly number[]): number {
  const [total, usual] = [counts, means].map((all) => all.reduce((sum, one) => sum + one, 0))
  let best = 0
  for (let set = 1; set < 2 ** counts.length; set++) {
    const members = [...counts.keys()].filter((at) => (set >> at) & 1)
    if (members.length < 2 || members.length > 4) continue
    const expected = (at: number): number => (means[at] * total) / usual
    if (members.some((at) => counts[at] < 3 || counts[at] <= expected(at))) continue
    const sum = (of: (at: number) => number): number => members.reduce((all, at) => all + of(at), 0)
    const score = logLikelihoodRatio(
      sum((at) => counts[at]),
      sum(expected),
      total,
    )
    const own = Math.max(...members.map((at) => logLikelihoodRatio(counts[at], expected(at), total)))
    if (own <= 0.75 * score) best = Math.max(best, score)
  }
  return best
}

test('no set scores better than the one that is found, but for what one member has too much of', () => {
  const node = fc.record({
    count: fc.integer({ min: 0, max: 30 }),
    mean: fc.double({ min: 0.5, max: 15, noNaN: true }),
  })
  fc.assert(
    fc.property(fc.array(node, { minLength: 2, maxLength: 8 }), (nodes) => {
      const [counts, means] = [nodes.map(({ count }) => count), nodes.map(({ mean }) => mean)]
      const found = bestSet(counts, poissonFamily(means))
      const plain = plainBest(counts, means)
      expect(found?.score ?? 0).toBeLessThanOrEqual(plain + 1e-9)
      if (found === undefined) return
      expect(found.members.length).toBeGreaterThanOrEqual(2)
      expect(found.count).toBe(found.members.reduce((sum, at) => sum + counts[at], 0))
      expect(found.count).toBeGreaterThan(found.expected)
    }),
    { numRuns: 300 },
  )
})

test('what is looked for only above a score is the same set, or none', () => {
  const node = fc.record({
    count: fc.integer({ min: 0, max: 60 }),
    mean: fc.double({ min: 0.1, max: 15, noNaN: true }),
    dispersion: fc.double({ min: 1, max: 5, noNaN: true }),
  })
  fc.assert(
    fc.property(fc.array(node, { minLength: 2, maxLength: 12 }), (nodes) => {
      const counts = nodes.map(({ count }) => count)
      const [even, odd] = [0, 1].map((rest) => [...nodes.keys()].filter((at) => at % 2 === rest))
      const family: Family = {
        means: Float64Array.from(nodes, ({ mean }) => mean),
        variances: Float64Array.from(nodes, ({ mean, dispersion }) => mean * dispersion),
        zones: [even, odd, [...nodes.keys()]],
      }
      const found = bestSet(counts, family)
      if (found === undefined) return
      expect(bestSet(counts, family, found.score * (1 - 1e-12))).toEqual(found)
      expect(bestSet(counts, family, found.score)).toBeUndefined()
    }),
    { numRuns: 500 },
  )
})

describe('the best set', () => {
  const means = [10, 10, 10, 10, 10, 10]
  test('is the two that rose, and not what one alone shows', () => {
    expect(bestSet([25, 10, 24, 9, 11, 8], poissonFamily(means))?.members).toEqual([0, 2])
    expect(bestSet([60, 11, 10, 10, 10, 10], poissonFamily(means))).toBeUndefined()
  })
  test('is none where the whole parent rose', () => {
    expect(bestSet([30, 30, 30, 30, 30, 30], poissonFamily(means))).toBeUndefined()
  })
  test('lies in one zone', () => {
    const zones = [
      [0, 1],
      [2, 3],
      [4, 5],
    ]
    expect(bestSet([25, 22, 24, 9, 11, 8], poissonFamily(means, zones))?.members).toEqual([0, 1])
  })
  test('of restless nodes says less', () => {
    const calm = poissonFamily(means)
    const restless = { ...calm, variances: calm.variances.map((one) => 3 * one) }
    const [one, other] = [calm, restless].map((family) => bestSet([25, 10, 24, 9, 11, 8], family)?.score ?? 0)
    expect(other).toBeCloseTo(one / 3, 9)
  })
  test('of no events is none', () => {
    expect(bestSet([0, 0, 0, 0, 0, 0], poissonFamily(means))).toBeUndefined()
  })
})

describe('chance', () => {
  const families = Array.from({ length: 20 }, (_, at) => poissonFamily(Array.from({ length: 10 }, () => 1 + (at % 7))))
  const drawn = (score: number) => nullScores(families, { replicates: 99, draws: new Sfc32(1, 'test'), score })
  const nulls = drawn(Number.POSITIVE_INFINITY) ?? { location: Number.NaN, scale: Number.NaN }

  test('the same draws give the same numbers', () => {
    expect(drawn(Number.POSITIVE_INFINITY)).toEqual(nulls)
  })
  test('an ordinary score is not looked at to the end; one that calls is, with the same numbers', () => {
    expect(pOf(nulls.location, nulls)).toBeGreaterThan(0.6)
    expect(drawn(nulls.location)).toBeUndefined()
    const rare = nulls.location + 3 * nulls.scale
    expect(pOf(rare, nulls)).toBeLessThan(0.1)
    expect(drawn(rare)).toEqual(nulls)
  })
  test('p falls with the score, from near 1 to the tail of a Gumbel distribution', () => {
    expect(pOf(0, nulls)).toBeGreaterThan(0.9)
    expect(pOf(nulls.location + 3 * nulls.scale, nulls)).toBeCloseTo(1 - Math.exp(-Math.exp(-3)), 9)
    expect(pOf(nulls.location + 40 * nulls.scale, nulls)).toBeGreaterThan(0)
  })
  test('quiet countries are called about as often as p says', () => {
    const random = seeded(5)
    const runs = 200
    let called = 0
    for (let run = 0; run < runs; run++) {
      const best = families.map(
        (family) =>
          bestSet(
            family.means.map((mean) => poisson(random, mean)),
            family,
          )?.score ?? 0,
      )
      if (pOf(Math.max(...best), nulls) < 0.1) called++
    }
    expect(called / runs).toBeGreaterThan(0.04)
    expect(called / runs).toBeLessThan(0.2)
  })
})
