/** Things as one hash, whatever their order. */
import { hash } from 'node:crypto'

const hashBytes = 32
const words = hashBytes / 4
const utf8BytesMax = 3 // of a unit of text
const carryEvery = 2 ** 20 // sums of so many words stay below 2^53

/** Sum of sha256 hashes modulo 2^256, as words from the lowest on. */
export class Multiset {
  readonly #sums = new Float64Array(words)
  #sinceCarry = 0
  #bytes = Buffer.alloc(256)
  count = 0

  /** One thing of several parts, each with its length before it. */
  add(...parts: readonly (string | Uint8Array)[]): void {
    const found = hash('sha256', this.#messageOf(parts), 'binary') // as text: a buffer for each costs more than the hash
    for (let word = 0; word < words; word++) {
      const at = hashBytes - 4 - 4 * word
      const high = (found.charCodeAt(at) << 8) | found.charCodeAt(at + 1)
      this.#sums[word] += high * 2 ** 16 + ((found.charCodeAt(at + 2) << 8) | found.charCodeAt(at + 3))
    }
    this.count++
    if (++this.#sinceCarry === carryEvery) this.#carry()
  }

  #messageOf(parts: readonly (string | Uint8Array)[]): string | Uint8Array {
    let text = ''
    let written = 0
    for (const part of parts) {
      text += `${part.length}:`
      if (typeof part === 'string') text += part
      else {
        const end = this.#write(text, written, part.length)
        this.#bytes.set(part, end)
        written = end + part.length
        text = ''
      }
    }
    if (written === 0) return text
    const end = this.#write(text, written, 0)
    return this.#bytes.subarray(0, end)
  }

  /** Puts text where the bytes end, with room for so many behind it. Returns where it ends. */
  #write(text: string, at: number, room: number): number {
    const needed = at + text.length * utf8BytesMax + room
    if (needed > this.#bytes.length) this.#bytes = Buffer.concat([this.#bytes.subarray(0, at)], 2 * needed)
    return at + this.#bytes.write(text, at)
  }

  get hash(): string {
    this.#carry()
    return Array.from(this.#sums, (word) => word.toString(16).padStart(8, '0'))
      .reverse()
      .join('')
  }

  #carry(): void {
    let carried = 0
    for (let word = 0; word < words; word++) {
      const sum = this.#sums[word] + carried
      carried = Math.floor(sum / 2 ** 32)
      this.#sums[word] = sum - carried * 2 ** 32
    }
    this.#sinceCarry = 0
  }
}
