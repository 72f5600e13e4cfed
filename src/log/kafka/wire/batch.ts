/**
 * Record batches of version 2 (Kafka protocol guide, "Record Batch"): a head of 61 bytes, then records, compressed as a whole or not.
 *
 *   offset 8 | length 4 | leader epoch 4 | magic 1 | crc 4 | attributes 2 | last offset delta 4 | first time 8 | greatest time 8
 *   | producer id 8 | producer epoch 2 | first sequence 4 | number of records 4 | records
 *
 * The crc is CRC-32C of all that follows it. A record: length, attributes, time delta, offset delta, key, value, headers.
 */

import type { Headers, LogRecord } from '../../port.ts'
import { crc32c } from './crc32c.ts'
import { Cursor, WireError } from './cursor.ts'

export const batchHeadBytes = 61
export const lengthAt = 8
export const bodyAt = 12 // what `length` counts begins here
export const magicAt = 16
export const crcAt = 17
export const crcFrom = 21
export const magic = 2
export const attribute = { compression: 7, logAppendTime: 8, transactional: 16, control: 32 } as const
/** A record takes at least a length and six fields of one byte. */
const recordBytesMin = 7

export const codecNames = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const
export type CodecName = (typeof codecNames)[number]

export type BatchHead = {
  firstOffset: number
  lastOffset: number
  codec: CodecName
  isTransactional: boolean
  /** A marker that ends a transaction; no record of anybody. */
  isControl: boolean
  producerId: number
  firstTimeMs: number
  /** The time of all records, where the broker stamps it; else each has its own. */
  stampedMs: number | undefined
  count: number
  /** The records as they are in the batch. */
  body: Buffer
  /** Where the next batch begins. */
  end: number
}

/** The batch at a position; undefined when not all of it is there: a fetch ends where its bytes do. @throws WireError. */
export function batchAt(bytes: Buffer, at: number): BatchHead | undefined {
  if (at + bodyAt > bytes.length) return undefined
  const length = bytes.readInt32BE(at + lengthAt)
  if (length < batchHeadBytes - bodyAt) throw new WireError(`a batch says that it has ${length} bytes`)
  const end = at + bodyAt + length
  if (end > bytes.length) return undefined
  if (bytes[at + magicAt] !== magic)
    throw new WireError(
      `a batch has format ${bytes[at + magicAt]}, and format 2 is read: records of brokers before 0.11`,
    )
  if (crc32c(bytes.subarray(at + crcFrom, end)) !== bytes.readUInt32BE(at + crcAt))
    throw new WireError('a batch is damaged: its checksum is another one')
  const head = new Cursor(bytes, at, end)
  const firstOffset = head.int64()
  head.at = at + crcFrom
  const attributes = head.int16()
  const codec = codecNames[attributes & attribute.compression]
  if (codec === undefined) throw new WireError(`a batch is compressed with codec ${attributes & attribute.compression}`)
  const lastOffset = firstOffset + head.int32()
  const firstTimeMs = head.int64()
  const greatestTimeMs = head.int64()
  const producerId = head.int64()
  head.int16()
  head.int32()
  const count = head.int32()
  if (lastOffset < firstOffset || count < 0) throw new WireError('a batch counts backwards')
  return {
    firstOffset,
    lastOffset,
    codec,
    isTransactional: (attributes & attribute.transactional) !== 0,
    isControl: (attributes & attribute.control) !== 0,
    producerId,
    firstTimeMs,
    stampedMs: (attributes & attribute.logAppendTime) === 0 ? undefined : greatestTimeMs,
    count,
    body: bytes.subarray(at + batchHeadBytes, end),
    end,
  }
}

/** The records of a batch, one at a time, from its bytes once they are inflated. Values are views. */
export class BatchRecords {
  readonly #head: BatchHead
  readonly #bytes: Cursor
  #left: number
  #offset: number

  /** @throws WireError when so few bytes cannot hold so many records. */
  constructor(head: BatchHead, body: Buffer) {
    if (head.count * recordBytesMin > body.length) throw new WireError(`a batch says that it has ${head.count} records`)
    this.#head = head
    this.#bytes = new Cursor(body)
    this.#left = head.count
    this.#offset = head.firstOffset - 1
  }

  /** Undefined after the last. @throws WireError. */
  next(): LogRecord | undefined {
    if (this.#left === 0) return undefined
    const { firstOffset, lastOffset, firstTimeMs, stampedMs } = this.#head
    const bytes = this.#bytes
    const end = bytes.varint() + bytes.at
    if (end > bytes.end) throw new WireError('the bytes end too soon')
    bytes.int8()
    const timeDelta = bytes.varint()
    const offset = firstOffset + bytes.varint()
    if (offset <= this.#offset || offset > lastOffset) throw new WireError('a record has an offset of another batch')
    const key = bytes.varText()
    const value = bytes.varBytes()
    const headers = headersFrom(bytes)
    if (bytes.at !== end) throw new WireError('a record has another length than it says')
    this.#left--
    this.#offset = offset
    return {
      offset,
      timeMs: stampedMs ?? firstTimeMs + timeDelta,
      key,
      value: value ?? nothing, // a tombstone: the decoder refuses it like any other record without JSON
      headers,
    }
  }
}

const nothing = new Uint8Array(0)

/** Of several headers of one name the last. */
function headersFrom(bytes: Cursor): Headers | null {
  const count = bytes.varint()
  if (count === 0) return null
  if (count < 0 || count * 2 > bytes.left) throw new WireError(`a record says that it has ${count} headers`)
  const headers = new Map<string, string>()
  for (let at = 0; at < count; at++) {
    const name = bytes.varText()
    if (name === null) throw new WireError('a header has no name')
    headers.set(name, bytes.varText() ?? '')
  }
  return Object.fromEntries(headers)
}
