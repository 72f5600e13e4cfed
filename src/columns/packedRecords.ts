/**
 * A packed record: what a task says beat by beat, several records of one key in one record of the log, so that a beat costs what it says.
 *
 *   2 | how many | log time of the first, and how much later each of the others is | length of each | their bytes, one behind the other
 *
 * All numbers as in varints.ts. A record of before is itself the only one in it: it is JSON, and begins with a brace.
 */
import type { TopicName } from '../../streams/topics.ts'
import { ForewarnError, messageOf } from '../errors.ts'
import type { Log, LogRecord, NewRecord } from '../log/port.ts'
import { recordsOf } from '../log/recordsOf.ts'
import { ByteReader, ByteWriter } from './varints.ts'

const form = 2
const brace = 0x7b // with which JSON begins
const headBytesMax = 16 // so much a record costs at most beside its bytes

export class RecordPacker {
  readonly #timesMs: number[] = []
  readonly #ends: number[] = []
  readonly #bytes = new ByteWriter()

  /** Bytes that the packed record will have at most. */
  get bytes(): number {
    return this.#bytes.length + headBytesMax * (1 + this.#ends.length)
  }

  get count(): number {
    return this.#ends.length
  }

  /** Times do not run backwards. */
  add(timeMs: number, bytes: Uint8Array): void {
    this.#bytes.putBytes(bytes)
    this.#timesMs.push(timeMs)
    this.#ends.push(this.#bytes.length)
  }

  /** All that was added as one record, with the time of the last; the next begins anew. */
  take(key: string): NewRecord {
    const out = new ByteWriter()
    out.put(form)
    out.put(this.count)
    const [firstMs = 0, ...laterMs] = this.#timesMs
    let lastMs = firstMs
    out.putSigned(firstMs)
    for (const timeMs of laterMs) {
      out.put(timeMs - lastMs)
      lastMs = timeMs
    }
    let end = 0
    for (const next of this.#ends) {
      out.put(next - end)
      end = next
    }
    out.putBytes(this.#bytes.view())
    this.#bytes.clear()
    this.#timesMs.length = 0
    this.#ends.length = 0
    return { key, value: out.view().slice(), timeMs: lastMs }
  }
}

/** The records in a record, each at its own log time, in order. @throws ForewarnError FW_PACKED_RECORD when it is none. */
export function unpacked(record: LogRecord): readonly LogRecord[] {
  if (isJson(record)) return [record]
  try {
    return [...recordsIn(record)]
  } catch (error) {
    throw unreadable(record, error)
  }
}

/** Whether a task of an earlier version wrote it. */
export const isJson = ({ value }: Pick<LogRecord, 'value'>): boolean => value[0] === brace

export function unreadable({ offset, key }: LogRecord, error: unknown): ForewarnError {
  return new ForewarnError('FW_PACKED_RECORD', [key ?? 'nobody', offset, messageOf(error)], { cause: error })
}

function* recordsIn({ value, ...record }: LogRecord): Iterable<LogRecord> {
  const from = new ByteReader(value)
  if (from.take() !== form) throw new Error('it is in a form that this version does not read')
  const count = from.takeCount(2)
  const timesMs: number[] = []
  let timeMs = 0
  for (let at = 0; at < count; at++) {
    timeMs += at === 0 ? from.takeSigned() : from.take()
    timesMs.push(timeMs)
  }
  if (!Number.isSafeInteger(timeMs)) throw new Error('a time is beyond all times')
  const lengths = timesMs.map(() => from.take())
  if (lengths.reduce((sum, length) => sum + length, 0) !== from.left) throw new Error('its lengths do not add up')
  for (const [at, length] of lengths.entries()) yield { ...record, timeMs: timesMs[at], value: from.takeBytes(length) }
}

/** Those of a partition, in log order. */
export async function* unpackedOf(log: Log, topic: TopicName, partition: number): AsyncIterable<LogRecord> {
  for await (const record of recordsOf(log, topic, partition)) yield* unpacked(record)
}
