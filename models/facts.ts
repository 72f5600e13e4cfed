/**
 * A fact is one kept event, packed into five 32-bit words (plus one word for each numeric column that the profile declares):
 *
 *   word 0, 1   hash of the event id, high and low half
 *   word 2      hour it occurred (20 bits) | type (8) | severity (3) | 0
 *   word 3      tick in which it became known (20 bits) | source (5) | fresh (1) | own place, upper 6 bits
 *   word 4      ln(1 + amount) in hundredths (12 bits) | own place, lower 20 bits
 *   word 5..    declared columns, the bits of a float32
 *
 * Own place: region node (13 bits) and industry node (13 bits), 0 where the event named none. Hours and ticks are counted from
 * 1950 and 1970: 20 bits of hours reach to 2069.
 *
 * A tombstone, which a retraction leaves, lies among the facts: words 0, 1 the id it took back, word 2 the last hour at which
 * such an event may have occurred, with the lowest bit set, words 3, 4 the hash of its own id.
 *
 * The facts of a row lie in the order (hour, id hash): sums over them always run in the same order.
 */
import { ln1p } from './math.ts'

export const factWordsBase = 5
const hourMs = 3_600_000
export const hoursPerDay = 24
/** Hours from 1950-01-01 to 1970-01-01. */
const hoursBefore1970 = 175_320
export const packedHourMax = 2 ** 20 - 1

/** Whole hours since 1950; the clock of everything inside the fold. */
export function hourOf(ms: number): number {
  return Math.floor(ms / hourMs) + hoursBefore1970
}
export function msOfHour(hour: number): number {
  return (hour - hoursBefore1970) * hourMs
}

/** Facts of one row: `count` facts of `stride` words each, from `offset` on. */
export type FactSlice = { words: Int32Array; offset: number; count: number; stride: number }

export const tombstoneBit = 1
export const freshBit = 1 << 6
/** What of word 3 is a kept field: source and place, not when it became known. */
const keptMask3 = (0b11111 << 7) | 0b111111

export const factHour = (word2: number): number => word2 >>> 12
/** Hours lie in blocks of 32, which are numbered like them. */
const blockBits = 5
export const blockOf = (hour: number): number => hour >>> blockBits
export const lastHourOf = (block: number): number => ((block + 1) << blockBits) - 1
export const factBlock = (word2: number): number => word2 >>> (12 + blockBits)
export const factType = (word2: number): number => (word2 >>> 4) & 0xff
export const factSeverity = (word2: number): number => (word2 >>> 1) & 0b111
export const factTick = (word3: number): number => word3 >>> 12
export const factSource = (word3: number): number => (word3 >>> 7) & 0b11111
export const factLogAmountHundredths = (word4: number): number => word4 >>> 20
export const factRegion = (word3: number, word4: number): number => ((word3 & 0b111111) << 7) | ((word4 >>> 13) & 0x7f)
export const factIndustry = (word4: number): number => word4 & 0x1fff

export const packWord2 = (hour: number, type: number, severity: number): number =>
  (hour << 12) | (type << 4) | (severity << 1)
export const packTombstone2 = (hour: number): number => (hour << 12) | tombstoneBit
/** Word 3 without tick and freshness, which the fold adds when it keeps the fact. */
export const packWord3 = (source: number, region: number): number => (source << 7) | (region >>> 7)
export const packWord4 = (logAmountHundredths: number, region: number, industry: number): number =>
  (logAmountHundredths << 20) | ((region & 0x7f) << 13) | industry

/** Gives the own place of a fact other nodes; everything else stays. `at`: its first word. Tombstones have no place. */
export function moveFact(words: Int32Array, at: number, region: Uint16Array, industry: Uint16Array): void {
  if ((words[at + 2] & tombstoneBit) !== 0) return
  const [word3, word4] = [words[at + 3], words[at + 4]]
  const to = region[factRegion(word3, word4)]
  words[at + 3] = (word3 & ~0b111111) | packWord3(0, to)
  words[at + 4] = (word4 & ~0xfffff) | packWord4(0, to, industry[factIndustry(word4)])
}

/** ln(1 + amount) in hundredths, 0 .. 4095; amounts from 0 to 1e15. */
export function logAmountHundredths(amount: number): number {
  return Math.min(4095, Math.floor(ln1p(amount) * 100 + 0.5))
}

/** Orders two facts by their kept fields: hour, type, severity, amount, source, place, declared columns. 0 = the same. */
export function compareKept(a: Int32Array, atA: number, b: Int32Array, atB: number, stride: number): number {
  const byWhat = (a[atA + 2] >>> 0) - (b[atB + 2] >>> 0)
  if (byWhat !== 0) return byWhat
  const byAmount = (a[atA + 4] >>> 20) - (b[atB + 4] >>> 20)
  if (byAmount !== 0) return byAmount
  const bySource = (a[atA + 3] & keptMask3) - (b[atB + 3] & keptMask3)
  if (bySource !== 0) return bySource
  const byPlace = (a[atA + 4] & 0xfffff) - (b[atB + 4] & 0xfffff)
  if (byPlace !== 0) return byPlace
  for (let column = factWordsBase; column < stride; column++) {
    const byColumn = a[atA + column] - b[atB + column]
    if (byColumn !== 0) return byColumn
  }
  return 0
}

/**
 * Grades of a row: two words each, in the order (effective hour, known): word 0 = effective hour (24 bits) | grade (8 bits),
 * word 1 = tick in which it became known.
 */
export type GradeSlice = { words: Int32Array; offset: number; count: number }
export const gradeWords = 2
export const gradeHour = (word0: number): number => word0 >>> 8
export const gradeCode = (word0: number): number => word0 & 0xff
export const packGrade = (hour: number, grade: number): number => (hour << 8) | grade

/** Index of the grade in force at an hour, by what was known up to a tick; undefined when none was. */
export function gradeInForce(grades: GradeSlice, hour: number, knownTickMax: number): number | undefined {
  for (let at = grades.count - 1; at >= 0; at--) {
    const word = grades.offset + at * gradeWords
    if (gradeHour(grades.words[word]) <= hour && grades.words[word + 1] <= knownTickMax) return at
  }
  return undefined
}

/** Code of the grade in force at an hour, by what was known up to a tick; 0 when none was. */
export function gradeCodeAt(grades: GradeSlice, hour: number, knownTickMax: number): number {
  const at = gradeInForce(grades, hour, knownTickMax)
  return at === undefined ? 0 : gradeCode(grades.words[grades.offset + at * gradeWords])
}
