/** Records of a topic in order of log time, over all its partitions. */
import type { TopicName } from '../../../streams/topics.ts'
import type { Log, LogRecord } from '../../log/port.ts'
import { recordsOf } from '../../log/recordsOf.ts'

export type Placed = { partition: number; record: LogRecord }

/** From these offsets, one a partition, to the end as it is now. */
export async function* inOrder(log: Log, topic: TopicName, from: readonly number[]): AsyncGenerator<Placed> {
  const readers = from.map((offset, partition) => recordsOf(log, topic, partition, offset)[Symbol.asyncIterator]())
  const heads: (LogRecord | undefined)[] = []
  for (const [partition, reader] of readers.entries()) heads[partition] = await nextOf(reader)
  for (;;) {
    let first: Placed | undefined
    for (const [partition, record] of heads.entries()) {
      if (record !== undefined && (first === undefined || record.timeMs < first.record.timeMs))
        first = { partition, record }
    }
    if (first === undefined) return
    yield first
    heads[first.partition] = await nextOf(readers[first.partition])
  }
}

async function nextOf(reader: AsyncIterator<LogRecord>): Promise<LogRecord | undefined> {
  const step = await reader.next()
  return step.done === true ? undefined : step.value
}

/** The last `count` of what is admitted; memory for no more than those. */
export async function lastOf<T>(items: AsyncIterable<T>, count: number): Promise<T[]> {
  const kept: T[] = []
  for await (const item of items) {
    kept.push(item)
    if (kept.length >= 2 * count + 100) kept.splice(0, kept.length - count)
  }
  return count === 0 ? [] : kept.slice(-count)
}

/** An offset from which at least `count` records follow, or the start of the partition. Offsets may have gaps, so it looks back in growing steps. */
export async function beforeLast(log: Log, topic: TopicName, partition: number, count: number): Promise<number> {
  const { start, end } = await log.range(topic, partition)
  for (let back = count; end - back > start; back = 4 * back + 1) {
    let found = 0
    for await (const _ of recordsOf(log, topic, partition, end - back)) found++
    if (found >= count) return end - back
  }
  return start
}
