/** Records cut into calls that kafkajs and a broker take: one batch a partition and call, under a megabyte, and few records, which kafkajs groups in quadratic time. */
import type { Message, TopicMessages } from 'kafkajs'
import { kafkaCallBytesMax, kafkaCallRecordsMax } from '../../limits.ts'
import type { NewRecord } from '../port.ts'
import { type Place, placeKey } from './place.ts'

export type Placed = Place & { record: NewRecord }

/** `timeMs`: for records that bring none. */
export function* chunks(placed: Iterable<Placed>, timeMs: number): Iterable<TopicMessages[]> {
  let call = new Call()
  for (const one of placed) {
    if (!call.takes(one)) {
      yield call.topicMessages()
      call = new Call()
    }
    call.add(one, timeMs)
  }
  if (!call.empty) yield call.topicMessages()
}

class Call {
  readonly #topics = new Map<string, Message[]>()
  readonly #sums = new Map<string, { records: number; bytes: number }>()

  get empty(): boolean {
    return this.#topics.size === 0
  }

  takes(placed: Placed): boolean {
    const sum = this.#sums.get(placeKey(placed))
    if (sum === undefined) return true
    return sum.records < kafkaCallRecordsMax && sum.bytes + bytesOf(placed.record) <= kafkaCallBytesMax
  }

  add({ topic, partition, record }: Placed, timeMs: number): void {
    const place = placeKey({ topic, partition })
    const sum = this.#sums.get(place) ?? { records: 0, bytes: 0 }
    this.#sums.set(place, { records: sum.records + 1, bytes: sum.bytes + bytesOf(record) })
    const message = messageOf(record, partition, record.timeMs ?? timeMs)
    const messages = this.#topics.get(topic)
    if (messages === undefined) this.#topics.set(topic, [message])
    else messages.push(message)
  }

  topicMessages(): TopicMessages[] {
    return [...this.#topics].map(([topic, messages]) => ({ topic, messages }))
  }
}

function messageOf({ key, value, headers }: NewRecord, partition: number, timeMs: number): Message {
  return {
    key,
    value: Buffer.isBuffer(value) ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength),
    partition,
    timestamp: String(timeMs),
    ...(headers === undefined ? {} : { headers }),
  }
}

/** About what a record takes in a batch. */
function bytesOf({ key, value, headers }: NewRecord): number {
  let bytes = value.byteLength + 3 * (key?.length ?? 0) + 24
  for (const name in headers) bytes += 3 * (name.length + headers[name].length) + 4
  return bytes
}
