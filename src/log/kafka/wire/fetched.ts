/**
 * What a fetch of one partition brought: its batches, read as far as they are asked for, with the filter of committed records inside.
 * A transaction that was aborted is entered where it began and left at its marker alone, each producer for itself (kafkajs and others
 * take the broker's list as sorted and admit one transaction a message; records of interleaved aborts then come through).
 *
 * Batches inflate one at a time, and only when their records are asked for: some kilobytes may inflate to gigabytes. What a producer
 * made unreadable, or larger than the bound once inflated, is one record that says so: the fold makes it a dead letter, and goes on.
 */
import { messageOf } from '../../../errors.ts'
import type { Batch, LogRecord } from '../../port.ts'
import { type BatchHead, BatchRecords, batchAt, type CodecName } from './batch.ts'

export type Aborted = { producerId: number; firstOffset: number }
/** @throws Error for what is no such data, and for what inflates beyond the bound. */
export type Inflate = (codec: Exclude<CodecName, 'none'>, bytes: Buffer) => Promise<Buffer>

/** A batch whose records are being read. */
type Open = { head: BatchHead; records: BatchRecords }

export class Fetched {
  /** Where to read on: past markers, aborted records and gaps. */
  next: number
  readonly #bytes: Buffer
  readonly #begins: readonly Aborted[]
  readonly #inflate: Inflate
  readonly #aborting = new Set<number>()
  #begun = 0
  #at = 0
  #open: Open | undefined

  constructor(bytes: Buffer, aborted: readonly Aborted[], from: number, inflate: Inflate) {
    this.#bytes = bytes
    this.#begins = aborted.toSorted((a, b) => a.firstOffset - b.firstOffset)
    this.#inflate = inflate
    this.next = from
  }

  /**
   * Committed records of about so many bytes, at least one if there is one. A compressed batch waits for the next call when this one
   * has given something already. @throws WireError when the answer itself is damaged.
   */
  async take(bytesMax: number, recordsMax: number): Promise<Batch> {
    const records: LogRecord[] = []
    let bytes = 0
    while (bytes < bytesMax && records.length < recordsMax) {
      const head = this.#open?.head ?? this.#skip()
      if (head === undefined || (this.#open === undefined && head.codec !== 'none' && records.length > 0)) break
      let record: LogRecord | undefined
      try {
        this.#open ??= { head, records: new BatchRecords(head, await this.#bodyOf(head)) }
        record = this.#open.records.next()
      } catch (error) {
        record = unreadable(head, messageOf(error))
      }
      if (record !== undefined && record.offset >= this.next) {
        this.next = record.offset + 1
        records.push(record)
        bytes += record.value.length + (record.key?.length ?? 0)
      }
      if (record === undefined || record.offset === head.lastOffset) this.#end(head)
    }
    return { records, next: this.next }
  }

  /** Whether bytes are left that `take` has not been through. */
  get hasMore(): boolean {
    return this.#open !== undefined || batchAt(this.#bytes, this.#at) !== undefined
  }

  /** The next batch that holds committed records from `next` on, past all others. */
  #skip(): BatchHead | undefined {
    for (;;) {
      const head = batchAt(this.#bytes, this.#at)
      if (head === undefined || (this.#isCommitted(head) && head.lastOffset >= this.next)) return head
      this.#end(head)
    }
  }

  #end({ end, lastOffset }: BatchHead): void {
    this.#open = undefined
    this.#at = end
    this.next = Math.max(this.next, lastOffset + 1)
  }

  async #bodyOf({ codec, body }: BatchHead): Promise<Buffer> {
    return codec === 'none' ? body : this.#inflate(codec, body)
  }

  #isCommitted({ firstOffset, isControl, isTransactional, producerId }: BatchHead): boolean {
    const begins = this.#begins
    for (; this.#begun < begins.length && begins[this.#begun].firstOffset <= firstOffset; this.#begun++)
      this.#aborting.add(begins[this.#begun].producerId)
    if (!isControl) return !(isTransactional && this.#aborting.has(producerId))
    this.#aborting.delete(producerId)
    return false
  }
}

/** Stands for what is left of a batch that nobody can read; it is no JSON, whatever the batch was. */
function unreadable({ lastOffset, firstTimeMs, stampedMs }: BatchHead, why: string): LogRecord {
  const value = Buffer.from(`The rest of a batch cannot be read: ${why}`)
  return { offset: lastOffset, timeMs: stampedMs ?? firstTimeMs, key: null, value, headers: null }
}
