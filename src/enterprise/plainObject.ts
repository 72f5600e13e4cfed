/**
 * Reads flat JSON objects off their bytes, without making a string or an object: plain ASCII strings without escapes, and plain
 * decimal numbers. Whatever is not so plain, though it may be good JSON, is left to JSON.parse.
 */
const [quote, comma, point, colon, open, close, space] = Buffer.from('",.:{} ')
const [zero, nine] = Buffer.from('09')

/** 1 for printable ASCII but the quotation mark and the backslash: bytes that stand for themselves in a string. */
const isPlain = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x20 && byte < 0x7f && byte !== quote && byte !== 0x5c ? 1 : 0,
)

/** So many digits are exact in a double, and so is their quotient by such a power of ten as IEEE 754 rounds it. */
const digitsMax = 15
const powersOfTen = Float64Array.from({ length: digitsMax + 1 }, (_, power) => 10 ** power)

const nameBytesMax = 15
const absent = 0
const isText = 1
const isNumber = 2

/** The fields of one object at a time; they stand for the bytes that were read last. */
export class PlainObject {
  private readonly names: readonly Uint8Array[]
  /** By length and first byte of a name: the field that may have it. */
  private readonly fieldOfShape: Uint8Array
  // One place behind the last field takes what nobody asked for.
  private readonly kinds: Uint8Array
  private readonly numbers: Float64Array
  /** Where the text of each field begins and ends. */
  readonly from: Int32Array
  readonly to: Int32Array

  /** @throws Error when two names are alike in length and first byte, or one is too long. */
  constructor(names: readonly string[]) {
    this.names = names.map((name) => Buffer.from(name))
    this.fieldOfShape = new Uint8Array((nameBytesMax + 1) << 8).fill(names.length)
    for (const [field, name] of this.names.entries()) {
      const shape = (name.length << 8) | name[0]
      if (this.fieldOfShape[shape] !== names.length) throw new Error(`${names[field]} looks like another name`)
      this.fieldOfShape[shape] = field
    }
    this.kinds = new Uint8Array(names.length + 1)
    this.numbers = new Float64Array(names.length + 1)
    this.from = new Int32Array(names.length + 1)
    this.to = new Int32Array(names.length + 1)
  }

  /** Whether the bytes are a plain object; of a field that stands twice the last one counts, as in JSON.parse. */
  read(bytes: Uint8Array): boolean {
    for (let field = 0; field < this.kinds.length; field++) this.kinds[field] = absent
    if (bytes[0] !== open) return false
    for (let at = 1; ; at++) {
      at = skipSpaces(bytes, at)
      if (bytes[at] !== quote) return false
      const nameEnd = textEnd(bytes, at + 1)
      if (bytes[nameEnd] !== quote) return false
      const field = this.fieldOf(bytes, at + 1, nameEnd)
      at = skipSpaces(bytes, nameEnd + 1)
      if (bytes[at] !== colon) return false
      at = skipSpaces(bytes, at + 1)
      if (bytes[at] === quote) {
        const end = textEnd(bytes, at + 1)
        if (bytes[end] !== quote) return false
        this.kinds[field] = isText
        this.from[field] = at + 1
        this.to[field] = end
        at = end + 1
      } else {
        const end = this.readNumber(bytes, at, field)
        if (end === at) return false
        at = end
      }
      at = skipSpaces(bytes, at)
      if (bytes[at] !== comma) return bytes[at] === close && at + 1 === bytes.length
    }
  }

  isAbsent(field: number): boolean {
    return this.kinds[field] === absent
  }
  /** Whether a field holds a text of 1 to `lengthMax` characters. */
  isText(field: number, lengthMax: number): boolean {
    const length = this.to[field] - this.from[field]
    return this.kinds[field] === isText && length >= 1 && length <= lengthMax
  }
  isNumber(field: number): boolean {
    return this.kinds[field] === isNumber
  }
  numberOf(field: number): number {
    return this.numbers[field]
  }

  private fieldOf(bytes: Uint8Array, from: number, to: number): number {
    if (to - from > nameBytesMax) return this.names.length
    const field = this.fieldOfShape[((to - from) << 8) | bytes[from]]
    if (field === this.names.length) return field
    const name = this.names[field]
    for (let at = 1; at < name.length; at++) if (bytes[from + at] !== name[at]) return this.names.length
    return field
  }

  /** Where a plain number ends; where it begins, when there is none. */
  private readNumber(bytes: Uint8Array, from: number, field: number): number {
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
    this.kinds[field] = isNumber
    this.numbers[field] = value / powersOfTen[decimals]
    return at
  }
}

function textEnd(bytes: Uint8Array, from: number): number {
  let at = from
  while (isPlain[bytes[at]] === 1) at++
  return at
}

function skipSpaces(bytes: Uint8Array, from: number): number {
  let at = from
  while (bytes[at] === space) at++
  return at
}
