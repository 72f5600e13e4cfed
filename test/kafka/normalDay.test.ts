/** A normal day on Kafka: start, records over HTTP, scores and fates, SIGTERM, start again; and a log that was cut off behind the checkpoint. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Kafka, logLevel } from 'kafkajs'
import { beforeAll, expect, it } from 'vitest'
import type { Log } from '../../src/log/port.ts'
import { wireName } from '../../streams/topics.ts'
import { type Forewarn, forewarn, logLines } from '../e2e/forewarn.ts'
import { expectError, freePort, post, ready, start } from '../e2e/support.ts'
import { until } from '../support/patience.ts'
import { fateCounts } from '../support/readFold.ts'
import { logArgs, newKafkaLog, type TestLog } from './logs.ts'
import { makeTopics } from './makeTopics.ts'
import { describeWithKafka, sharedBroker } from './support.ts'

const enterprise = '91110000600037341L'

describeWithKafka('a normal day', () => {
  let place: TestLog
  let address: string

  beforeAll(async () => {
    place = await newKafkaLog((await sharedBroker()).host, 2, 'log')
    address = `http://127.0.0.1:${await freePort()}`
    return () => place.dispose()
  })

  const run = (): Forewarn =>
    start(['run', ...logArgs(place), '--beat-ms', '200', '--slack-ms', '200', '--http', address.replace('http://', '')])

  /** The task of the enterprise is one of those that the group has given to this process. */
  const expectExplained = async (): Promise<void> => {
    const response = await fetch(`${address}/api/v1/enterprises/${enterprise}/explanation`)
    const { features, ...told } = Object(await response.json())
    expect({ status: response.status, ...told }).toMatchObject({ status: 200, probability: expect.any(Number) })
    const fines = features.find(({ name }: { name: string }) => name === 'count.PEN.30d')
    expect(fines.value).toBeGreaterThan(1)
  }

  it('takes records over HTTP, folds them, and ends with 0 at SIGTERM without a word of trouble', async () => {
    const server = run()
    await ready(address)
    const body = JSON.stringify({ id: enterprise, region: '110105', industry: '5210', name: 'Café' })
    expect(await post(address, 'enterprises', body)).toMatchObject({ status: 200, body: { accepted: 1 } })
    const event = { enterpriseId: enterprise, type: 'PEN.FINE', occurredAt: new Date().toISOString(), severity: 5 }
    const events = [1, 2, 3].map((n) => JSON.stringify({ ...event, id: `e${n}` })).join('\n')
    expect(await post(address, 'risk-events', `${events}\nnot json\n`)).toMatchObject({ status: 200 })
    await until('five fates and the command', async () => ((await fatesIn(place.log)) === 6 ? true : undefined))
    const page = await (await fetch(`${address}/metrics`)).text()
    expect(page).toMatch(/^forewarn_records_total\{fate="applied"\} [1-9]/m)
    await expectExplained()
    await end(server)
  })

  it('goes on where it was', async () => {
    const server = run()
    await ready(address)
    await sleep(500)
    expect(await fatesIn(place.log)).toBe(6)
    await expectExplained()
    await end(server)
  })

  it('refuses to start when the log no longer reaches back: FW_LOG_TRUNCATED', async () => {
    const admin = new Kafka({ brokers: place.connection.brokers.slice(), logLevel: logLevel.NOTHING }).admin()
    await admin.connect()
    const topic = wireName('checkpoints', place.prefixes)
    await admin.deleteTopics({ topics: [topic] }) // without checkpoints it has to begin at the start
    await makeTopics(admin, [{ topic, numPartitions: 3 }])
    const inputs = wireName('risk-events', place.prefixes)
    for (const { partition, high } of await admin.fetchTopicOffsets(inputs))
      await admin.deleteTopicRecords({ topic: inputs, partitions: [{ partition, offset: high }] })
    await admin.disconnect()
    expectError(await forewarn(['run', ...logArgs(place), '--until-end']), 'FW_CONFIG_CHANGED')
    expectError(await forewarn(['run', ...logArgs(place), '--until-end', '--beat-ms', '200']), 'FW_LOG_TRUNCATED')
  })
})

/** No warning, no error, nothing but log lines. */
async function end(server: Forewarn): Promise<void> {
  server.kill('SIGTERM')
  const { code, signal, err } = await server.ended
  expect({ code, signal }).toEqual({ code: 0, signal: null })
  const lines = err.trim().split('\n')
  expect(logLines(err).length).toBe(lines.length)
  expect(logLines(err).filter(({ level }) => level !== 'info')).toEqual([])
}

async function fatesIn(log: Log): Promise<number> {
  return Object.values(await fateCounts(log)).reduce((sum, count) => sum + count, 0)
}
