/** The facts of one row while records are kept among them: found by id, put in, taken out. */
import { type FactSlice, tombstoneBit } from '../../../models/facts.ts'
import { factsPerRowMax } from '../../limits.ts'
import { before, type EnterpriseRows } from './rows.ts'

export type FactSet = {
  readonly stride: number
  /** Where facts and tombstones stand; another array after a change. */
  readonly words: Int32Array
  /** How many facts and tombstones the row holds. */
  readonly count: number
  /** Positions in `words` that the last `find` gave; valid until a change. */
  readonly found: readonly number[]
  /** Looks for what has this id: a fact, a tombstone that took it back, a tombstone whose own it is. */
  find(high: number, low: number): void
  /** Whether a fact stands before all that the row holds, in the order of facts. Nothing was taken out yet. */
  isOldest(words: Int32Array, at: number): boolean
  insert(words: Int32Array, at: number): void
  /** Takes out what stands at a position that `find` gave. */
  remove(at: number): void
}

/** A row may hold more than its limit until the beat's end; this is where its counter ends. */
export const factsWithinBeatMax = 2 ** 17 - 1

/** Whether the fact or tombstone at a position has an id, as `find` means it. */
export function hasId(words: Int32Array, at: number, high: number, low: number): boolean {
  if (words[at + 1] === low && words[at] === high) return true
  return (words[at + 2] & tombstoneBit) !== 0 && words[at + 4] === low && words[at + 3] === high
}

/** Adds to `found` where facts with this id stand, looking at one after another. */
export function findAmong(
  { words, offset, count, stride }: FactSlice,
  high: number,
  low: number,
  found: number[],
): void {
  for (let at = offset, end = offset + count * stride; at < end; at += stride)
    if (hasId(words, at, high, low)) found.push(at)
}

/** Keeps the newest facts of an overfull row. Returns how many went. */
export function trim(rows: EnterpriseRows, row: number): number {
  const over = rows.facts(row).count - factsPerRowMax
  if (over <= 0) return 0
  rows.dropOldest(row, over)
  rows.factsDropped += over
  return over
}

/** One record after the other, each in its place at once: what suits a few. */
export class RowFacts implements FactSet {
  readonly found: number[] = []
  readonly #rows: EnterpriseRows
  #row = 0

  constructor(rows: EnterpriseRows) {
    this.#rows = rows
  }

  open(row: number): void {
    this.#row = row
  }

  get stride(): number {
    return this.#rows.stride
  }
  get words(): Int32Array {
    return this.#rows.facts(this.#row).words
  }
  get count(): number {
    return this.#rows.facts(this.#row).count
  }

  find(high: number, low: number): void {
    const { found } = this
    const row = this.#row
    found.length = 0
    if (!this.#rows.mayHold(row, high, low)) return
    findAmong(this.#rows.facts(row), high, low, found)
  }

  isOldest(words: Int32Array, at: number): boolean {
    const facts = this.#rows.facts(this.#row)
    return before(words, at, facts.words, facts.offset)
  }

  insert(words: Int32Array, at: number): void {
    if (this.count === factsWithinBeatMax) trim(this.#rows, this.#row)
    this.#rows.insertFact(this.#row, words, at)
  }

  remove(at: number): void {
    const { offset, stride } = this.#rows.facts(this.#row)
    this.#rows.removeFact(this.#row, (at - offset) / stride)
  }
}
