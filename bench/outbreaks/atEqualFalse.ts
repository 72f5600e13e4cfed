/** Calls at one multiplier on all limits, chosen so that false episodes a country-week are as many as asked for. */
import { type Call, type Planned, type Score, scoreCalls } from '../../models/quality/episodes.ts'
import { callsAt, type Value } from './replay.ts'

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
const halvings = 12

/**
 * The lowest limit found at which false episodes a week are no more than `falsePerWeek`. They may become more as a limit rises, because one
 * long run of calls falls apart into several: so halves of the first limit found are looked at as well.
 */
export function atEqualFalse(seeds: readonly Seed[], falsePerWeek: number): AtEqualFalse {
  const logs = seeds.flatMap(({ values }) => values.map(({ value }) => Math.log(value)))
  const [least, most] = logs.reduce(([min, max], log) => [Math.min(min, log), Math.max(max, log)], [0, 0])
  const isWithin = (log: number): boolean => atLimit(seeds, Math.exp(log)).falsePerWeek <= falsePerWeek
  const first = crossing(isWithin, least, most)
  const halves = Array.from({ length: halvings }, (_, at) => first - (at + 1) * Math.LN2)
  const lowest = halves.filter((log) => log > least && isWithin(log)).at(-1)
  return atLimit(seeds, Math.exp(lowest === undefined ? first : crossing(isWithin, lowest - Math.LN2, lowest)))
}

function crossing(isWithin: (log: number) => boolean, from: number, to: number): number {
  let [low, high] = [from, to]
  for (let step = 0; step < steps; step++) {
    const middle = (low + high) / 2
    if (isWithin(middle)) high = middle
    else low = middle
  }
  return high
}

export function atLimit(seeds: readonly Seed[], limit: number): AtEqualFalse {
  const scores = seeds.map(({ values, planned, fromTick }): Score => {
    const calls: Call[] = values.filter((one) => one.tick >= fromTick && callsAt(one, limit))
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
