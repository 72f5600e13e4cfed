/** What a log says, as it was said before warnings had a statistic: the projection under which warnings and archives are what they were. */
import { z } from 'zod'
import { WordReader, WordWriter } from '../../src/fold/pages.ts'
import { jsonBytes, jsonOf } from '../../src/json.ts'
import type { Log, LogRecord } from '../../src/log/port.ts'
import { ArchiveRecord, type StateRecord } from '../../streams/ticks.ts'
import { type TopicName, warningTopics } from '../../streams/topics.ts'
import { Warning } from '../../streams/warnings.ts'

const isWarning = (topic: TopicName): boolean => Object.values<TopicName>(warningTopics).includes(topic)

/** The log, read through the projection. */
export function projected(log: Log): Log {
  return {
    ...log,
    partitions: (topic) => log.partitions(topic),
    range: (topic, partition) => log.range(topic, partition),
    read: async (topic, partition, from, bytesMax) => {
      const { records, next } = await log.read(topic, partition, from, bytesMax)
      return { records: records.flatMap((record) => projectedRecord(topic, record)), next }
    },
  }
}

function projectedRecord(topic: TopicName, record: LogRecord): LogRecord[] {
  const said = (value: Uint8Array): LogRecord[] => [{ ...record, value }]
  if (isWarning(topic)) return said(jsonBytes(formerWarning(Warning.parse(jsonOf(record.value)))))
  return topic === 'ticks' ? archived(jsonOf(record.value)).flatMap(said) : [record]
}

/** What was expected, the stock and its risk were not archived. */
function archived(value: unknown): Uint8Array[] {
  const record = ArchiveRecord.parse(value)
  if (record.kind === 'state') return [jsonBytes(record.page === 0 ? withoutHead(record) : record)]
  if (record.kind !== 'tick') return []
  const { stock, risk, ...rest } = record
  return [jsonBytes(rest)]
}

/** The evidence of `count` stood beside all else, after `at`, and ids began with the axis. */
function formerWarning({ statistic, evidence, id, parents, children, explainedBy, ...rest }: Warning): object {
  const { sentences, profile, model, foldVersion, region, industry, ...when } = rest
  const former = (one: string): string => one.replace(`${statistic}.`, '')
  return {
    ...{ region, industry, id: former(id), ...when, ...evidence, parents: parents.map(former), children },
    ...(explainedBy === undefined ? {} : { explainedBy }),
    ...{ sentences, profile, model, foldVersion },
  }
}

/** The state of the engine was that of the counts alone, without a head; here it fits one page. */
function withoutHead(record: StateRecord): StateRecord {
  const from = new WordReader([Buffer.from(record.bytes, 'base64')])
  from.takeJson()
  const counts = new WordWriter()
  counts.putJson(headOf(from))
  counts.putDoubles(from.takeDoubles())
  counts.putDoubles(from.takeDoubles())
  counts.putJson(headOf(from))
  return { ...record, bytes: Buffer.concat([...counts.finish()]).toString('base64') }
}

const headOf = (from: WordReader): object => z.union([z.array(z.unknown()), z.looseObject({})]).parse(from.takeJson())
