/** Record batches of Kafka in every codec, each between two good ones, under a checksum that fits; and whole answers to a fetch. */
import { inflatedBytesMax } from '../../../src/limits.ts'
import { inflators } from '../../../src/log/kafka/codecs/codecs.ts'
import { batchHeadBytes, bodyAt, codecNames, crcFrom, lengthAt } from '../../../src/log/kafka/wire/batch.ts'
import { decode } from '../../../src/log/kafka/wire/fetch.ts'
import { type Aborted, Fetched, type Inflate } from '../../../src/log/kafka/wire/fetched.ts'
import type { LogRecord } from '../../../src/log/port.ts'
import type { Sfc32 } from '../../../streams/sfc32.ts'
import { placed } from '../../kafka/modelPartition.ts'
import { type BatchRecord, batchOf as written } from '../../support/batches.ts'
import { type Fuzzer, must } from '../fuzzer.ts'
import { packed } from '../pack.ts'

const startMs = 1_772_000_000_000
const producer = { id: undefined, epoch: 0, sequence: 0, isTransactional: false }
const recordsMax = 20
const lastDeltaAt = crcFrom + 2
const countAt = batchHeadBytes - 4

const good = written([{ key: 'good', value: Buffer.from('{}'), timeMs: startMs }], producer)
const behind = 1 + recordsMax

/** An input is codec, number of records, and the records as they lie in the batch: whoever sends can put anything there. */
export const batchesFuzzer: Fuzzer = {
  name: 'batches',
  few: 1_500,
  sample(random) {
    const records = recordsOf(random)
    const codec = random.int(codecNames.length)
    const body = packed(codecNames[codec], written(records, producer).subarray(batchHeadBytes))
    return { bytes: Buffer.concat([Buffer.from([codec, records.length]), body]), means: records.map(shown) }
  },
  async read(bytes) {
    const [codec = 0, count = 0] = bytes
    const middle = batchOf(bytes.subarray(2), codec % codecNames.length, count)
    const found = await readAll(Buffer.concat([placed(good, 0), middle, placed(good, behind)]))
    const [first, last] = [found.shift(), found.pop()]
    must(first?.offset === 0 && first.key === 'good', 'the batch before it is lost')
    must(last?.offset === behind && last.key === 'good', 'the batch behind it is lost')
    for (const [at, { offset }] of found.entries())
      must(offset > (found[at - 1]?.offset ?? 0) && offset < behind, 'an offset is of another batch')
    return found.map(shown)
  },
}

export const fetchFuzzer: Fuzzer = {
  name: 'fetch',
  few: 2_000,
  sample(random) {
    const records = recordsOf(random)
    return { bytes: answerWith(placed(written(records, producer), 0)), means: records.map(shown) }
  },
  async read(bytes) {
    const found: LogRecord[] = []
    for (const { bytes: batches, aborted } of decode(bytes, 11)) found.push(...(await readAll(batches, aborted)))
    return found.map(shown)
  },
}

function recordsOf(random: Sfc32): BatchRecord[] {
  return Array.from({ length: 1 + random.int(8) }, (_, at) => ({
    key: random.int(4) === 0 ? null : `E${random.int(100)}`,
    value: Buffer.from(`{"id":"${at}","text":"${'risk '.repeat(random.int(60))}"}`),
    ...(random.int(3) === 0 ? { headers: { source: 'court', 名: '值' } } : {}),
    timeMs: startMs + at,
  }))
}

function batchOf(body: Buffer, codec: number, count: number): Buffer {
  const whole = Buffer.concat([good.subarray(0, batchHeadBytes), body])
  whole.writeInt32BE(whole.length - bodyAt, lengthAt)
  whole.writeInt32BE(recordsMax - 1, lastDeltaAt)
  whole.writeInt32BE(count, countAt)
  return placed(whole, 1, codec)
}

/** Version 11, of one partition of a topic `t`. */
function answerWith(batches: Buffer): Buffer {
  const head = Buffer.from('00000000 0000 00000000 00000001 0001 74 00000001'.replaceAll(' ', ''), 'hex')
  const partition = Buffer.alloc(4 + 2 + 8 + 8 + 8 + 4 + 4 + 4)
  partition.writeInt32BE(batches.length, partition.length - 4)
  return Buffer.concat([head, partition, batches])
}

const inflate: Inflate = async (codec, bytes) => {
  const inflated = await inflators[codec](bytes)
  must(inflated.length <= inflatedBytesMax, `${codec} inflates to ${inflated.length} bytes`)
  return inflated
}

async function readAll(bytes: Buffer, aborted: readonly Aborted[] = []): Promise<LogRecord[]> {
  const fetched = new Fetched(bytes, aborted, 0, inflate)
  const found: LogRecord[] = []
  for (let takes = 0; fetched.hasMore; takes++) {
    must(takes <= bytes.length, 'reading does not come forward')
    found.push(...(await fetched.take(1_000, 7)).records)
  }
  return found
}

const shown = ({ key, value, headers, timeMs }: BatchRecord | LogRecord): object => ({
  key,
  value: Buffer.from(value).toString('latin1'),
  headers: headers ?? null,
  timeMs,
})
