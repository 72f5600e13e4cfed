/**
 * Enterprise id -> row number: an open-addressing table over 32-bit tags with the ids themselves as bytes in chunks. Looked up
 * in batches, with a pass that touches slots and rows before the pass that compares, so that the misses of many ids overlap
 * (measured, see docs/decisions/0003: 77 ns an id at a million rows, against 1,040 for a Map). Tags are hashes under a secret of the process:
 * ids that are chosen to meet in one slot would make every lookup a search.
 */
import type { HashSeed } from '../../hashSeed.ts'
import { resized } from '../../sums.ts'
import { keyedHash } from './keyedHash.ts'

const loadMax = 0.8
const growth = 1.25
const chunkBytes = 1 << 20
const chunkBits = 20
const chunkMask = chunkBytes - 1
/** So many ids at a time: what the touching pass brought in is still there for the other. */
const batch = 256

export class EnterpriseIds {
  #slots = new Uint32Array(1 << 12) // row + 1; 0 = empty
  #tags = new Uint32Array(1 << 10)
  #addresses = new Uint32Array(1 << 10)
  #chunks: Buffer[] = []
  #nextByte = 0
  readonly #seed: HashSeed
  count = 0

  constructor(seed: HashSeed) {
    this.#seed = seed
  }

  /** Row of an id; undefined if it has none. */
  find(id: string): number | undefined {
    const slot = this.#slotOf(id, keyedHash(id, this.#seed))
    return this.#slots[slot] === 0 ? undefined : this.#slots[slot] - 1
  }

  /** Row of an id; a new one, at the end, if it has none. */
  findOrAdd(id: string): number {
    const tag = keyedHash(id, this.#seed)
    const slot = this.#slotOf(id, tag)
    return this.#slots[slot] === 0 ? this.#add(id, tag, slot) : this.#slots[slot] - 1
  }

  /** Rows of many ids at once, new ones added in the order of the list. `rows` must be as long as `ids`. */
  findOrAddAll(ids: readonly string[], rows: Int32Array, tags: Int32Array): void {
    for (let from = 0; from < ids.length; from += batch) {
      const to = Math.min(ids.length, from + batch)
      for (let at = from; at < to; at++) tags[at] = keyedHash(ids[at], this.#seed)
      for (let at = from; at < to; at++) rows[at] = this.#slots[this.#home(tags[at] >>> 0)]
      this.#touch(rows, from, to)
      for (let at = from; at < to; at++) {
        const tag = tags[at] >>> 0
        const slot = this.#slotOf(ids[at], tag)
        rows[at] = this.#slots[slot] === 0 ? this.#add(ids[at], tag, slot) : this.#slots[slot] - 1
      }
    }
  }

  #touch(rows: Int32Array, from: number, to: number): void {
    let touched = 0
    for (let at = from; at < to; at++) {
      if (rows[at] === 0) continue
      const address = this.#addresses[rows[at] - 1]
      touched ^= this.#tags[rows[at] - 1] ^ this.#chunks[address >>> chunkBits][address & chunkMask]
    }
    this.touched = touched
  }
  /** Keeps the touching pass from being optimised away. */
  touched = 0

  idOf(row: number): string {
    const address = this.#addresses[row]
    const chunk = this.#chunks[address >>> chunkBits]
    const at = address & chunkMask
    return chunk.toString('latin1', at + 1, at + 1 + chunk[at])
  }

  /** Its characters, a byte each; a view. */
  bytesOf(row: number): Uint8Array {
    const address = this.#addresses[row]
    const at = address & chunkMask
    const chunk = this.#chunks[address >>> chunkBits]
    return chunk.subarray(at + 1, at + 1 + chunk[at])
  }

  /** How many characters an id has. */
  lengthOf(row: number): number {
    const address = this.#addresses[row]
    return this.#chunks[address >>> chunkBits][address & chunkMask]
  }

  /** Writes its characters, a byte each, to a place on. */
  copyTo(row: number, into: Uint8Array, place: number): void {
    const address = this.#addresses[row]
    const chunk = this.#chunks[address >>> chunkBits]
    const at = address & chunkMask
    for (let byte = 0; byte < chunk[at]; byte++) into[place + byte] = chunk[at + 1 + byte]
  }

  #home(tag: number): number {
    return Math.floor((tag * this.#slots.length) / 4_294_967_296)
  }

  #slotOf(id: string, tag: number): number {
    let slot = this.#home(tag)
    for (;;) {
      const held = this.#slots[slot]
      if (held === 0 || (this.#tags[held - 1] === tag && this.#equals(held - 1, id))) return slot
      slot = slot + 1 === this.#slots.length ? 0 : slot + 1
    }
  }

  #equals(row: number, id: string): boolean {
    const address = this.#addresses[row]
    const chunk = this.#chunks[address >>> chunkBits]
    const at = address & chunkMask
    if (chunk[at] !== id.length) return false
    for (let unit = 0; unit < id.length; unit++) if (chunk[at + 1 + unit] !== id.charCodeAt(unit)) return false
    return true
  }

  #add(id: string, tag: number, slot: number): number {
    const row = this.count++
    if (row === this.#tags.length) this.#growRows()
    this.#tags[row] = tag
    this.#addresses[row] = this.#store(id)
    this.#slots[slot] = row + 1
    if (this.count > this.#slots.length * loadMax) this.#growSlots()
    return row
  }

  #store(id: string): number {
    if (
      this.#chunks.length === 0 ||
      (this.#nextByte & chunkMask) + id.length + 1 > chunkBytes ||
      (this.#nextByte & chunkMask) === 0
    ) {
      this.#nextByte = this.#chunks.length * chunkBytes
      this.#chunks.push(Buffer.alloc(chunkBytes))
    }
    const address = this.#nextByte
    const chunk = this.#chunks[address >>> chunkBits]
    const at = address & chunkMask
    chunk[at] = id.length
    for (let unit = 0; unit < id.length; unit++) chunk[at + 1 + unit] = id.charCodeAt(unit)
    this.#nextByte += id.length + 1
    return address
  }

  #growRows(): void {
    const size = Math.ceil(this.#tags.length * growth)
    this.#tags = resized(this.#tags, size)
    this.#addresses = resized(this.#addresses, size)
  }

  #growSlots(): void {
    this.#slots = new Uint32Array(Math.ceil(this.#slots.length * growth))
    for (let row = 0; row < this.count; row++) {
      let slot = this.#home(this.#tags[row])
      while (this.#slots[slot] !== 0) slot = slot + 1 === this.#slots.length ? 0 : slot + 1
      this.#slots[slot] = row + 1
    }
  }
}
