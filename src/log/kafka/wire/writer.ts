/** Writes the primitive types of Kafka's protocol one after another, into one buffer that is used again and grows where it must. */

/** What the protocol has where there is no key, no value, no text and no producer. */
export const none = -1
const two32 = 2 ** 32

export class WireWriter {
  #bytes: Buffer
  at = 0
  readonly #kept: number

  /** Begins with so many bytes, and gives back what it grew by when it begins anew. */
  constructor(bytes: number) {
    this.#kept = bytes
    this.#bytes = Buffer.allocUnsafeSlow(bytes)
  }

  get bytes(): Buffer {
    return this.#bytes
  }

  /** What was written before is written over. */
  reset(): void {
    this.at = 0
    if (this.#bytes.length > this.#kept) this.#bytes = Buffer.allocUnsafeSlow(this.#kept)
  }

  /** Makes room for so many more; all else is written without a look at the end. */
  reserve(more: number): void {
    const wanted = this.at + more
    if (wanted <= this.#bytes.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(wanted, 2 * this.#bytes.length))
    this.#bytes.copy(larger, 0, 0, this.at)
    this.#bytes = larger
  }

  int8(value: number): void {
    this.at = this.#bytes.writeInt8(value, this.at)
  }
  int16(value: number): void {
    this.at = this.#bytes.writeInt16BE(value, this.at)
  }
  int32(value: number): void {
    this.at = this.#bytes.writeInt32BE(value, this.at)
  }
  /** Whole numbers up to 2^53. */
  int64(value: number): void {
    const high = Math.floor(value / two32)
    this.int32(high)
    this.at = this.#bytes.writeUInt32BE(value - high * two32, this.at)
  }

  /** Zigzag, seven bits a byte. Whole numbers up to 2^52. */
  varint(value: number): void {
    this.unsigned(value < 0 ? -2 * value - 1 : 2 * value)
  }

  /** Seven bits a byte. Whole numbers from 0 to 2^53. */
  unsigned(value: number): void {
    let rest = value
    for (; rest > 127; rest = Math.floor(rest / 128)) this.#bytes[this.at++] = (rest % 128) | 128
    this.#bytes[this.at++] = rest
  }

  /** A text of so many bytes of UTF-8. */
  text(text: string, bytes: number): void {
    this.#bytes.write(text, this.at, bytes, bytes === text.length ? 'latin1' : 'utf8') // so many bytes as characters: it is ASCII
    this.at += bytes
  }

  /** A text with its length before it in 16 bits. */
  string(text: string | undefined): void {
    const bytes = text === undefined ? none : Buffer.byteLength(text)
    this.int16(bytes)
    if (text !== undefined) this.text(text, bytes)
  }

  /** A text with its length and one more before it, in as many bytes as that takes. */
  compactString(text: string): void {
    const bytes = Buffer.byteLength(text)
    this.unsigned(bytes + 1)
    this.text(text, bytes)
  }

  view(bytes: Uint8Array): void {
    this.#bytes.set(bytes, this.at)
    this.at += bytes.byteLength
  }
}

/** Bytes that `varint` takes. */
export function varintBytes(value: number): number {
  let rest = value < 0 ? -2 * value - 1 : 2 * value
  let bytes = 1
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes++
  return bytes
}
