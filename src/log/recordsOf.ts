import type { TopicName } from '../../streams/topics.ts'
import { fetchBytes } from '../limits.ts'
import type { Log, LogRecord } from './port.ts'

/** The records that a partition holds now, in log order, from an offset on. */
export async function* recordsOf(log: Log, topic: TopicName, partition: number, from = 0): AsyncIterable<LogRecord> {
  const { start, end } = await log.range(topic, partition)
  for (let at = Math.max(from, start); at < end; ) {
    const { records, next } = await log.read(topic, partition, at, fetchBytes)
    for (const record of records) if (record.offset < end) yield record
    if (next <= at) return
    at = next
  }
}
