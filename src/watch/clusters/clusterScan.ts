/**
 * Clusters: sets of nodes beside each other in which the events of their parent gather, though no single one shows it. Every seventh tick the
 * seven ticks up to it are looked through (models/scan).
 */
import { bestSet } from '../../../models/scan/kulldorff.ts'
import { nullScores, pOf } from '../../../models/scan/monteCarlo.ts'
import type { Profile } from '../../../streams/profile.ts'
import { Sfc32 } from '../../../streams/sfc32.ts'
import type { CellKeys } from '../../cells.ts'
import type { WordReader, WordWriter } from '../../fold/pages.ts'
import type { Lattice } from '../lattice.ts'
import type { Moves } from '../moves.ts'
import type { TickAggregates } from '../tickAggregates.ts'
import { clusterFamilies } from './clusterFamilies.ts'
import { ClusterWindow, type OpenFamily } from './clusterWindow.ts'

export const windowTicks = 7
const replicates = 39
/** Discounted windows before one that is looked through: after two. */
const weightMin = 1.8

/** Nodes with their events and what was usual in the ticks `from` .. `to`, the one that rose most first. */
export type Cluster = {
  members: { node: number; count: number; expected: number }[]
  from: number
  to: number
  /** Of what: 0 all events, 1 + g group g. */
  of: number
  score: number
  /** Of its members, added up over them and over the ticks. */
  enterprises: number
  /** Chance that the best set of a quiet country scores as high. */
  p: number
}

/** `from`: the first tick of the window; `isOver`: it ended with this tick. */
export type Closed = { clusters: Cluster[]; isOver: boolean; from: number }

export class ClusterScan {
  readonly #lattice: Lattice
  readonly #window: ClusterWindow

  constructor(profile: Profile, keys: CellKeys, lattice: Lattice) {
    this.#lattice = lattice
    this.#window = new ClusterWindow(profile, keys, lattice, clusterFamilies(profile, keys, lattice))
  }

  /** Takes a closed tick; at the end of a window what was found in it, the best first, no node of one on, above or below a node of a better one. */
  close(tick: number, aggregates: TickAggregates): Closed {
    this.#window.take(tick, aggregates)
    const from = this.#window.from ?? tick
    if (tick - from + 1 < windowTicks) return { clusters: [], isOver: false, from }
    const open = this.#window.open()
    const clusters = this.#window.weight >= weightMin ? this.#scan(open, from, tick) : []
    this.#window.close(open)
    return { clusters, isOver: true, from }
  }

  save(out: WordWriter): void {
    this.#window.save(out)
  }
  load(from: WordReader, moves?: Moves): void {
    this.#window.load(from, moves)
  }

  #scan(open: readonly OpenFamily[], from: number, to: number): Cluster[] {
    const found = open.flatMap((one) => {
      const set = bestSet(one.counts, one.family)
      return set === undefined ? [] : [{ ...one, set }]
    })
    if (found.length === 0) return []
    const score = found.reduce((most, { set }) => Math.max(most, set.score), 0)
    const families = open.map(({ family }) => family)
    const nulls = nullScores(families, { replicates, draws: new Sfc32(0, 'clusters', to), score })
    if (nulls === undefined) return []
    const sets = found.map(({ family, of, nodes, counts, set }): Cluster => {
      const scale = set.expected / set.members.reduce((sum, at) => sum + family.means[at], 0)
      const members = set.members.map((at) => ({
        node: nodes[at],
        count: counts[at],
        expected: scale * family.means[at],
      }))
      const enterprises = members.reduce((sum, { node }) => sum + this.#window.enterprisesOf(node), 0)
      return { members, from, to, of, score: set.score, enterprises, p: pOf(set.score, nulls) }
    })
    sets.sort((a, b) => b.score - a.score || a.members[0].node - b.members[0].node)
    const [taken, aboveTaken] = [new Set<number>(), new Set<number>()]
    return sets.filter(({ members }) => {
      const above = members.map(({ node }) => this.#lattice.nodesOf(node))
      if (members.some(({ node }, at) => aboveTaken.has(node) || above[at].some((one) => taken.has(one)))) return false
      for (const { node } of members) taken.add(node)
      for (const node of above.flat()) aboveTaken.add(node)
      return true
    })
  }
}
