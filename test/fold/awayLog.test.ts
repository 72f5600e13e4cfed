/** A log that is away for a while, or for good: a run to its end gives up after a while, and who follows it does not. */
import { once } from 'node:events'
import { expect, it } from 'vitest'
import { openEngine } from '../../src/engine.ts'
import { ForewarnError } from '../../src/errors.ts'
import { allThrough, greatestBeat } from '../../src/fold/progress.ts'
import { untilEndPatienceMs } from '../../src/limits.ts'
import type { Log } from '../../src/log/port.ts'
import type { TaskId } from '../../src/log/tasks.ts'
import type { Listener, Notice } from '../../src/notices.ts'
import { append, memoryLog } from '../support/fold.ts'
import { generatedHistory } from '../support/generated.ts'
import { logOver } from '../support/logs.ts'
import { tinyModel } from '../support/tinyModel.ts'
import { tinyProfile } from '../support/tinyProfile.ts'

const setting = { profile: tinyProfile, model: tinyModel(tinyProfile), beatMs: 1_000, slackMs: 0, checkpointEveryMs: 0 }
const tasks: TaskId[] = [{ kind: 'enterprise', partition: 0 }, { kind: 'watch' }]
const lookMs = untilEndPatienceMs / 9

/** A log with a history. Once `go` was called it is away at the looks that `isAway` says, and each of these takes a ninth of the patience. */
async function awayLog(isAway: (look: number) => boolean) {
  const inner = await memoryLog()
  await append(inner, generatedHistory({ seed: 3, days: 3, enterprises: 5, eventsPerDay: 5 }))
  let looks = Number.NaN
  let nowMs = 0
  const log: Log = logOver(inner, {
    range: async (topic, partition) => {
      if (!isAway(looks++)) return inner.range(topic, partition)
      nowMs += lookMs
      throw new ForewarnError('FW_LOG_UNAVAILABLE', ['of the test', 'it is away'])
    },
  })
  const go = (): void => {
    looks = 0
  }
  return { inner, log, now: () => nowMs, go }
}

/** `assigned`: when the group gives this process its tasks, after it has joined. */
async function run(
  { log, now, go }: Awaited<ReturnType<typeof awayLog>>,
  of: { untilEnd: boolean; assigned: () => Promise<void>; listener?: Listener; signal?: AbortSignal },
): Promise<void> {
  const engine = await openEngine({
    ...setting,
    log,
    now,
    untilEnd: of.untilEnd,
    listener: of.listener ?? (() => {}),
    signal: of.signal ?? new AbortController().signal,
    membership: {
      join: async (assign, left) => {
        go()
        void of.assigned().then(() => assign(tasks))
        await once(left, 'abort')
      },
    },
  })
  await engine.follow()
}

it('a run to the end tells that the log is away, when it has been for as long as the patience is', async () => {
  const away = await awayLog((look) => look >= 0)
  const ended = run(away, { untilEnd: true, assigned: () => new Promise(() => {}) })
  await expect(ended).rejects.toMatchObject({ code: 'FW_LOG_UNAVAILABLE' })
  expect(away.now()).toBe(untilEndPatienceMs)
})

it('a log that comes back in time is waited for, again and again', async () => {
  const back = Promise.withResolvers<void>()
  const away = await awayLog((look) => {
    if (look === 18) back.resolve()
    return look >= 0 && look < 18 && look !== 8 && look !== 9 // eight, one that finds an empty journal, and eight more
  })
  await run(away, { untilEnd: true, assigned: () => back.promise })
  expect(away.now()).toBeGreaterThan(untilEndPatienceMs)
  const beat = await greatestBeat(away.inner, setting.beatMs)
  expect(await allThrough(away.inner, beat ?? Number.NaN)).toBe(true)
})

it('who follows a log waits for it, however long it is away', async () => {
  const away = await awayLog((look) => look >= 0)
  const stop = new AbortController()
  const lost: Notice[] = []
  const listener: Listener = (notice) => {
    if (notice.kind === 'TaskLost' && lost.push(notice) >= 3 && away.now() > untilEndPatienceMs) stop.abort()
  }
  await run(away, { untilEnd: false, assigned: async () => {}, listener, signal: stop.signal })
  expect(lost).toMatchObject(lost.map(() => ({ code: 'FW_LOG_UNAVAILABLE' })))
})
