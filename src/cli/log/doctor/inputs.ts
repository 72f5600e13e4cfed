/** Checks of who writes the inputs: whether keys lie where they belong, who stamps time, and what the user may do. */
import { partitionOf } from '../../../../streams/partition.ts'
import { recordTopics, type TopicName, topicFlow, topicNames } from '../../../../streams/topics.ts'
import { ForewarnError } from '../../../errors.ts'
import { firstRecord } from '../../../log/lastRecord.ts'
import type { Log } from '../../../log/port.ts'
import { placesOf, recordsOf } from '../../../log/recordsOf.ts'
import { type Check, ok, warn } from './check.ts'
import { failedWith } from './program.ts'

const recordsLookedAt = 1_000 // the newest of each partition

/** Whether the senders' partitioner is murmur2, by the newest records. */
export async function checkPartitioner(log: Log): Promise<Check> {
  const partitions = log.partitions('risk-events')
  let [looked, astray] = [0, 0]
  for (const { topic, partition } of placesOf(log, recordTopics)) {
    const { end } = await log.range(topic, partition)
    for await (const { key } of recordsOf(log, topic, partition, end - recordsLookedAt)) {
      looked++
      if (key === null || partitionOf(key, partitions) !== partition) astray++
    }
  }
  if (astray === 0) return ok('partitioner', `The newest ${looked} records lie in the partitions of their keys.`)
  return warn(
    'partitioner',
    `Of the newest ${looked} records ${astray} have no key, or lie in another partition than that of their key.`,
    'Key by enterprise id and use the partitioner murmur2 (librdkafka: murmur2_random); then `forewarn dead-letters redrive --code FW_MISROUTED`.',
  )
}

/** Of a Kafka log: who stamps the time of the inputs. */
export async function checkStamps(log: Log, importOpen: boolean): Promise<Check> {
  try {
    const bySender = await log.keepsTimes('risk-events')
    if (!bySender) return ok('timestamps', 'The broker stamps the time of inputs (LogAppendTime).')
    if (importOpen) return ok('timestamps', 'Senders stamp the time of inputs (CreateTime), as an import needs it.')
    return warn(
      'timestamps',
      'Senders stamp the time of inputs (CreateTime): their clocks decide what is known when.',
      'After an import set message.timestamp.type=LogAppendTime on the inputs (kafka-configs.sh --alter); or have one sender a partition, with a right clock.',
    )
  } catch (error) {
    return { ...failedWith('timestamps', error), verdict: 'warn' }
  }
}

/** Of a Kafka log: whether this user may do what `run` does with topics. The right to the group and to transactional ids shows at its start. */
export async function checkAccess(log: Log): Promise<Check> {
  const written: TopicName[] = ['commands', ...topicNames.filter((topic) => topicFlow(topic) !== 'in')]
  try {
    for (const { topic, partition } of placesOf(log, topicNames))
      if (partition === 0) await firstRecord(log, topic, partition)
    await log.checkAppend?.(written)
    return ok('rights', 'This user may read and write the topics as `forewarn run` does.')
  } catch (error) {
    if (!(error instanceof ForewarnError)) throw error
    return warn('rights', `For \`forewarn run\` this user lacks: ${error.message}`, error.remedy)
  }
}
