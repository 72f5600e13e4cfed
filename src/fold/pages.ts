/** Checkpoint state as a stream of 32-bit words, cut into pages under the limit. What is written is the state's meaning, not its layout in memory. */

import { jsonOf } from '../json.ts'
import { pageBytesMax } from '../limits.ts'

const pageWords = Math.floor(pageBytesMax / 4)
/** With so many a page begins, and doubles as it fills: most pages end long before they are full. */
const firstWords = 256
/** Up to so many words a loop copies faster than a call. */
const byHandMax = 32

export class WordWriter {
  #page = new Int32Array(firstWords)
  #at = 0
  #full: Uint8Array[] = []

  put(word: number): void {
    if (this.#at === this.#page.length) this.#makeRoom()
    this.#page[this.#at++] = word
  }

  /** Words from a place on: few by hand, many at once. */
  putWords(words: Int32Array, from: number, count: number): void {
    if (count <= byHandMax) {
      for (let at = from; at < from + count; at++) this.put(words[at])
      return
    }
    for (let at = from; at < from + count; ) {
      if (this.#at === this.#page.length) this.#makeRoom()
      const some = Math.min(from + count - at, this.#page.length - this.#at)
      this.#page.set(words.subarray(at, at + some), this.#at)
      this.#at += some
      at += some
    }
  }

  /** Bytes with their length before them. */
  putBytes(bytes: Uint8Array): void {
    this.put(bytes.length)
    for (let at = 0; at < bytes.length; at += 4)
      this.put(bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24))
  }

  putJson(value: object | null): void {
    this.putBytes(Buffer.from(JSON.stringify(value)))
  }

  putDoubles(values: Float64Array): void {
    this.put(values.length)
    this.putWords(new Int32Array(values.slice().buffer), 0, 2 * values.length)
  }

  /** What follows begins a page of its own: so that it is the same page while it stays the same, whatever lies before it. */
  endPage(): void {
    if (this.#at > 0) this.#turn()
  }

  /** Whether a page can be taken. */
  get isFull(): boolean {
    return this.#full.length > 0
  }

  /** Pages that are full by now; they are handed out once. */
  *takeFull(): Iterable<Uint8Array> {
    yield* this.#full
    this.#full = []
  }

  *finish(): Iterable<Uint8Array> {
    yield* this.takeFull()
    yield new Uint8Array(this.#page.buffer, 0, this.#at * 4)
  }

  #makeRoom(): void {
    const page = this.#page
    if (page.length === pageWords) {
      this.#turn()
      return
    }
    this.#page = new Int32Array(Math.min(2 * page.length, pageWords))
    this.#page.set(page)
  }

  #turn(): void {
    this.#full.push(new Uint8Array(this.#page.buffer, 0, this.#at * 4))
    this.#page = new Int32Array(firstWords)
    this.#at = 0
  }
}

export class WordReader {
  readonly #pages: readonly Uint8Array[]
  #turned = 0
  #page = new Int32Array(0)
  #at = 0
  /** Bytes of the pages that are still to come. */
  #ahead: number

  constructor(pages: Iterable<Uint8Array>) {
    this.#pages = [...pages]
    this.#ahead = this.#pages.reduce((sum, { length }) => sum + length, 0)
  }

  /** @throws Error when the pages end too soon. */
  take(): number {
    while (this.#at === this.#page.length) this.#turn()
    return this.#page[this.#at++]
  }

  takeBytes(): Uint8Array {
    const bytes = new Uint8Array(this.#takeCount(1))
    for (let at = 0; at < bytes.length; at += 4) {
      const word = this.take()
      for (let byte = 0; byte < 4 && at + byte < bytes.length; byte++) bytes[at + byte] = word >>> (8 * byte)
    }
    return bytes
  }

  takeJson(): unknown {
    return jsonOf(this.takeBytes())
  }

  takeDoubles(): Float64Array {
    const words = new Int32Array(this.#takeCount(8) * 2)
    for (let at = 0; at < words.length; at++) words[at] = this.take()
    return new Float64Array(words.buffer)
  }

  /** How many of so many bytes each follow: never more than there can be, since room is made for them. */
  #takeCount(bytesEach: number): number {
    const count = this.take()
    if (count < 0 || count * bytesEach > (this.#page.length - this.#at) * 4 + this.#ahead) throw endsTooSoon()
    return count
  }

  #turn(): void {
    const page = this.#pages[this.#turned++]
    if (page === undefined || page.length % 4 !== 0) throw endsTooSoon()
    this.#page = new Int32Array(new Uint8Array(page).buffer) // a copy of its own: a Buffer's slice would share a pool
    this.#ahead -= page.length
    this.#at = 0
  }
}

function endsTooSoon(): Error {
  return new Error('the checkpoint ends too soon')
}
