/** Sums by whole-number keys in typed arrays: no object for a key, and nothing to allocate from beat to beat. */

const loadMax = 0.6
const sizeMin = 64

/** Whole numbers from 0 to 2^53, numbered 0, 1, 2, ... in the order in which they come: open addressing. */
export class NumberIndex {
  /** The numbers by index, up to `count`. */
  keys = new Float64Array(sizeMin)
  count = 0
  /** Index + 1; 0 = empty. */
  #slots = new Int32Array(2 * sizeMin)

  /** The index of a number; a new one, at the end, if it has none. */
  indexOf(key: number): number {
    const slot = this.#slotOf(key)
    const held = this.#slots[slot]
    if (held !== 0) return held - 1
    const index = this.count++
    this.#slots[slot] = this.count
    if (index === this.keys.length) this.keys = resized(this.keys)
    this.keys[index] = key
    if (this.count > this.#slots.length * loadMax) this.#spread(this.#slots.length * 2)
    return index
  }

  find(key: number): number | undefined {
    const held = this.#slots[this.#slotOf(key)]
    return held === 0 ? undefined : held - 1
  }

  /** Forgets all. What was much larger than what was in it gives its space back. */
  clear(): void {
    if (this.#slots.length > 8 * sizeMin && this.count * 16 < this.#slots.length) {
      this.#slots = new Int32Array(2 * sizeMin)
      this.keys = new Float64Array(sizeMin)
    } else if (this.count > 0) this.#slots.fill(0)
    this.count = 0
  }

  #slotOf(key: number): number {
    const { keys } = this
    const slots = this.#slots
    const mask = slots.length - 1
    let slot = (Math.imul(key | 0, 0x9e3779b1) ^ Math.imul((key / 4_294_967_296) | 0, 0x85ebca6b)) >>> 0
    slot = (slot ^ (slot >>> 15)) & mask
    while (slots[slot] !== 0 && keys[slots[slot] - 1] !== key) slot = (slot + 1) & mask
    return slot
  }

  #spread(size: number): void {
    this.#slots = new Int32Array(size)
    for (let index = 0; index < this.count; index++) this.#slots[this.#slotOf(this.keys[index])] = index + 1
  }
}

/** One sum for each key. Keys whose sum is 0 are as good as not there. */
export class NumberSums {
  readonly index = new NumberIndex()
  sums = new Float64Array(sizeMin)

  /** Returns the key's index. */
  add(key: number, delta: number): number {
    const { count } = this.index
    const at = this.index.indexOf(key)
    if (at === this.sums.length) this.sums = resized(this.sums)
    this.sums[at] = at === count ? delta : this.sums[at] + delta
    return at
  }

  of(key: number): number {
    if (this.index.count === 0) return 0
    const at = this.index.find(key)
    return at === undefined ? 0 : this.sums[at]
  }

  /** Keys in ascending order, and their sums. */
  sorted(): { keys: Float64Array; sums: Float64Array } {
    const found = new Float64Array(this.index.count)
    let count = 0
    for (let at = 0; at < found.length; at++) if (this.sums[at] !== 0) found[count++] = this.index.keys[at]
    const keys = found.subarray(0, count).sort()
    const sums = new Float64Array(count)
    for (let at = 0; at < count; at++) sums[at] = this.sums[this.index.indexOf(keys[at])]
    return { keys, sums }
  }

  /** Keys with their sums, as they came. */
  *entries(): Generator<[key: number, sum: number]> {
    for (let at = 0; at < this.index.count; at++) if (this.sums[at] !== 0) yield [this.index.keys[at], this.sums[at]]
  }

  clear(): void {
    this.index.clear()
  }
}

/** A column of another length, twice as long unless told, with the same beginning. */
export function resized<T extends Column>(column: T, size?: number): T
export function resized(column: Column, size = column.length * 2): Column {
  const kept = column.length > size ? column.subarray(0, size) : column
  const made =
    column instanceof Float64Array
      ? new Float64Array(size)
      : column instanceof Int32Array
        ? new Int32Array(size)
        : column instanceof Uint32Array
          ? new Uint32Array(size)
          : new Uint8Array(size)
  made.set(kept)
  return made
}

type Column = Float64Array | Int32Array | Uint32Array | Uint8Array
