/** Reads the primitive types of Kafka's protocol, one after another. Whatever goes beyond the end is an error, never a wrong value. */

/** Bytes that are not what the protocol says. */
export class WireError extends Error {}

export class Cursor {
  readonly bytes: Buffer
  at: number
  readonly end: number

  constructor(bytes: Buffer, at = 0, end = bytes.length) {
    this.bytes = bytes
    this.at = at
    this.end = end
  }

  get left(): number {
    return this.end - this.at
  }

  int8(): number {
    return this.bytes.readInt8(this.#take(1))
  }
  int16(): number {
    return this.bytes.readInt16BE(this.#take(2))
  }
  int32(): number {
    return this.bytes.readInt32BE(this.#take(4))
  }

  /** Offsets, times and ids of producers: all stay far below 2^53. @throws WireError for one that does not. */
  int64(): number {
    const at = this.#take(8)
    const value = this.bytes.readInt32BE(at) * 2 ** 32 + this.bytes.readUInt32BE(at + 4)
    if (!Number.isSafeInteger(value)) throw new WireError('a number of 64 bits is out of all bounds')
    return value
  }

  /** A whole number in zigzag form, seven bits a byte; of times too, which need more than 32 bits. */
  varint(): number {
    const value = this.unsigned()
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }

  /** A whole number from 0 on, seven bits a byte. */
  unsigned(): number {
    let value = 0
    for (let factor = 1; factor <= 2 ** 49; factor *= 128) {
      const byte = this.bytes[this.#take(1)]
      value += (byte & 127) * factor
      if (value > Number.MAX_SAFE_INTEGER) break
      if (byte < 128) return value
    }
    throw new WireError('a number of variable length is out of all bounds')
  }

  /** A view of so many bytes. */
  view(length: number): Buffer {
    const at = this.#take(length)
    return this.bytes.subarray(at, at + length)
  }

  /** Bytes with their length before them, -1 for none. */
  varBytes(): Buffer | null {
    const length = this.varint()
    return length === -1 ? null : this.view(length)
  }

  /** A text with its length before it, null for none; without a view of its bytes. */
  varText(): string | null {
    const length = this.varint()
    if (length === -1) return null
    const at = this.#take(length)
    return this.bytes.toString('utf8', at, at + length)
  }

  string(): string {
    return this.view(this.int16()).toString('utf8')
  }

  /** A list with its length before it; -1 stands for none. `bytesMin`: what one entry takes at least, so that no length is believed that cannot be. */
  array<Entry>(bytesMin: number, one: () => Entry): Entry[] {
    return this.#entries(this.int32(), bytesMin, one)
  }

  /** The same with its length and one more before it, 0 for none. */
  compactArray<Entry>(bytesMin: number, one: () => Entry): Entry[] {
    return this.#entries(this.unsigned() - 1, bytesMin, one)
  }

  compactString(): string {
    return this.view(this.unsigned() - 1).toString('utf8')
  }

  /** Past tagged fields, of which none is known here. */
  passTags(): void {
    for (let left = this.unsigned(); left > 0; left--) {
      this.unsigned()
      this.view(this.unsigned())
    }
  }

  #entries<Entry>(count: number, bytesMin: number, one: () => Entry): Entry[] {
    const length = Math.max(0, count)
    if (length * bytesMin > this.left) throw new WireError(`a list says that it has ${length} entries`)
    return Array.from({ length }, one)
  }

  #take(length: number): number {
    const at = this.at
    if (!(length >= 0) || at + length > this.end) throw new WireError('the bytes end too soon')
    this.at = at + length
    return at
  }
}
