/** A small market as other people's clients send it: by enterprise, in CloudEvents of the binary mode, in every codec, and with their mistakes. */
import { simulate } from '../../src/simulate/simulate.ts'
import { partitionOf } from '../../streams/partition.ts'
import type { Profile } from '../../streams/profile.ts'
import { type RecordTopic, type TopicName, type TopicPrefixes, wireName } from '../../streams/topics.ts'
import { type Codec, codecs, type ForeignRecord } from './confluent.ts'
import type { TestLog } from './logs.ts'

export type FeedRecord = Omit<ForeignRecord, 'topic'> & { topic: RecordTopic }

const codecRecords = 200 // of one codec one after another: few records do not get smaller, and are sent as they are

/** In the order of their times. Among them an event in a partition that is not its enterprise's, a tombstone, and bytes that are no text. */
export function foreignFeed(profile: Profile, partitions: number): FeedRecord[] {
  const market = simulate(profile, { enterprises: 300, days: 30, seed: 11, start: Date.UTC(2025, 0, 1) })
  const feed = [...market.records()].map(({ topic, key, knownAtMs, text }, at): FeedRecord => {
    const value = Buffer.from(text)
    const place = key === null ? { partition: 0 } : {}
    return { topic, ...place, codec: codecOf(at), timeMs: knownAtMs, key, value, headers: cloudEvent(topic, at) }
  })
  const at = feed.findIndex(({ topic, key }, index) => topic === 'risk-events' && key !== null && index > 500)
  const event = feed[at]
  if (event?.key == null) throw new Error('the market has no event to make mistakes with')
  const elsewhere = (partitionOf(event.key, partitions) + 1) % partitions
  const misrouted = { ...event, partition: elsewhere }
  const tombstone = { ...event, topic: 'enterprises', value: null } as const
  const noText = { ...event, value: Buffer.from([0xff, 0x00, 0xc3]) }
  return feed.toSpliced(at, 0, misrouted, tombstone, noText)
}

export function onTheWire(feed: readonly FeedRecord[], prefixes: TopicPrefixes): ForeignRecord[] {
  return feed.map((record) => ({ ...record, topic: wireName(record.topic, prefixes) }))
}

/** The same through our own log: it has no nulls for values. */
export async function appendFeed({ log }: TestLog, feed: readonly FeedRecord[]): Promise<void> {
  const places = Map.groupBy(feed, ({ topic, key, partition }) => {
    const at = partition ?? partitionOf(key ?? '', log.partitions(topic))
    return `${topic}#${at}`
  })
  for (const [place, records] of places) {
    const [{ topic }] = records
    const partition = Number(place.slice(place.indexOf('#') + 1))
    await log.append(
      topic,
      partition,
      records.map(({ key, value, headers, timeMs }) => ({ key, value: value ?? Buffer.alloc(0), headers, timeMs })),
    )
  }
}

/** The headers of a CloudEvent in the binary mode, with a trace. */
function cloudEvent(topic: TopicName, at: number): Record<string, string> {
  return {
    ce_specversion: '1.0',
    ce_id: `feed-${at}`,
    ce_type: `org.example.${topic}`,
    ce_source: '/registers/企业',
    traceparent: `00-${String(at).padStart(32, '1')}-00f067aa0ba902b7-01`,
  }
}

function codecOf(at: number): Codec {
  return codecs[Math.floor(at / codecRecords) % codecs.length]
}
