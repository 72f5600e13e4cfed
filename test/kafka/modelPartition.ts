/** A partition as a broker keeps it: batches, markers, and the list of aborted transactions that a fetch brings. Small enough to be right. */
import type { InnerMessage, InnerPartition } from 'kafkajs/src/cluster/index.js'

type Batch = { producer: number; offsets: number[]; marker?: 'commit' | 'abort' }
type Aborted = { producer: number; first: number; last: number }

/** Producer 0 writes plain records; every other one writes in transactions, the next of which begins with its next record. */
export class ModelPartition {
  readonly #batches: Batch[] = []
  readonly #aborted: Aborted[] = []
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

  /** Whole batches from the one on that holds the offset; the aborted transactions of that range, by the order in which they ended. */
  fetch(from: number, batches: number): Pick<InnerPartition, 'messages' | 'abortedTransactions'> {
    const first = this.#batches.findIndex(({ offsets }) => (offsets.at(-1) ?? -1) >= from)
    const messages = this.#batches.slice(first, first + batches).flatMap(messagesOf)
    const upTo = Number(messages.at(-1)?.offset)
    const aborted = this.#aborted.filter(({ first: begin, last }) => last >= from && begin <= upTo)
    return {
      messages,
      abortedTransactions: aborted.map(({ producer, first: begin }) => ({
        producerId: String(producer),
        firstOffset: String(begin),
      })),
    }
  }
}

function messagesOf({ producer, offsets, marker }: Batch): InnerMessage[] {
  return offsets.map((offset) => ({
    offset: String(offset),
    timestamp: '0',
    key: marker === undefined ? null : Buffer.from([0, 0, 0, marker === 'commit' ? 1 : 0]),
    value: Buffer.from('{}'),
    headers: {},
    isControlRecord: marker !== undefined,
    batchContext: { inTransaction: producer !== 0, producerId: producer === 0 ? '-1' : String(producer) },
  }))
}
