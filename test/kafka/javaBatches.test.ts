/** Record batches against the classes of Kafka's Java client: ours are theirs byte for byte, and each reads what the other wrote, in every codec. */
import path from 'node:path'
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { codecNames } from '../../src/log/kafka/wire/batch.ts'
import type { BatchProducer } from '../../src/log/kafka/wire/writeBatch.ts'
import type { LogRecord } from '../../src/log/port.ts'
import { type BatchRecord, batchOf } from '../support/batches.ts'
import { brokerJars, javaCompilerAvailable } from './jars.ts'
import { javaArgs, mustRun } from './java.ts'
import { placed } from './modelPartition.ts'
import { randomBatch, readAll } from './randomBatches.ts'
import { describeWhere } from './support.ts'

const seed = 20_261_130
const hex = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString('hex')

function textOf({ key, value, headers, timeMs }: BatchRecord | LogRecord): string {
  const fields = Object.entries(headers ?? {}).flatMap(([name, text]) => [hex(name), hex(text)])
  return [timeMs, key === null ? '-' : hex(key), hex(value), ...fields].join(',')
}

function lineOf(codec: string, [records, { id, epoch, sequence, isTransactional }]: Case): string {
  const of = id === undefined ? [-1, -1, -1] : [id, epoch, sequence]
  return [codec, ...of, isTransactional, ...records.map(textOf)].join(' ')
}

type Case = [BatchRecord[], BatchProducer]

describeWhere(await javaCompilerAvailable(), 'record batches of the Java client', () => {
  // Java refuses a transaction without a producer.
  const batches = fc
    .sample(randomBatch, { seed, numRuns: 300 })
    .map(([records, of]): Case => [records, { ...of, isTransactional: of.isTransactional && of.id !== undefined }])
  const ours = batches.map(([records, of]) => batchOf(records, of))
  let theirs: Buffer[][]
  let read: string[]
  beforeAll(async () => {
    const writes = codecNames.flatMap((codec) => batches.map((batch) => `write ${lineOf(codec, batch)}`))
    const reads = ours.map((bytes) => `read ${hex(bytes)}`)
    const program = [...javaArgs(await brokerJars(), 'WARN', 256), path.join(import.meta.dirname, 'Batches.java')]
    const lines = (await mustRun('java', program, { stdin: [...writes, ...reads, ''].join('\n') })).split('\n')
    const written = lines.slice(0, writes.length).map((line) => Buffer.from(line, 'hex'))
    theirs = codecNames.map((_, at) => written.slice(at * batches.length, (at + 1) * batches.length))
    read = lines.slice(writes.length, writes.length + reads.length)
  })

  test('are the same bytes, uncompressed', () => {
    expect(ours.map(hex)).toEqual(theirs[0].map(hex))
  })

  test('are read by Java as they were meant', () => {
    expect(read).toEqual(batches.map((batch) => lineOf('none', batch)))
  })

  test.each(codecNames.map((name, at) => ({ name, at })))('are read here in codec $name', async ({ at }) => {
    for (const [number, [records]] of batches.entries()) {
      const found = await readAll(placed(theirs[at][number], 0))
      expect(found.map(textOf)).toEqual(records.map(textOf))
    }
  })
})
