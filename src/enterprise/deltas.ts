/** Signed integer sums by key, one or two for each: open addressing over whole-number keys, emptied without being allocated again. */
const loadMax = 0.6
const sizeMin = 64

export type Sums = { keys: Float64Array; deltas: Int32Array; seconds: Float64Array }

export class Deltas {
  private keys = new Float64Array(sizeMin)
  private sums = new Int32Array(sizeMin)
  private seconds = new Float64Array(sizeMin) // squares: 65,536 events of one row are 2^32
  private filled = new Uint8Array(sizeMin)
  private used = 0

  add(key: number, delta: number, second = 0): void {
    const slot = this.slotOf(key)
    if (this.filled[slot] === 0) {
      this.filled[slot] = 1
      this.keys[slot] = key
      this.sums[slot] = delta
      this.seconds[slot] = second
      if (++this.used > this.keys.length * loadMax) this.grow()
    } else {
      this.sums[slot] += delta
      this.seconds[slot] += second
    }
  }

  /** Keys in ascending order with their sums, those that are zero left out; empties the map. */
  take(): Sums {
    const found = new Float64Array(this.used)
    let count = 0
    for (let slot = 0; slot < this.keys.length; slot++) {
      if (this.filled[slot] === 1 && (this.sums[slot] !== 0 || this.seconds[slot] !== 0))
        found[count++] = this.keys[slot]
    }
    const keys = ascending(found.subarray(0, count))
    const deltas = new Int32Array(count)
    const seconds = new Float64Array(count)
    for (let at = 0; at < count; at++) {
      const slot = this.slotOf(keys[at])
      deltas[at] = this.sums[slot]
      seconds[at] = this.seconds[slot]
    }
    this.clear()
    return { keys, deltas, seconds }
  }

  private clear(): void {
    if (this.keys.length > 4 * sizeMin && this.used * 16 < this.keys.length) this.allocate(sizeMin)
    else if (this.used > 0) this.filled.fill(0)
    this.used = 0
  }

  private slotOf(key: number): number {
    const mask = this.keys.length - 1
    let slot = (Math.imul(key | 0, 0x9e3779b1) ^ Math.imul((key / 4_294_967_296) | 0, 0x85ebca6b)) >>> 0
    slot = (slot ^ (slot >>> 15)) & mask
    while (this.filled[slot] === 1 && this.keys[slot] !== key) slot = (slot + 1) & mask
    return slot
  }

  private grow(): void {
    const { keys, sums, seconds, filled } = this
    this.allocate(keys.length * 2)
    for (let old = 0; old < keys.length; old++) {
      if (filled[old] === 0) continue
      const slot = this.slotOf(keys[old])
      this.filled[slot] = 1
      this.keys[slot] = keys[old]
      this.sums[slot] = sums[old]
      this.seconds[slot] = seconds[old]
    }
  }

  private allocate(size: number): void {
    this.keys = new Float64Array(size)
    this.sums = new Int32Array(size)
    this.seconds = new Float64Array(size)
    this.filled = new Uint8Array(size)
  }
}

/** From so many keys on, sorting by digits is faster than by comparisons. */
const byDigitsMin = 512
const digits = 2 ** 11
const starts = new Int32Array(digits + 1)

/** Whole numbers from 0 on, sorted; by eleven bits at a time from the lowest when they are many. */
function ascending(keys: Float64Array<ArrayBuffer>): Float64Array {
  if (keys.length < byDigitsMin) return keys.sort()
  let greatest = 0
  for (let at = 0; at < keys.length; at++) if (keys[at] > greatest) greatest = keys[at]
  let [from, to] = [keys, new Float64Array(keys.length)]
  for (let unit = 1; unit <= greatest; unit *= digits) {
    starts.fill(0)
    for (let at = 0; at < from.length; at++) starts[(Math.floor(from[at] / unit) & (digits - 1)) + 1]++
    for (let digit = 1; digit < digits; digit++) starts[digit] += starts[digit - 1]
    for (let at = 0; at < from.length; at++) to[starts[Math.floor(from[at] / unit) & (digits - 1)]++] = from[at]
    const sorted = to
    to = from
    from = sorted
  }
  return from
}
