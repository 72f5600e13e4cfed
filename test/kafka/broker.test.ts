/** The broker of the tests is a real one: others read what we write, it comes back with its data, and it knows its users. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { Kafka, type KafkaConfig, logLevel, type SASLOptions } from 'kafkajs'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { waitMsMax } from '../support/patience.ts'
import { startBroker } from './broker.ts'
import { consoleConsume, consoleProduce } from './consoleTools.ts'
import { makeTopics } from './makeTopics.ts'
import { describeWithKafka, sharedBroker } from './support.ts'

const client = (config: KafkaConfig): Kafka =>
  new Kafka({ logLevel: logLevel.NOTHING, connectionTimeout: waitMsMax, authenticationTimeout: waitMsMax, ...config })

async function createTopic(kafka: Kafka, topic: string): Promise<void> {
  const admin = kafka.admin()
  await admin.connect()
  await makeTopics(admin, [{ topic, numPartitions: 1 }])
  await admin.disconnect()
}

async function write(kafka: Kafka, topic: string, value: string): Promise<void> {
  const producer = kafka.producer()
  await producer.connect()
  await producer.send({ topic, messages: [{ key: 'k', value }] })
  await producer.disconnect()
}

async function firstValues(kafka: Kafka, topic: string, count: number): Promise<unknown[]> {
  const consumer = kafka.consumer({ groupId: `${topic}-group` })
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const values: unknown[] = []
  // A fresh broker has no coordinator of groups yet: the consumer crashes and restarts by itself until there is one.
  consumer.on('consumer.crash', ({ payload }) => payload.restart || reject(payload.error))
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({
    eachMessage: async ({ message }) => {
      if (values.push(message.value?.toString()) === count) resolve()
    },
  })
  await promise.finally(() => consumer.disconnect())
  return values
}

function logins(username: string, password: string): SASLOptions[] {
  return [
    { mechanism: 'scram-sha-512', username, password },
    { mechanism: 'scram-sha-256', username, password },
    { mechanism: 'plain', username, password },
  ]
}

describeWithKafka('a broker', () => {
  test('gives kafkajs and the console consumer what either wrote', async () => {
    const { host } = await sharedBroker()
    const topic = 'broker-test.both'
    const kafka = client({ brokers: [host] })
    await createTopic(kafka, topic)
    await write(kafka, topic, 'from kafkajs')
    await consoleProduce({ host, topic, lines: ['from Java'], compression: 'gzip' })
    expect(await firstValues(kafka, topic, 2)).toEqual(['from kafkajs', 'from Java'])
    const properties = { 'print.key': 'true', 'print.offset': 'true' }
    expect(await consoleConsume({ host, topic, partition: 0, recordsMax: 2, properties })).toEqual([
      'Offset:0\tk\tfrom kafkajs',
      'Offset:1\tnull\tfrom Java',
    ])
    const nowhere = { host, topic: 'broker-test.none', lines: ['lost'], client: { 'max.block.ms': '500' } }
    await expect(consoleProduce(nowhere)).rejects.toThrow(/not present in metadata/)
  })

  test('keeps its data over SIGKILL, stands still and goes on, and leaves nothing', async () => {
    const broker = await startBroker()
    try {
      const { host } = broker
      const kafka = client({ brokers: [host] })
      await createTopic(kafka, 'kept')
      await write(kafka, 'kept', 'before')
      await broker.kill('SIGKILL')
      await expect(write(client({ brokers: [host], retry: { retries: 0 } }), 'kept', 'lost')).rejects.toThrow()
      await broker.restart()
      broker.pause()
      const late = write(kafka, 'kept', 'after')
      expect(await Promise.race([late, sleep(1_000, 'still waiting')])).toBe('still waiting')
      broker.resume()
      await late
      expect(await consoleConsume({ host, topic: 'kept', recordsMax: 2 })).toEqual(['before', 'after'])
    } finally {
      await broker.stop()
    }
    expect([existsSync(broker.folder), isAlive(broker.pid)]).toEqual([false, false])
  })

  test('lets in who knows the password, and nobody else', async () => {
    const broker = await startBroker({ sasl: true })
    try {
      const { host, caPem, user, password } = broker.sasl!
      const saslClient = (sasl: SASLOptions) =>
        client({ brokers: [host], ssl: { ca: [caPem] }, retry: { retries: 0 }, sasl })
      for (const login of logins(user, password)) await createTopic(saslClient(login), login.mechanism)
      for (const login of logins(user, 'wrong')) {
        await expect(createTopic(saslClient(login), 'strange')).rejects.toThrow(/authentication failed/i)
      }
    } finally {
      await broker.stop()
    }
  })

  test('does not outlive the process that started it', async () => {
    const script = `const { startBroker } = await import(${JSON.stringify(import.meta.resolve('./broker.ts'))})
      const { pid, folder } = await startBroker()
      console.log(JSON.stringify([pid, folder]))`
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = await once(createInterface(parent.stdout), 'line')
    const [pid, folder] = z.tuple([z.int(), z.string()]).parse(JSON.parse(String(line)))
    expect([isAlive(pid), existsSync(folder)]).toEqual([true, true])
    parent.kill('SIGKILL')
    await expect.poll(() => isAlive(pid) || existsSync(folder)).toBe(false)
  })
})

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
