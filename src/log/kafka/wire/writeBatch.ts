/** Writes record batches of version 2 (batch.ts has their form) into one buffer, without an object a record. What is written is not compressed. */
import type { NewRecord } from '../../port.ts'
import { attribute, batchHeadBytes, bodyAt, crcAt, crcFrom, magic } from './batch.ts'
import { crc32c } from './crc32c.ts'
import { none, varintBytes, type WireWriter } from './writer.ts'

export type BatchProducer = {
  /** undefined: neither idempotent nor in a transaction. */
  id: number | undefined
  epoch: number
  /** Number of the first record of the batch, by producer and partition: 31 bits, then from 0 again. */
  sequence: number
  isTransactional: boolean
}

/** Most bytes of a number of variable length: a time delta has up to 8. */
const varintBytesMax = 8
const recordHeadBytesMax = 6 * varintBytesMax

/** One batch of records, behind what is written; the broker gives it its offsets. `timeMs`: for records that bring none. */
export function writeBatch(
  out: WireWriter,
  records: readonly NewRecord[],
  timeMs: number,
  producer: BatchProducer,
): void {
  const start = out.at
  const firstTimeMs = records[0].timeMs ?? timeMs
  let greatestTimeMs = firstTimeMs
  out.at += batchHeadBytes
  for (let at = 0; at < records.length; at++) {
    const recordTimeMs = records[at].timeMs ?? timeMs
    if (recordTimeMs > greatestTimeMs) greatestTimeMs = recordTimeMs
    writeRecord(out, records[at], recordTimeMs - firstTimeMs, at)
  }
  const end = out.at
  out.at = start
  out.int64(0)
  out.int32(end - start - bodyAt)
  out.int32(none) // leader epoch: the broker's
  out.int8(magic)
  out.at = start + crcFrom
  out.int16(producer.isTransactional ? attribute.transactional : 0)
  out.int32(records.length - 1)
  out.int64(firstTimeMs)
  out.int64(greatestTimeMs)
  out.int64(producer.id ?? none)
  out.int16(producer.id === undefined ? none : producer.epoch)
  out.int32(producer.id === undefined ? none : producer.sequence)
  out.int32(records.length)
  out.bytes.writeUInt32BE(crc32c(out.bytes.subarray(start + crcFrom, end)), start + crcAt)
  out.at = end
}

/** What a record takes at most. */
export function recordBytesAtMost({ key, value, headers }: NewRecord): number {
  let bytes = recordHeadBytesMax + (key === null ? 0 : Buffer.byteLength(key)) + value.byteLength
  for (const name in headers) bytes += 2 * varintBytesMax + Buffer.byteLength(name) + Buffer.byteLength(headers[name])
  return bytes
}

function writeRecord(
  out: WireWriter,
  { key, value, headers }: NewRecord,
  timeDelta: number,
  offsetDelta: number,
): void {
  const keyBytes = key === null ? none : Buffer.byteLength(key)
  const names = headers === undefined ? nameless : Object.keys(headers)
  let length = 1 + varintBytes(timeDelta) + varintBytes(offsetDelta) + sizedBytes(keyBytes)
  length += sizedBytes(value.byteLength) + varintBytes(names.length)
  for (const name of names)
    length += sizedBytes(Buffer.byteLength(name)) + sizedBytes(Buffer.byteLength(headers?.[name] ?? ''))
  out.varint(length)
  out.int8(0) // attributes: none are defined
  out.varint(timeDelta)
  out.varint(offsetDelta)
  out.varint(keyBytes)
  if (key !== null) out.text(key, keyBytes)
  out.varint(value.byteLength)
  out.view(value)
  out.varint(names.length)
  for (const name of names) {
    sizedText(out, name)
    sizedText(out, headers?.[name] ?? '')
  }
}

const nameless: readonly string[] = []

/** Bytes with their length before them. */
const sizedBytes = (bytes: number): number => varintBytes(bytes) + Math.max(0, bytes)

function sizedText(out: WireWriter, text: string): void {
  const bytes = Buffer.byteLength(text)
  out.varint(bytes)
  out.text(text, bytes)
}
