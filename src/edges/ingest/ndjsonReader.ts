/** A line of NDJSON is an entry as it stands; blank lines are none. */
import { type Entry, type LineReader, tooLong } from './entry.ts'
import { isBlank, type Line, withoutReturn } from './lines.ts'

export class NdjsonReader implements LineReader {
  readonly #knownAt: (line: Buffer) => number | undefined

  /** Without a reader of times, entries have none. */
  constructor(knownAt: (line: Buffer) => number | undefined = () => undefined) {
    this.#knownAt = knownAt
  }

  take({ number, bytes, fault }: Line, into: Entry[]): void {
    if (fault !== undefined) into.push(tooLong(number))
    else if (!isBlank(bytes)) {
      const value = withoutReturn(bytes)
      into.push({ line: number, position: 0, value, knownAtMs: this.#knownAt(value), fault: undefined })
    }
  }

  end(): void {}
}
