/**
 * Which record of a partition has the greatest time, as its broker knows it: ListOffsets for the time -3 (KIP-734), from version 7 on, of Kafka 3.0.
 * kafkajs speaks the versions up to 3. From 6 on there are compact lengths and tagged fields, of which none is sent and all are passed over.
 */
import type { InnerBroker } from 'kafkajs/src/cluster/index.js'
import { createErrorFromCode } from 'kafkajs/src/protocol/error.js'
import type { Place } from '../place.ts'
import { Cursor } from './cursor.ts'
import { type Answer, exchange } from './exchange.ts'
import { WireWriter } from './writer.ts'

const apiKey = 2
const apiVersion = 7
const greatest = -3
const noLeaderEpoch = -1
const bytesMax = 1_024 // a name of a topic has up to 249
/** A topic with a name of no letter and no partition; what is said of a partition. */
const entryBytesMin = { topic: 3, partition: 27 } as const

/** `offset` is negative where the broker knows of no such record. */
export type LatestTime = { offset: number; timeMs: number }

/** Undefined of a broker that is too old to tell. What it tells may be the time of what nobody committed. @throws what kafkajs throws, WireError. */
export async function latestTimeOf(broker: InnerBroker, place: Place): Promise<LatestTime | undefined> {
  if ((broker.versions[apiKey]?.maxVersion ?? 0) < apiVersion) return undefined
  const of = { apiKey, apiVersion, apiName: 'ListOffsets', isFlexible: true }
  const { found } = await exchange(broker, of, writeLatestTime(place), decodeLatestTime)
  if (found !== undefined && found.errorCode !== 0) throw createErrorFromCode(found.errorCode)
  return found
}

export function writeLatestTime({ topic, partition }: Place): Buffer {
  const out = new WireWriter(bytesMax)
  out.int32(-1) // no replica
  out.int8(1) // committed records
  out.unsigned(1 + 1)
  out.compactString(topic)
  out.unsigned(1 + 1)
  out.int32(partition)
  out.int32(noLeaderEpoch)
  out.int64(greatest)
  for (const _ of ['of the partition', 'of the topic', 'of the request']) out.unsigned(0) // tagged fields
  return out.bytes.subarray(0, out.at)
}

/** Of the one partition that was asked for. @throws WireError. */
export function decodeLatestTime(bytes: Buffer): Answer & { found: (LatestTime & { errorCode: number }) | undefined } {
  const from = new Cursor(bytes)
  from.passTags()
  const throttledMs = from.int32()
  const topics = from.compactArray(entryBytesMin.topic, () => {
    from.compactString()
    const partitions = from.compactArray(entryBytesMin.partition, () => {
      from.int32()
      const [errorCode, timeMs, offset] = [from.int16(), from.int64(), from.int64()]
      from.int32()
      from.passTags()
      return { errorCode, timeMs, offset }
    })
    from.passTags()
    return partitions
  })
  from.passTags()
  return { found: topics.flat()[0], clientSideThrottleTime: throttledMs }
}
