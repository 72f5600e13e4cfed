/**
 * Reads JSON objects off their bytes, without making a string or an object: strings without escapes, plain decimal numbers, true,
 * false and null, and for fields that say so a flat object of the same. Whatever is not so plain, though it may be good JSON, is left
 * to JSON.parse.
 */
import { isUtf8 } from 'node:buffer'

const [quote, comma, point, colon, open, close, space] = Buffer.from('",.:{} ')
const [zero, nine] = Buffer.from('09')
const literals = ['true', 'false', 'null'].map((word) => Buffer.from(word))

/** Bytes that stand for themselves in a string: printable ASCII but the quotation mark and the backslash is 1, what is beyond ASCII 2. */
const plainness = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte > 0x7f) return 2
  return byte >= 0x20 && byte < 0x7f && byte !== quote && byte !== 0x5c ? 1 : 0
})

/** So many digits are exact in a double, and so is their quotient by such a power of ten as IEEE 754 rounds it. */
const digitsMax = 15
const powersOfTen = Float64Array.from({ length: digitsMax + 1 }, (_, power) => 10 ** power)

const absent = 0
const isText = 1
const isNumber = 2
/** A text beyond ASCII, or a literal: good where nobody asks for it. */
const isOther = 3
const isObject = 4

/** A field that may hold a flat object, the most entries of it, and the most bytes of a name and of a text in it. */
export type Nested = { field: number; object: PlainObject; entriesMax: number; nameMax: number; textMax: number }

/** The fields of one object at a time; they stand for the bytes that were read last. */
export class PlainObject {
  readonly #names: readonly Uint8Array[]
  /** By length and first byte of a name: the first field that may have it + 1; then the next such field + 1; 0 ends. */
  readonly #firstOfShape = new Uint8Array(1 << 12)
  readonly #nextOfShape: Uint8Array
  readonly #nested: Nested | undefined
  // One place behind the last field takes what nobody asked for.
  readonly #kinds: Uint8Array
  readonly #numbers: Float64Array
  /** Where the text of each field begins and ends. */
  readonly from: Int32Array
  readonly to: Int32Array
  /** Whether a name or a text is more than ASCII. */
  #isWide = false
  /** The longest name and text that the object had, in bytes. */
  #nameLength = 0
  #textLength = 0
  #entries = 0

  constructor(names: readonly string[], nested?: Nested) {
    this.#names = names.map((name) => Buffer.from(name))
    this.#nextOfShape = new Uint8Array(names.length)
    for (const [field, name] of this.#names.entries()) {
      const shape = shapeOf(name, 0, name.length)
      this.#nextOfShape[field] = this.#firstOfShape[shape]
      this.#firstOfShape[shape] = field + 1
    }
    this.#nested = nested
    this.#kinds = new Uint8Array(names.length + 1)
    this.#numbers = new Float64Array(names.length + 1)
    this.from = new Int32Array(names.length + 1)
    this.to = new Int32Array(names.length + 1)
  }

  /** Whether the bytes are a plain object; of a field that stands twice the last one counts, as in JSON.parse. */
  read(bytes: Uint8Array): boolean {
    // The brace at the end ends all but texts: nothing is read behind it, which would cost the engine its quickest code.
    if (bytes.length === 0 || bytes[bytes.length - 1] !== close) return false
    this.#isWide = false
    if (this.#nested !== undefined) this.#nested.object.#isWide = false
    if (this.#readAt(bytes, 0) !== bytes.length) return false
    const nested = this.#nested?.object
    const isWide = this.#isWide || (nested === undefined ? false : nested.#isWide)
    return !isWide || isUtf8(bytes)
  }

  isAbsent(field: number): boolean {
    return this.#kinds[field] === absent
  }
  /** Whether a field holds a text of 1 to `lengthMax` characters, all of them ASCII. */
  isText(field: number, lengthMax: number): boolean {
    const length = this.to[field] - this.from[field]
    return this.#kinds[field] === isText && length >= 1 && length <= lengthMax
  }
  isNumber(field: number): boolean {
    return this.#kinds[field] === isNumber
  }
  isObject(field: number): boolean {
    return this.#kinds[field] === isObject
  }
  numberOf(field: number): number {
    return this.#numbers[field]
  }

  /** Where the object that begins at `start` ends; `start` itself, when it is not plain. */
  #readAt(bytes: Uint8Array, start: number): number {
    this.#reset()
    if (bytes[start] !== open) return start
    let at = skipSpaces(bytes, start + 1)
    if (bytes[at] === close) return at + 1
    for (; ; at = skipSpaces(bytes, at + 1)) {
      if (bytes[at] !== quote) return start
      const asciiEnd = endOfAscii(bytes, at + 1)
      const nameEnd = endOfText(bytes, asciiEnd)
      if (bytes[nameEnd] !== quote) return start
      if (nameEnd > asciiEnd) this.#isWide = true
      if (nameEnd - at > this.#nameLength) this.#nameLength = nameEnd - at - 1
      this.#entries++
      const field = this.#fieldOf(bytes, at + 1, nameEnd)
      const before = skipSpaces(bytes, nameEnd + 1)
      if (bytes[before] !== colon) return start
      const value = skipSpaces(bytes, before + 1)
      const end = this.#readValue(bytes, value, field)
      if (end === value) return start
      at = skipSpaces(bytes, end)
      if (bytes[at] === close) return at + 1
      if (bytes[at] !== comma) return start
    }
  }

  #reset(): void {
    for (let field = 0; field < this.#kinds.length; field++) this.#kinds[field] = absent
    this.#nameLength = 0
    this.#textLength = 0
    this.#entries = 0
  }

  /** Where a value ends; where it begins, when it is not plain. */
  #readValue(bytes: Uint8Array, at: number, field: number): number {
    const byte = bytes[at]
    if (byte === quote) return this.#readText(bytes, at, field)
    if (byte >= zero && byte <= nine) return this.#readNumber(bytes, at, field)
    if (byte === open) return this.#readNested(bytes, at, field)
    return this.#readLiteral(bytes, at, field)
  }

  #readLiteral(bytes: Uint8Array, at: number, field: number): number {
    for (const word of literals) {
      if (!isAt(word, bytes, at, at + word.length)) continue
      this.#kinds[field] = isOther
      return at + word.length
    }
    return at
  }

  #readText(bytes: Uint8Array, at: number, field: number): number {
    const asciiEnd = endOfAscii(bytes, at + 1)
    const end = endOfText(bytes, asciiEnd)
    if (bytes[end] !== quote) return at
    if (end > asciiEnd) this.#isWide = true
    this.#kinds[field] = end > asciiEnd ? isOther : isText
    this.from[field] = at + 1
    this.to[field] = end
    if (end - at > this.#textLength) this.#textLength = end - at - 1
    return end + 1
  }

  #readNested(bytes: Uint8Array, at: number, field: number): number {
    const nested = this.#nested
    if (nested?.field !== field) return at
    const { object } = nested
    const end = object.#readAt(bytes, at)
    if (
      object.#entries > nested.entriesMax ||
      object.#nameLength > nested.nameMax ||
      object.#textLength > nested.textMax
    )
      return at
    this.#kinds[field] = isObject
    return end
  }

  /** The field of a name; the one behind the last, when there is none. */
  #fieldOf(bytes: Uint8Array, from: number, to: number): number {
    for (let held = this.#firstOfShape[shapeOf(bytes, from, to)]; held !== 0; held = this.#nextOfShape[held - 1])
      if (isAt(this.#names[held - 1], bytes, from, to)) return held - 1
    return this.#names.length
  }

  #readNumber(bytes: Uint8Array, from: number, field: number): number {
    let value = 0
    let at = from
    for (; bytes[at] >= zero && bytes[at] <= nine; at++) value = value * 10 + bytes[at] - zero
    const whole = at - from
    let decimals = 0
    if (whole === 0 || (whole > 1 && bytes[from] === zero)) return from
    if (bytes[at] === point) {
      for (at++; bytes[at] >= zero && bytes[at] <= nine; at++) value = value * 10 + bytes[at] - zero
      decimals = at - from - whole - 1
      if (decimals === 0) return from
    }
    if (whole + decimals > digitsMax) return from
    this.#kinds[field] = isNumber
    this.#numbers[field] = value / powersOfTen[decimals]
    return at
  }
}

/** Where a text, or a name, stops to be ASCII that stands for itself; at the last byte at the latest. */
function endOfAscii(bytes: Uint8Array, from: number): number {
  const last = bytes.length - 1
  let at = from
  while (at < last && plainness[bytes[at]] === 1) at++
  return at
}

/** Where it ends, from there on. */
function endOfText(bytes: Uint8Array, from: number): number {
  const last = bytes.length - 1
  let at = from
  while (at < last && plainness[bytes[at]] > 0) at++
  return at
}

function shapeOf(bytes: Uint8Array, from: number, to: number): number {
  return (((to - from) & 0b1111) << 8) | bytes[from]
}

function isAt(word: Uint8Array, bytes: Uint8Array, from: number, to: number): boolean {
  if (word.length !== to - from) return false
  for (let at = 0; at < word.length; at++) if (bytes[from + at] !== word[at]) return false
  return true
}

function skipSpaces(bytes: Uint8Array, from: number): number {
  let at = from
  while (bytes[at] === space) at++
  return at
}
