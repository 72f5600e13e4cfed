/**
 * Which ids a row may hold. A row of many facts is not searched for an id that it surely does not hold, so that keeping n events of one
 * enterprise does not take n x n steps. It is derived from the facts: a filter says "maybe" too often and never too seldom, and goes
 * and comes as memory allows.
 */
import { type FactSlice, tombstoneBit } from '../../../models/facts.ts'
import type { HashSeed } from '../../hashSeed.ts'
import { filteredIdsMax, searchedFactsMax } from '../../limits.ts'
import { IdSet } from './idSet.ts'

export class IdFilter {
  readonly #ids = new Map<number, IdSet>()
  #held = 0
  readonly #seed: HashSeed

  constructor(seed: HashSeed) {
    this.#seed = seed
  }

  /** Whether the row may hold a fact or a tombstone with this id. */
  maybe(row: number, facts: FactSlice, high: number, low: number): boolean {
    if (facts.count <= searchedFactsMax) return true
    return (this.#ids.get(row) ?? this.#build(row, facts)).has(high, low)
  }

  /** A fact or tombstone goes into the row. */
  add(row: number, words: Int32Array, at: number): void {
    const set = this.#ids.get(row)
    if (set === undefined) return
    const before = set.size
    this.#addTo(set, words, at)
    this.#held += set.size - before
    if (this.#held > filteredIdsMax) this.#clear()
  }

  #build(row: number, { words, offset, count, stride }: FactSlice): IdSet {
    if (this.#held + 2 * count > filteredIdsMax) this.#clear()
    const set = new IdSet(this.#seed)
    for (let at = offset; at < offset + count * stride; at += stride) this.#addTo(set, words, at)
    this.#ids.set(row, set)
    this.#held += set.size
    return set
  }

  #clear(): void {
    this.#ids.clear()
    this.#held = 0
  }

  /** The id, and of a tombstone its own as well. */
  #addTo(set: IdSet, words: Int32Array, at: number): void {
    set.add(words[at], words[at + 1])
    if ((words[at + 2] & tombstoneBit) !== 0) set.add(words[at + 3], words[at + 4])
  }
}
