/**
 * Blocks of 32-bit words in large chunks, so that millions of small rows cost no object each and growing copies nothing.
 * A block never straddles two chunks. Freed blocks go on a list by their size and are taken again first.
 */
const chunkBits = 19
const chunkWords = 1 << chunkBits // 2 MiB
const chunkMask = chunkWords - 1

export type Block = { words: Int32Array; at: number }

export class Arena {
  #chunks: Int32Array[] = []
  #next = 0
  readonly #free = new Map<number, number[]>()

  /** What its chunks take. */
  get bytes(): number {
    return this.#chunks.length * chunkWords * Int32Array.BYTES_PER_ELEMENT
  }

  /** Address of a new block. Its words are not cleared. */
  allocate(size: number): number {
    const again = this.#free.get(size)?.pop()
    if (again !== undefined) {
      return again
    }
    if (this.#chunks.length === 0 || (this.#next & chunkMask) + size > chunkWords || (this.#next & chunkMask) === 0)
      this.#openChunk(size)
    const address = this.#next
    this.#next += size > chunkWords ? Math.ceil(size / chunkWords) * chunkWords : size
    return address
  }

  release(address: number, size: number): void {
    const list = this.#free.get(size)
    if (list) list.push(address)
    else this.#free.set(size, [address])
  }

  wordsOf(address: number): Int32Array {
    return this.#chunks[address >>> chunkBits]
  }

  wordAt(address: number): number {
    return this.#chunks[address >>> chunkBits][address & chunkMask]
  }

  offsetOf(address: number): number {
    return address & chunkMask
  }

  /** A block larger than a chunk gets one of its own, which stands in the list once for every chunk that it spans. */
  #openChunk(size: number): void {
    const spans = Math.max(1, Math.ceil(size / chunkWords))
    const chunk = new Int32Array(spans * chunkWords)
    this.#next = this.#chunks.length * chunkWords
    for (let at = 0; at < spans; at++) this.#chunks.push(chunk)
  }
}
