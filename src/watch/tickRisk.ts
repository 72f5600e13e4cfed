/**
 * What the open tick says of the risk of cells: changes of sums by (leaf, grade), whether another model scored all rows in it, and what moved in
 * the nodes that were asked of.
 */
import { z } from 'zod'
import { CellPart } from '../../streams/outputs.ts'
import type { TickRecord } from '../../streams/ticks.ts'
import type { CellKeys } from '../cells.ts'
import { jsonPart, type StatePart } from '../fold/state.ts'
import { movedFeaturesMax } from '../limits.ts'
import { type RiskColumns, RiskSums } from './riskSums.ts'

const columns = CellPart.shape.risk.unwrap()
const Saved = z.object({ changes: columns, modelChanged: z.boolean(), anew: z.boolean(), moved: columns })

export type Moved = NonNullable<TickRecord['moved']>

export class TickRisk {
  readonly changes = new RiskSums()
  /** The same changes by region. */
  readonly byRegion = new RiskSums()
  modelChanged = false
  /** The tasks have told all of it again, in this tick: what stood before counts no more. */
  anew = false
  /** By node what moved most; known at the close of a tick. */
  moved: Moved = []
  /** By node and feature: enterprises, contributions now and before. */
  readonly #contributions = new RiskSums()
  readonly #keys: CellKeys
  readonly state: StatePart = jsonPart(
    { name: 'risk', version: 1, contract: Saved },
    () => ({
      changes: this.changes.columns(),
      modelChanged: this.modelChanged,
      anew: this.anew,
      moved: this.#contributions.columns(),
    }),
    ({ changes, modelChanged, anew, moved }) => {
      this.refill({ risk: changes, modelChanged, riskAnew: anew })
      this.#contributions.addAll(moved)
    },
  )

  constructor(keys: CellKeys) {
    this.#keys = keys
  }

  add({ risk, moved }: CellPart): void {
    if (risk !== undefined) this.#change(risk)
    if (moved !== undefined)
      this.#contributions.addAll({
        ...{ keys: moved.keys, enterprises: moved.enterprises },
        ...{ logOdds: moved.now, probability: moved.before },
      })
  }

  /** Puts back what a checkpoint or the archive has. */
  refill({
    risk,
    modelChanged,
    riskAnew,
    moved,
  }: Pick<TickRecord, 'risk' | 'modelChanged' | 'riskAnew' | 'moved'>): void {
    if (risk !== undefined) this.#change(risk)
    this.modelChanged ||= modelChanged === true
    this.anew ||= riskAnew === true
    this.moved = [...this.moved, ...(moved ?? [])]
  }

  /** What the tasks tell from this beat on is all that there is. */
  beginAnew(): void {
    this.changes.clear()
    this.byRegion.clear()
    this.anew = true
  }

  /** Works out what moved most; `featuresOf` gives those of the model that the tasks scored with. */
  close(featuresOf: () => readonly string[]): void {
    const { keys, enterprises, logOdds, probability } = this.#contributions.columns()
    if (keys.length === 0) return
    const features = featuresOf()
    const byNode = new Map<number, Moved[number]>()
    for (const [at, key] of keys.entries()) {
      const node = Math.floor(key / features.length)
      const found = byNode.get(node) ?? { node, enterprises: enterprises[at], features: [] }
      byNode.set(node, found)
      const mean = (sum: number): number => sum / (1_000 * enterprises[at])
      found.features.push({
        feature: features[key % features.length],
        now: mean(logOdds[at]),
        before: mean(probability[at]),
      })
    }
    const change = ({ now, before }: { now: number; before: number }): number => Math.abs(now - before)
    this.moved = [...byNode.values()].map((one) => ({
      ...one,
      features: one.features.sort((a, b) => change(b) - change(a)).slice(0, movedFeaturesMax),
    }))
  }

  clear(): void {
    this.changes.clear()
    this.byRegion.clear()
    this.#contributions.clear()
    this.modelChanged = false
    this.anew = false
    this.moved = []
  }

  #change(risk: RiskColumns): void {
    this.changes.addAll(risk)
    const { keys, enterprises, logOdds, probability } = risk
    for (let at = 0; at < keys.length; at++) {
      const region = this.#keys.region(this.#keys.cellOf(keys[at]))
      this.byRegion.add(region, enterprises[at], logOdds[at], probability[at])
    }
  }
}
