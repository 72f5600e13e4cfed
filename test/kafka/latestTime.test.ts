/** The greatest time of a partition: what the broker tells, and what it cannot know. */
import { expect, it } from 'vitest'
import { MiB } from '../../src/limits.ts'
import { WireError } from '../../src/log/kafka/wire/cursor.ts'
import { decodeLatestTime } from '../../src/log/kafka/wire/latestTime.ts'
import { WireWriter } from '../../src/log/kafka/wire/writer.ts'
import { greatestTimeMs } from '../../src/log/lastRecord.ts'
import { newKafkaLog } from './logs.ts'
import { describeWithKafka, sharedBroker } from './support.ts'

const begunMs = 1_700_000_000_000

it('reads what the broker says, past tagged fields, and refuses what is cut', () => {
  const answer = new WireWriter(256)
  answer.unsigned(1) // a tagged field
  answer.unsigned(300)
  answer.unsigned(2)
  answer.int16(0)
  answer.int32(7)
  answer.unsigned(2)
  answer.compactString('t'.repeat(200))
  answer.unsigned(2)
  answer.int32(3)
  answer.int16(0)
  answer.int64(begunMs)
  answer.int64(41)
  answer.int32(-1)
  for (let end = 0; end < 3; end++) answer.unsigned(0)
  const bytes = answer.bytes.subarray(0, answer.at)
  const found = { errorCode: 0, timeMs: begunMs, offset: 41 }
  expect(decodeLatestTime(bytes)).toEqual({ found, clientSideThrottleTime: 7 })
  for (let end = 0; end < bytes.length; end++) expect(() => decodeLatestTime(bytes.subarray(0, end))).toThrow(WireError)
})

describeWithKafka('on a real broker', () => {
  it('is that of a record, also where the marker of a transaction is later', async () => {
    const { log, dispose } = await newKafkaLog((await sharedBroker()).host, 1)
    try {
      const value = new Uint8Array(MiB / 2)
      const records = [5, 9, 3].map((timeMs) => ({ key: null, value, timeMs: begunMs + timeMs }))
      await log.append('risk-events', 0, records) // more than one batch: a transaction
      expect(await greatestTimeMs(log, 'risk-events', 0, 0)).toBe(begunMs + 9)
      await log.append('risk-events', 0, [{ key: null, value: new Uint8Array(1), timeMs: Date.now() + 1_000 }])
      expect(await greatestTimeMs(log, 'risk-events', 0, 0)).toBeGreaterThan(Date.now() - 60_000)
    } finally {
      await dispose()
    }
  })
})
