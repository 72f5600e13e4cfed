/** Compresses in each codec of Kafka. The program only reads LZ4 and Snappy, so the plainest writers of both are here. */
import { gzipSync, zstdCompressSync } from 'node:zlib'
import type { CodecName } from '../../src/log/kafka/wire/batch.ts'

const matchMin = 4
const offsetMax = 0xffff

/** Literals, then `count` bytes from `offset` bytes back; the last one has literals alone. */
type Sequence = { literals: Buffer; offset: number; count: number }

export function packed(codec: CodecName, data: Buffer): Buffer {
  switch (codec) {
    case 'none':
      return data
    case 'gzip':
      return gzipSync(data)
    case 'zstd':
      return zstdCompressSync(data)
    case 'lz4':
      return lz4(data)
    case 'snappy':
      return Buffer.concat([Buffer.from(sevenBits(data.length)), ...sequencesOf(data).map(snappySequence)])
  }
}

/** The longest match at the last place where the same four bytes stood. */
function sequencesOf(data: Buffer): Sequence[] {
  const found: Sequence[] = []
  const seen = new Map<number, number>()
  let from = 0
  for (let at = 0; at + matchMin <= data.length; ) {
    const four = data.readUInt32LE(at)
    const before = seen.get(four)
    seen.set(four, at)
    if (before === undefined || at - before > offsetMax) {
      at++
      continue
    }
    let count = matchMin
    while (at + count < data.length && data[before + count] === data[at + count]) count++
    found.push({ literals: data.subarray(from, at), offset: at - before, count })
    at += count
    from = at
  }
  return [...found, { literals: data.subarray(from), offset: 0, count: 0 }]
}

function lz4(data: Buffer): Buffer {
  const block = Buffer.concat(sequencesOf(data).map(lz4Sequence))
  const head = Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0, 0, 0, 0, 0])
  head.writeUInt32LE(block.length, 7)
  return Buffer.concat([head, block, Buffer.alloc(4)])
}

function lz4Sequence({ literals, offset, count }: Sequence): Buffer {
  const more = count === 0 ? 0 : count - matchMin
  const token = (Math.min(15, literals.length) << 4) | Math.min(15, more)
  const match = count === 0 ? [] : [offset & 0xff, offset >> 8, ...extended(more)]
  return Buffer.concat([Buffer.from([token, ...extended(literals.length)]), literals, Buffer.from(match)])
}

function extended(length: number): number[] {
  if (length < 15) return []
  return [...Array<number>(Math.floor((length - 15) / 255)).fill(255), (length - 15) % 255]
}

const [literalsMax, copyMax] = [0x10000, 64]

function snappySequence({ literals, offset, count }: Sequence): Buffer {
  const parts: Buffer[] = []
  for (let at = 0; at < literals.length; at += literalsMax) {
    const piece = literals.subarray(at, at + literalsMax)
    const less = piece.length - 1
    parts.push(Buffer.from(less < 60 ? [less << 2] : [61 << 2, less & 0xff, less >> 8]), piece)
  }
  for (let left = count; left > 0; left -= copyMax)
    parts.push(Buffer.from([((Math.min(left, copyMax) - 1) << 2) | 2, offset & 0xff, offset >> 8]))
  return Buffer.concat(parts)
}

function sevenBits(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...sevenBits(value >>> 7)]
}
