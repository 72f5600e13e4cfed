/** Coordinators of groups and transactions, asked by themselves: kafkajs keeps to itself why it found none, and asking takes no part in anything. */
import type { TopicPrefixes } from '../../../streams/topics.ts'
import { ForewarnError } from '../../errors.ts'
import { taskName } from '../tasks.ts'
import { innerCluster, type KafkaConnection, logName } from './connection.ts'
import { isNamed, isOfProtocol, missingRight } from './faults.ts'

const types = { group: 0, transactions: 1 } as const
type CoordinatorOf = { kind: keyof typeof types; id: string }

/** The broker's error, or the one given when the broker has none now, or when it was about something else. */
export async function coordinatorFault(
  connection: KafkaConnection,
  error: unknown,
  of: CoordinatorOf,
): Promise<unknown> {
  if (!isNamed(error, 'KafkaJSGroupCoordinatorNotFound')) return error
  const why = await faultOfAsking(connection, of)
  return isOfProtocol(why) ? why : error
}

/** What `run` may not do beside reading and writing topics: FW_KAFKA_REFUSED for each right that is missing. A broker that cannot answer yet refuses nothing. */
export async function coordinatorRefusals(
  connection: KafkaConnection,
  { output }: TopicPrefixes,
): Promise<ForewarnError[]> {
  const transactionalId = `${output}-${taskName({ kind: 'watch' })}`
  const asked = [
    { of: { kind: 'group', id: output }, right: `Read on the group ${output}` },
    { of: { kind: 'transactions', id: transactionalId }, right: `Write on the transactional id ${transactionalId}` },
  ] as const
  const faults = await Promise.all(
    asked.map(async ({ of, right }) => missingRight(await faultOfAsking(connection, of), logName(connection), right)),
  )
  return faults.filter((fault) => fault instanceof ForewarnError)
}

/** What the broker says when it is asked where the coordinator is; undefined: it says where. */
async function faultOfAsking(connection: KafkaConnection, { kind, id }: CoordinatorOf): Promise<unknown> {
  const cluster = innerCluster(connection)
  try {
    await cluster.connect()
    await cluster.refreshMetadata()
    const broker = await cluster.findControllerBroker()
    await broker.findGroupCoordinator({ groupId: id, coordinatorType: types[kind] })
    return undefined
  } catch (why) {
    return why
  } finally {
    await cluster.disconnect().catch(() => {})
  }
}
