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
export type Value = {
  subject: number
  tick: number
  value: number
  /** Limits from..to at which another explains it: that calls there, and this would not without what they share. */
  explained?: readonly (readonly [from: number, to: number])[]
}

/** Whether a subject calls at a limit and is not explained there. */
export function callsAt({ value, explained = [] }: Value, limit: number): boolean {
  return value > limit && !explained.some(([from, to]) => from <= limit && limit < to)
}

/** A rise of one enterprise, or of hardly an event, calls for nothing: the same for every detector. */
const eventsMin = 3
const enterprisesMin = 3
const effectiveMin = 2
/** The rise that the lowest level asks. */
const rateRatioMin = 1.5
/** Learning is held where a count is less likely than this. */
const heldP = 1e-4
/** No limit is so low: the share of the shipped limit, and one over the p of another detector. */
const [shareMin, valueMin] = [0.1, 10]

type Scene = { keys: ReturnType<typeof cellKeys>; lines: Lattice }

/** An archived tick, added up once for all who judge it. */
type Tick = Pick<TickRecord, 'tick' | 'beat' | 'early'> & { aggregates: TickAggregates }
export type Replay = { profile: Profile; scene: Scene; ticks: readonly Tick[] }

export function replayOf(profile: Profile, archived: readonly TickRecord[][]): Replay {
  const keys = cellKeys(profile)
  const scene = { keys, lines: lattice(profile, keys) }
  const ticks = archived.map((pages): Tick => {
    const { tick, beat, early } = pages[0]
    return { tick, beat, early, aggregates: aggregatesOf(profile, scene, pages) }
  })
  return { profile, scene, ticks }
}

function aggregatesOf(profile: Profile, { keys, lines }: Scene, pages: readonly TickRecord[]): TickAggregates {
  const aggregates = new TickAggregates(profile, keys, lines)
  for (const page of pages) aggregates.refill(page)
  aggregates.turns = { begun: pages[0].begun ?? [], ended: pages[0].ended ?? [] }
  return aggregates
}

/** The statistic as it is shipped, which notes how much each subject calls: its evidence, in limits of its axis. */
export class NotedCount extends CountStatistic {
  readonly values: Value[] = []
  readonly #lines: Lattice

  constructor(profile: Profile, lines: Lattice) {
    super(profile, lines)
    this.#lines = lines
  }

  override judge(tick: number, facts: TickFacts, isOpen: (subject: number) => boolean): Judged<CountEvidence>[] {
    const judged = super.judge(tick, facts, isOpen)
    const calling = this.isWarm(tick) ? judged.filter(({ evidence }) => strengthOf(evidence) > shareMin) : []
    for (const one of calling) {
      const { subject } = one
      this.values.push({ subject, tick, value: strengthOf(one.evidence), explained: this.#explained(one, calling) })
    }
    return judged
  }

  /** As the ladder explains: by a parent, or by one that lies across. */
  #explained(one: Judged<CountEvidence>, calling: readonly Judged<CountEvidence>[]): [number, number][] {
    const parents = this.#lines.parentsOf(one.subject)
    return calling.flatMap((other): [number, number][] => {
      const strength = strengthOf(other.evidence)
      if (parents.includes(other.subject)) return this.explainedByParent(one, other) ? [[0, strength]] : []
      const shared = this.#lines.sharedBy(one.subject, other.subject)
      if (shared === undefined) return []
      const [rest, reverse] = [this.restAcross(one, other, shared), this.restAcross(other, one, shared)]
      if (rest === undefined) return []
      const from = strengthOf(rest)
      // Where both would explain each other, neither does.
      return reverse === undefined || strengthOf(reverse) > from
        ? [[from, reverse === undefined ? strength : Math.min(strength, strengthOf(reverse))]]
        : []
    })
  }
}

/** Evidence in limits of its axis, 0 where it cannot call: the limit at which it calls no more. */
function strengthOf(evidence: CountEvidence): number {
  const { events, expected, enterprises, rateRatio, value, limit } = evidence
  if (events < eventsMin || events <= expected || enterprises < enterprisesMin || rateRatio < rateRatioMin) return 0
  return effectiveEnterprises(evidence) < effectiveMin ? 0 : value / limit
}

/** What the statistic `count` raises, and how much each subject calls. */
export function replayCounts({ profile, scene, ticks }: Replay): { warnings: Warning[]; values: Value[] } {
  const count = new NotedCount(profile, scene.lines)
  const ladder = new StatisticLadder(
    { profile, keys: scene.keys, model: null, foldVersion, beatMs },
    scene.lines,
    count,
  )
  const population = new Population(scene.keys, new TickAggregates(profile, scene.keys, scene.lines).ancestors)
  const warnings: Warning[] = []
  for (const { tick, beat, early, aggregates } of ticks) {
    const facts = { aggregates, population, risk: new TickRisk(scene.keys) }
    for (const one of early) warnings.push(...ladder.raiseEarly(one, tick))
    warnings.push(...ladder.close(tick, beat, facts))
  }
  return { warnings, values: count.values }
}

/** One minus-log p a tick and node under another detector, its baseline taught as the engine's is. */
export function replayDetector({ profile, scene, ticks }: Replay, detector: WarningPolicy['detector']): Value[] {
  const policy = { ...profile.file.warnings, detector }
  const cells = new CellStates({ ...profile, file: { ...profile.file, warnings: policy } }, scene.lines)
  const values: Value[] = []
  for (const { tick, aggregates } of ticks) {
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
        sum.events < rateRatioMin * cells.expect(cell, tick).mean ||
        sum.enterprises < enterprisesMin ||
        (sum.events * sum.events) / sum.squares < effectiveMin
      )
        continue
      values.push({ subject, tick, value: 1 / Math.max(p, 1e-300) })
    }
    cells.learn(tick, aggregates, (node, { events }) => (held.has(node) ? undefined : events))
  }
  return values
}

/** A set that was found, whatever its p. */
export type Cluster = { members: number[]; tick: number; p: number }

export function replayClusters({ profile, scene, ticks }: Replay): Cluster[] {
  const scan = new ClusterScan(profile, scene.keys, scene.lines)
  return ticks.flatMap(({ tick, aggregates }) => {
    const { clusters } = scan.close(tick, aggregates)
    return clusters.map(({ members, p }) => ({ members: members.map(({ node }) => node), tick, p }))
  })
}
