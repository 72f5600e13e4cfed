/** A line of NDJSON is an entry as it stands; blank lines are none. */
import { type Known, unsaid } from '../../../streams/mapRows.ts'
import { isBlank, type Line, withoutReturn } from '../lines.ts'
import { type Entry, type LineReader, tooLong } from './entry.ts'

export class NdjsonReader implements LineReader {
  readonly #known: (line: Buffer) => Known

  /** Without a reader of times, entries have none. */
  constructor(known: (line: Buffer) => Known = () => unsaid) {
    this.#known = known
  }

  take({ number, bytes, fault }: Line, into: Entry[]): void {
    if (fault !== undefined) into.push(tooLong(number))
    else if (!isBlank(bytes)) {
      const value = withoutReturn(bytes)
      into.push({ line: number, position: 0, value, ...this.#known(value), fault: undefined })
    }
  }

  end(): void {}
}
