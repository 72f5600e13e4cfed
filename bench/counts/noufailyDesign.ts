/**
 * The simulation design of Noufaily et al. (2013), "An improved algorithm for outbreak detection in multiple surveillance systems": 28
 * scenarios (7 levels, each with and without trend and season), 624 weeks, of which the last 49 are judged. Four outbreaks lie in the weeks
 * before, one in the judged ones; each is Poisson(k sd), k = 1..10 and sd that of the week in which it begins.
 */
import { drawsOf, negativeBinomial, normal, poisson, type Random } from './draws.ts'

export const weeks = 624
export const judgedWeeks = 49

/** theta, phi, beta, gamma1, gamma2. */
const levels = [
  [0.1, 1.5, 0.0025, 0.6, 0.6],
  [-2, 2, 0.005, 0.1, 0.3],
  [1.5, 1, 0.003, 0.2, -0.4],
  [0.5, 5, 0.002, 0.5, 0.5],
  [2.5, 3, 0.001, 1, 0.1],
  [3.75, 1.1, 0.001, 0.1, -0.1],
  [5, 1.2, 0.0001, 0.05, 0.01],
] as const

export type Scenario = { theta: number; phi: number; beta: number; gamma1: number; gamma2: number }

export const scenarios: readonly Scenario[] = levels.flatMap(([theta, phi, beta, gamma1, gamma2]) =>
  [false, true].flatMap((trend) =>
    [false, true].map((season) => ({
      theta,
      phi,
      beta: trend ? beta : 0,
      gamma1: season ? gamma1 : 0,
      gamma2: season ? gamma2 : 0,
    })),
  ),
)

/**
 * How the cases of the judged outbreak lie. `design`: each floor(LogNormal(0, .5)) weeks after its beginning, so half in the first week.
 * `ramp`: rising over six weeks; `plateau`: even over four; both with as many cases as the design's.
 */
export const shapes = ['design', 'ramp', 'plateau'] as const
export type Shape = (typeof shapes)[number]

export type Series = {
  readonly scenario: number
  readonly phi: number
  readonly means: readonly number[]
  readonly counts: readonly number[]
  /** Weeks of the judged outbreak. */
  readonly outbreak: ReadonlySet<number>
}

export function seriesOf(scenario: number, keys: { seed: number; replicate: number }, shape: Shape): Series {
  const { theta, phi, beta, gamma1, gamma2 } = scenarios[scenario]
  const random = drawsOf(keys.seed, scenario, keys.replicate)
  const means = Array.from({ length: weeks }, (_, week) => {
    const angle = (2 * Math.PI * (week + 1)) / 52
    return Math.exp(theta + beta * (week + 1) + gamma1 * Math.cos(angle) + gamma2 * Math.sin(angle))
  })
  const counts = means.map((mean) => negativeBinomial(random, mean, phi))
  const begins = weeks - judgedWeeks
  const spread = (start: number, of: Shape): ReadonlySet<number> => {
    const sd = Math.sqrt(phi * means[start])
    const cases = casesOf(random, (1 + Math.floor(10 * random())) * sd)
    const where = Array.from({ length: cases }, () => start + delayOf(random, of)).filter((week) => week < weeks)
    for (const week of where) counts[week]++
    return new Set(where)
  }
  for (let before = 0; before < 4; before++) spread(Math.floor(random() * (begins - 10)), 'design')
  return { scenario, phi, means, counts, outbreak: spread(begins + Math.floor(random() * judgedWeeks), shape) }
}

/** An outbreak without a case is none. */
function casesOf(random: Random, mean: number): number {
  for (;;) {
    const cases = poisson(random, mean)
    if (cases > 0) return cases
  }
}

function delayOf(random: Random, shape: Shape): number {
  if (shape === 'ramp') return Math.floor(6 * Math.sqrt(random()))
  if (shape === 'plateau') return Math.floor(4 * random())
  return Math.floor(Math.exp(0.5 * normal(random)))
}
