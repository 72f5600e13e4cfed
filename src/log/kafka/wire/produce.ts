/**
 * One request that gives a broker batches of records, one a partition, from version 3 (Kafka 0.11) to 7 (2.1). Its batches are written
 * in place: kafkajs makes several objects of every record, copies each some five times, and has its checksums in JavaScript.
 */
import type { InnerBroker } from 'kafkajs/src/cluster/index.js'
import type { NewRecord } from '../../port.ts'
import type { Place } from '../place.ts'
import { Cursor } from './cursor.ts'
import { type Answer, exchange } from './exchange.ts'
import { type BatchProducer, writeBatch } from './writeBatch.ts'
import type { WireWriter } from './writer.ts'

const apiKey = 0
const versions = { min: 3, max: 7 } as const
const since = { logStart: 5, throttledByClient: 6 } as const
const allReplicas = -1
const timeoutMs = 30_000
/** A topic with a name of no letter and no partition; what is said of a partition. */
const entryBytesMin = { topic: 6, partition: 22 } as const

/** Records that go to one partition as one batch. `bytes`: what they take at most. */
export type PartitionRecords = { place: Place; records: readonly NewRecord[]; bytes: number }
/** `sequence`: the number of its first record. */
export type Numbered = PartitionRecords & { sequence: number }
export type ProduceHead = Omit<BatchProducer, 'sequence' | 'isTransactional'> & {
  transactionalId: string | undefined
  /** Of records that bring none. */
  timeMs: number
}

export type Produced = Place & { errorCode: number; baseOffset: number }

/** The request from where the writer stands; a view of its bytes. */
export function writeProduce(out: WireWriter, head: ProduceHead, batches: readonly Numbered[]): Buffer {
  const { transactionalId, timeMs, ...producer } = head
  const byTopic = Map.groupBy(batches, ({ place }) => place.topic)
  const room = batches.reduce((sum, { place, bytes }) => sum + bytes + 4 * place.topic.length + batchRoom, 0)
  out.reserve(room + 4 * (transactionalId?.length ?? 0) + batchRoom)
  const start = out.at
  out.string(transactionalId)
  out.int16(allReplicas)
  out.int32(timeoutMs)
  out.int32(byTopic.size)
  for (const [topic, ofTopic] of byTopic) {
    out.string(topic)
    out.int32(ofTopic.length)
    for (const { place, records, sequence } of ofTopic) {
      out.int32(place.partition)
      const lengthAt = out.at
      out.at += 4
      writeBatch(out, records, timeMs, { ...producer, sequence, isTransactional: transactionalId !== undefined })
      out.bytes.writeInt32BE(out.at - lengthAt - 4, lengthAt)
    }
  }
  return out.bytes.subarray(start, out.at)
}

const batchRoom = 128 // the head of a batch, and what stands before it

/** Sends such a request; what the broker says of each partition. The bytes stay as they are until then, and after an error for good. @throws what kafkajs throws, WireError. */
export async function produce(broker: InnerBroker, request: Buffer): Promise<Produced[]> {
  const apiVersion = Math.min(broker.versions[apiKey]?.maxVersion ?? versions.min, versions.max)
  const of = { apiKey, apiVersion, apiName: 'Produce' }
  return (await exchange(broker, of, request, (answer) => decodeProduced(answer, apiVersion))).produced
}

/** @throws WireError. */
export function decodeProduced(bytes: Buffer, version: number): Answer & { produced: Produced[] } {
  const from = new Cursor(bytes)
  const topics = from.array(entryBytesMin.topic, () => {
    const topic = from.string()
    return from.array(entryBytesMin.partition, () => {
      const [partition, errorCode, baseOffset] = [from.int32(), from.int16(), from.int64()]
      from.int64() // the time by which the broker stamped it
      if (version >= since.logStart) from.int64()
      return { topic, partition, errorCode, baseOffset }
    })
  })
  const throttledMs = from.int32()
  return { produced: topics.flat(), clientSideThrottleTime: version >= since.throttledByClient ? throttledMs : 0 }
}
