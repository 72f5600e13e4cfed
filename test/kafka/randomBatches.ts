/** Random batches, and all that is in bytes that a broker might send. */
import fc from 'fast-check'
import { inflators } from '../../src/log/kafka/codecs/codecs.ts'
import { Fetched, type Inflate } from '../../src/log/kafka/wire/fetched.ts'
import type { BatchProducer } from '../../src/log/kafka/wire/writeBatch.ts'
import type { LogRecord } from '../../src/log/port.ts'
import type { BatchRecord } from '../support/batches.ts'

const inflate: Inflate = (codec, bytes) => inflators[codec](bytes)

const text = fc.string({ unit: 'grapheme', maxLength: 40 })
const record: fc.Arbitrary<BatchRecord> = fc.record(
  {
    key: fc.option(text, { nil: null }),
    value: fc.uint8Array({ maxLength: 300 }),
    headers: fc.dictionary(text, text, { maxKeys: 3, noNullPrototype: true }),
    timeMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 4e12 })),
  },
  { requiredKeys: ['key', 'value', 'timeMs'] },
)
const producer: fc.Arbitrary<BatchProducer> = fc.record({
  id: fc.option(fc.nat(2 ** 40), { nil: undefined }),
  epoch: fc.nat(30_000),
  sequence: fc.nat(),
  isTransactional: fc.boolean(),
})
export const randomBatch = fc.tuple(fc.array(record, { minLength: 1, maxLength: 20 }), producer)

export async function readAll(bytes: Buffer, from = 0): Promise<LogRecord[]> {
  const fetched = new Fetched(bytes, [], from, inflate)
  const found: LogRecord[] = []
  while (fetched.hasMore) found.push(...(await fetched.take(1_000, 7)).records)
  return found
}
