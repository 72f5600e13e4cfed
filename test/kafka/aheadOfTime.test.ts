/** Log time that leads the clock, on a real broker: records of senders whose clocks are wrong, tasks that are taken over, and what a replay makes of it. */
import { expect, it } from 'vitest'
import { hourMs, minuteMs } from '../../src/limits.ts'
import { tasksOf } from '../../src/log/tasks.ts'
import { partitionOf } from '../../streams/partition.ts'
import { historyStartMs } from '../support/histories.ts'
import { LiveFold, replayed, saidIn } from '../support/live.ts'
import { fateCounts } from '../support/readFold.ts'
import { savedState } from '../support/state.ts'
import { tinyModel } from '../support/tinyModel.ts'
import { tinyProfile } from '../support/tinyProfile.ts'
import { newKafkaLog } from './logs.ts'
import { describeWithKafka, sharedBroker } from './support.ts'

const startMs = historyStartMs + 10 * hourMs

describeWithKafka('a record whose log time leads the clock', () => {
  it('joins the beat at the bound, whoever folds it; a replay says the same bytes', async () => {
    const { log, dispose } = await newKafkaLog((await sharedBroker()).host, 2)
    const live = await LiveFold.begin({
      profile: tinyProfile,
      model: tinyModel(tinyProfile),
      beatMs: 1_000,
      partitions: 2,
      startMs,
      log,
    })
    const send = async (key: string, id: string, leadMs: number): Promise<void> => {
      const occurredAt = new Date(startMs - hourMs).toISOString()
      const value = Buffer.from(JSON.stringify({ id, enterpriseId: key, type: 'PEN.FINE', occurredAt }))
      await log.append('risk-events', partitionOf(key, 2), [{ key, timeMs: live.nowMs + leadMs, value }])
    }
    const folded = async (): Promise<number> => (await fateCounts(log, ['risk-events'])).applied ?? 0
    const partitions = new Set(['E1', 'E2', 'E3'].map((key) => partitionOf(key, 2)))
    expect(partitions.size).toBe(2)
    for (const key of ['E1', 'E2', 'E3']) await send(key, 'a', 0)
    await live.pass(2, 1_000)
    expect(await folded()).toBe(3)
    await send('E1', 'ahead', hourMs)
    await send('E1', 'behind', 0)
    for (const key of ['E2', 'E3']) await send(key, 'b', 0)
    await live.pass(2, 1_000)
    const others = ['E2', 'E3'].filter((key) => partitionOf(key, 2) !== partitionOf('E1', 2)).length
    expect(await folded()).toBe(3 + others) // those in its partition wait, and no others
    expect(live.told('LogTimeLeads')).toMatchObject([{ task: `enterprise-${partitionOf('E1', 2)}`, waits: true }])
    await live.restart()
    await live.pass(8, minuteMs)
    expect(await folded()).toBe(7)
    expect(live.told('LogTimeLed')).toMatchObject([{ records: 1 }])
    await live.restart()
    await send('E1', 'now', 0)
    await live.pass(2, 1_000)
    expect(await folded()).toBe(8)
    for (const [at, id] of tasksOf(2).entries()) {
      const again = await replayed(live, id)
      expect(again.outputs).toEqual(await saidIn(log, id))
      expect(again.saved.equals(savedState(live.runners[at].task))).toBe(true)
    }
    await dispose()
  })
})
