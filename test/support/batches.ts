/** One batch by itself, as the product writes it. */
import { type BatchProducer, recordBytesAtMost, writeBatch } from '../../src/log/kafka/wire/writeBatch.ts'
import { WireWriter } from '../../src/log/kafka/wire/writer.ts'
import type { NewRecord } from '../../src/log/port.ts'

/** With a time of its own. */
export type BatchRecord = NewRecord & { timeMs: number }

const headBytes = 64

export function batchOf(records: readonly NewRecord[], producer: BatchProducer): Buffer {
  const out = new WireWriter(headBytes + records.reduce((sum, record) => sum + recordBytesAtMost(record), 0))
  writeBatch(out, records, 0, producer)
  return Buffer.from(out.bytes.subarray(0, out.at))
}
