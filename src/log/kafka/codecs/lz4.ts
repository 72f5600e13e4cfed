/** LZ4 frames, read only (LZ4 frame format 1.6, block format). Checksums are Kafka's own business: its batches have one over all bytes. */
import { Output } from './output.ts'

const magic = 0x184d2204
const headBytes = 7 // magic, two bytes of flags, a byte of checksum
const flag = { contentSize: 0x08, contentChecksum: 0x04, blockChecksum: 0x10, dictionary: 0x01 } as const
const isPlain = 0x80000000 // a block that was not worth compressing

/** Frames one after another. @throws Error for anything else, and beyond `bytesMax` of output. */
export function inflateLz4(input: Buffer, bytesMax: number): Buffer {
  const output = new Output(bytesMax, 4 * input.length)
  let at = 0
  do at = frame(input, at, output)
  while (at < input.length)
  return output.take()
}

function frame(input: Buffer, start: number, output: Output): number {
  if (start + headBytes > input.length || input.readUInt32LE(start) !== magic)
    throw new Error('these are no LZ4 frames')
  const flags = input[start + 4]
  if (flags >>> 6 !== 1 || (flags & flag.dictionary) !== 0)
    throw new Error('an LZ4 frame of a kind that is not read here')
  const before = output.length
  let at = start + headBytes + ((flags & flag.contentSize) === 0 ? 0 : 8)
  for (;;) {
    const size = wordAt(input, at)
    at += 4
    if (size === 0) break
    const bytes = size % isPlain
    if (size >= isPlain) output.literal(input, at, bytes)
    else block(input, at, at + bytes, output)
    at += bytes + ((flags & flag.blockChecksum) === 0 ? 0 : 4)
  }
  const end = at + ((flags & flag.contentChecksum) === 0 ? 0 : 4)
  if (end > input.length) throw new Error('the compressed data end too soon')
  if ((flags & flag.contentSize) !== 0 && input.readBigUInt64LE(start + 6) !== BigInt(output.length - before))
    throw new Error('the data inflate to another length than they say')
  return end
}

/** Sequences of literals and a match; the last one has literals alone. */
function block(input: Buffer, start: number, end: number, output: Output): void {
  if (end > input.length) throw new Error('the compressed data end too soon')
  let at = start
  while (at < end) {
    const token = input[at++]
    let literals = token >>> 4
    if (literals === 15) [literals, at] = extended(input, at, end, literals)
    if (at + literals > end) throw new Error('the compressed data end too soon')
    output.literal(input, at, literals)
    at += literals
    if (at === end) return
    if (at + 2 > end) throw new Error('the compressed data end too soon')
    const offset = input.readUInt16LE(at)
    at += 2
    let count = token & 15
    if (count === 15) [count, at] = extended(input, at, end, count)
    output.copy(offset, count + 4)
  }
}

/** A length that does not fit into four bits goes on in bytes, the last of which is not 255. */
function extended(input: Buffer, at: number, end: number, first: number): [length: number, at: number] {
  let length = first
  for (;;) {
    if (at >= end) throw new Error('the compressed data end too soon')
    const byte = input[at++]
    length += byte
    if (byte !== 255) return [length, at]
  }
}

function wordAt(input: Buffer, at: number): number {
  if (at + 4 > input.length) throw new Error('the compressed data end too soon')
  return input.readUInt32LE(at)
}
