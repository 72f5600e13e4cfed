/** A dead letter fits into any log: of a huge record it holds the beginning, the length and the hash. */
import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { KiB, kafkaBatchBytesMax, letterBeginningBytes, MiB, recordParseBytesMax } from '../../src/limits.ts'
import { recordBytesAtMost } from '../../src/log/kafka/wire/writeBatch.ts'
import type { LogRecord, NewRecord } from '../../src/log/port.ts'
import { deadLetter } from '../../src/records.ts'

function letterOf(record: Partial<LogRecord>): NewRecord {
  const letters: NewRecord[] = []
  const whole = { offset: 7, timeMs: 0, key: 'E1', value: Buffer.from('{'), headers: null, ...record }
  const why = { topic: 'risk-events', partition: 0, to: 0, code: 'FW_RECORD_NOT_JSON', detail: '' } as const
  deadLetter(whole, why, ({ record: letter }) => letters.push(letter))
  return letters[0]
}

const value = (bytes: number): Buffer => Buffer.alloc(bytes, 'x')
const many = Object.fromEntries(Array.from({ length: 20_000 }, (_, at) => [`name-${at}`, '界'.repeat(40)]))

it('holds all of what a decoder would read', () => {
  const record = { value: value(recordParseBytesMax), headers: { 'x-trace': 'a' } }
  expect(letterOf(record)).toMatchObject({ key: 'E1', value: record.value, headers: { 'x-trace': 'a', offset: '7' } })
  expect(letterOf(record).headers).not.toHaveProperty('original-bytes')
})

it.each<[string, Partial<LogRecord>]>([
  ['value', { value: value(16 * MiB) }],
  ['key', { key: '界'.repeat(600 * KiB) }],
  ['headers', { headers: many }],
])('of a huge %s it holds the beginning, the length and the hash', (_, record) => {
  const letter = letterOf(record)
  expect(recordBytesAtMost(letter)).toBeLessThan(kafkaBatchBytesMax)
  const original = record.value ?? Buffer.from('{')
  expect(Buffer.compare(letter.value, original.subarray(0, letterBeginningBytes))).toBe(0)
  expect(letter.headers).toMatchObject({
    'original-bytes': String(original.length),
    'original-sha256': createHash('sha256').update(original).digest('hex'),
    'error-code': 'FW_RECORD_NOT_JSON',
  })
})
