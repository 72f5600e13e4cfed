/**
 * Bodies in pieces of whole lines, however they come in. A piece lies in memory that is used again for the next one, so what is made of
 * it must not outlive its turn.
 */
import type { Turns } from '../fold/turns.ts'
import { ingestRequestsMax, lineBytesMax, sliceBytes } from '../limits.ts'

const lineFeed = 0x0a
const bufferBytes = sliceBytes + lineBytesMax + 1 // a slice and the line begun behind it, and a line feed for the last one

export class Pieces {
  readonly #free: Buffer[] = []

  /** Each piece but the last is about a slice; each ends with a line feed, unless it is part of a line that is too long. */
  async *of(chunks: AsyncIterable<Buffer>, turns: Turns): AsyncGenerator<Buffer> {
    const buffer = this.#free.pop() ?? Buffer.allocUnsafeSlow(bufferBytes)
    let filled = 0
    for await (const chunk of chunks) {
      for (let at = 0; at < chunk.length; ) {
        const copied = chunk.copy(buffer, filled, at, at + bufferBytes - 1 - filled)
        at += copied
        filled += copied
        const size = filled < sliceBytes ? 0 : sizeOfPiece(buffer.subarray(0, filled))
        if (size === 0) continue
        await turns.next() // of empty lines a piece is soon through, and the next one is there
        yield buffer.subarray(0, size)
        buffer.copyWithin(0, size, filled)
        filled -= size
      }
    }
    buffer[filled] = lineFeed
    yield buffer.subarray(0, filled + 1)
    if (this.#free.length < ingestRequestsMax) this.#free.push(buffer) // after a fault somebody may still look at it
  }
}

/** Up to the end of its last whole line; 0 while its one line may still end in time. */
function sizeOfPiece(filled: Buffer): number {
  const end = filled.lastIndexOf(lineFeed) + 1
  return end === 0 && filled.length === bufferBytes - 1 ? filled.length : end
}
