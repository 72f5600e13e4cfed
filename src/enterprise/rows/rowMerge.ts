/**
 * Many records of one row in one beat: what is new goes behind the row's facts as it comes, and one merge at the end puts it in order among
 * those that stand behind the oldest of it. Record after record it would take a shift of the row each. Most ids are new, which the row's
 * filter knows; the others are searched for, and when many are, found by an index.
 *
 *   facts in order (`sorted` of them) | new ones as they came      gone: numbers of those that were taken out
 */
import { tombstoneBit } from '../../../models/facts.ts'
import type { HashSeed } from '../../hashSeed.ts'
import { type FactSet, factsWithinBeatMax, findAmong, hasId, trim } from './factSet.ts'
import { before, type EnterpriseRows } from './rows.ts'

/** So many ids are searched for from fact to fact; then an index pays, which takes some fifty times as long as a search. */
const searchesMax = 32

export class RowMerge implements FactSet {
  readonly found: number[] = []
  /** Facts with the id that is looked for, those that were taken out among them. */
  readonly #candidates: number[] = []
  readonly #rows: EnterpriseRows
  readonly #seed: HashSeed
  #row = 0
  #sorted = 0
  readonly #gone = new Set<number>()
  /** Number of the oldest; none while the row is empty. */
  #oldest: number | undefined
  #searches = 0
  /** Numbers of the facts by id, once that many were searched for; a tombstone stands under both of its ids. */
  #numbers: Map<number, number[]> | undefined

  constructor(rows: EnterpriseRows, seed: HashSeed) {
    this.#rows = rows
    this.#seed = seed
  }

  open(row: number): void {
    this.#row = row
    const { count } = this.#rows.facts(row)
    this.#sorted = count
    this.#oldest = count === 0 ? undefined : 0
    this.#gone.clear()
    this.#searches = 0
    this.#numbers = undefined
  }

  get stride(): number {
    return this.#rows.stride
  }
  get words(): Int32Array {
    return this.#rows.facts(this.#row).words
  }
  get count(): number {
    return this.#rows.facts(this.#row).count - this.#gone.size
  }

  find(high: number, low: number): void {
    const { found } = this
    found.length = 0
    if (!this.#rows.mayHold(this.#row, high, low)) return
    if (this.#numbers === undefined && ++this.#searches > searchesMax) this.#numbers = this.#indexed()
    const { words } = this
    if (this.#numbers === undefined) findAmong(this.#rows.facts(this.#row), high, low, this.#candidates)
    else
      for (const number of this.#numbers.get(idKey(high, low, this.#seed)) ?? []) {
        const at = this.#positionOf(number)
        if (hasId(words, at, high, low)) this.#candidates.push(at)
      }
    for (const at of this.#candidates) if (!this.#gone.has(this.#numberAt(at))) found.push(at)
    this.#candidates.length = 0
  }

  isOldest(words: Int32Array, at: number): boolean {
    return this.#oldest === undefined || before(words, at, this.words, this.#positionOf(this.#oldest))
  }

  insert(words: Int32Array, at: number): void {
    if (this.#rows.facts(this.#row).count === factsWithinBeatMax) {
      this.close()
      trim(this.#rows, this.#row)
      this.open(this.#row)
    }
    const number = this.#rows.facts(this.#row).count
    if (this.isOldest(words, at)) this.#oldest = number
    this.#rows.appendFact(this.#row, words, at)
    if (this.#numbers !== undefined) this.#index(this.#numbers, number)
  }

  remove(at: number): void {
    this.#gone.add(this.#numberAt(at))
  }

  /** Puts the row in order. */
  close(): void {
    const { words, offset, count, stride } = this.#rows.facts(this.#row)
    if (count === this.#sorted && this.#gone.size === 0) return
    const news = Array.from({ length: count - this.#sorted }, (_, at) => this.#sorted + at)
    const at = (number: number): number => offset + number * stride
    news.sort((a, b) => (before(words, at(a), words, at(b)) ? -1 : before(words, at(b), words, at(a)) ? 1 : 0))
    // What stands before the oldest new fact and before all that goes stays where it is.
    let first = this.#sorted
    for (const number of this.#gone) if (number < first) first = number
    if (news.length > 0) {
      const slice = { words, offset, stride, count: first }
      first = (this.#rows.placeOf(words, at(news[0]), slice) - offset) / stride
    }
    let old = first
    const merged = new Int32Array((this.count - first) * stride)
    let end = 0
    const put = (number: number): void => {
      if (this.#gone.has(number)) return
      for (let word = 0; word < stride; word++) merged[end++] = words[at(number) + word]
    }
    for (const number of news) {
      while (old < this.#sorted && !before(words, at(number), words, at(old))) put(old++)
      put(number)
    }
    while (old < this.#sorted) put(old++)
    this.#rows.setFacts(this.#row, first, merged, this.#gone)
    this.#numbers = undefined
  }

  #positionOf(number: number): number {
    return this.#rows.facts(this.#row).offset + number * this.stride
  }
  #numberAt(at: number): number {
    return (at - this.#rows.facts(this.#row).offset) / this.stride
  }

  #indexed(): Map<number, number[]> {
    const numbers = new Map<number, number[]>()
    const { count } = this.#rows.facts(this.#row)
    for (let number = 0; number < count; number++) this.#index(numbers, number)
    return numbers
  }

  #index(numbers: Map<number, number[]>, number: number): void {
    const { words } = this
    const at = this.#positionOf(number)
    indexAs(numbers, idKey(words[at], words[at + 1], this.#seed), number)
    if ((words[at + 2] & tombstoneBit) !== 0) indexAs(numbers, idKey(words[at + 3], words[at + 4], this.#seed), number)
  }
}

function indexAs(numbers: Map<number, number[]>, key: number, number: number): void {
  const known = numbers.get(key)
  if (known === undefined) numbers.set(key, [number])
  else if (known[known.length - 1] !== number) known.push(number)
}

/** 53 of the 64 bits of an id's hash, under the seed: how a Map hashes numbers is known to everybody. */
function idKey(high: number, low: number, seed: HashSeed): number {
  return ((high ^ seed[0]) >>> 0) * 2 ** 21 + ((low ^ seed[1]) >>> 11)
}
