/** Whole numbers in as many bytes as they need, seven bits in each from the lowest on (LEB128). What is read is checked. */
const more = 0x80
const lowBits = 0x7f
const smallMax = 2 ** 31 - 1
const bytesEachMax = 8 // a number below 2^53

export class ByteWriter {
  #bytes = new Uint8Array(1 << 12)
  #at = 0

  get length(): number {
    return this.#at
  }

  /** From 0 to 2^53 - 1. @throws RangeError for what is no such number. */
  put(value: number): void {
    if (this.#at + bytesEachMax > this.#bytes.length) this.#reserve(bytesEachMax)
    let rest = value
    if ((rest | 0) !== rest || rest < 0) {
      if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} is no whole number from 0 on`)
      for (; rest > smallMax; rest = Math.floor(rest / more)) this.#bytes[this.#at++] = (rest % more) | more
    }
    for (; rest > lowBits; rest >>>= 7) this.#bytes[this.#at++] = (rest & lowBits) | more
    this.#bytes[this.#at++] = rest
  }

  /** Between -2^52 and 2^52. */
  putSigned(value: number): void {
    this.put(value < 0 ? -2 * value - 1 : 2 * value)
  }

  putBytes(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#at)
    this.#at += bytes.length
  }

  /** What was written, valid until more is. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#at)
  }

  /** The next byte is the first. */
  clear(): void {
    this.#at = 0
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return
    const before = this.#bytes
    this.#bytes = new Uint8Array((this.#at + bytes) * 2)
    this.#bytes.set(before)
  }
}

/** @throws Error from every method, when the bytes end too soon or are no such number. */
export class ByteReader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get left(): number {
    return this.#bytes.length - this.#at
  }

  take(): number {
    let value = 0
    let unit = 1
    for (let count = 0; count < bytesEachMax; count++) {
      if (this.#at === this.#bytes.length) throw new Error('it ends too soon')
      const byte = this.#bytes[this.#at++]
      value += (byte & lowBits) * unit
      if (byte < more) {
        if ((byte === 0 && count > 0) || value > Number.MAX_SAFE_INTEGER)
          throw new Error('a number has a form that nobody writes')
        return value
      }
      unit *= more
    }
    throw new Error('a number has no end')
  }

  takeSigned(): number {
    const value = this.take()
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }

  /** How many of so many bytes each follow, at least: never more than there can be, since room is made for them. */
  takeCount(bytesEach: number): number {
    const count = this.take()
    if (count * bytesEach > this.left) throw new Error('it has fewer bytes than it says')
    return count
  }

  takeBytes(count: number): Uint8Array {
    if (count > this.left) throw new Error('it ends too soon')
    this.#at += count
    return this.#bytes.subarray(this.#at - count, this.#at)
  }
}
