/** Two processes that begin one log at the same moment (docs/fold.md rule 18). */
import { describe, expect, it } from 'vitest'
import type { RiskModel } from '../../models/risk/riskModel.ts'
import { activate, profileOf } from '../../src/activation.ts'
import { digest } from '../../src/log/digest.ts'
import type { Log } from '../../src/log/port.ts'
import { loadProfile } from '../../src/settings/profiles.ts'
import type { Profile } from '../../streams/profile.ts'
import { writeProfile } from '../streams/profileFolder.ts'
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

describe('an earlier edition of a profile', () => {
  const then = 'code,parent,name_en\nEAST,,East Harbour\nOLD,,Old Harbour\nWEST,,West Harbour\n'
  const now =
    'code,parent,name_en,counts_at\nEAST,,East Harbour,\nSOUTH,,South Harbour,\nWEST,,West Harbour,\nOLD,,Old Harbour,SOUTH\n'
  /** The profile with the table of today, which says that it goes on with logs of this hash. */
  const edition = async (hash: string): Promise<Profile> =>
    loadProfile(
      await writeProfile((files) => {
        const earlier = `languages: [en]\nearlier: [{ hash: "${hash}", regions: then.csv }]`
        files.set('profile.yaml', (files.get('profile.yaml') ?? '').replace('languages: [en]', earlier))
        files.set('regions.csv', now)
        files.set('then.csv', then)
      }),
    )

  it('goes on with the tables of its log, node by node; a new log has those of today', async () => {
    const former = await loadProfile(await writeProfile())
    const [old, fresh] = [await memoryLog(), await memoryLog()]
    await activate({ ...setting, model: null, profile: former, log: old })
    const today = await edition(former.hash)
    const goesOn = await profileOf(old, today)
    expect(goesOn.hash).toBe(former.hash)
    expect(goesOn.regions.nodes).toEqual(former.regions.nodes)
    await activate({ ...setting, model: null, profile: goesOn, log: old })
    await activate({ ...setting, model: null, profile: await profileOf(fresh, today), log: fresh })
    expect(await profileOf(fresh, today)).toBe(today)
    const codeOf = ({ regions }: Profile): string => regions.nodes[regions.find('OLD')].code
    expect([codeOf(goesOn), codeOf(today)]).toEqual(['OLD', 'SOUTH'])
  })

  it('that is not listed is another profile', async () => {
    const log = await memoryLog()
    await activate({ ...setting, model: null, profile: await loadProfile(await writeProfile()), log })
    const today = await edition('0'.repeat(64))
    await expect(
      activate({ ...setting, model: null, profile: await profileOf(log, today), log }),
    ).rejects.toMatchObject({
      code: 'FW_CONFIG_CHANGED',
    })
  })
})

it('with another model: one of the two is refused, and only one', async () => {
  const ended = await atOneMoment(await newLog(), [setting.model, { ...setting.model, hash: 'f'.repeat(64) }])
  expect(ended).toMatchObject([{ status: 'fulfilled' }, { status: 'rejected', reason: { code: 'FW_CONFIG_CHANGED' } }])
})
