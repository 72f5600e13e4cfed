/** Things as one hash, whatever their order. */
import { hash } from 'node:crypto'

const hashBytes = 32
const words = hashBytes / 4
const carryEvery = 2 ** 20 // sums of so many words stay below 2^53

/** Sum of sha256 hashes modulo 2^256, as words from the lowest on. */
export class Multiset {
  readonly #sums = new Float64Array(words)
  #sinceCarry = 0
  count = 0

  /** One thing of several parts, each with its length before it. */
  add(...parts: readonly (string | Uint8Array)[]): void {
    const message = parts.some((part) => typeof part !== 'string')
      ? Buffer.concat(parts.flatMap((part) => [Buffer.from(`${part.length}:`), Buffer.from(part)]))
      : parts.map((part) => `${part.length}:${part}`).join('')
    const found = hash('sha256', message, 'buffer')
    for (let word = 0; word < words; word++) this.#sums[word] += found.readUInt32BE(hashBytes - 4 - 4 * word)
    this.count++
    if (++this.#sinceCarry === carryEvery) this.#carry()
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
