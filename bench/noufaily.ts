/**
 * Weekly counts: the share of outbreaks found (POD) on the design of Noufaily et al. (2013) where 1 % of all calm weeks are called, by the
 * evidence of two weeks, by p of one week, and by the same evidence of an oracle that knows mean and dispersion. Every detector gets the same
 * series and its own limit. Evidence is gathered by what the program judges weeks by; its slow clock, which looks for rises over months, is told of on
 * standard error: one-off outbreaks are not for it. Two shapes that last longer are printed beside it, on standard error.
 */
import type { CountContext } from '../models/counts/detector.ts'
import { judge } from '../models/counts/detector.ts'
import { recursiveGlm } from '../models/counts/recursion.ts'
import { addWeek, evidenceOfOnePercent, twoWeeksEvidenceIn, twoWeeksLength } from '../models/counts/twoWeeks.ts'
import { weeks as judgedBy } from '../models/counts/weeks.ts'
import { judgedWeeks, type Series, type Shape, scenarios, seriesOf, shapes, weeks } from './counts/noufailyDesign.ts'
import { type BenchOptions, printResult, progress } from './options.ts'

const falsePositiveRate = 0.01
/** What evidence must exceed where 50 nodes share a budget of .2 episodes a week. */
const limitOfCountry = 446
const detectors = ['twoWeeks', 'oneWeek', 'oracle', 'withSlowClock'] as const
type Scores = Readonly<Record<(typeof detectors)[number], Float64Array>>
type Scored = { series: Series; scores: Scores }

export async function benchNoufaily(options: BenchOptions): Promise<void> {
  const { seed = 1, replicates = 100 } = options
  for (const shape of shapes.filter((one) => one !== 'design')) {
    const { pod, pairedGain, pairedGainSe } = summaryOf(scoredAll(seed, Math.ceil(replicates / 2), shape))
    progress(
      `${shape}: POD ${pod.toFixed(3)}, gain over one week ${pairedGain.toFixed(3)} (se ${pairedGainSe.toFixed(3)})`,
    )
  }
  const scored = scoredAll(seed, replicates, 'design')
  const shipped = falseShare(scored, 'twoWeeks', evidenceOfOnePercent)
  progress(`at the shipped limit of ${evidenceOfOnePercent}: ${(100 * shipped).toFixed(2)} % of calm weeks`)
  const whole = falseShare(scored, 'withSlowClock', limitOfCountry)
  const alone = falseShare(scored, 'twoWeeks', (limitOfCountry * evidenceOfOnePercent) / 100)
  progress(
    `above evidence of ${limitOfCountry}, the limit of 50 states: ${(100 * alone).toFixed(2)} % by two weeks, ${(100 * whole).toFixed(2)} % with the slow clock`,
  )
  printResult({ replicates, seed, ...summaryOf(scored) }, options)
}

function scoredAll(seed: number, replicates: number, shape: Shape): Scored[] {
  return scenarios.flatMap((_, scenario) =>
    Array.from({ length: replicates }, (_, replicate) => scoredOf(seriesOf(scenario, { seed, replicate }, shape))),
  )
}

function scoredOf(series: Series): Scored {
  const state = new Float64Array(recursiveGlm.stateLength)
  const [own, known] = [new Float64Array(judgedBy.length), new Float64Array(twoWeeksLength)]
  const scores = {
    twoWeeks: new Float64Array(judgedWeeks),
    oneWeek: new Float64Array(judgedWeeks),
    oracle: new Float64Array(judgedWeeks),
    withSlowClock: new Float64Array(judgedWeeks),
  }
  const begins = weeks - judgedWeeks
  recursiveGlm.start(state, 0)
  for (const [week, y] of series.counts.entries()) {
    const context = contextOf(week, Math.exp(scenarios[series.scenario].theta))
    if (week >= begins - 1) {
      const expectation = recursiveGlm.expect(state, 0, context)
      judgedBy.add(own, 0, expectation, { y, nodes: 1 })
      addWeek(known, 0, { mean: series.means[week], variance: series.phi * series.means[week] }, y)
      if (week >= begins) {
        scores.twoWeeks[week - begins] = twoWeeksEvidenceIn(own, 0)
        scores.oneWeek[week - begins] = 1 / judge(expectation, y).p
        scores.withSlowClock[week - begins] = judgedBy.evidenceIn(own, 0)
        scores.oracle[week - begins] = twoWeeksEvidenceIn(known, 0)
      }
    }
    recursiveGlm.learn(state, 0, context, y)
  }
  return { series, scores }
}

/** A prior as vague as siblings' that lie within a factor of two of each other. */
function contextOf(week: number, rate: number): CountContext {
  const prior = { rate, shape: 2 }
  return {
    tick: week,
    yearPhase: (week % 52) / 52,
    weekFactor: 1,
    exposure: 1,
    prior,
    seasonKnown: week >= 52,
    tickDays: 7,
  }
}

function summaryOf(scored: readonly Scored[]) {
  const found = Object.fromEntries(
    detectors.map((of): [string, number[]] => [of, foundBy(scored, of, limitAt(scored, of))]),
  )
  const gains = found.twoWeeks.map((one, at) => one - found.oneWeek[at])
  const limit = limitAt(scored, 'twoWeeks')
  const shares = scenarios.map((_, scenario) =>
    falseShare(
      scored.filter(({ series }) => series.scenario === scenario),
      'twoWeeks',
      limit,
    ),
  )
  return {
    pod: mean(found.twoWeeks),
    podOracle: mean(found.oracle),
    podOneWeek: mean(found.oneWeek),
    pairedGain: mean(gains),
    pairedGainSe: Math.sqrt(mean(gains.map((gain) => (gain - mean(gains)) ** 2)) / gains.length),
    fprLowest: Math.min(...shares),
    fprHighest: Math.max(...shares),
  }
}

/** Scores of the weeks that are no part of the outbreak. */
function calmScores(scored: readonly Scored[], of: keyof Scores): number[] {
  return scored.flatMap(({ series, scores }) =>
    [...scores[of]].filter((_, at) => !series.outbreak.has(weeks - judgedWeeks + at)),
  )
}

/** The score that 1 % of the calm weeks exceed. */
function limitAt(scored: readonly Scored[], of: keyof Scores): number {
  const calm = Float64Array.from(calmScores(scored, of)).sort()
  return calm[Math.ceil((1 - falsePositiveRate) * calm.length) - 1]
}

function falseShare(scored: readonly Scored[], of: keyof Scores, limit: number): number {
  const calm = calmScores(scored, of)
  return calm.filter((score) => score > limit).length / calm.length
}

/** 1 for each outbreak with a week above the limit, else 0. */
function foundBy(scored: readonly Scored[], of: keyof Scores, limit: number): number[] {
  return scored.map(({ series, scores }) =>
    [...series.outbreak].some((week) => scores[of][week - (weeks - judgedWeeks)] > limit) ? 1 : 0,
  )
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
