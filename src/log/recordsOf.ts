import type { TopicName } from '../../streams/topics.ts'
import { fetchBytes } from '../limits.ts'
import type { Log, LogRecord } from './port.ts'

export type Place<Topic extends TopicName = TopicName> = { topic: Topic; partition: number }

/** All partitions of some topics. */
export function placesOf<Topic extends TopicName>(log: Log, topics: readonly Topic[]): Place<Topic>[] {
  return topics.flatMap((topic) =>
    Array.from({ length: log.partitions(topic) }, (_, partition) => ({ topic, partition })),
  )
}

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
