/** Where inflated bytes are gathered: literals, and copies of what came before, up to a limit. */
export class Output {
  readonly #bytesMax: number
  #bytes: Buffer
  #length = 0

  constructor(bytesMax: number, expected: number) {
    this.#bytesMax = bytesMax
    this.#bytes = Buffer.allocUnsafe(Math.max(64, Math.min(bytesMax, expected)))
  }

  get length(): number {
    return this.#length
  }

  /** Bytes as they stand in the input. @throws Error when the input ends before. */
  literal(input: Buffer, from: number, count: number): void {
    if (from + count > input.length) throw new Error('the compressed data end too soon')
    this.#reserve(count)
    input.copy(this.#bytes, this.#length, from, from + count)
    this.#length += count
  }

  /** `count` bytes from `offset` bytes back; they may run into each other, which repeats them. @throws Error when there is nothing so far back. */
  copy(offset: number, count: number): void {
    if (offset === 0 || offset > this.#length) throw new Error('the compressed data point before their beginning')
    this.#reserve(count)
    if (offset >= count) this.#bytes.copyWithin(this.#length, this.#length - offset, this.#length - offset + count)
    else for (let at = this.#length; at < this.#length + count; at++) this.#bytes[at] = this.#bytes[at - offset]
    this.#length += count
  }

  take(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }

  #reserve(count: number): void {
    const needed = this.#length + count
    if (needed > this.#bytesMax) throw new Error(`the data inflate to more than ${this.#bytesMax} bytes`)
    if (needed <= this.#bytes.length) return
    const larger = Buffer.allocUnsafe(Math.min(this.#bytesMax, Math.max(needed, 2 * this.#bytes.length)))
    this.#bytes.copy(larger, 0, 0, this.#length)
    this.#bytes = larger
  }
}
