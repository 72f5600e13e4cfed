/** Signed integer sums by key, one to three for each, taken in the order of their keys; emptied without being allocated again. */
import { NumberIndex, resized } from '../sums.ts'

const sizeMin = 64

/** Columns up to `count`; what lies behind it says nothing. Those that are not summed are empty. */
export type Sums = {
  count: number
  keys: Float64Array
  deltas: Int32Array
  seconds: Float64Array
  thirds: Float64Array
}

/** How many sums a key has. */
type Columns = 1 | 2 | 3

export class Deltas {
  readonly #index = new NumberIndex()
  readonly #columns: Columns
  #sums = new Int32Array(sizeMin)
  #seconds: Float64Array // squares: 65,536 events of one row are 2^32
  #thirds: Float64Array
  readonly #taken: Sums

  constructor(columns: Columns) {
    this.#columns = columns
    this.#taken = noSums(sizeMin, columns)
    this.#seconds = new Float64Array(columns > 1 ? sizeMin : 0)
    this.#thirds = new Float64Array(columns > 2 ? sizeMin : 0)
  }

  add(key: number, delta: number, second = 0, third = 0): void {
    const { count } = this.#index
    const at = this.#index.indexOf(key)
    if (at === this.#sums.length) {
      this.#sums = resized(this.#sums)
      this.#seconds = resized(this.#seconds)
      this.#thirds = resized(this.#thirds)
    }
    const isNew = at === count
    this.#sums[at] = isNew ? delta : this.#sums[at] + delta
    if (this.#columns > 1) this.#seconds[at] = isNew ? second : this.#seconds[at] + second
    if (this.#columns > 2) this.#thirds[at] = isNew ? third : this.#thirds[at] + third
  }

  /** Keys in ascending order with their sums, those that are zero left out; empties the map. Valid until the next call. */
  take(): Sums {
    const index = this.#index
    const taken = this.#taken
    taken.count = 0
    if (index.count === 0) return taken
    // It grows with the index, and gives back what the index has given back.
    if (taken.keys.length !== index.keys.length) Object.assign(taken, noSums(index.keys.length, this.#columns))
    const { keys, deltas, seconds, thirds } = taken
    const places = index.count < byDigitsMin ? undefined : new Int32Array(index.count)
    for (let at = 0; at < index.count; at++) {
      if (this.#isZero(at)) continue
      keys[taken.count] = index.keys[at]
      if (places !== undefined) places[taken.count] = at
      taken.count++
    }
    if (places === undefined) sort(keys, taken.count)
    else sortByDigits(keys.subarray(0, taken.count), places.subarray(0, taken.count))
    for (let to = 0; to < taken.count; to++) {
      const at = places === undefined ? index.indexOf(keys[to]) : places[to]
      deltas[to] = this.#sums[at]
      if (this.#columns > 1) seconds[to] = this.#seconds[at]
      if (this.#columns > 2) thirds[to] = this.#thirds[at]
    }
    index.clear()
    if (this.#sums.length > index.keys.length) {
      this.#sums = new Int32Array(index.keys.length)
      this.#seconds = new Float64Array(this.#columns > 1 ? index.keys.length : 0)
      this.#thirds = new Float64Array(this.#columns > 2 ? index.keys.length : 0)
    }
    return taken
  }

  #isZero(at: number): boolean {
    if (this.#sums[at] !== 0) return false
    return (this.#columns < 2 || this.#seconds[at] === 0) && (this.#columns < 3 || this.#thirds[at] === 0)
  }
}

function noSums(size: number, columns: Columns): Sums {
  return {
    count: 0,
    keys: new Float64Array(size),
    deltas: new Int32Array(size),
    seconds: new Float64Array(columns > 1 ? size : 0),
    thirds: new Float64Array(columns > 2 ? size : 0),
  }
}

/** Up to so many keys each is put in its place: a beat of one record has two or three. */
const inPlaceMax = 16
/** From so many keys on, sorting by digits is faster than by comparisons. */
const byDigitsMin = 512
const digits = 2 ** 11
const starts = new Int32Array(digits + 1)

/** The first of the keys, sorted. */
function sort(keys: Float64Array, count: number): void {
  if (count <= inPlaceMax) sortInPlace(keys, count)
  else keys.subarray(0, count).sort()
}

/** Sorts keys, and with each its place, by eleven bits at a time from the lowest: a product with a power of two has no error. */
function sortByDigits(keys: Float64Array, places: Int32Array): void {
  const { length } = keys
  let greatest = 0
  for (let at = 0; at < length; at++) if (keys[at] > greatest) greatest = keys[at]
  let from: Keyed = { keys, places }
  let to: Keyed = { keys: new Float64Array(length), places: new Int32Array(length) }
  for (let unit = 1; unit <= greatest; unit *= digits) {
    move(from, to, 1 / unit)
    ;[from, to] = [to, from]
  }
  if (from.keys === keys) return
  keys.set(from.keys)
  places.set(from.places)
}

type Keyed = { keys: Float64Array; places: Int32Array }

/** In the order of one digit; of equal ones the first stays first. */
function move(from: Keyed, to: Keyed, share: number): void {
  const { keys, places } = from
  starts.fill(0)
  for (let at = 0; at < keys.length; at++) starts[((keys[at] * share) & (digits - 1)) + 1]++
  for (let digit = 1; digit < digits; digit++) starts[digit] += starts[digit - 1]
  for (let at = 0; at < keys.length; at++) {
    const place = starts[(keys[at] * share) & (digits - 1)]++
    to.keys[place] = keys[at]
    to.places[place] = places[at]
  }
}

function sortInPlace(keys: Float64Array, count: number): void {
  for (let at = 1; at < count; at++) {
    const key = keys[at]
    let to = at
    for (; to > 0 && keys[to - 1] > key; to--) keys[to] = keys[to - 1]
    keys[to] = key
  }
}
