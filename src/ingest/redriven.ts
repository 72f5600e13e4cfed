/**
 * Which dead letters were sent back already: a record that was carries the place of its letter in a header, so the inputs
 * themselves remember, and no second book can disagree with them. Only what is later than the first letter is read.
 */
import { foldedTopics, type TopicName } from '../../streams/topics.ts'
import { futureMsMax } from '../limits.ts'
import { firstRecord } from '../log/lastRecord.ts'
import type { Log } from '../log/port.ts'
import { placesOf, recordsOf } from '../log/recordsOf.ts'

/** `<partition>/<offset>` of the letter. */
export const redrivenHeader = 'redriven-from'

/** Places of letters, none earlier than an instant, that the inputs hold again. */
export async function redrivenSince(log: Log, sinceMs: number): Promise<Set<string>> {
  const found = new Set<string>()
  for (const { topic, partition } of placesOf(log, foldedTopics)) {
    const from = await firstSince(log, topic, partition, sinceMs - futureMsMax) // clocks differ
    for await (const { headers } of recordsOf(log, topic, partition, from)) {
      const place = headers?.[redrivenHeader]
      if (place !== undefined) found.add(place)
    }
  }
  return found
}

/** An offset before which no record is as late as an instant, by halving: log times grow. */
async function firstSince(log: Log, topic: TopicName, partition: number, sinceMs: number): Promise<number> {
  let { start, end } = await log.range(topic, partition)
  while (start < end) {
    const middle = Math.floor((start + end) / 2)
    const record = await firstRecord(log, topic, partition, middle)
    if (record !== undefined && record.timeMs < sinceMs) start = record.offset + 1
    else end = middle
  }
  return start
}
