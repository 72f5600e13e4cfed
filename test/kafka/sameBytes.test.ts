/** The same input gives the same bytes: embedded, on Kafka with 1, 4 and 12 partitions, with 1 and 3 workers; and it is what the oracle says. */
import fc from 'fast-check'
import { beforeAll, expect, it } from 'vitest'
import { type Digest, digest } from '../../src/log/digest.ts'
import type { Log, NewRecord } from '../../src/log/port.ts'
import { foldCalmly } from '../support/calm.ts'
import { bytesOf, memoryLog, partitionFor, type TestRecord } from '../support/fold.ts'
import { generatedHistory } from '../support/generated.ts'
import { histories } from '../support/histories.ts'
import { oracle } from '../support/oracle.ts'
import { fateLines, readFates, readScores, readTicks, scoreLines, tickLines } from '../support/readFold.ts'
import { tinyModel } from '../support/tinyModel.ts'
import { tinyProfile } from '../support/tinyProfile.ts'
import { newKafkaLog } from './logs.ts'
import { foldByMembers } from './members.ts'
import { describeWithKafka, sharedBroker } from './support.ts'

/** Beats of an hour, so that one holds ties, retractions of its own events, moves and regrades. */
const setting = { profile: tinyProfile, model: tinyModel(tinyProfile), beatMs: 3_600_000 }

/** A market with an outbreak, and among its days many small histories full of accidents, each with enterprises of its own. */
function records(): TestRecord[] {
  const market = generatedHistory({
    seed: 7,
    days: 40,
    enterprises: 1_000,
    eventsPerDay: 60,
    outbreakDays: [30, 31],
    outbreakEvents: 60,
  })
  const accidents = fc
    .sample(histories(), { seed: 20_261_125, numRuns: 25 })
    .flatMap((history, at) => history.map((record) => ofItsOwn(record, `h${at}`)))
  return [...market, ...accidents].sort((a, b) => a.timeMs - b.timeMs)
}

/** The record about another enterprise: `E1` becomes `E1h3`. */
function ofItsOwn(record: TestRecord, suffix: string): TestRecord {
  const { key, value } = record
  if (key === null || !/^E\d+$/.test(key) || typeof value === 'string' || value instanceof Uint8Array) return record
  const json = JSON.stringify(value).replaceAll(`"${key}"`, `"${key}${suffix}"`)
  return { ...record, key: `${key}${suffix}`, value: json }
}

async function appendAll(log: Log, some: readonly TestRecord[]): Promise<void> {
  const byPlace = Map.groupBy(some, ({ topic, key }) => `${topic}#${partitionFor(log, topic, key)}`)
  for (const [, group] of byPlace) {
    const [{ topic, key }] = group
    const placed = group.map((one): NewRecord => ({ key: one.key, timeMs: one.timeMs, value: bytesOf(one.value) }))
    await log.append(topic, partitionFor(log, topic, key), placed)
  }
}

describeWithKafka('one input', () => {
  const input = records()
  let embedded: Digest

  beforeAll(async () => {
    const log = await memoryLog()
    await appendAll(log, input)
    await foldCalmly({ ...setting, log })
    embedded = await digest(log)
    await sharedBroker()
  })

  it.each([
    { partitions: 1, workers: 1 },
    { partitions: 4, workers: 1 },
    { partitions: 4, workers: 3 },
    { partitions: 12, workers: 3 },
  ])('gives the same digest with $partitions partitions and $workers workers', async ({ partitions, workers }) => {
    const { host } = await sharedBroker()
    const { log, dispose, ...place } = await newKafkaLog(host, partitions)
    try {
      await appendAll(log, input)
      await foldByMembers(place, { ...setting, workers })
      expect(await digest(log)).toEqual(embedded)
      if (partitions === 12) await expectOracle(log)
    } finally {
      await dispose()
    }
  })

  /** Computed apart from the product: fates of every record, every score and band, every cell of every tick. */
  async function expectOracle(log: Log): Promise<void> {
    const wanted = oracle(
      input.map((one) => ({ ...one, bytes: bytesOf(one.value) })),
      setting,
    )
    const found = await readFates(log, [...input, activation])
    expect(fateLines(input, found.slice(0, -1), setting.beatMs)).toEqual(fateLines(input, wanted.fates, setting.beatMs))
    expect(scoreLines(await readScores(log))).toEqual(scoreLines(wanted.scores))
    expect(tickLines(await readTicks(log, tinyProfile))).toEqual(tickLines(wanted.ticks))
  }
})

/** The command that the engine writes; it comes after all records. */
const activation: TestRecord = { topic: 'commands', key: null, timeMs: 0, value: '' }
