/** Writes JSON of long columns of whole numbers: the bytes of JSON.stringify, without its arrays and its text. */
const numberBytesMax = 17 // a sign or a comma more than the 16 digits of a number below 2^53
const [comma, minus, zero] = Buffer.from(',-0')
const lowDigits = 9
const low = 10 ** lowDigits

export class NumbersJson {
  #bytes = new Uint8Array(1 << 12)
  #at = 0

  /** Text that is JSON already, in ASCII. */
  text(text: string): void {
    this.#reserve(text.length)
    for (let unit = 0; unit < text.length; unit++) this.#bytes[this.#at++] = text.charCodeAt(unit)
  }

  /** The numbers, with commas between them. Whole, and below 2^53. */
  numbers(column: Float64Array | Int32Array): void {
    this.#reserve(column.length * (numberBytesMax + 1))
    for (let row = 0; row < column.length; row++) {
      if (row > 0) this.#bytes[this.#at++] = comma
      const value = Math.abs(column[row])
      if (column[row] < 0) this.#bytes[this.#at++] = minus
      if (value < low) this.#digits(value, 1)
      else {
        this.#digits(Math.floor(value / low), 1)
        this.#digits(value % low, lowDigits)
      }
    }
  }

  /** All that was written, as bytes of its own; the next text begins anew. */
  take(): Uint8Array {
    const taken = this.#bytes.slice(0, this.#at)
    this.#at = 0
    return taken
  }

  /** A number below 10^9, with zeros before it up to `least` digits. */
  #digits(value: number, least: number): void {
    let count = least
    for (let power = 10 ** least; power <= value; power *= 10) count++
    let rest = value | 0
    for (let to = this.#at + count - 1; to >= this.#at; to--) {
      const tenth = (rest / 10) | 0
      this.#bytes[to] = zero + rest - tenth * 10
      rest = tenth
    }
    this.#at += count
  }

  #reserve(more: number): void {
    if (this.#at + more <= this.#bytes.length) return
    const bytes = this.#bytes
    this.#bytes = new Uint8Array((this.#at + more) * 2)
    this.#bytes.set(bytes)
  }
}
