/** The archived ticks judged again, without the fold: by the engine as it is shipped, or by another detector of counts. */
import { cellKeys } from '../../src/cells.ts'
import { foldVersion } from '../../src/fold/version.ts'
import { ClusterScan } from '../../src/watch/clusters/clusterScan.ts'
import { StatisticLadder } from '../../src/watch/ladder.ts'
import { type Lattice, lattice } from '../../src/watch/lattice.ts'
import { Population } from '../../src/watch/population.ts'
import { CellStates } from '../../src/watch/statistics/cellStates.ts'
import { CountStatistic } from '../../src/watch/statistics/count.ts'
import { type CountEvidence, effectiveEnterprises, pOf } from '../../src/watch/statistics/countEvidence.ts'
import type { Judged, TickFacts } from '../../src/watch/statistics/statistic.ts'
import { TickAggregates } from '../../src/watch/tickAggregates.ts'
import { TickRisk } from '../../src/watch/tickRisk.ts'
import type { Profile, WarningPolicy } from '../../streams/profile.ts'
import type { TickRecord } from '../../streams/ticks.ts'
import type { Warning } from '../../streams/warnings.ts'
import { beatMs } from './archive.ts'

/** How much a subject calls in a tick: a call is a value above a limit. What can never call has none. */
export type Value = { subject: number; tick: number; value: number }

/** A rise of one enterprise, or of hardly an event, calls for nothing: the same for every detector. */
const eventsMin = 3
const enterprisesMin = 3
const effectiveMin = 2
/** Learning is held where a count is less likely than this. */
const heldP = 1e-4
/** No limit is so low: the share of the shipped limit, and one over the p of another detector. */
const [shareMin, valueMin] = [0.1, 10]

type Scene = { keys: ReturnType<typeof cellKeys>; lines: Lattice }

function sceneOf(profile: Profile): Scene {
  const keys = cellKeys(profile)
  return { keys, lines: lattice(profile, keys) }
}

function aggregatesOf(profile: Profile, { keys, lines }: Scene, pages: readonly TickRecord[]): TickAggregates {
  const aggregates = new TickAggregates(profile, keys, lines)
  for (const page of pages) aggregates.refill(page)
  aggregates.turns = { begun: pages[0].begun ?? [], ended: pages[0].ended ?? [] }
  return aggregates
}

/** The statistic as it is shipped, which notes how much each subject calls: its evidence, in limits of its axis. */
class NotedCount extends CountStatistic {
  readonly values: Value[] = []

  override judge(tick: number, facts: TickFacts, isOpen: (subject: number) => boolean): Judged<CountEvidence>[] {
    const judged = super.judge(tick, facts, isOpen)
    for (const { subject, evidence } of this.isWarm(tick) ? judged : []) {
      const { events, expected, enterprises, value, limit } = evidence
      if (events < eventsMin || events <= expected || enterprises < enterprisesMin) continue
      if (effectiveEnterprises(evidence) < effectiveMin || value <= shareMin * limit) continue
      this.values.push({ subject, tick, value: value / limit })
    }
    return judged
  }
}

/** What the statistic `count` raises, and how much each subject calls. */
export function replayCounts(
  profile: Profile,
  ticks: readonly TickRecord[][],
): { warnings: Warning[]; values: Value[] } {
  const scene = sceneOf(profile)
  const count = new NotedCount(profile, scene.lines)
  const ladder = new StatisticLadder(
    { profile, keys: scene.keys, model: null, foldVersion, beatMs },
    scene.lines,
    count,
  )
  const population = new Population(scene.keys, new TickAggregates(profile, scene.keys, scene.lines).ancestors)
  const warnings: Warning[] = []
  for (const pages of ticks) {
    const { tick, beat, early } = pages[0]
    const facts = { aggregates: aggregatesOf(profile, scene, pages), population, risk: new TickRisk() }
    for (const one of early) warnings.push(...ladder.raiseEarly(one, tick))
    warnings.push(...ladder.close(tick, beat, facts))
  }
  return { warnings, values: count.values }
}

/** One minus-log p a tick and node under another detector, its baseline taught as the engine's is. */
export function replayDetector(
  profile: Profile,
  detector: WarningPolicy['detector'],
  ticks: readonly TickRecord[][],
): Value[] {
  const scene = sceneOf(profile)
  const policy = { ...profile.file.warnings, detector }
  const cells = new CellStates({ ...profile, file: { ...profile.file, warnings: policy } }, scene.lines)
  const values: Value[] = []
  for (const pages of ticks) {
    const { tick } = pages[0]
    const aggregates = aggregatesOf(profile, scene, pages)
    cells.begin(aggregates.turns.begun, tick)
    cells.firstTick ??= tick
    for (const node of aggregates.nodes.keys()) if (scene.lines.axisOf(node) !== undefined) cells.cellOf(node, tick)
    if (cells.firstTick === tick) cells.setFirstPriors(aggregates)
    const held = new Set<number>()
    for (const [cell, subject] of cells.nodes.entries()) {
      const sum = aggregates.judged(subject)
      if (sum === undefined || sum.events < eventsMin) continue
      const p = pOf(cells.expect(cell, tick), sum.events)
      if (p < heldP) held.add(subject)
      if (
        p > 1 / valueMin ||
        sum.enterprises < enterprisesMin ||
        (sum.events * sum.events) / sum.squares < effectiveMin
      )
        continue
      values.push({ subject, tick, value: 1 / Math.max(p, 1e-300) })
    }
    cells.learn(tick, aggregates, (node) => held.has(node))
  }
  return values
}

/** A set that was found, whatever its p. */
export type Cluster = { members: number[]; tick: number; p: number }

export function replayClusters(profile: Profile, ticks: readonly TickRecord[][]): Cluster[] {
  const scene = sceneOf(profile)
  const scan = new ClusterScan(profile, scene.keys, scene.lines)
  return ticks.flatMap((pages) => {
    const { tick } = pages[0]
    const clusters = scan.close(tick, aggregatesOf(profile, scene, pages))
    return clusters.map(({ members, p }) => ({ members: members.map(({ node }) => node), tick, p }))
  })
}
