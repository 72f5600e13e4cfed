/**
 * Pairs of outbreaks beside each other, each of half the strength: how many clusters find, at so many false episodes a week. A pair is found
 * by a cluster, called within its time or a window after it, that touches both of its cells; a false one touches no outbreak of its
 * time or the 17 days after.
 */
import { episodes, isPardoned, type Planned } from '../models/quality/episodes.ts'
import { cellKeys } from '../src/cells.ts'
import { loadProfile } from '../src/settings/profiles.ts'
import type { Truth } from '../src/simulate/truth.ts'
import { type Lattice, lattice } from '../src/watch/lattice.ts'
import type { Profile } from '../streams/profile.ts'
import { type BenchOptions, printResult, progress } from './options.ts'
import { archivedMarket } from './outbreaks/archive.ts'
import { market, plannedIn } from './outbreaks/planned.ts'
import { type Cluster, replayClusters, replayOf } from './outbreaks/replay.ts'

const seedsByDefault = [1, 2, 3, 4, 5]
const falsePerWeekMax = 0.1
const foundTicksAfter = 7

type Pair = { startTick: number; endTick: number; halves: Planned[] }
type Run = { clusters: Cluster[]; pairs: Pair[]; planned: Planned[]; weeks: number }

export async function benchClusters(options: BenchOptions): Promise<void> {
  printResult(await runClusters(options.seeds ?? seedsByDefault), options)
}

async function runClusters(seeds: readonly number[]): Promise<object> {
  const profile = await loadProfile('cn')
  const lines = lattice(profile, cellKeys(profile))
  const runs: Run[] = []
  for (const seed of seeds) {
    const { truth, ticks } = await archivedMarket(profile, { ...market, halves: true, seed }, progress)
    progress(`seed ${seed}: judging again`)
    const planned = plannedIn(profile, lines, truth)
    const clusters = replayClusters(replayOf(profile, ticks))
    runs.push({ clusters, planned, pairs: pairsIn(profile, lines, truth), weeks: ticks.length / 7 })
  }
  const limits = [...new Set(runs.flatMap(({ clusters }) => clusters.map(({ p }) => p)))].sort((a, b) => a - b)
  const fits = limits.findLast((limit) => at(runs, limit).falsePerWeek <= falsePerWeekMax) ?? 0
  return {
    seeds,
    ...at(runs, fits),
    limit: fits,
    pairs: runs.flatMap(({ pairs }) => pairs).length,
    shipped: at(runs, 0.1),
  }
}

/** What clusters of a p up to a limit find. */
function at(runs: readonly Run[], limit: number): { pod: number; falsePerWeek: number } {
  let [found, pairs, falseEpisodes, weeks] = [0, 0, 0, 0]
  for (const run of runs) {
    const clusters = run.clusters.filter(({ p }) => p <= limit)
    pairs += run.pairs.length
    weeks += run.weeks
    found += run.pairs.filter((pair) => clusters.some((cluster) => finds(cluster, pair))).length
    const isFalse = ({ members, tick }: Cluster): boolean =>
      !members.some((subject) => run.planned.some((one) => isPardoned({ subject, tick }, one)))
    falseEpisodes += episodes(
      clusters.filter(isFalse).map(({ members, tick }) => ({ subject: members[0], tick })),
    ).length
  }
  return { pod: found / pairs, falsePerWeek: falseEpisodes / weeks }
}

function finds({ members, tick }: Cluster, { startTick, endTick, halves }: Pair): boolean {
  const isTimely = tick >= startTick && tick <= endTick + foundTicksAfter
  return isTimely && halves.every((half) => members.some((member) => half.isNear(member)))
}

function pairsIn(profile: Profile, lines: Lattice, truth: Truth): Pair[] {
  const planned = plannedIn(profile, lines, truth)
  return truth.outbreaks.flatMap(({ id, twin, startTick, endTick }, at) => {
    const other = truth.outbreaks.findIndex((one) => one.id === twin)
    return other > at && id !== twin ? [{ startTick, endTick, halves: [planned[at], planned[other]] }] : []
  })
}
