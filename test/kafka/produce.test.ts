/** What goes to a broker in one call: how records are cut into calls, the request, and its answer. */
import { createRequire } from 'node:module'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { kafkaBatchBytesMax, kafkaCallBytesMax } from '../../src/limits.ts'
import { chunks } from '../../src/log/kafka/chunks.ts'
import type { Place } from '../../src/log/kafka/place.ts'
import { WireError } from '../../src/log/kafka/wire/cursor.ts'
import { decodeProduced, writeProduce } from '../../src/log/kafka/wire/produce.ts'
import { recordBytesAtMost } from '../../src/log/kafka/wire/writeBatch.ts'
import { WireWriter } from '../../src/log/kafka/wire/writer.ts'
import { randomBatch } from './randomBatches.ts'

const place = fc.record({ topic: fc.constantFrom('scores', 'fates', 'journal'), partition: fc.nat(2) })
const value = fc
  .oneof({ arbitrary: fc.nat(400), weight: 5 }, fc.integer({ min: 100_000, max: 700_000 }))
  .map((bytes) => new Uint8Array(bytes))
const placed = fc.record({ place, record: fc.record({ key: fc.constant(null), value }) })

it('cuts records into calls that a broker takes, each partition in its order', () => {
  fc.assert(
    fc.property(fc.array(placed, { maxLength: 60 }), (records) => {
      const calls = [...chunks(records)]
      for (const call of calls) {
        const places = call.map(({ place: { topic, partition } }) => `${topic}#${partition}`)
        expect(new Set(places).size).toBe(places.length)
        expect(call.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(kafkaCallBytesMax)
        for (const { records: some, bytes } of call) {
          expect(bytes).toBe(some.reduce((sum, one) => sum + recordBytesAtMost(one), 0))
          expect(bytes).toBeLessThanOrEqual(kafkaBatchBytesMax)
        }
      }
      for (const { place: one } of records) {
        const isHere = (other: Place): boolean => other.topic === one.topic && other.partition === one.partition
        const sent = calls.flat().flatMap((batch) => (isHere(batch.place) ? batch.records : []))
        expect(sent).toEqual(records.filter((other) => isHere(other.place)).map(({ record }) => record))
      }
    }),
    { numRuns: 50 },
  )
})

it('sends a record by itself that is larger than a batch should be, and lets the broker judge', () => {
  const of = { topic: 'scores', partition: 0 }
  const small = { key: null, value: new Uint8Array(1) }
  const large = { key: null, value: new Uint8Array(kafkaCallBytesMax) }
  const calls = [...chunks([small, large, small].map((record) => ({ place: of, record })))]
  expect(calls.map((call) => call.map(({ records }) => records))).toEqual([[[small]], [[large]], [[small]]])
})

it('writes the request that kafkajs writes', async () => {
  const require = createRequire(import.meta.url)
  const request = require('kafkajs/src/protocol/requests/produce/v7/request')
  const Encoded = z.object({ buffer: z.instanceof(Buffer) })
  const out = new WireWriter(16)
  await fc.assert(
    fc.asyncProperty(fc.array(randomBatch, { minLength: 1, maxLength: 4 }), fc.boolean(), async (batches, isOne) => {
      const [[, { epoch }]] = batches
      const id = 4_711
      const transactionalId = isOne ? 'forewarn-enterprise-0' : undefined
      const call = batches.map(([records, { sequence }], partition) => ({
        place: { topic: 'forewarn.scores.v1', partition },
        // kafkajs sorts times as texts to find the greatest
        records: records.map((record) => ({ ...record, timeMs: 1_772_000_000_000 })),
        bytes: records.reduce((sum, record) => sum + recordBytesAtMost(record), 0),
        sequence,
      }))
      const partitions = call.map(({ place: { partition }, records, sequence }) => ({
        partition,
        firstSequence: sequence,
        messages: records.map(({ value: bytes, timeMs, ...record }) => ({
          ...record,
          value: Buffer.from(bytes),
          timestamp: timeMs,
        })),
      }))
      const topicData = [{ topic: 'forewarn.scores.v1', partitions }]
      const head = { acks: -1, timeout: 30_000, transactionalId, producerId: id, producerEpoch: epoch }
      const theirs = Encoded.parse(await request({ ...head, topicData }).encode()).buffer
      // They write 0 for the epoch of the leader, which the broker writes over; the checksum does not cover it.
      out.reset()
      const ours = Buffer.from(writeProduce(out, { transactionalId, id, epoch, timeMs: 0 }, call))
      expect(ours.length).toBe(theirs.length)
      expect(withoutLeaderEpochs(ours, call.length)).toBe(withoutLeaderEpochs(theirs, call.length))
    }),
  )
})

/** In hex, with the four bytes before each magic byte 2 of a batch blank. */
function withoutLeaderEpochs(request: Buffer, batches: number): string {
  const bytes = Buffer.from(request)
  let at = bytes.indexOf('forewarn.scores.v1') + 'forewarn.scores.v1'.length + 4
  for (let batch = 0; batch < batches; batch++) {
    const length = bytes.readInt32BE(at + 4)
    bytes.fill(0, at + 8 + 12, at + 8 + 16)
    at += 8 + length
  }
  return bytes.toString('hex')
}

it('reads what the broker says of each partition, and refuses what is cut', () => {
  const answer = new WireWriter(256)
  answer.int32(1)
  answer.string('t')
  answer.int32(2)
  for (const [partition, errorCode, offset] of [
    [0, 0, 41],
    [1, 45, -1],
  ]) {
    answer.int32(partition)
    answer.int16(errorCode)
    for (const number of [offset, -1, 0]) answer.int64(number)
  }
  answer.int32(7)
  const bytes = answer.bytes.subarray(0, answer.at)
  expect(decodeProduced(bytes, 7)).toEqual({
    produced: [
      { topic: 't', partition: 0, errorCode: 0, baseOffset: 41 },
      { topic: 't', partition: 1, errorCode: 45, baseOffset: -1 },
    ],
    clientSideThrottleTime: 7,
  })
  for (let end = 0; end < bytes.length; end++)
    expect(() => decodeProduced(bytes.subarray(0, end), 7)).toThrow(WireError)
})
