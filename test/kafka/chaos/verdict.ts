/** What came of it: every record has one fate, also by a reader that is not ours; and the log says what it says after a calm run over the same inputs. */

import { inOrder } from '../../../src/cli/log/topicReader.ts'
import { allThrough, greatestBeat } from '../../../src/fold/progress.ts'
import { type Digest, digest, digestTopics } from '../../../src/log/digest.ts'
import { openEmbeddedLog } from '../../../src/log/embedded/embeddedLog.ts'
import type { Log, NewRecord } from '../../../src/log/port.ts'
import { placesOf, recordsOf } from '../../../src/log/recordsOf.ts'
import { modelOf } from '../../../src/settings/models.ts'
import { loadProfile } from '../../../src/settings/profiles.ts'
import { hashHex, IdHasher } from '../../../streams/hash.ts'
import { FateColumns } from '../../../streams/outputs.ts'
import { foldedTopics, type TopicName, type TopicPrefixes, wireName } from '../../../streams/topics.ts'
import { foldCalmly } from '../../support/calm.ts'
import { until } from '../../support/patience.ts'
import { consoleConsume } from '../consoleTools.ts'

/** Waits until every task has folded all that the inputs hold now. */
export async function untilFolded(log: Log, beatMs: number): Promise<void> {
  await until('everything is folded', async () => {
    const beat = await greatestBeat(log, beatMs)
    return beat !== undefined && (await allThrough(log, beat)) ? true : undefined
  })
}

/** All values of a topic that were committed. */
export type Reader = (topic: TopicName) => Promise<string[]>

/** Java's console consumer. It ends when nothing has come for a while. */
export const javaReader =
  (host: string, prefixes: TopicPrefixes): Reader =>
  (topic) =>
    consoleConsume({ host, topic: wireName(topic, prefixes) })

/** The log as the program reads it, up to its end. */
export const ownReader =
  (log: Log): Reader =>
  async (topic) => {
    const values: string[] = []
    for (const { partition } of placesOf(log, [topic]))
      for await (const { value } of recordsOf(log, topic, partition)) values.push(Buffer.from(value).toString())
    return values
  }

/** Records in without a fate, and fates without a record. */
export async function countFates(read: Reader): Promise<{ records: number; lost: number; twice: number }> {
  const balance = new Map<string, number>()
  const add = (key: string, by: number): void => {
    balance.set(key, (balance.get(key) ?? 0) + by)
  }
  let records = 0
  const hasher = new IdHasher()
  const [fates, ...inputs] = await Promise.all((['fates', ...foldedTopics] as const).map(read))
  for (const [at, topic] of foldedTopics.entries()) {
    for (const line of inputs[at]) {
      hasher.ofBytes(Buffer.from(line))
      add(`${topic} ${hashHex(hasher.high, hasher.low)}`, 1)
      records++
    }
  }
  for (const line of fates) {
    const { topics, counts, hashes } = FateColumns.parse(JSON.parse(line))
    const bytes = new DataView(Uint8Array.from(Buffer.from(hashes, 'base64')).buffer)
    let row = 0
    for (const [block, topic] of topics.entries())
      for (const end = row + counts[block]; row < end; row++)
        add(`${topic} ${hashHex(bytes.getUint32(row * 8, true), bytes.getUint32(row * 8 + 4, true))}`, -1)
  }
  const sums = [...balance.values()]
  return {
    records,
    lost: sums.reduce((sum, one) => sum + Math.max(0, one), 0),
    twice: sums.reduce((sum, one) => sum + Math.max(0, -one), 0),
  }
}

/** Topics whose digest is another one than that of a calm run over the same inputs, through the last beat that both have. */
export async function differencesFromCalm(log: Log, of: { profile: string; beatMs: number }): Promise<string[]> {
  const beat = await greatestBeat(log, of.beatMs)
  if (beat === undefined) return ['the log is empty']
  const includes = (timeMs: number): boolean => timeMs <= beat * of.beatMs
  const found = await digest(log, includes)
  const calm = await calmDigest(log, of, includes)
  return digestTopics
    .filter((topic) => found[topic].hash !== calm[topic].hash)
    .map((topic) => `${topic}: ${found[topic].records} records, calmly ${calm[topic].records}`)
}

async function calmDigest(
  log: Log,
  { profile: folder, beatMs }: { profile: string; beatMs: number },
  includes: (timeMs: number) => boolean,
): Promise<Digest> {
  const calm = await openEmbeddedLog({ path: ':memory:', mode: 'write', now: () => 0 })
  for (const topic of foldedTopics) {
    let batch: NewRecord[] = []
    const from: number[] = new Array(log.partitions(topic)).fill(0)
    for await (const { record } of inOrder(log, topic, from)) {
      batch.push({
        key: record.key,
        value: record.value,
        timeMs: record.timeMs,
        ...(record.headers === null ? {} : { headers: record.headers }),
      })
      if (batch.length < 1_000) continue
      await calm.append(topic, 0, batch)
      batch = []
    }
    await calm.append(topic, 0, batch)
  }
  const profile = await loadProfile(folder)
  await foldCalmly({ log: calm, profile, model: await modelOf(profile), beatMs })
  return digest(calm, includes)
}
