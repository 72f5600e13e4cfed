/** What the statistic `risk` knows of every node: the sums of its scored enterprises by grade, and what has been learnt of how they move. */
import { z } from 'zod'
import type { GradeSums } from '../../../models/level/gradeSums.ts'
import { CellPart } from '../../../streams/outputs.ts'
import type { Profile } from '../../../streams/profile.ts'
import { type CodeTree, rootIndex } from '../../../streams/tree.ts'
import type { CellKeys } from '../../cells.ts'
import { NumberSums } from '../../sums.ts'
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
  /** By region the outermost one above it that is judged; the root where none is. */
  readonly #outermostOf: Int32Array
  readonly #regions: CodeTree
  readonly #grades: number
  readonly #keys: CellKeys
  readonly #lattice: Lattice

  constructor(profile: Profile, keys: CellKeys, lattice: Lattice) {
    this.#regions = profile.regions
    this.#grades = profile.grades.length
    this.#keys = keys
    this.#lattice = lattice
    this.#outermostOf = Int32Array.from(profile.regions.nodes, ({ index }) => {
      const path = profile.regions.pathOf(index)
      return path.find((region) => region !== rootIndex && this.#isOutermost(keys.cell(region, rootIndex))) ?? rootIndex
    })
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
    const keys = this.#keys
    const [counts, sums] = [new Float64Array(this.#outermostOf.length), new Float64Array(this.#outermostOf.length)]
    for (const node of this.#outermost) {
      const region = keys.region(node)
      const { enterprises, logOdds } = this.of(node)
      for (let grade = 0; grade < this.#grades; grade++) {
        counts[region] += enterprises[grade]
        sums[region] += logOdds[grade]
      }
    }
    for (let change = 0; change < changes.count; change++) {
      const { key, enterprises, logOdds } = changes.at(change)
      const region = this.#outermostOf[keys.region(keys.cellOf(key))]
      counts[rootIndex] += enterprises
      sums[rootIndex] += logOdds
      if (region === rootIndex) continue
      counts[region] += enterprises
      sums[region] += logOdds
    }
    const found: { node: number; enterprises: number; meanLogOdds: number }[] = []
    for (const [region, enterprises] of counts.entries())
      if (enterprises > 0)
        found.push({
          ...{ node: keys.cell(region, rootIndex), enterprises },
          meanLogOdds: sums[region] / 1_000 / enterprises,
        })
    return found.sort((a, b) => a.node - b.node)
  }

  #isOutermost(node: number): boolean {
    const { nodes } = this.#regions
    const region = this.#keys.region(node)
    if (this.#keys.industry(node) !== rootIndex || nodes[region].depth > 1) return false
    return region === rootIndex || this.#lattice.axisOf(node) !== undefined
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
