/** A partition as a broker keeps it: batches, markers, and the list of aborted transactions that a fetch brings. Small enough to be right. */

import { attribute, crcAt, crcFrom } from '../../src/log/kafka/wire/batch.ts'
import { crc32c } from '../../src/log/kafka/wire/crc32c.ts'
import type { Aborted } from '../../src/log/kafka/wire/fetched.ts'
import { batchOf } from '../support/batches.ts'

type Batch = { producer: number; offsets: number[]; marker?: 'commit' | 'abort' }
type Ended = { producer: number; first: number; last: number }

/** Producer 0 writes plain records; every other one writes in transactions, the next of which begins with its next record. */
export class ModelPartition {
  readonly #batches: Batch[] = []
  readonly #aborted: Ended[] = []
  /** Records of the transactions that are open, by producer. */
  readonly #open = new Map<number, number[]>()
  readonly #committed: number[] = []
  #next = 0

  send(producer: number, count: number): void {
    const offsets = Array.from({ length: count }, () => this.#next++)
    this.#batches.push({ producer, offsets })
    if (producer === 0) this.#committed.push(...offsets)
    else this.#open.set(producer, [...(this.#open.get(producer) ?? []), ...offsets])
  }

  /** A producer that has begun nothing leaves a marker all the same. */
  end(producer: number, commit: boolean): void {
    if (producer === 0) return
    const records = this.#open.get(producer)
    this.#open.delete(producer)
    const last = this.#next++
    this.#batches.push({ producer, offsets: [last], marker: commit ? 'commit' : 'abort' })
    if (records === undefined) return
    if (commit) this.#committed.push(...records)
    else this.#aborted.push({ producer, first: records[0], last })
  }

  /** Offsets that no batch has any more, as compaction leaves them. */
  skip(count: number): void {
    this.#next += count
  }

  /** One past the last batch; no transaction may be open. */
  get stableEnd(): number {
    return (this.#batches.at(-1)?.offsets.at(-1) ?? -1) + 1
  }

  committed(): number[] {
    return this.#committed.toSorted((a, b) => a - b)
  }

  /** Whole batches from the one on that holds the offset, as bytes; the aborted transactions of that range, by the order in which they ended. */
  fetch(from: number, batches: number): { bytes: Buffer; aborted: Aborted[]; end: number } {
    const first = this.#batches.findIndex(({ offsets }) => (offsets.at(-1) ?? -1) >= from)
    const found = this.#batches.slice(first, first + batches)
    const upTo = found.at(-1)?.offsets.at(-1) ?? from
    const aborted = this.#aborted.filter(({ first: begin, last }) => last >= from && begin <= upTo)
    return {
      bytes: Buffer.concat(found.map(bytesOf)),
      aborted: aborted.map(({ producer, first: firstOffset }) => ({ producerId: producer, firstOffset })),
      end: upTo + 1,
    }
  }
}

function bytesOf({ producer, offsets, marker }: Batch): Buffer {
  const records = offsets.map(() => ({ key: null, value: Buffer.from('{}'), timeMs: 0 }))
  const id = producer === 0 ? undefined : producer
  const batch = batchOf(records, { id, epoch: 0, sequence: 0, isTransactional: id !== undefined })
  return placed(batch, offsets[0], marker === undefined ? 0 : attribute.control)
}

/** A batch as it lies in a partition: with its offset, and with more attributes. */
export function placed(batch: Buffer, firstOffset: number, attributes = 0): Buffer {
  const bytes = Buffer.from(batch)
  bytes.writeBigInt64BE(BigInt(firstOffset), 0)
  bytes.writeInt16BE(bytes.readInt16BE(crcFrom) | attributes, crcFrom)
  bytes.writeUInt32BE(crc32c(bytes.subarray(crcFrom)), crcAt)
  return bytes
}
