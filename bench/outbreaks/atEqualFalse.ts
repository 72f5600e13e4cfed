/** Calls at one multiplier on all limits, chosen so that false episodes a country-week are as many as asked for. */
import { type Call, type Planned, type Score, scoreCalls } from '../../models/quality/episodes.ts'
import type { Value } from './replay.ts'

/** What one seed brought under one detector. */
export type Seed = { values: readonly Value[]; planned: readonly Planned[]; weeks: number; fromTick: number }

export type AtEqualFalse = {
  limit: number
  falsePerWeek: number
  pod: number
  podSe: number
  exact: number
  delayDays: number
}

const steps = 40

/** The lowest limit at which false episodes a week are no more than `falsePerWeek`. */
export function atEqualFalse(seeds: readonly Seed[], falsePerWeek: number): AtEqualFalse {
  const most = seeds.reduce((all, { values }) => values.reduce((max, { value }) => Math.max(max, value), all), 1)
  let [low, high] = [0, Math.log(most) + 1]
  for (let step = 0; step < steps; step++) {
    const middle = (low + high) / 2
    if (atLimit(seeds, Math.exp(middle)).falsePerWeek > falsePerWeek) low = middle
    else high = middle
  }
  return atLimit(seeds, Math.exp(high))
}

export function atLimit(seeds: readonly Seed[], limit: number): AtEqualFalse {
  const scores = seeds.map(({ values, planned, fromTick }): Score => {
    const calls: Call[] = values.filter(({ value, tick }) => value > limit && tick >= fromTick)
    return scoreCalls(calls, planned)
  })
  const sum = (of: (score: Score) => number): number => scores.reduce((total, score) => total + of(score), 0)
  const outbreaks = sum((score) => score.outbreaks)
  const pod = sum((score) => score.found) / outbreaks
  return {
    limit,
    falsePerWeek: sum((score) => score.falseEpisodes) / seeds.reduce((weeks, seed) => weeks + seed.weeks, 0),
    pod,
    podSe: Math.sqrt((pod * (1 - pod)) / outbreaks),
    exact: sum((score) => score.exact) / outbreaks,
    delayDays: sum((score) => score.delayTicks) / outbreaks,
  }
}
