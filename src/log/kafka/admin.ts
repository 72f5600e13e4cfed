import type { Admin } from 'kafkajs'
import { type KafkaConnection, kafkaClient, logName } from './connection.ts'
import { kafkaFault } from './faults.ts'

/** Work of an administrator, on a connection of its own. */
export async function withAdmin<T>(connection: KafkaConnection, work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = kafkaClient(connection).admin()
  try {
    await admin.connect()
    return await work(admin)
  } catch (error) {
    throw kafkaFault(error, logName(connection))
  } finally {
    await admin.disconnect()
  }
}

/** Those of some topics that are there, in the same order. */
export async function existing(admin: Admin, names: readonly string[]): Promise<string[]> {
  const there = new Set(await admin.listTopics())
  return names.filter((name) => there.has(name))
}
