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

  add(key: number, enterprises: number, logOdds: number, probability: number): void {
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

  /** Sums of a key; zeros for one that never was. */
  of(key: number): { enterprises: number; logOdds: number; probability: number } {
    const at = this.#index.find(key)
    if (at === undefined) return { enterprises: 0, logOdds: 0, probability: 0 }
    return {
      enterprises: this.#enterprises[at],
      logOdds: this.#logOdds[at],
      probability: this.#probability[at],
    }
  }

  get count(): number {
    return this.#index.count
  }
  /** The key and sums of an index, as they came. */
  at(at: number): { key: number; enterprises: number; logOdds: number } {
    return { key: this.#index.keys[at], enterprises: this.#enterprises[at], logOdds: this.#logOdds[at] }
  }

  /** Those that are not 0, in ascending order of their keys. */
  columns(): RiskColumns {
    const found: RiskColumns = { keys: [], enterprises: [], logOdds: [], probability: [] }
    for (const key of this.#index.keys.slice(0, this.#index.count).sort()) {
      const { enterprises, logOdds, probability } = this.of(key)
      if (enterprises === 0 && logOdds === 0 && probability === 0) continue
      found.keys.push(key)
      found.enterprises.push(enterprises)
      found.logOdds.push(logOdds)
      found.probability.push(probability)
    }
    return found
  }

  clear(): void {
    this.#index.clear()
  }
}
