/** A log that takes no epochs: a run to the end gives up after a while and says so once; who follows it goes on when there is space. */
import { expect, it } from 'vitest'
import { openEngine } from '../../src/engine.ts'
import { ForewarnError } from '../../src/errors.ts'
import { allThrough, greatestBeat } from '../../src/fold/progress.ts'
import { untilEndPatienceMs } from '../../src/limits.ts'
import type { Notice } from '../../src/notices.ts'
import { append, memoryLog } from '../support/fold.ts'
import { generatedHistory } from '../support/generated.ts'
import { logOver, taskLogOver } from '../support/logs.ts'
import { tinyModel } from '../support/tinyModel.ts'
import { tinyProfile } from '../support/tinyProfile.ts'

const setting = { profile: tinyProfile, model: tinyModel(tinyProfile), beatMs: 1_000, slackMs: 0 }

/** A run to the end of a history over a log that refuses its first commits; each try takes half of the patience. */
async function runOverFull(refusals: number) {
  const inner = await memoryLog()
  await append(inner, generatedHistory({ seed: 3, days: 3, enterprises: 5, eventsPerDay: 5 }))
  let nowMs = 0
  let left = refusals
  const full = async (): Promise<void> => {
    if (left-- <= 0) return
    nowMs += untilEndPatienceMs / 2
    throw new ForewarnError('FW_LOG_FULL', ['of the test'])
  }
  const log = logOver(inner, {
    openTask: async (id) => {
      const task = await inner.openTask(id)
      return taskLogOver(task, { commit: async (epoch) => void (await full().then(() => task.commit(epoch))) })
    },
  })
  const refused: string[] = []
  const listener = (notice: Notice): void => {
    if (notice.kind === 'CommitRefused') refused.push(notice.task)
  }
  const signal = new AbortController().signal
  const run = async (): Promise<void> => {
    const options = { ...setting, log, checkpointEveryMs: Number.POSITIVE_INFINITY, untilEnd: true, now: () => nowMs }
    await (await openEngine({ ...options, listener, signal })).follow()
  }
  return { inner, run, refused }
}

it('a run to the end gives up with FW_LOG_FULL, after one line a task', async () => {
  const { run, refused } = await runOverFull(Number.POSITIVE_INFINITY)
  await expect(run()).rejects.toMatchObject({ code: 'FW_LOG_FULL' })
  expect(refused).toEqual([...new Set(refused)])
})

it('space that comes in time is waited for', async () => {
  const { inner, run, refused } = await runOverFull(2)
  await run()
  expect(refused).toHaveLength(1)
  const beat = await greatestBeat(inner, setting.beatMs)
  expect(await allThrough(inner, beat ?? Number.NaN)).toBe(true)
})
