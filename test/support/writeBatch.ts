/** Writes record batches of version 2 (batch.ts has their form) into one buffer, without an object a record. */

import {
  attribute,
  batchHeadBytes,
  bodyAt,
  crcAt,
  crcFrom,
  lengthAt,
  magic,
  magicAt,
} from '../../src/log/kafka/wire/batch.ts'
import { crc32c } from '../../src/log/kafka/wire/crc32c.ts'
import type { Headers } from '../../src/log/port.ts'

export type BatchRecord = {
  key: string | null
  value: Uint8Array
  headers?: Headers | undefined
  /** Milliseconds since 1970. */
  timeMs: number
}

export type BatchProducer = {
  /** undefined: neither idempotent nor in a transaction. */
  id: number | undefined
  epoch: number
  /** Number of the first record of the batch, by producer and partition. */
  sequence: number
  isTransactional: boolean
}

const none = -1 // what the protocol has for no key, no producer and no epoch
/** Most bytes of a number of variable length: a time delta has up to 8. */
const varintBytesMax = 8
const recordBytesMax = 6 * varintBytesMax

/** One batch of records, uncompressed; the broker gives it its offsets. */
export function writeBatch(records: readonly BatchRecord[], producer: BatchProducer): Buffer {
  const out = new Writer(batchHeadBytes + records.reduce((sum, record) => sum + bytesOf(record), 0))
  const firstTimeMs = records[0].timeMs
  let greatestTimeMs = firstTimeMs
  out.at = batchHeadBytes
  for (const [offset, record] of records.entries()) {
    writeRecord(out, record, record.timeMs - firstTimeMs, offset)
    if (record.timeMs > greatestTimeMs) greatestTimeMs = record.timeMs
  }
  const { bytes, at: end } = out
  bytes.fill(0, 0, lengthAt)
  bytes.writeInt32BE(end - bodyAt, lengthAt)
  bytes.writeInt32BE(none, bodyAt) // leader epoch: the broker's
  bytes[magicAt] = magic
  out.at = crcFrom
  out.int16(producer.isTransactional ? attribute.transactional : 0)
  out.int32(records.length - 1)
  out.int64(firstTimeMs)
  out.int64(greatestTimeMs)
  out.int64(producer.id ?? none)
  out.int16(producer.id === undefined ? none : producer.epoch)
  out.int32(producer.id === undefined ? none : producer.sequence)
  out.int32(records.length)
  const batch = bytes.subarray(0, end)
  batch.writeUInt32BE(crc32c(batch.subarray(crcFrom)), crcAt)
  return batch
}

/** What a record takes at most. */
export function bytesOf({ key, value, headers }: Pick<BatchRecord, 'key' | 'value' | 'headers'>): number {
  let bytes = recordBytesMax + (key === null ? 0 : Buffer.byteLength(key)) + value.byteLength
  for (const name in headers) bytes += 2 * varintBytesMax + Buffer.byteLength(name) + Buffer.byteLength(headers[name])
  return bytes
}

function writeRecord(out: Writer, { key, value, headers }: BatchRecord, timeDelta: number, offsetDelta: number): void {
  const keyBytes = key === null ? none : Buffer.byteLength(key)
  const names = headers === undefined ? [] : Object.keys(headers)
  // The length stands first, and is known last: all that follows is written where it would stand for a length of most bytes.
  const start = out.at
  out.at += varintBytesMax
  const from = out.at
  out.bytes[out.at++] = 0
  out.varint(timeDelta)
  out.varint(offsetDelta)
  out.varint(keyBytes)
  if (key !== null) out.text(key, keyBytes)
  out.varint(value.byteLength)
  out.view(value)
  out.varint(names.length)
  for (const name of names) {
    const text = headers?.[name] ?? ''
    const [nameBytes, textBytes] = [Buffer.byteLength(name), Buffer.byteLength(text)]
    out.varint(nameBytes)
    out.text(name, nameBytes)
    out.varint(textBytes)
    out.text(text, textBytes)
  }
  const length = out.at - from
  out.at = start
  out.varint(length)
  out.bytes.copyWithin(out.at, from, from + length)
  out.at += length
}

class Writer {
  readonly bytes: Buffer
  at = 0

  constructor(size: number) {
    this.bytes = Buffer.allocUnsafe(size)
  }

  int16(value: number): void {
    this.at = this.bytes.writeInt16BE(value, this.at)
  }
  int32(value: number): void {
    this.at = this.bytes.writeInt32BE(value, this.at)
  }
  int64(value: number): void {
    this.int32(Math.floor(value / 2 ** 32))
    this.at = this.bytes.writeUInt32BE(value - Math.floor(value / 2 ** 32) * 2 ** 32, this.at)
  }

  /** Zigzag, seven bits a byte. */
  varint(value: number): void {
    let rest = value < 0 ? -2 * value - 1 : 2 * value
    for (; rest > 127; rest = Math.floor(rest / 128)) this.bytes[this.at++] = (rest % 128) | 128
    this.bytes[this.at++] = rest
  }

  text(text: string, bytes: number): void {
    this.bytes.write(text, this.at)
    this.at += bytes
  }

  view(bytes: Uint8Array): void {
    this.bytes.set(bytes, this.at)
    this.at += bytes.byteLength
  }
}
