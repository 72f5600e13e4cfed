/**
 * Evidence of weekly counts: the larger of that of two weeks (twoWeeks.ts), for outbreaks, and that of the slow clock (shiryaevRoberts.ts), for
 * rises over months that no week shows.
 *
 *     evidence = max((100 / 31) (two weeks), slow clock)
 *
 * Two weeks exceed 31 once in 100 calm weeks, so both come by chance about once in as many weeks as they say. A call sets the slow clock back:
 * what goes on is called again later, beside what has been learnt since.
 *
 * A stream's state: three doubles of two weeks, two of the slow clock.
 */
import { checkCount, type Expectation } from './detector.ts'
import { type Counted, type Evidence, leastWith } from './evidence.ts'
import { slowRise } from './shiryaevRoberts.ts'
import {
  addWeek,
  evidenceOfOnePercent,
  startTwoWeeks,
  twoWeeksEvidence,
  twoWeeksEvidenceIn,
  twoWeeksLength,
} from './twoWeeks.ts'

/** Of evidence of two weeks to weeks in which it comes once by chance. */
const scale = 100 / evidenceOfOnePercent
const countMax = 2 ** 40

export const weeks: Evidence = {
  length: twoWeeksLength + slowRise.length,
  start(state, offset) {
    startTwoWeeks(state, offset)
    slowRise.start(state, offset + twoWeeksLength)
  },
  add,
  addAll(state, columns, length) {
    const { offsets, means, variances, counts, nodes, limits } = columns
    for (let at = 0; at < length; at++) {
      const expectation = { mean: means[at], variance: variances[at] }
      add(state, offsets[at], expectation, { y: counts[at], nodes: nodes[at] })
      if (evidenceIn(state, offsets[at]) > limits[at]) slowRise.start(state, offsets[at] + twoWeeksLength)
    }
  },
  evidenceIn,
  evidenceWith,
  mostWith: () => Number.POSITIVE_INFINITY,
  leastCallingCount(state, offset, expectation, { evidenceMin, nodes, countMin }) {
    const calls = (y: number): boolean => evidenceWith(state, offset, expectation, { y, nodes }) > evidenceMin
    const least = Math.max(countMin, Math.floor(expectation.mean) + 1)
    let most = 2 * least
    while (most < countMax && !calls(most)) most *= 2
    return leastWith(calls, least, most)
  },
}

function add(state: Float64Array, offset: number, expectation: Expectation, counted: Counted): void {
  checkCount(counted.y)
  addWeek(state, offset, expectation, counted.y)
  slowRise.add(state, offset + twoWeeksLength, expectation, counted)
}

function evidenceIn(state: Float64Array, offset: number): number {
  return Math.max(scale * twoWeeksEvidenceIn(state, offset), slowRise.evidenceIn(state, offset + twoWeeksLength))
}

function evidenceWith(state: Float64Array, offset: number, expectation: Expectation, counted: Counted): number {
  return Math.max(
    scale * twoWeeksEvidence(state, offset, expectation, counted.y),
    slowRise.evidenceWith(state, offset + twoWeeksLength, expectation, counted),
  )
}
