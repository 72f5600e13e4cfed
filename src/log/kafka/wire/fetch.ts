/**
 * One fetch of one partition, from version 4 (Kafka 0.11) to 11 (2.3, which reads zstd). The request is kafkajs's; its answer is read here:
 * kafkajs inflates all that came, and makes several objects of every record.
 */
import type { InnerBroker } from 'kafkajs/src/cluster/index.js'
import { createErrorFromCode } from 'kafkajs/src/protocol/error.js'
import protocol from 'kafkajs/src/protocol/requests/index.js'
import type { Place } from '../place.ts'
import { Cursor, WireError } from './cursor.ts'
import type { Aborted } from './fetched.ts'

const apiKey = 1
const versions = { min: 4, max: 11 } as const
const since = { logStart: 5, session: 7, preferredReplica: 11 } as const
/** A topic with a name of no letter and no partition; a partition without any record. */
const entryBytesMin = { topic: 6, partition: 30, aborted: 16 } as const

export type FetchAnswer = {
  /** One past the last record that is decided: committed, or aborted. */
  lastStableOffset: number
  aborted: Aborted[]
  /** Record batches; the last one may be cut. */
  bytes: Buffer
}

/** What a broker has of a partition from an offset on; undefined when it does not speak of it. @throws what kafkajs throws, WireError. */
export async function fetchOf(
  broker: InnerBroker,
  { topic, partition }: Place,
  from: number,
  bytesMax: number,
): Promise<FetchAnswer | undefined> {
  const version = Math.min(broker.versions[apiKey]?.maxVersion ?? versions.min, versions.max)
  const { request } = protocol.requests.Fetch.protocol({ version })({
    replicaId: -1,
    isolationLevel: 1,
    maxWaitTime: 0,
    minBytes: 1,
    maxBytes: bytesMax,
    topics: [{ topic, partitions: [{ partition, fetchOffset: String(from), maxBytes: bytesMax }] }],
  })
  const answers = await broker.connectionPool.send({
    request,
    response: { decode: async (bytes: Buffer) => decode(bytes, version), parse: async (all: Answer[]) => all },
  })
  const found = answers.find((one) => one.topic === topic && one.partition === partition)
  if (found !== undefined && found.errorCode !== 0) throw createErrorFromCode(found.errorCode)
  return found
}

type Answer = FetchAnswer & Place & { errorCode: number }

/** Answers of all partitions. @throws WireError; what kafkajs throws for an error of the request. */
export function decode(bytes: Buffer, version: number): Answer[] {
  const from = new Cursor(bytes)
  from.int32() // throttling is the broker's: it does not answer until it is over
  if (version >= since.session) {
    const errorCode = from.int16()
    if (errorCode !== 0) throw createErrorFromCode(errorCode)
    from.int32()
  }
  const answers = from.array(entryBytesMin.topic, () => {
    const topic = from.string()
    return from.array(entryBytesMin.partition, () => partitionFrom(from, topic, version))
  })
  return answers.flat()
}

function partitionFrom(from: Cursor, topic: string, version: number): Answer {
  const partition = from.int32()
  const errorCode = from.int16()
  from.int64() // the high watermark: what lies between it and the last stable offset is not decided
  const lastStableOffset = from.int64()
  if (version >= since.logStart) from.int64()
  const aborted = from.array(entryBytesMin.aborted, () => ({ producerId: from.int64(), firstOffset: from.int64() }))
  if (version >= since.preferredReplica) from.int32()
  const length = from.int32()
  if (length > from.left) throw new WireError('the answer to a fetch ends too soon')
  return { topic, partition, errorCode, lastStableOffset, aborted, bytes: from.view(Math.max(0, length)) }
}
