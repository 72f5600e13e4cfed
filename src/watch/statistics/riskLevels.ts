/** What the statistic `risk` knows of every node: the sums of its scored enterprises by grade, and what has been learnt of how they move. */
import { z } from 'zod'
import { type GradeSums, zeros } from '../../../models/level/gradeSums.ts'
import { CellPart } from '../../../streams/outputs.ts'
import type { Profile } from '../../../streams/profile.ts'
import { type CodeTree, rootIndex } from '../../../streams/tree.ts'
import type { CellKeys } from '../../cells.ts'
import { NumberIndex, resized } from '../../sums.ts'
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
  /** Nodes above a leaf with a scored enterprise, and by their index: how many, and by (node, grade) the sums. */
  readonly #nodes = new NumberIndex()
  #counts = new Float64Array(64)
  #enterprises: Float64Array
  #logOdds: Float64Array
  #probability: Float64Array
  /** Every judged node that ever had a scored enterprise, by the siblings that it is judged among. */
  readonly families = new Map<string, number[]>()
  /** Indices of the nodes above each leaf. */
  readonly #paths = new Map<number, Int32Array>()
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
    this.#enterprises = new Float64Array(64 * this.#grades)
    this.#logOdds = new Float64Array(64 * this.#grades)
    this.#probability = new Float64Array(64 * this.#grades)
    this.#keys = keys
    this.#lattice = lattice
    this.#outermostOf = Int32Array.from(profile.regions.nodes, ({ index }) => {
      const path = profile.regions.pathOf(index)
      return path.find((region) => region !== rootIndex && this.#isOutermost(keys.cell(region, rootIndex))) ?? rootIndex
    })
  }

  add(changes: RiskColumns): void {
    const [keys, grades] = [this.#keys, this.#grades]
    this.#byLeaf.addAll(changes)
    for (let change = 0; change < changes.keys.length; change++) {
      const grade = keys.gradeOf(changes.keys[change])
      const path = this.#pathOf(keys.cellOf(changes.keys[change]))
      const [enterprises, logOdds] = [changes.enterprises[change], changes.logOdds[change]]
      const probability = changes.probability[change]
      for (const at of path) {
        const place = at * grades + grade
        this.#counts[at] += enterprises
        this.#enterprises[place] += enterprises
        this.#logOdds[place] += logOdds
        this.#probability[place] += probability
      }
    }
  }

  columns(): RiskColumns {
    return this.#byLeaf.columns()
  }

  /** Scored enterprises of a node. */
  count(node: number): number {
    const at = this.#nodes.find(node)
    return at === undefined ? 0 : this.#counts[at]
  }

  /** Sums of a node by grade. */
  of(node: number): GradeSums {
    const at = this.#nodes.find(node)
    const sums = { enterprises: zeros(this.#grades), logOdds: zeros(this.#grades), probability: zeros(this.#grades) }
    for (let grade = 0; at !== undefined && grade < this.#grades; grade++) {
      const place = at * this.#grades + grade
      sums.enterprises[grade] = this.#enterprises[place]
      sums.logOdds[grade] = this.#logOdds[place]
      sums.probability[grade] = this.#probability[place]
    }
    return sums
  }

  /** Mean log-odds of the whole and the outermost regions, with changes by region that are not added yet. */
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
      const region = this.#outermostOf[changes.keyAt(change)]
      const [enterprises, logOdds] = [changes.enterprisesAt(change), changes.logOddsAt(change)]
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

  #pathOf(leaf: number): Int32Array {
    const known = this.#paths.get(leaf)
    if (known !== undefined) return known
    const path = Int32Array.from(this.#lattice.nodesOf(leaf), (node) => this.#indexOf(node))
    this.#paths.set(leaf, path)
    return path
  }

  #indexOf(node: number): number {
    const { count } = this.#nodes
    const at = this.#nodes.indexOf(node)
    if (at < count) return at
    if (at === this.#counts.length) {
      this.#counts = resized(this.#counts)
      this.#enterprises = resized(this.#enterprises)
      this.#logOdds = resized(this.#logOdds)
      this.#probability = resized(this.#probability)
    }
    this.#meet(node)
    if (this.#isOutermost(node)) this.#outermost.add(node)
    return at
  }

  /** Members of a family lie in order of node, whichever came first. */
  #meet(node: number): void {
    if (this.#lattice.axisOf(node) === undefined) return
    const { key } = this.#lattice.siblingsOf(node)
    const family = this.families.get(key) ?? []
    this.families.set(
      key,
      [...family, node].sort((a, b) => a - b),
    )
  }
}
