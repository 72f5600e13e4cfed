/**
 * The rows: one enterprise each, eight 32-bit words, with blocks of facts and grades in an arena.
 *
 *   word 0  place: region node (16 bits) | industry node (16 bits)
 *   word 1  address of its facts     word 2  their number (17 bits) | size class of the block (6) | number of grades (5)
 *   word 3  address of its grades    word 4  flags, see below
 *   word 5  last published probability, the bits of a float32
 *   word 6  1 + its slot among the rows that the beat has touched, 0 for others
 *   word 7  log-odds that it is counted with, in thousandths, if it is scored
 */
import { type FactSlice, factBlock, factHour, type GradeSlice, gradeWords } from '../../../models/facts.ts'
import { closedFactsMin, type KeptSums } from '../../../models/keptSums.ts'
import type { HashSeed } from '../../hashSeed.ts'
import { Arena } from './arena.ts'
import { IdFilter } from './idFilter.ts'
import { RowSums } from './rowSums.ts'

const chunkBits = 14
const chunkRows = 1 << chunkBits
const rowWords = 8

/** Facts that a block of each size class holds. */
const capacities: readonly number[] = (() => {
  const sizes = [0, 4, 6]
  for (let size = 8; size <= 1 << 23; size *= 2) sizes.push(size, size * 1.5)
  return sizes
})()
const gradeCapacity = (count: number): number => (count <= 1 ? count : 2 ** (32 - Math.clz32(count - 1)))

/** Of word 2 the number of facts. */
const factsMask = 0x1ffff

/** Bits of the flags. The band is a small number, the rest are yes or no; `slice` is idHash mod 30. */
export const flag = {
  registered: 1 << 8,
  closed: 1 << 9,
  place: 1 << 10,
  moved: 1 << 11,
  touched: 1 << 12,
  changed: 1 << 13,
  scored: 1 << 14,
} as const
const bandMask = 0b111
const sliceShift = 16

/** Up to so many words a loop shifts faster than a call. */
const shiftByHandMax = 64

/** So many rows at a time: what is read ahead is still near when it is used. */
export const rowsAhead = 256
/** A line of the cache, and how much of a row's facts is read ahead. */
const lineWords = 16
const warmWordsMax = 256

const floats = new Float32Array(1)
const bits = new Int32Array(floats.buffer)

export class EnterpriseRows {
  readonly #chunks: Int32Array[] = []
  readonly #arena = new Arena()
  readonly #ids: IdFilter
  readonly #sums = new RowSums()
  readonly #factSlice: FactSlice
  readonly #gradeSlice: GradeSlice = { words: new Int32Array(0), offset: 0, count: 0 }
  readonly stride: number
  count = 0
  /** Facts that fell to the limit of a row since the task last asked; not state, only counted. */
  factsDropped = 0
  #facts = 0

  constructor(factStride: number, seed: HashSeed) {
    this.stride = factStride
    this.#ids = new IdFilter(seed)
    this.#factSlice = { words: new Int32Array(0), offset: 0, count: 0, stride: factStride }
  }

  /** What all rows hold, and what they take of memory. */
  get held(): { facts: number; tableBytes: number; arenaBytes: number } {
    const rowBytes = rowWords * Int32Array.BYTES_PER_ELEMENT
    return { facts: this.#facts, tableBytes: this.#chunks.length * chunkRows * rowBytes, arenaBytes: this.#arena.bytes }
  }

  add(place: number, flags: number, slice: number): number {
    const row = this.count++
    if (row >>> chunkBits === this.#chunks.length) this.#chunks.push(new Int32Array(chunkRows * rowWords))
    this.#set(row, 0, place)
    this.#set(row, 4, flags | (slice << sliceShift))
    return row
  }

  place(row: number): number {
    return this.#get(row, 0)
  }
  setPlace(row: number, place: number): void {
    this.#set(row, 0, place)
  }

  has(row: number, bit: number): boolean {
    return (this.#get(row, 4) & bit) !== 0
  }
  setFlag(row: number, bit: number, on: boolean): void {
    const flags = this.#get(row, 4)
    this.#set(row, 4, on ? flags | bit : flags & ~bit)
  }
  flags(row: number): number {
    return this.#get(row, 4)
  }
  setFlags(row: number, flags: number): void {
    this.#set(row, 4, flags)
  }
  slice(row: number): number {
    return this.#get(row, 4) >>> sliceShift
  }
  band(row: number): number {
    return this.#get(row, 4) & bandMask
  }
  setBand(row: number, band: number): void {
    this.#set(row, 4, (this.#get(row, 4) & ~bandMask) | band)
  }
  probability(row: number): number {
    bits[0] = this.#get(row, 5)
    return floats[0]
  }
  setProbability(row: number, probability: number): void {
    floats[0] = probability
    this.#set(row, 5, bits[0])
  }
  probabilityBits(row: number): number {
    return this.#get(row, 5)
  }
  setProbabilityBits(row: number, word: number): void {
    this.#set(row, 5, word)
  }
  /** Log-odds that the row is counted with, in thousandths; undefined while no model in force has scored it. */
  logOdds(row: number): number | undefined {
    return this.has(row, flag.scored) ? this.#get(row, 7) : undefined
  }
  setLogOdds(row: number, thousandths: number | undefined): void {
    this.setFlag(row, flag.scored, thousandths !== undefined)
    this.#set(row, 7, thousandths ?? 0)
  }
  /** Its position among the rows that the beat has touched; undefined for one that it has not. */
  slot(row: number): number | undefined {
    const word = this.#get(row, 6)
    return word === 0 ? undefined : word - 1
  }
  setSlot(row: number, slot: number | undefined): void {
    this.#set(row, 6, slot === undefined ? 0 : slot + 1)
  }

  /** The facts of a row; the same object at every call, valid until a row changes. */
  facts(row: number): FactSlice {
    const counts = this.#get(row, 2)
    this.#factSlice.count = counts & factsMask
    if (((counts >>> 17) & 0b111111) > 0) {
      const address = this.#get(row, 1) >>> 0
      this.#factSlice.words = this.#arena.wordsOf(address)
      this.#factSlice.offset = this.#arena.offsetOf(address)
    }
    return this.#factSlice
  }

  /** Does something with every row that is due, in order and in slices, and says with how many; what it does changes no other row. */
  *each(isDue: (row: number) => boolean, act: (row: number) => void): Generator<void, number> {
    const due = new Int32Array(rowsAhead)
    let found = 0
    for (let row = 0; row < this.count; ) {
      let ahead = 0
      for (; row < this.count && ahead < rowsAhead; row++) if (isDue(row)) due[ahead++] = row
      this.warm(due, 0, ahead)
      for (let at = 0; at < ahead; at++) act(due[at])
      found += ahead
      yield
    }
    return found
  }

  /** Reads the words of many rows, and of their facts and grades, ahead of their use, so that the misses overlap instead of waiting for each other. */
  warm(rows: ArrayLike<number>, from: number, to: number): void {
    let touched = 0
    for (let at = from; at < to; at++) touched ^= this.#get(rows[at], 2)
    for (let at = from; at < to; at++) {
      const counts = this.#get(rows[at], 2)
      if (counts >>> 23 > 0) touched ^= this.#arena.wordAt(this.#get(rows[at], 3) >>> 0)
      const address = this.#get(rows[at], 1) >>> 0
      const words = Math.min((counts & factsMask) * this.stride, warmWordsMax)
      for (let word = 0; word < words; word += lineWords) touched ^= this.#arena.wordAt(address + word)
    }
    this.touched = touched
  }
  /** Keeps `warm` from being optimised away. */
  touched = 0

  /** The grades of a row; the same object at every call, valid until a row changes. */
  grades(row: number): GradeSlice {
    const count = this.#get(row, 2) >>> 23
    this.#gradeSlice.count = count
    if (count > 0) {
      const address = this.#get(row, 3) >>> 0
      this.#gradeSlice.words = this.#arena.wordsOf(address)
      this.#gradeSlice.offset = this.#arena.offsetOf(address)
    }
    return this.#gradeSlice
  }

  /** Sums over its facts from before, under the name of what is summed; undefined for a row of so few facts that none are kept. */
  keptSums(row: number, name: string): KeptSums | undefined {
    return (this.#get(row, 2) & factsMask) < closedFactsMin ? undefined : this.#sums.of(row, name)
  }

  /** False: the row surely holds neither a fact nor a tombstone with this id. */
  mayHold(row: number, high: number, low: number): boolean {
    return this.#ids.maybe(row, this.facts(row), high, low)
  }

  /** Puts a fact (`stride` words at `at`) into its place in the order (hour, id hash). */
  insertFact(row: number, words: Int32Array, at: number): void {
    const { count } = this.#reserveFact(row)
    this.#ids.add(row, words, at)
    this.#changed(row, words[at + 2])
    const slice = this.facts(row)
    const { stride } = this
    const end = slice.offset + count * stride
    const to = this.placeOf(words, at, slice)
    if (end - to > shiftByHandMax) slice.words.copyWithin(to + stride, to, end)
    else for (let word = end - 1; word >= to; word--) slice.words[word + stride] = slice.words[word]
    for (let word = 0; word < stride; word++) slice.words[to + word] = words[at + word]
    this.#setCounts(row, count + 1)
  }

  /** Puts a fact behind all others, wherever it belongs: `setFacts` must put the row in order. */
  appendFact(row: number, words: Int32Array, at: number): void {
    const { count } = this.#reserveFact(row)
    this.#ids.add(row, words, at)
    this.#changed(row, words[at + 2])
    const slice = this.facts(row)
    const to = slice.offset + count * this.stride
    for (let word = 0; word < this.stride; word++) slice.words[to + word] = words[at + word]
    this.#setCounts(row, count + 1)
  }

  /** Replaces the facts of a row from number `first` on by the same in their order, without those that are gone, by number. */
  setFacts(row: number, first: number, words: Int32Array, gone: Iterable<number>): void {
    const slice = this.facts(row)
    for (const number of gone) this.#changed(row, slice.words[slice.offset + number * this.stride + 2])
    slice.words.set(words, slice.offset + first * this.stride)
    this.#setCounts(row, first + words.length / this.stride)
  }

  /** Where a fact belongs: behind all that do not come after it. Most are the newest; the others are found by halves. */
  placeOf(words: Int32Array, at: number, slice: FactSlice): number {
    const { stride } = this
    let [low, high] = [0, slice.count]
    for (let probe = high - 1; low < high; probe = (low + high) >>> 1) {
      if (before(words, at, slice.words, slice.offset + probe * stride)) high = probe
      else low = probe + 1
    }
    return slice.offset + low * stride
  }

  /** Takes the `index`-th fact out. */
  removeFact(row: number, index: number): void {
    const { words, offset, count } = this.facts(row)
    const { stride } = this
    this.#changed(row, words[offset + index * stride + 2])
    words.copyWithin(offset + index * stride, offset + (index + 1) * stride, offset + count * stride)
    this.#setCounts(row, count - 1)
  }

  /** Takes the first `n` facts, the oldest, out. */
  dropOldest(row: number, n: number): void {
    const { words, offset, count } = this.facts(row)
    for (let fact = 0; fact < n; fact++) this.#changed(row, words[offset + fact * this.stride + 2])
    words.copyWithin(offset, offset + n * this.stride, offset + count * this.stride)
    this.#setCounts(row, count - n)
  }

  /** Replaces the grades of a row (two words each). */
  setGrades(row: number, grades: readonly number[]): void {
    const counts = this.#get(row, 2)
    const count = grades.length / gradeWords
    const [old, now] = [gradeCapacity(counts >>> 23), gradeCapacity(count)]
    if (old !== now) {
      if (old > 0) this.#arena.release(this.#get(row, 3) >>> 0, old * gradeWords)
      this.#set(row, 3, this.#arena.allocate(now * gradeWords))
    }
    const address = this.#get(row, 3) >>> 0
    this.#arena.wordsOf(address).set(grades, this.#arena.offsetOf(address))
    this.#set(row, 2, (counts & 0x7fffff) | (count << 23))
  }

  #reserveFact(row: number): { count: number } {
    const counts = this.#get(row, 2)
    const count = counts & factsMask
    const size = (counts >>> 17) & 0b111111
    if (count < capacities[size]) return { count }
    const address = this.#arena.allocate(capacities[size + 1] * this.stride)
    if (size > 0) {
      const old = this.facts(row)
      this.#arena
        .wordsOf(address)
        .set(old.words.subarray(old.offset, old.offset + count * this.stride), this.#arena.offsetOf(address))
      this.#arena.release(this.#get(row, 1) >>> 0, capacities[size] * this.stride)
    }
    this.#set(row, 1, address)
    this.#set(row, 2, (counts & ~(0b111111 << 17)) | ((size + 1) << 17))
    return { count }
  }

  #changed(row: number, word2: number): void {
    this.#sums.changed(row, factBlock(word2))
  }
  #setCounts(row: number, facts: number): void {
    const counts = this.#get(row, 2)
    this.#facts += facts - (counts & factsMask)
    this.#set(row, 2, (counts & ~factsMask) | facts)
  }
  #get(row: number, word: number): number {
    return this.#chunks[row >>> chunkBits][(row & (chunkRows - 1)) * rowWords + word]
  }
  #set(row: number, word: number, value: number): void {
    this.#chunks[row >>> chunkBits][(row & (chunkRows - 1)) * rowWords + word] = value
  }
}

/** Order of facts: hour, then id hash. */
export function before(a: Int32Array, atA: number, b: Int32Array, atB: number): boolean {
  const byHour = factHour(a[atA + 2]) - factHour(b[atB + 2])
  if (byHour !== 0) return byHour < 0
  const byHigh = (a[atA] >>> 0) - (b[atB] >>> 0)
  return byHigh !== 0 ? byHigh < 0 : a[atA + 1] >>> 0 < b[atB + 1] >>> 0
}
