import type { Admin } from 'kafkajs'
import type { KafkaClients } from './connection.ts'
import { kafkaFault } from './faults.ts'

/** Work of an administrator, on a connection of its own. `log`: for messages. */
export async function withAdmin<T>(
  { kafka }: Pick<KafkaClients, 'kafka'>,
  log: string,
  work: (admin: Admin) => Promise<T>,
): Promise<T> {
  const admin = kafka.admin()
  try {
    await admin.connect()
    return await work(admin)
  } catch (error) {
    throw kafkaFault(error, log)
  } finally {
    await admin.disconnect()
  }
}
