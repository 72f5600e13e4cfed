/** Two processes that begin one log at the same moment (docs/fold.md rule 18). */
import { expect, it } from 'vitest'
import type { RiskModel } from '../../models/risk/riskModel.ts'
import { activate } from '../../src/activation.ts'
import { digest } from '../../src/log/digest.ts'
import type { Log } from '../../src/log/port.ts'
import { append, foldToEnd, memoryLog } from '../support/fold.ts'
import { generatedHistory } from '../support/generated.ts'
import { logOver } from '../support/logs.ts'
import { fateCounts } from '../support/readFold.ts'
import { tinyModel } from '../support/tinyModel.ts'
import { tinyProfile } from '../support/tinyProfile.ts'

const setting = { profile: tinyProfile, model: tinyModel(tinyProfile), beatMs: 1_000, now: () => 0 }

/** Each appends when both have read that the log is new. */
async function atOneMoment(inner: Log, models: readonly RiskModel[]): Promise<PromiseSettledResult<unknown>[]> {
  const all = Promise.withResolvers<void>()
  let ready = 0
  const log = logOver(inner, {
    append: async (...record) => {
      if (++ready === models.length) all.resolve()
      await all.promise
      await inner.append(...record)
    },
  })
  return Promise.allSettled(models.map((model) => activate({ ...setting, log, model })))
}

async function newLog(): Promise<Log> {
  const log = await memoryLog()
  await append(log, generatedHistory({ seed: 5, days: 3, enterprises: 10, eventsPerDay: 5 }))
  return log
}

it('with the same setting: the second command is a duplicate, and nothing that is said changes', async () => {
  const [alone, together] = [await newLog(), await newLog()]
  await activate({ ...setting, log: alone })
  const ended = await atOneMoment(together, [setting.model, setting.model])
  expect(ended.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled'])
  await foldToEnd(alone, setting)
  await foldToEnd(together, setting)
  const [before, after] = [await fateCounts(alone), await fateCounts(together)]
  expect(after.duplicate ?? 0).toBeGreaterThan(before.duplicate ?? 0)
  expect({ ...after, duplicate: 0 }).toEqual({ ...before, duplicate: 0 })
  const { fates: _, ...told } = await digest(together)
  expect(told).toEqual({ ...(await digest(alone)), fates: undefined })
})

it('with another model: one of the two is refused, and only one', async () => {
  const ended = await atOneMoment(await newLog(), [setting.model, { ...setting.model, hash: 'f'.repeat(64) }])
  expect(ended).toMatchObject([{ status: 'fulfilled' }, { status: 'rejected', reason: { code: 'FW_CONFIG_CHANGED' } }])
})
