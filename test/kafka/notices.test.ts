/** What a log on a real broker tells: its connections, and that nothing waits once all is read, markers of transactions included. */
import { expect, test } from 'vitest'
import { openKafkaLog } from '../../src/log/kafka/kafkaLog.ts'
import { type Notice, relay } from '../../src/notices.ts'
import { event } from '../ingest/support.ts'
import { append, foldToEnd } from '../support/fold.ts'
import { tinyProfile } from '../support/tinyProfile.ts'
import { deleteTopics, newKafkaPlace } from './logs.ts'
import { describeWithKafka, sharedBroker } from './support.ts'

describeWithKafka('notices of a log on Kafka', () => {
  test('connections open and close; what waits comes to 0', async () => {
    const { host } = await sharedBroker()
    const { connection, prefixes } = await newKafkaPlace(host, 1)
    const heard = relay()
    const log = await openKafkaLog({ connection: { ...connection, listener: heard.listener }, prefixes })
    const notices: Notice[] = []
    const listener = (notice: Notice): void => void notices.push(notice)
    heard.to(listener) // what was told before waits
    await append(log, [{ topic: 'risk-events', key: 'E1', timeMs: 0, value: event('a', 'E1', '1970-01-01T00:00:00Z') }])
    await foldToEnd(log, { profile: tinyProfile, model: null }, listener)
    const waiting = new Map(
      notices.flatMap((notice) => (notice.kind === 'InputsWaiting' ? [[notice.task, notice.records]] : [])),
    )
    expect(Object.fromEntries(waiting)).toEqual({
      'enterprise-0': {
        commands: 0,
        enterprises: 0,
        'credit-grades': 0,
        'risk-events': 0,
        artifacts: 0,
        'risk-levels': 0,
      },
      watch: { commands: 0, 'cell-parts': 0, artifacts: 0 },
    })
    const open = (): number =>
      notices.reduce((sum, notice) => (notice.kind === 'BrokerConnection' ? sum + (notice.open ? 1 : -1) : sum), 0)
    expect(open()).toBeGreaterThan(1)
    await log.close()
    await expect.poll(open).toBe(0)
    await deleteTopics(connection, prefixes)
  })
})
