/** Record batches: what is written comes back, as kafkajs writes it too; damaged, twisted and blown-up ones are an error or a record that says so. */
import { createRequire } from 'node:module'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { inflatedBytesMax } from '../../src/limits.ts'
import { batchHeadBytes, bodyAt, lengthAt } from '../../src/log/kafka/wire/batch.ts'
import { crc32c, crc32cByTable } from '../../src/log/kafka/wire/crc32c.ts'
import { WireError } from '../../src/log/kafka/wire/cursor.ts'
import type { BatchProducer } from '../../src/log/kafka/wire/writeBatch.ts'
import { type BatchRecord, batchOf } from '../support/batches.ts'
import { placed } from './modelPartition.ts'
import { randomBatch, readAll } from './randomBatches.ts'

const plain: BatchProducer = { id: undefined, epoch: 0, sequence: 0, isTransactional: false }

it('gives back what was written, batch after batch', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(randomBatch, { minLength: 1, maxLength: 4 }), async (batches) => {
      let offset = 0
      const written = batches.flatMap(([records]) => records)
      const bytes = batches.map(([records, of]) => {
        const one = placed(batchOf(records, of), offset)
        offset += records.length
        return one
      })
      const found = await readAll(Buffer.concat(bytes))
      expect(found.map(({ offset: at }) => at)).toEqual(written.map((_, at) => at))
      for (const [at, { key, value, headers, timeMs }] of found.entries()) {
        expect({ key, timeMs, headers: headers ?? {} }).toEqual({
          key: written[at].key,
          timeMs: written[at].timeMs,
          headers: written[at].headers ?? {},
        })
        expect(Buffer.compare(value, written[at].value)).toBe(0)
      }
    }),
  )
})

describe('kafkajs', () => {
  const require = createRequire(import.meta.url)
  const Encoded = z.object({ buffer: z.instanceof(Buffer) })

  it('writes the same bytes', async () => {
    const { RecordBatch } = require('kafkajs/src/protocol/recordBatch/v0')
    const Record = require('kafkajs/src/protocol/recordBatch/record/v0')
    await fc.assert(
      fc.asyncProperty(randomBatch, async ([records, of]) => {
        const firstTimestamp = records[0].timeMs
        const theirs = await RecordBatch({
          firstTimestamp,
          maxTimestamp: Math.max(...records.map(({ timeMs }) => timeMs)),
          transactional: of.isTransactional,
          producerId: of.id ?? -1,
          producerEpoch: of.id === undefined ? -1 : of.epoch,
          firstSequence: of.id === undefined ? -1 : of.sequence,
          lastOffsetDelta: records.length - 1,
          partitionLeaderEpoch: -1,
          records: records.map(({ key, value, headers, timeMs }, offsetDelta) =>
            Record({ key, value: Buffer.from(value), headers, timestampDelta: timeMs - firstTimestamp, offsetDelta }),
          ),
        })
        expect(batchOf(records, of).toString('hex')).toBe(Encoded.parse(theirs).buffer.toString('hex'))
      }),
    )
  })
})

/** The batch with other bytes for its records, in a codec. */
function compressed(bytes: Buffer, body: Buffer, codec: number): Buffer {
  const whole = Buffer.concat([bytes.subarray(0, batchHeadBytes), body])
  whole.writeInt32BE(whole.length - bodyAt, lengthAt)
  return placed(whole, 0, codec)
}

describe('a batch that a producer twisted', () => {
  const records = Array.from(
    { length: 3 },
    (_, at): BatchRecord => ({ key: `E${at}`, value: Buffer.from('{}'), timeMs: 5 }),
  )
  const good = batchOf(records, plain)
  const gzip = 1

  it('compressed is read', async () => {
    const bytes = compressed(good, gzipSync(good.subarray(batchHeadBytes)), gzip)
    expect((await readAll(bytes)).map(({ key }) => key)).toEqual(['E0', 'E1', 'E2'])
  })

  it.each([
    ['inflates to more than the bound', gzipSync(Buffer.alloc(inflatedBytesMax + 1))],
    ['is no gzip at all', Buffer.from('gzip')],
    ['ends within a record', gzipSync(good.subarray(batchHeadBytes, -1))],
    ['holds fewer records than it says', gzipSync(good.subarray(batchHeadBytes, batchHeadBytes + 4))],
  ])('and that %s is one record that says so, and the next batch is read', async (_, body) => {
    const found = await readAll(Buffer.concat([compressed(good, body, gzip), placed(good, 3)]))
    const last = found.splice(-3)
    expect(last.map(({ offset, key }) => `${offset} ${key}`)).toEqual(['3 E0', '4 E1', '5 E2'])
    expect(found.at(-1)).toMatchObject({ offset: 2, key: null, timeMs: 5 })
    expect(Buffer.from(found.at(-1)?.value ?? '').toString()).toMatch(/^The rest of a batch cannot be read: /)
  })

  it('with a checksum that does not fit is an error', async () => {
    const bytes = Buffer.from(good)
    bytes[bytes.length - 1] ^= 1
    await expect(readAll(bytes)).rejects.toThrow(WireError)
  })
})

it('has the checksums of RFC 3720, by the native code as by the table', () => {
  const known: [Buffer, number][] = [
    [Buffer.alloc(32), 0x8a9136aa],
    [Buffer.alloc(32, 0xff), 0x62a8ab43],
    [Buffer.from(Array.from({ length: 32 }, (_, at) => at)), 0x46dd794e],
  ]
  for (const [bytes, sum] of known) expect([crc32c(bytes), crc32cByTable(bytes)]).toEqual([sum, sum])
  fc.assert(fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => crc32c(bytes) === crc32cByTable(bytes)))
})
