/** `forewarn doctor` of the brokers' clock, which is known by what they stamp. Rights: roles.test.ts. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkBrokerClock } from '../../src/cli/log/doctor/time.ts'
import { newKafkaLog, type TestLog } from './logs.ts'
import { describeWithKafka, sharedBroker } from './support.ts'

describeWithKafka('the clock of the brokers', () => {
  let place: TestLog

  beforeAll(async () => {
    place = await newKafkaLog((await sharedBroker()).host, 1, 'log')
  })
  afterAll(() => place.dispose())

  /** Asked by a clock that is so far ahead, while a sender sends. */
  async function asked(aheadMs: number): Promise<string> {
    const over = new AbortController()
    const sending = send(over.signal)
    const { verdict, says } = await checkBrokerClock(place.log, () => Date.now() + aheadMs)
    over.abort()
    await sending
    return `${verdict} ${says}`
  }

  async function send(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await place.log.append('risk-events', 0, [{ key: null, value: Buffer.from('x') }])
      await sleep(50)
    }
  }

  test.each([
    [60_000, /^warn The broker stamped a record (59|6\d)\.\d s before it was seen here.*the clocks differ/],
    [-60_000, /^warn The broker stamped a record (59|60)\.\d s after it was seen here.*the clocks differ/],
  ])('a clock that is %i ms ahead of theirs is told', async (aheadMs, says) => {
    expect(await asked(aheadMs)).toMatch(says)
  })

  test('clocks that agree are well, and where nobody sends nothing is known', async () => {
    expect(await asked(0)).toMatch(/^ok The broker stamped a record \d\.\d s/)
    expect((await checkBrokerClock(place.log)).says).toMatch(/is not known/)
  })
})
