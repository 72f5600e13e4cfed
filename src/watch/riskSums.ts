/** Sums of scored enterprises by (cell, grade): how many, their log-odds in thousandths, their probabilities in millionths. Whole numbers. */
import type { CellPart } from '../../streams/outputs.ts'
import { NumberIndex, resized } from '../sums.ts'

/** In columns, as parts and the tick archive have them. */
export type RiskColumns = NonNullable<CellPart['risk']>

export class RiskSums {
  readonly #index = new NumberIndex()
  #enterprises = new Float64Array(64)
  #logOdds = new Float64Array(64)
  #probability = new Float64Array(64)
  /** Until something is added. */
  #columns: RiskColumns | undefined

  add(key: number, enterprises: number, logOdds: number, probability: number): void {
    this.#columns = undefined
    const { count } = this.#index
    const at = this.#index.indexOf(key)
    if (at === this.#enterprises.length) {
      this.#enterprises = resized(this.#enterprises)
      this.#logOdds = resized(this.#logOdds)
      this.#probability = resized(this.#probability)
    }
    const isNew = at === count
    this.#enterprises[at] = isNew ? enterprises : this.#enterprises[at] + enterprises
    this.#logOdds[at] = isNew ? logOdds : this.#logOdds[at] + logOdds
    this.#probability[at] = isNew ? probability : this.#probability[at] + probability
  }

  addAll({ keys, enterprises, logOdds, probability }: RiskColumns): void {
    for (let at = 0; at < keys.length; at++) this.add(keys[at], enterprises[at], logOdds[at], probability[at])
  }

  get count(): number {
    return this.#index.count
  }
  /** By index, as keys came: the key, and its sums. */
  keyAt(at: number): number {
    return this.#index.keys[at]
  }
  enterprisesAt(at: number): number {
    return this.#enterprises[at]
  }
  logOddsAt(at: number): number {
    return this.#logOdds[at]
  }

  /** Those that are not 0, in ascending order of their keys. */
  columns(): RiskColumns {
    this.#columns ??= this.#sorted()
    return this.#columns
  }

  clear(): void {
    this.#columns = undefined
    this.#index.clear()
  }

  #sorted(): RiskColumns {
    const found: RiskColumns = { keys: [], enterprises: [], logOdds: [], probability: [] }
    for (const key of this.#index.keys.slice(0, this.#index.count).sort()) {
      const at = this.#index.indexOf(key)
      if (this.#enterprises[at] === 0 && this.#logOdds[at] === 0 && this.#probability[at] === 0) continue
      found.keys.push(key)
      found.enterprises.push(this.#enterprises[at])
      found.logOdds.push(this.#logOdds[at])
      found.probability.push(this.#probability[at])
    }
    return found
  }
}
