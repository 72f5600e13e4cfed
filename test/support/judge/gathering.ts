/** How a stream gathers evidence, as docs/science.md section 7 has it, every sum in full. Part of the judge's oracle. */
import type { Expected } from './sums.ts'
import { chanceOfAtLeast, chancesTo } from './tails.ts'

/** What a stream remembers, and what becomes of it with a count. */
export type Gathering = {
  fresh: readonly number[]
  after: (before: readonly number[], y: number, expected: Expected, nodes: number) => number[]
  value: (memory: readonly number[]) => number
  /** After a call. */
  called: (memory: readonly number[]) => readonly number[]
}

/** Shiryaev-Roberts for a rise to so many times, at most e^8 a tick, capped at 10^4.5 for each node. */
function risen(rises: readonly number[], keep: number): Pick<Gathering, 'after' | 'value'> {
  return {
    after: (before, y, { mean, variance }, nodes) => {
      const isPoisson = variance - mean <= 1e-12 * mean
      const size = isPoisson ? Number.POSITIVE_INFINITY : mean ** 2 / (variance - mean)
      return rises.map((k, at) => {
        const fall = isPoisson ? (k - 1) * mean : (size + y) * Math.log1p(((k - 1) * mean) / (size + mean))
        return Math.min((keep * before[at] + 1) * Math.exp(Math.min(y * Math.log(k) - fall, 8)), 10 ** 4.5 * nodes)
      })
    },
    value: (memory) => memory.reduce((sum, one) => sum + one, 0) / rises.length,
  }
}

const ofDays: Gathering = { fresh: [0, 0, 0], ...risen([2, 4, 8], 0.6), called: (memory) => memory }

const slow = risen([1.5, 2], 0.97)
/** Two ratios, the evidence of two weeks, and the slow clock. */
const ofWeeks: Gathering = {
  fresh: [0, 0, 0, 0, 0],
  after: ([three, six, , ...before], y, expected, nodes) => {
    const ratios = [ratioOf(expected, y, 3), ratioOf(expected, y, 6)]
    const both = (ratios[0] * (1 + three) + ratios[1] * (1 + six)) / 2
    const p = y > expected.mean ? Math.max(1e-30, chanceOfAtLeast(y, expected)) : Number.POSITIVE_INFINITY
    return [...ratios, Math.max(both, 0.031 / p), ...slow.after(before, y, expected, nodes)]
  },
  value: ([, , both, ...rest]) => Math.max((100 / 31) * both, slow.value(rest)),
  called: ([three, six, both]) => [three, six, both, 0, 0],
}

/** P(NB + Poisson(1.1 k sqrt(V) / 2) = y) / P(NB = y). */
function ratioOf(expected: Expected, y: number, k: number): number {
  const excess = (1.1 * k * Math.sqrt(expected.variance)) / 2
  const [more, calm] = [chancesTo(y, { mean: excess, variance: excess }), chancesTo(y, expected)]
  const sum = more.reduce((all, chance, n) => all + chance * calm[y - n], 0)
  return Math.min(Math.exp(30), sum / calm[y])
}

export const gatheringOf = (tickDays: number): Gathering => (tickDays < 7 ? ofDays : ofWeeks)
