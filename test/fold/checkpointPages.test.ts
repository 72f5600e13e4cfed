/** A checkpoint writes the pages that changed since its slot was last written, and is whole all the same. */
import { expect, it } from 'vitest'
import { z } from 'zod'
import { writeCheckpoint } from '../../src/fold/checkpoints.ts'
import { jsonPart } from '../../src/fold/state.ts'
import type { TaskLog } from '../../src/log/port.ts'
import type { Notice } from '../../src/notices.ts'
import { append, memoryLog, openTasks } from '../support/fold.ts'
import { taskLogOver } from '../support/logs.ts'
import { savedState } from '../support/state.ts'
import { tinyModel } from '../support/tinyModel.ts'
import { tinyProfile } from '../support/tinyProfile.ts'

const setting = { profile: tinyProfile, model: tinyModel(tinyProfile), beatMs: 1_000 }
const startMs = Date.parse('2026-03-02T00:00:00.000Z')
const enterprises = 10_000 // three pages of rows

it('of rows those with an event, and a restore gives the state as it is', async () => {
  const log = await memoryLog()
  const place = { region: 'P1', industry: 'X1' }
  await append(
    log,
    Array.from({ length: enterprises }, (_, at) => ({
      topic: 'enterprises' as const,
      key: `E${at}`,
      timeMs: startMs,
      value: { id: `E${at}`, ...place },
    })),
  )
  const written: Extract<Notice, { kind: 'CheckpointWritten' }>[] = []
  const listener = (notice: Notice): void => void (notice.kind === 'CheckpointWritten' && written.push(notice))
  const { runners } = await openTasks(log, setting, listener)
  const [runner] = runners
  for (let round = 0; round < 4; round++) {
    const timeMs = startMs + (round + 1) * 1_000
    const value = { type: 'PEN.FINE', occurredAt: new Date(startMs).toISOString(), source: 'COURT' }
    await append(log, [
      { topic: 'risk-events', key: 'E5000', timeMs, value: { id: `event-${round}`, enterpriseId: 'E5000', ...value } },
    ])
    while (await runner.step({ by: 'end', beat: timeMs / 1_000 }));
    await runner.checkpoint('now')
  }
  expect(written.map(({ slot }) => slot)).toEqual([0, 1, 0, 1])
  expect(new Set(written.map(({ pages }) => pages)).size).toBe(1)
  const [first, second, third, fourth] = written.map(({ bytes }) => bytes)
  expect([second / first, third / first, fourth / first].map((share) => Math.round(share * 10))).toEqual([10, 4, 4])

  const again = await openTasks(log, setting)
  expect(again.runners[0].foldedThrough).toBe(runner.foldedThrough)
  expect(savedState(again.runners[0].task).equals(savedState(runner.task))).toBe(true)
})

it('all of them after one that was cut, and in a slot that somebody else may have written', async () => {
  const log = await memoryLog()
  const real = await log.openTask({ kind: 'watch' })
  let given: boolean[] = []
  let fails = false
  const taskLog: TaskLog = taskLogOver(real, {
    writeCheckpoint: async (slot, pages, manifest) => {
      const all = [...pages]
      given = all.map((page) => page !== undefined)
      if (fails) throw new Error('the disk is full')
      await real.writeCheckpoint(slot, all, manifest)
    },
  })
  const part = (name: string, state: { text: string }) =>
    jsonPart(
      { name, version: 1, contract: z.object({ text: z.string() }) },
      () => state,
      () => {},
    )
  const [still, moving] = [{ text: 'still' }, { text: 'a' }]
  const task = { id: { kind: 'watch' } as const, state: [part('still', still), part('moving', moving)] }
  const head = { foldVersion: 5, config: '', beat: 1, journal: 0, positions: [], maxTimesMs: [] }
  const written = new Map<number, readonly string[]>()
  const write = async (slot: number): Promise<boolean[]> => {
    await writeCheckpoint(task, taskLog, slot, head, { listener: () => {}, now: () => 0, written })
    return given
  }
  expect(await write(0)).toEqual([true, true])
  moving.text = 'b'
  expect(await write(1)).toEqual([true, true])
  expect(await write(0)).toEqual([false, true])
  expect(await write(1)).toEqual([false, false])
  fails = true
  await expect(write(0)).rejects.toThrow('the disk is full')
  fails = false
  expect(await write(0)).toEqual([true, true])
  expect(await write(0)).toEqual([false, false])
})
