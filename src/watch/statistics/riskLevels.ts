/** What the statistic `risk` knows of every node: the sums of its scored enterprises by grade, and what has been learnt of how they move. */
import { z } from 'zod'
import type { GradeSums } from '../../../models/level/gradeSums.ts'
import { CellPart } from '../../../streams/outputs.ts'
import type { Profile } from '../../../streams/profile.ts'
import { type CodeTree, rootIndex } from '../../../streams/tree.ts'
import type { CellKeys } from '../../cells.ts'
import { NumberIndex, NumberSums } from '../../sums.ts'
import type { Lattice } from '../lattice.ts'
import { cellKey } from '../moves.ts'
import { type RiskColumns, RiskSums } from '../riskSums.ts'

const Cusum = z.object({ variance: z.number(), sum: z.number() })

/** A judged node after a tick: A and B with their cumulative sums, and the rise at hand. */
export const NodeState = z.object({
  meanLogOdds: z.number(),
  atSameGrades: z.number(),
  a: Cusum,
  b: Cusum,
  /** Ticks whose change it has learnt from, under the model in force. */
  ticks: z.int(),
  /** Since the sum of A last left 0: changes beyond those of siblings, and the first tick. */
  rise: z.number(),
  risingSince: z.int().nullable(),
})
export type NodeState = z.infer<typeof NodeState>

export const SavedRisk = z.object({
  firstTick: z.int().nullable(),
  /** Open nodes of which it was told what moved. */
  explained: z.array(cellKey),
  states: z.array(z.tuple([cellKey, NodeState])),
})

export const SavedSums = CellPart.shape.risk.unwrap()

/** Standing sums: by (leaf, grade), and above each leaf by (node, grade). */
export class StandingRisk {
  readonly #byLeaf = new RiskSums()
  readonly #byNode = new RiskSums()
  readonly #counts = new NumberSums()
  /** Every judged node that ever had a scored enterprise, by the siblings that it is judged among. */
  readonly families = new Map<string, number[]>()
  readonly #nodesOf = new Map<number, readonly number[]>()
  readonly #known = new Set<number>()
  readonly #outermost = new Set<number>()
  /** The same numbered as they came, and how many there can be; and above each leaf. */
  readonly #outermostNodes = new NumberIndex()
  readonly #outermostMax: number
  readonly #outermostOf = new Map<number, readonly number[]>()
  readonly #regions: CodeTree
  readonly #grades: number
  readonly #keys: CellKeys
  readonly #lattice: Lattice

  constructor(profile: Profile, keys: CellKeys, lattice: Lattice) {
    this.#regions = profile.regions
    this.#outermostMax = profile.regions.nodes.filter(({ depth }) => depth <= 1).length
    this.#grades = profile.grades.length
    this.#keys = keys
    this.#lattice = lattice
  }

  add(changes: RiskColumns): void {
    const keys = this.#keys
    this.#byLeaf.addAll(changes)
    for (const [at, key] of changes.keys.entries()) {
      const grade = keys.gradeOf(key)
      for (const node of this.#nodesAbove(keys.cellOf(key))) {
        this.#counts.add(node, changes.enterprises[at])
        this.#byNode.add(
          keys.graded(node, grade),
          changes.enterprises[at],
          changes.logOdds[at],
          changes.probability[at],
        )
      }
    }
  }

  columns(): RiskColumns {
    return this.#byLeaf.columns()
  }

  /** Scored enterprises of a node. */
  count(node: number): number {
    return this.#counts.of(node)
  }

  /** Sums of a node by grade. */
  of(node: number): GradeSums {
    const sums = Array.from({ length: this.#grades }, (_, grade) => this.#byNode.of(this.#keys.graded(node, grade)))
    return {
      enterprises: sums.map((one) => one.enterprises),
      logOdds: sums.map((one) => one.logOdds),
      probability: sums.map((one) => one.probability),
    }
  }

  /** Mean log-odds of the whole and the outermost regions, with changes that are not added yet. */
  levelsWith(changes: RiskSums): { node: number; enterprises: number; meanLogOdds: number }[] {
    const nodes = this.#outermostNodes
    const [counts, sums] = [new Float64Array(this.#outermostMax), new Float64Array(this.#outermostMax)]
    for (const node of this.#outermost) {
      const at = nodes.indexOf(node)
      const { enterprises, logOdds } = this.of(node)
      for (let grade = 0; grade < this.#grades; grade++) {
        counts[at] += enterprises[grade]
        sums[at] += logOdds[grade]
      }
    }
    for (let change = 0; change < changes.count; change++) {
      const { key, enterprises, logOdds } = changes.at(change)
      for (const at of this.#outermostAbove(this.#keys.cellOf(key))) {
        counts[at] += enterprises
        sums[at] += logOdds
      }
    }
    const found: { node: number; enterprises: number; meanLogOdds: number }[] = []
    for (let at = 0; at < nodes.count; at++)
      if (counts[at] > 0)
        found.push({ node: nodes.keys[at], enterprises: counts[at], meanLogOdds: sums[at] / 1_000 / counts[at] })
    return found.sort((a, b) => a.node - b.node)
  }

  /** Places of the outermost nodes above a leaf. */
  #outermostAbove(leaf: number): readonly number[] {
    const known = this.#outermostOf.get(leaf)
    if (known !== undefined) return known
    const found = this.#lattice.nodesOf(leaf).flatMap((node) => {
      return this.#isOutermost(node) ? [this.#outermostNodes.indexOf(node)] : []
    })
    this.#outermostOf.set(leaf, found)
    return found
  }

  #isOutermost(node: number): boolean {
    const { nodes } = this.#regions
    return this.#keys.industry(node) === rootIndex && nodes[this.#keys.region(node)].depth <= 1
  }

  #nodesAbove(leaf: number): readonly number[] {
    const known = this.#nodesOf.get(leaf)
    if (known !== undefined) return known
    const nodes = this.#lattice.nodesOf(leaf)
    this.#nodesOf.set(leaf, nodes)
    for (const node of nodes) {
      this.#meet(node)
      if (this.#isOutermost(node)) this.#outermost.add(node)
    }
    return nodes
  }

  /** Members of a family lie in order of node, whichever came first. */
  #meet(node: number): void {
    if (this.#known.has(node) || this.#lattice.axisOf(node) === undefined) return
    this.#known.add(node)
    const { key } = this.#lattice.siblingsOf(node)
    const family = this.families.get(key) ?? []
    this.families.set(
      key,
      [...family, node].sort((a, b) => a - b),
    )
  }
}
