/**
 * The close of a tick in the statistic of counts: every node with streams of all its groups of types, beside the judge of earlier logs, which knew
 * nodes alone. Both judge and learn the same made-up ticks in one run, in turn.
 */
import { cellKeys } from '../src/cells.ts'
import { foldVersion } from '../src/fold/version.ts'
import { loadProfile } from '../src/settings/profiles.ts'
import { FormerCountStatistic } from '../src/watch/former/formerCount.ts'
import { type Ladder, StatisticLadder } from '../src/watch/ladder.ts'
import { type Lattice, lattice } from '../src/watch/lattice.ts'
import { Population } from '../src/watch/population.ts'
import { CountStatistic } from '../src/watch/statistics/count.ts'
import { TickAggregates } from '../src/watch/tickAggregates.ts'
import { TickRisk } from '../src/watch/tickRisk.ts'
import type { Profile } from '../streams/profile.ts'
import { drawsOf, poisson, type Random } from './counts/draws.ts'
import { type BenchOptions, printResult, progress } from './options.ts'

const beatMs = 3_600_000
/** Monday, 2025-09-01. */
const firstTick = 20_332
const judgedTicks = 9
/** Of the nodes so many have events in a tick, as in a market of 20,000 enterprises. */
const busyShare = 0.3

type Run = { nodes: number; ms: number; msBefore: number; bytesPerStream: number }
type Market = { profile: Profile; nodes: readonly number[]; lattice: Lattice }

export async function benchTick(options: BenchOptions): Promise<void> {
  const cn = await loadProfile('cn')
  const warnings = { ...cn.file.warnings, regionLevels: [...cn.file.warnings.regionLevels, 'county'] }
  const withCounties = { ...cn, file: { ...cn.file, warnings } }
  const runs: Run[] = []
  for (const [profile, count] of [
    [cn, 33_000],
    [withCounties, 340_000],
  ] as const) {
    if (options.only !== undefined && options.only !== String(count)) continue
    const run = measured(marketOf(profile, count))
    runs.push(run)
    progress(
      `${run.nodes} nodes: ${run.ms.toFixed(2)} ms a 1,000 nodes, before ${run.msBefore.toFixed(2)}, ratio ${(run.ms / run.msBefore).toFixed(2)}; ${run.bytesPerStream.toFixed(0)} bytes a stream`,
    )
  }
  printResult({ runs }, options)
}

function marketOf(profile: Profile, count: number): Market {
  const keys = cellKeys(profile)
  const lines = lattice(profile, keys)
  const { regions, industries } = profile
  const nodes: number[] = []
  for (let node = 0; node < regions.nodes.length * industries.nodes.length && nodes.length < count; node++)
    if (lines.axisOf(node) !== undefined) nodes.push(node)
  return { profile, nodes, lattice: lines }
}

/** Milliseconds of CPU a 1,000 nodes, medians over the ticks that are judged once every group has come. */
function measured({ profile, nodes, lattice: lines }: Market): Run {
  const keys = cellKeys(profile)
  const identity = { profile, keys, model: null, foldVersion, beatMs }
  const aggregates = new TickAggregates(profile, keys, lines)
  const facts = { aggregates, population: new Population(keys, aggregates.ancestors), risk: new TickRisk(keys) }
  const groups = profile.groups.length
  const random = drawsOf(1, nodes.length)
  fill(aggregates, nodes, groups, 0, random) // the sums of a tick are there before
  const bytesBefore = memory()
  const count = new CountStatistic(profile, lines)
  const ladder: Ladder = new StatisticLadder(identity, lines, count)
  const [own, before]: [number[], number[]] = [[], []]
  let bytes = 0
  let former: Ladder | undefined
  const ticks = profile.groups.length + judgedTicks
  for (let at = 0; at < ticks; at++) {
    aggregates.clear()
    fill(aggregates, nodes, groups, at, random)
    const close = (one: Ladder): number => cpuMs(() => one.close(firstTick + at, 24 * (firstTick + at), facts))
    own.push(close(ladder))
    if (at === 0) {
      bytes = memory() - bytesBefore
      former = new StatisticLadder(identity, lines, new FormerCountStatistic(profile, lines))
    }
    if (former !== undefined) before.push(close(former))
  }
  const perThousand = (times: readonly number[]): number => (1_000 * median(times.slice(-judgedTicks))) / nodes.length
  const bytesPerStream = bytes / count.judgeOf.streams.count
  return { nodes: nodes.length, ms: perThousand(own), msBefore: perThousand(before), bytesPerStream }
}

/** In the first tick each node has one event of every group; then some nodes have some of one group. */
function fill(
  aggregates: TickAggregates,
  nodes: readonly number[],
  groups: number,
  tick: number,
  random: Random,
): void {
  for (const node of nodes) {
    if (tick > 0 && random() >= busyShare) continue
    const at = aggregates.nodes.indexOf(node)
    const events = tick === 0 ? groups : 1 + poisson(random, 0.5)
    aggregates.nodes.addAt(at, events, events, events)
    const first = Math.floor(random() * groups)
    for (let one = 0; one < (tick === 0 ? groups : 1); one++)
      aggregates.nodes.addGroupAt(at, (first + one) % groups, tick === 0 ? 1 : events)
  }
}

function cpuMs(work: () => void): number {
  globalThis.gc?.({ type: 'minor' })
  const from = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(from)
  return (user + system) / 1_000
}

function memory(): number {
  for (let at = 0; at < 3; at++) globalThis.gc?.()
  const { arrayBuffers, heapUsed } = process.memoryUsage()
  return arrayBuffers + heapUsed
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]
