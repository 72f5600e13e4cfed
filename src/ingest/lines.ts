/**
 * A file as numbered lines: plain or gzip by its first bytes, with or without a byte order mark, in batches as the bytes come in.
 * Memory is bounded by one chunk, one batch and one line of the largest size that is taken; a longer one is passed over and told.
 */
import { createReadStream } from 'node:fs'
import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { KiB, lineBytesMax, MiB, sliceLines } from '../limits.ts'

/** `bytes` without the line feed; a carriage return before it is still there. Lines count from 1. */
export type Line = {
  number: number
  bytes: Buffer /** What is wrong with it already. */
  fault?: 'too long' | 'open quote'
}

const lineFeed = 0x0a
const carriageReturn = 0x0d
const gzipMagic = Buffer.from([0x1f, 0x8b])
const peekBytes = 8 // the longest mark at the beginning of a file, but for archives of several files
const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf])

/** The bytes of a file, unpacked. */
export function readChunks(file: string): AsyncIterable<Buffer> {
  return plainChunks(createReadStream(file, { highWaterMark: MiB }))
}

/** Unpacks gzip (recognised by content), and drops a byte order mark. */
export async function* plainChunks(source: AsyncIterable<unknown>): AsyncIterable<Buffer> {
  const { first, rest } = await peek(source)
  const unpacked = first.subarray(0, 2).equals(gzipMagic) ? gunzipped(withFirst(first, rest)) : withFirst(first, rest)
  const { first: text, rest: more } = await peek(unpacked)
  yield* withFirst(text.subarray(0, 3).equals(byteOrderMark) ? text.subarray(3) : text, more)
}

/** Enough of the beginning to know a file by: a pipe may hand over one byte at a time. */
async function peek(source: AsyncIterable<unknown>): Promise<{ first: Buffer; rest: AsyncIterator<unknown> }> {
  const rest = source[Symbol.asyncIterator]()
  let first: Buffer = Buffer.alloc(0)
  while (first.length < peekBytes) {
    const step = await rest.next()
    if (step.done === true) break
    first = Buffer.concat([first, bytesOf(step.value)])
  }
  return { first, rest }
}

async function* withFirst(first: Buffer, rest: AsyncIterator<unknown>): AsyncGenerator<Buffer> {
  try {
    if (first.length > 0) yield first
    for (let step = await rest.next(); step.done !== true; step = await rest.next()) yield bytesOf(step.value)
  } finally {
    await rest.return?.() // a reader that stops early closes the file
  }
}

function gunzipped(source: AsyncIterable<Buffer>): AsyncIterable<unknown> {
  // An error of either end destroys the other, and comes out of the iteration.
  return pipeline(Readable.from(source), createGunzip({ chunkSize: 256 * KiB }), () => {})
}

function bytesOf(chunk: unknown): Buffer {
  if (Buffer.isBuffer(chunk)) return chunk
  if (chunk instanceof Uint8Array) return Buffer.from(chunk)
  return Buffer.from(String(chunk))
}

export type LineOptions = {
  /** Lines longer than this come empty, with a fault. */
  bytesMax?: number
  /** Empty lines are counted and left out. */
  leaveOutEmpty?: boolean
}

/** Lines in batches, one or more a chunk; the last line needs no line feed. */
export async function* linesOf(
  chunks: AsyncIterable<Buffer>,
  { bytesMax = lineBytesMax, leaveOutEmpty = false }: LineOptions = {},
): AsyncGenerator<Line[]> {
  const open = new OpenLine(bytesMax)
  let number = 0
  for await (const chunk of chunks) {
    let lines: Line[] = []
    for (let from = 0; ; ) {
      const empty = leaveOutEmpty && open.empty ? feedsAt(chunk, from) : 0
      from += empty
      number += empty
      const end = chunk.indexOf(lineFeed, from)
      if (end >= 0) lines.push(open.end(chunk.subarray(from, end), ++number))
      else open.add(chunk.subarray(from))
      if (end < 0) break
      from = end + 1
      if (lines.length < sliceLines) continue
      yield lines // a line in memory is a hundred times a line feed
      lines = []
    }
    if (lines.length > 0) yield lines
  }
  if (!open.empty) yield [open.end(Buffer.alloc(0), ++number)]
}

function feedsAt(chunk: Buffer, from: number): number {
  let at = from
  while (at < chunk.length && chunk[at] === lineFeed) at++ // a look behind the end costs the engine its quickest code
  return at - from
}

/** The part of a line that came in earlier chunks. */
class OpenLine {
  readonly #bytesMax: number
  #parts: Buffer[] = []
  #length = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  get empty(): boolean {
    return this.#length === 0
  }

  add(part: Buffer): void {
    if (part.length === 0) return
    this.#length += part.length
    if (this.#length > this.#bytesMax) this.#parts = []
    else this.#parts.push(part)
  }

  end(part: Buffer, number: number): Line {
    const length = this.#length + part.length
    const bytes = this.#parts.length === 0 ? part : Buffer.concat([...this.#parts, part], length)
    this.#parts = []
    this.#length = 0
    return length > this.#bytesMax ? { number, bytes: Buffer.alloc(0), fault: 'too long' } : { number, bytes }
  }
}

/** Without the carriage return at its end. */
export function withoutReturn(bytes: Buffer): Buffer {
  return bytes.at(-1) === carriageReturn ? bytes.subarray(0, -1) : bytes
}

export function isBlank(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === carriageReturn)
}
