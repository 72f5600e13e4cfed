/**
 * The statistic `cluster`: sets of nodes beside each other in which the events of their parent gather, though no single one shows it. What was
 * found at the end of a window stands until the end of the next.
 */
import { z } from 'zod'
import type { Level } from '../../../streams/outputs.ts'
import type { Profile } from '../../../streams/profile.ts'
import type { CellKeys } from '../../cells.ts'
import type { WordReader, WordWriter } from '../../fold/pages.ts'
import { dayMs } from '../../limits.ts'
import type { Rules } from '../alertState.ts'
import { type Cluster, ClusterScan, windowTicks } from '../clusters/clusterScan.ts'
import type { Lattice } from '../lattice.ts'
import { cellKey, type Moves, moved } from '../moves.ts'
import { isBelowHalf, levelOf, type Measure, type SizeSteps } from './levels.ts'
import type { Judged, Published, Saying, Statistic, TickFacts } from './statistic.ts'

/** A p above it is no evidence, whatever the budget. */
const limitMax = 0.5
/** The size that each level asks: count over expected. */
const sizes: SizeSteps = { blue: 1.2, yellow: 1.5, orange: 2, red: 3 }

export const ClusterEvidence = z.object({
  members: z.array(z.tuple([cellKey, z.int(), z.number()])),
  from: z.int(),
  to: z.int(),
  of: z.int(),
  score: z.number(),
  enterprises: z.int(),
  p: z.number(),
  limit: z.number(),
})
export type ClusterEvidence = z.infer<typeof ClusterEvidence>

const Saved = z.object({ found: z.array(z.tuple([cellKey, ClusterEvidence])) })

export class ClusterStatistic implements Statistic<ClusterEvidence, object> {
  readonly name = 'cluster'
  readonly evidence = ClusterEvidence
  readonly noDetail = {}
  readonly rules: Rules
  readonly #profile: Profile
  readonly #keys: CellKeys
  readonly #lattice: Lattice
  readonly #scan: ClusterScan
  /** The p below which a set calls. */
  readonly #limit: number
  /** What was found at the end of the last window, by subject: its first node, or the one under which it stands already. */
  #found = new Map<number, ClusterEvidence>()

  constructor(profile: Profile, keys: CellKeys, lattice: Lattice) {
    this.rules = { clearTicks: profile.file.warnings.clearTicks }
    this.#profile = profile
    this.#keys = keys
    this.#lattice = lattice
    this.#scan = new ClusterScan(profile, keys, lattice)
    const weeks = (windowTicks * profile.calendar.tickMs) / (7 * dayMs)
    this.#limit = Math.min(limitMax, profile.file.warnings.budget.clusters * weeks)
  }

  begin(): boolean {
    return true
  }
  isWarm(): boolean {
    return true
  }

  /** Takes the tick at once: what it adds to the window is no trouble that could teach it. */
  judge(tick: number, { aggregates }: TickFacts, isOpen: (subject: number) => boolean): Judged<ClusterEvidence>[] {
    const { clusters, isOver, from } = this.#scan.close(tick, aggregates)
    if (isOver) this.#found = this.#standing(clusters, { from, to: tick }, isOpen)
    return [...this.#found]
      .sort((a, b) => a[0] - b[0])
      .flatMap(([subject, evidence]) => {
        const axis = this.#lattice.axisOf(subject)
        return axis === undefined ? [] : [{ subject, axis, evidence }]
      })
  }

  learn(): void {}

  called(evidence: ClusterEvidence): Level {
    return levelOf(measureOf(evidence), sizes)
  }
  isQuiet(evidence: ClusterEvidence, level: Level): boolean {
    return isBelowHalf(measureOf(evidence), level, sizes)
  }
  explainedByParent(): boolean {
    return false
  }
  explainedByChild(): boolean {
    return false
  }
  detail(): object {
    return {}
  }

  published(evidence: ClusterEvidence): Published {
    const { calendar, groups } = this.#profile
    const { members, from, to, of, score, enterprises, p, limit } = evidence
    const { count, expected } = sumsOf(evidence)
    return {
      statistic: 'cluster',
      evidence: {
        members: members.map(([node, own, usual]) => ({ ...this.#lattice.codes(node), count: own, expected: usual })),
        ...(of === 0 ? {} : { group: groups[of - 1] }),
        ...{ from: calendar.label(from), to: calendar.label(to), count, expected, rateRatio: count / expected },
        ...{ enterprises, score, p, limit },
      },
    }
  }

  saying({ evidence }: Judged<ClusterEvidence>, _: object, language: string): Saying {
    const { members, from, to } = evidence
    const { count, expected } = sumsOf(evidence)
    return {
      message: 'warning.cluster',
      otherwise: '{members}: {count} / {expected}, {level}',
      values: {
        members: members.map(([node]) => this.#nameOf(node, language)).join(language === 'zh' ? '、' : ', '),
        ...{ count, expected: rounded(expected), ticks: to - from + 1 },
      },
    }
  }

  save(out: WordWriter): void {
    out.putJson({ found: [...this.#found] } satisfies z.infer<typeof Saved>)
    this.#scan.save(out)
  }

  load(head: unknown, from: WordReader, moves?: Moves): void {
    const saved = Saved.parse(head)
    this.#found = new Map((moves === undefined ? saved : moved(Saved, saved, moves)).found)
    this.#scan.load(from, moves)
  }

  /** A cluster that goes on keeps its name; one that stands and is not found again is told as it was, and quiet. */
  #standing(
    clusters: readonly Cluster[],
    window: { from: number; to: number },
    isOpen: (subject: number) => boolean,
  ): Map<number, ClusterEvidence> {
    const found = new Map<number, ClusterEvidence>()
    for (const { members, of, score, enterprises, p } of clusters) {
      if (p >= this.#limit) continue
      const nodes = members.map(({ node }) => node)
      const subject = nodes.find((node) => isOpen(node) && !found.has(node)) ?? nodes[0]
      const counted = members.map(({ node, count, expected }): [number, number, number] => [node, count, expected])
      found.set(subject, { members: counted, ...window, of, score, enterprises, p, limit: this.#limit })
    }
    for (const [subject, before] of this.#found)
      if (isOpen(subject) && !found.has(subject)) found.set(subject, { ...before, ...window, score: 0, p: 1 })
    return found
  }

  #nameOf(node: number, language: string): string {
    const { regions, industries } = this.#profile
    const nodes = [industries.nodes[this.#keys.industry(node)], regions.nodes[this.#keys.region(node)]]
    return nodes
      .filter(({ depth }) => depth > 0)
      .map(({ names, code }) => names[language] ?? code)
      .join(' · ')
  }
}

/** How many times likelier than the limit it would be to be chance, and count over expected. */
function measureOf(evidence: ClusterEvidence): Measure {
  const { count, expected } = sumsOf(evidence)
  return { strength: evidence.limit / Math.max(evidence.p, Number.MIN_VALUE), size: count / expected }
}

function sumsOf({ members }: ClusterEvidence): { count: number; expected: number } {
  const sum = (of: 1 | 2): number => members.reduce((all, member) => all + member[of], 0)
  return { count: sum(1), expected: sum(2) }
}

/** One decimal below ten, none above. */
function rounded(value: number): number {
  return value < 10 ? Math.floor(value * 10 + 0.5) / 10 : Math.floor(value + 0.5)
}
