/** What a log says, as it was said before warnings had a statistic: the projection under which warnings and archives are what they were. */
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
      return { records: records.map((record) => ({ ...record, value: projectedValue(topic, record) })), next }
    },
  }
}

function projectedValue(topic: TopicName, { value }: LogRecord): Uint8Array {
  if (isWarning(topic)) return jsonBytes(formerWarning(Warning.parse(jsonOf(value))))
  if (topic !== 'ticks') return value
  const record = ArchiveRecord.parse(jsonOf(value))
  return record.kind === 'state' && record.page === 0 ? jsonBytes(withoutHead(record)) : value
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

/** The state of the engine began with that of the counts. */
function withoutHead(record: StateRecord): StateRecord {
  const bytes = Buffer.from(record.bytes, 'base64')
  const from = new WordReader([bytes])
  from.takeJson()
  const head = new WordWriter()
  head.putJson({ statistics: ['count'] })
  const { length } = Buffer.concat([...head.finish()])
  return { ...record, bytes: bytes.subarray(length).toString('base64') }
}
