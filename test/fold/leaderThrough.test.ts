/** A leader's journal may be seen before what was committed with it: it counts when all of that can be read. */
import { expect, it } from 'vitest'
import { JournalEntry } from '../../src/fold/journal.ts'
import { LeaderThrough } from '../../src/fold/progress.ts'
import type { Output } from '../../src/log/port.ts'
import { memoryLog } from '../support/fold.ts'
import { logOver } from '../support/logs.ts'

const watch = { kind: 'watch' } as const
const led = [{ topic: 'risk-levels', partition: 0 } as const]

async function leadingLog() {
  const log = await memoryLog()
  const task = await log.openTask(watch)
  const commit = async (beat: number, outputs: Output[]): Promise<void> => {
    const entry = new JournalEntry(0)
    entry.add(beat, [])
    await task.commit({ outputs, journal: entry.encode(), timeMs: beat })
  }
  return { log, commit }
}

const level: Output = { topic: 'risk-levels', partition: 0, record: { key: 'k', value: Buffer.from('{}') } }

it('has not folded what its journal says until the input that it leads shows it', async () => {
  const { log, commit } = await leadingLog()
  let hidden = 0
  const late = logOver(log, {
    range: async (topic, partition) => {
      const { start, end } = await log.range(topic, partition)
      return { start, end: topic === 'risk-levels' ? end - hidden : end }
    },
    writtenEnd: async (topic, partition) => (await log.range(topic, partition)).end,
  })
  const leader = new LeaderThrough(late, watch, led)
  expect(await leader.now()).toBeUndefined()
  await commit(3, [level])
  expect(await leader.now()).toBe(3)
  hidden = 1
  await commit(4, [level])
  expect([await leader.now(), await leader.now()]).toEqual([3, 3])
  hidden = 0
  expect(await leader.now()).toBe(4)
})

it('is not held up by what is written after it', async () => {
  const { log, commit } = await leadingLog()
  let open = 0
  const busy = logOver(log, { writtenEnd: async (topic, partition) => (await log.range(topic, partition)).end + open })
  const leader = new LeaderThrough(busy, watch, led)
  await commit(3, [level])
  open = 1 // of its next commit, which it has begun
  expect(await leader.now()).toBeUndefined()
  await commit(4, [level])
  open = 5
  expect(await leader.now()).toBe(3)
})
