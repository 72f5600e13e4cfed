/**
 * A log with a history, as who has one makes it (docs/kafka.md): topics whose times the sender gives, and an import. It stays open, so that
 * time stands still on the day on which the outbreak burns. The brokers are those of FOREWARN_LOG.
 */
import { kafkaBrokers } from '../../../src/cli/common.ts'
import { clearOutbreak, demoStartMs } from '../../../src/cli/run/demoFeed.ts'
import { ImportWriter } from '../../../src/ingest/imports/importWriter.ts'
import { dayMs } from '../../../src/limits.ts'
import { openKafkaLog } from '../../../src/log/kafka/kafkaLog.ts'
import { createTopics } from '../../../src/log/kafka/topics.ts'
import { kafkaConnection } from '../../../src/settings/kafkaConnection.ts'
import { loadProfile } from '../../../src/settings/profiles.ts'
import { simulate } from '../../../src/simulate/simulate.ts'
import { defaultPrefixes } from '../../../streams/topics.ts'

const days = 21 // on the last of them the outbreak burns
const untilMs = demoStartMs + days * dayMs
const market = { enterprises: 3_000, days, seed: 1, start: demoStartMs, clearOutbreak }

const connection = kafkaConnection(kafkaBrokers(process.env.FOREWARN_LOG ?? ''))
await createTopics(connection, { prefixes: defaultPrefixes, partitions: 4, replication: 1, times: 'create' })
const log = await openKafkaLog({ connection })
const writer = await ImportWriter.begin({ log, id: 'import-history-0', now: Date.now }, demoStartMs)
for (const { topic, key, knownAtMs, text } of simulate(await loadProfile('cn'), market).records()) {
  if (knownAtMs >= untilMs) break
  if (writer.due) await writer.mark(knownAtMs)
  writer.add(topic, { key, timeMs: knownAtMs, value: Buffer.from(text) })
}
await writer.mark(untilMs)
await log.close()
