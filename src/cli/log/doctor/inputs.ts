/** Checks of who writes the inputs: whether keys lie where they belong, who stamps time, and what the user may do. */
import { partitionOf } from '../../../../streams/partition.ts'
import { recordTopics, type TopicName, type TopicPrefixes, topicFlow, topicNames } from '../../../../streams/topics.ts'
import { ForewarnError } from '../../../errors.ts'
import { jsonOf } from '../../../json.ts'
import type { KafkaConnection } from '../../../log/kafka/connection.ts'
import { coordinatorRefusals } from '../../../log/kafka/coordinator.ts'
import { firstRecord } from '../../../log/lastRecord.ts'
import type { Log } from '../../../log/port.ts'
import { placesOf, recordsOf } from '../../../log/recordsOf.ts'
import { type Check, ok, warn } from './check.ts'
import { checkBrokerClock } from './time.ts'

const recordsLookedAt = 1_000 // the newest of each partition

/** Whether the senders' partitioner is murmur2, by the newest records. What is no JSON names no enterprise, and has no key to have. */
export async function checkPartitioner(log: Log): Promise<Check> {
  const partitions = log.partitions('risk-events')
  let [looked, astray] = [0, 0]
  for (const { topic, partition } of placesOf(log, recordTopics)) {
    const { end } = await log.range(topic, partition)
    for await (const { key, value } of recordsOf(log, topic, partition, end - recordsLookedAt)) {
      if (key === null && !holdsJson(value)) continue
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

function holdsJson(value: Uint8Array): boolean {
  try {
    jsonOf(value)
    return true
  } catch {
    return false
  }
}

/** Of a Kafka log: who stamps the time of the inputs; and where the broker does, how right its clock is. */
export async function checkStamps(log: Log, importOpen: boolean): Promise<Check[]> {
  if (!(await log.keepsTimes('risk-events')))
    return [ok('timestamps', 'The broker stamps the time of inputs (LogAppendTime).'), await checkBrokerClock(log)]
  if (importOpen) return [ok('timestamps', 'Senders stamp the time of inputs (CreateTime), as an import needs it.')]
  return [
    warn(
      'timestamps',
      'Senders stamp the time of inputs (CreateTime): their clocks decide what is known when.',
      'After an import set message.timestamp.type=LogAppendTime on the inputs (kafka-configs.sh --alter); or have one sender a partition, with a right clock.',
    ),
  ]
}

/** Of a Kafka log: whether this user may do what `run` does. What another command needs is less. */
export async function checkAccess(
  log: Log,
  { connection, prefixes }: { connection: KafkaConnection; prefixes: TopicPrefixes },
): Promise<Check> {
  const written: TopicName[] = ['commands', ...topicNames.filter((topic) => topicFlow(topic) !== 'in')]
  const refused = [
    ...(await refusals(topicNames.map((topic) => () => firstRecord(log, topic, 0)))),
    ...(await refusals([() => log.checkAppend?.(written)])),
    ...(await coordinatorRefusals(connection, prefixes)),
  ]
  if (refused.length === 0) return ok('rights', 'This user may read, write and join the group as `forewarn run` does.')
  const says = refused.map(({ message }) => message).join(' ')
  return warn('rights', `\`forewarn run\` by this user would be refused. ${says}`, refused[0].remedy)
}

async function refusals(asked: readonly (() => Promise<unknown> | undefined)[]): Promise<ForewarnError[]> {
  const refused: ForewarnError[] = []
  for (const ask of asked)
    try {
      await ask()
    } catch (error) {
      if (!(error instanceof ForewarnError)) throw error
      refused.push(error)
    }
  return refused
}
