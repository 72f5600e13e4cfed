/** Why no coordinator was found: kafkajs keeps it to itself, so the broker is asked once more. */
import { innerCluster, type KafkaConnection } from './connection.ts'
import { isNamed, isOfProtocol } from './faults.ts'

const types = { group: 0, transactions: 1 } as const

/** The broker's error, or the one given when the broker has none now, or when it was about something else. */
export async function coordinatorFault(
  connection: KafkaConnection,
  error: unknown,
  of: { kind: keyof typeof types; id: string },
): Promise<unknown> {
  if (!isNamed(error, 'KafkaJSGroupCoordinatorNotFound')) return error
  const cluster = innerCluster(connection)
  try {
    await cluster.connect()
    await cluster.refreshMetadata()
    const broker = await cluster.findControllerBroker()
    await broker.findGroupCoordinator({ groupId: of.id, coordinatorType: types[of.kind] })
    return error
  } catch (why) {
    return isOfProtocol(why) ? why : error
  } finally {
    await cluster.disconnect().catch(() => {})
  }
}
