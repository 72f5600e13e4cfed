/**
 * Outbreaks that the simulator planned: how many are found, how late, at equal false episodes (docs/science.md, section 10), by the engine
 * as it is shipped and by simple detectors on the same ticks. Each seed is folded once; its ticks are kept in a temporary folder.
 */
import { episodes, isPardoned, scoreCalls } from '../models/quality/episodes.ts'
import { cellKeys } from '../src/cells.ts'
import { loadProfile } from '../src/settings/profiles.ts'
import { lattice } from '../src/watch/lattice.ts'
import type { WarningPolicy } from '../streams/profile.ts'
import { type BenchOptions, printResult, progress } from './options.ts'
import { archivedMarket } from './outbreaks/archive.ts'
import { type AtEqualFalse, atEqualFalse, type Seed } from './outbreaks/atEqualFalse.ts'
import { keyOf, market, plannedIn } from './outbreaks/planned.ts'
import { replayCounts, replayDetector, replayOf } from './outbreaks/replay.ts'

const seedsByDefault = [1, 2, 3, 4, 5]
const falsePerWeek = [0.2, 0.5, 1] as const
/** Ticks of a run in which nothing is judged. */
const warmTicks = 14
const others = ['ears-c1', 'ears-c2', 'ears-c3', 'ewma-nb'] as const satisfies readonly WarningPolicy['detector'][]

export async function benchOutbreaks(options: BenchOptions): Promise<void> {
  printResult(await runOutbreaks(options.seeds ?? seedsByDefault), options)
}

async function runOutbreaks(seeds: readonly number[]): Promise<object> {
  const profile = await loadProfile('cn')
  const lines = lattice(profile, cellKeys(profile))
  const byDetector = new Map<string, Seed[]>()
  const shipped: { outbreaks: number; found: number; falseEpisodes: number; weeks: number }[] = []
  for (const seed of seeds) {
    const { truth, ticks } = await archivedMarket(profile, { ...market, seed }, progress)
    const planned = plannedIn(profile, lines, truth)
    const fromTick = ticks[0][0].tick + warmTicks
    const weeks = (ticks.length - warmTicks) / 7
    const add = (detector: string, values: Seed['values']): void => {
      byDetector.set(detector, [...(byDetector.get(detector) ?? []), { values, planned, weeks, fromTick }])
    }
    progress(`seed ${seed}: judging again`)
    const replay = replayOf(profile, ticks)
    const { warnings, values } = replayCounts(replay)
    add('shipped', values)
    for (const detector of others) add(detector, replayDetector(replay, detector))
    const raised = warnings.filter(({ change }) => change === 'raised')
    const calls = raised.map(({ region, industry, tick }) => ({ subject: keyOf(profile, region, industry), tick }))
    const { outbreaks, found } = scoreCalls(calls, planned)
    // All of them, the first ticks and floods included.
    const falseEpisodes = episodes(calls.filter((call) => !planned.some((one) => isPardoned(call, one)))).length
    shipped.push({ outbreaks, found, falseEpisodes, weeks: ticks.length / 7 })
  }
  const at = (detector: string, f: number): AtEqualFalse => atEqualFalse(byDetector.get(detector) ?? [], f)
  const table = Object.fromEntries(
    [...byDetector.keys()].map((detector) => [
      detector,
      Object.fromEntries(falsePerWeek.map((f) => [f, rounded(at(detector, f))])),
    ]),
  )
  const total = (of: (one: (typeof shipped)[number]) => number): number =>
    shipped.reduce((sum, one) => sum + of(one), 0)
  const { exact, delayDays } = at('shipped', 0.5)
  return {
    seeds,
    podAt: Object.fromEntries(falsePerWeek.map((f) => [f, at('shipped', f).pod])),
    exactAt05: exact,
    delayAt05: delayDays,
    shipped: {
      pod: total(({ found }) => found) / total(({ outbreaks }) => outbreaks),
      falsePerCountryWeek: total(({ falseEpisodes }) => falseEpisodes) / total(({ weeks }) => weeks),
      budget: profile.file.warnings.budget.counts,
    },
    outbreaks: total(({ outbreaks }) => outbreaks),
    weeks: total(({ weeks }) => weeks),
    table,
  }
}

function rounded(at: AtEqualFalse): object {
  return Object.fromEntries(Object.entries(at).map(([name, value]) => [name, Number(value.toPrecision(3))]))
}
