/**
 * One broker for all test files of a run. It belongs to the process that runs them all, and is started when the first file asks at
 * a door: an HTTP server, which costs a run without Kafka nothing.
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { TestProject } from 'vitest/node'
import { messageOf } from '../../src/errors.ts'
import type { Broker } from './broker.ts'

declare module 'vitest' {
  interface ProvidedContext {
    kafkaDoor: string
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let shared: Promise<Broker> | undefined
  const door = createServer((_request, response) => {
    shared ??= startShared()
    shared.then(
      ({ host, folder }) => response.end(JSON.stringify({ host, folder })),
      (error: unknown) => response.writeHead(500).end(messageOf(error)),
    )
  })
  await once(door.listen(0, '127.0.0.1'), 'listening')
  const address = door.address()
  if (address === null || typeof address === 'string') throw new Error('the door has no port')
  project.provide('kafkaDoor', `http://127.0.0.1:${address.port}`)
  return async () => {
    door.close()
    await shared?.then(
      (broker) => broker.stop(),
      () => {}, // it never started, and whoever asked was told
    )
  }
}

/** Waits for the first transaction too: the broker makes the topic of transactions then, which takes seconds where much else goes on. */
async function startShared(): Promise<Broker> {
  const [{ startBroker }, { kafkaClient }] = await Promise.all([
    import('./broker.ts'),
    import('../../src/log/kafka/connection.ts'),
  ])
  const broker = await startBroker()
  const producer = kafkaClient({ brokers: [broker.host], clientId: 'first' }).producer({
    ...{ transactionalId: 'first', idempotent: true, maxInFlightRequests: 1 },
    retry: { retries: 200, initialRetryTime: 50, maxRetryTime: 500 },
  })
  await producer.connect()
  await (await producer.transaction()).abort()
  await producer.disconnect()
  return broker
}
