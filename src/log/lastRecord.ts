import type { TopicName } from '../../streams/topics.ts'
import type { Log, LogRecord } from './port.ts'
import { recordsOf } from './recordsOf.ts'

/** The first record of a partition from an offset on. */
export async function firstRecord(
  log: Log,
  topic: TopicName,
  partition: number,
  from = 0,
): Promise<LogRecord | undefined> {
  const { start, end } = await log.range(topic, partition)
  for (let at = Math.max(from, start); at < end; ) {
    const { records, next } = await log.read(topic, partition, at, 1)
    if (records.length > 0 || next <= at) return records[0]
    at = next
  }
  return undefined
}

/** The offset of the first record at or after a log time; the end where there is none. Of a partition whose log time does not run back, as tasks write it. */
export async function offsetAt(log: Log, topic: TopicName, partition: number, timeMs: number): Promise<number> {
  let { start: from, end: to } = await log.range(topic, partition)
  while (from < to) {
    const middle = Math.floor((from + to) / 2)
    const record = await firstRecord(log, topic, partition, middle)
    if (record === undefined || record.timeMs >= timeMs) to = middle
    else from = record.offset + 1
  }
  return from
}

/** The last record of a partition; offsets may have gaps, so it looks back in growing steps. */
export async function lastRecord(log: Log, topic: TopicName, partition: number): Promise<LogRecord | undefined> {
  const { start, end } = await log.range(topic, partition)
  for (let back = 1; end - back > start; back *= 8) {
    const found = await lastFrom(log, topic, partition, end - back)
    if (found !== undefined) return found
  }
  return lastFrom(log, topic, partition, start)
}

async function lastFrom(log: Log, topic: TopicName, partition: number, from: number): Promise<LogRecord | undefined> {
  let last: LogRecord | undefined
  for await (const record of recordsOf(log, topic, partition, from)) last = record
  return last
}

/** The greatest log time of a partition from an offset on; undefined where it holds nothing. */
export async function greatestTimeMs(
  log: Log,
  topic: TopicName,
  partition: number,
  from: number,
): Promise<number | undefined> {
  return log.greatestTimeMs?.(topic, partition, from) ?? greatestTimeRead(log, topic, partition, from)
}

/** The same by reading all of them. */
export async function greatestTimeRead(
  log: Log,
  topic: TopicName,
  partition: number,
  from: number,
): Promise<number | undefined> {
  let greatestMs: number | undefined
  for await (const { timeMs } of recordsOf(log, topic, partition, from))
    greatestMs = Math.max(greatestMs ?? timeMs, timeMs)
  return greatestMs
}
