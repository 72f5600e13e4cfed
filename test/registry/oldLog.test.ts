/** The models of a log that an earlier version began: what was promoted stands, and what comes needs an evaluation. */
import path from 'node:path'
import { expect, test } from 'vitest'
import { activate, profileOf, profileToRun } from '../../src/activation.ts'
import { beatMsDefault } from '../../src/limits.ts'
import { openEmbeddedLog } from '../../src/log/embedded/embeddedLog.ts'
import { settingOf } from '../../src/registry/gate.ts'
import { modelOf } from '../../src/settings/models.ts'
import { loadProfile, readProfileFolder } from '../../src/settings/profiles.ts'
import { chunksOf } from '../../src/settings/registry/chunks.ts'
import { championAt, type Registry, readRegistry } from '../../src/settings/registry/readRegistry.ts'
import { recordsIn, tempFolder } from '../ingest/support.ts'
import { foldCalmly } from '../support/calm.ts'
import { activation } from '../support/editions.ts'
import { append, type TestRecord } from '../support/fold.ts'
import { type ModelRequest, modelCommand } from '../support/models.ts'
import { placeOldLog } from '../support/oldLog.ts'
import { fateCounts } from '../support/readFold.ts'

test('a promotion of then stands; one without an evaluation is not taken any more once this version has taken the log over', async () => {
  const folder = await placeOldLog(path.join(await tempFolder(), 'data'))
  const log = await openEmbeddedLog({ path: folder, mode: 'write' })
  const profile = await profileOf(log, await loadProfile('cn'))
  const model = await modelOf(profile)
  const baseline = model?.hash ?? ''
  const tick = (label: string): number => profile.calendar.parse(label) ?? Number.NaN
  const reigns = ({ modelRegistry: { champions } }: Registry): [string | null, number][] =>
    champions.map((one) => [one.hash, one.fromTick])
  const before = await readRegistry(log, profile, null)
  expect(reigns(before)).toEqual([
    [baseline, Number.NEGATIVE_INFINITY],
    [expect.stringMatching(/^[0-9a-f]{64}$/), tick('2026-10-01')],
  ])

  const started = { log, profile, model, beatMs: beatMsDefault, now: () => 0 }
  const commands = (await recordsIn(log, 'commands')).length
  expect(await activate(started)).toMatchObject({ foldVersion: 4, profileHash: profile.hash })
  const [taken, ...more] = (await recordsIn(log, 'commands')).slice(commands)
  expect(JSON.parse(Buffer.from(taken.value).toString())).toMatchObject(settingOf(profile))
  expect(more).toEqual([])
  expect(Math.floor(taken.timeMs / beatMsDefault)).toBeGreaterThanOrEqual(before.throughBeat)
  await activate(started)
  expect(await recordsIn(log, 'commands')).toHaveLength(commands + 1)

  const home = (id: string, more: Partial<Extract<ModelRequest, { kind: 'model.promote' }>>) =>
    modelCommand(id, taken.timeMs, tick('2026-10-05'), { kind: 'model.promote', hash: baseline, ...more })
  await append(log, [home('bare', {})])
  expect((await readRegistry(log, profile, null)).modelRegistry.pending).toEqual([])
  await append(log, [home('reasoned', { override: 'it was better' })])
  const after = await readRegistry(log, profile, null)
  expect(after.modelRegistry.pending).toMatchObject([{ id: 'reasoned', accepted: true }])
  expect(reigns(after)).toEqual(reigns(before))
  expect(championAt(after, tick('2026-10-02'))).not.toBe(baseline)
  await log.close()
})

test('goes on with the profile of today, when that is activated: codes of then lie where they count now', async () => {
  const folder = await placeOldLog(path.join(await tempFolder(), 'data'))
  const log = await openEmbeddedLog({ path: folder, mode: 'write' })
  const { profile: today, files } = await readProfileFolder('cn')
  const begun = await profileOf(log, today)
  const model = await modelOf(begun)
  const { calendar } = begun
  const setting = { log, profile: begun, model, beatMs: beatMsDefault }
  await foldCalmly(setting)
  const throughMs = (await readRegistry(log, begun, null)).throughBeat * beatMsDefault
  const tick = calendar.tickOf(throughMs) + 2
  // A county that was dissolved since: known then, and counted elsewhere now.
  const { code: retired } = today.regions.others.find(({ code }) => begun.regions.has(code)) ?? { code: '' }
  const place = (id: string, timeMs: number): TestRecord => ({
    topic: 'enterprises',
    key: id,
    timeMs,
    value: { id, region: retired, industry: 'H62' },
  })
  await append(log, [
    place('91440101MA5CJQ4N59', throughMs + 60_000),
    ...chunksOf('profile', today.hash, files).map(
      (value): TestRecord => ({ topic: 'artifacts', key: null, timeMs: throughMs + 60_000, value }),
    ),
    activation('today', throughMs + 120_000, tick, today.hash),
    place('91440101MA5CJQ4N59', calendar.startMs(tick) + 60_000),
    {
      topic: 'risk-events',
      key: '91440101MA5CJQ4N59',
      timeMs: calendar.startMs(tick + 1) + 60_000,
      value: {
        id: 'after',
        enterpriseId: '91440101MA5CJQ4N59',
        type: 'PEN.FINE',
        occurredAt: new Date(calendar.startMs(tick + 1)).toISOString(),
      },
    },
  ])
  await foldCalmly(setting)
  const { modelRegistry: registry } = await readRegistry(log, begun, null)
  const { profiles } = registry
  expect(profiles.map(({ profile, fromTick }) => [profile.hash, fromTick])).toEqual([
    [begun.hash, Number.NEGATIVE_INFINITY],
    [today.hash, tick],
  ])
  const fates = await fateCounts(log, ['enterprises'])
  expect(fates.duplicate).toBeGreaterThan(0) // the same place in both: it lies where it counts now
  expect(await profileToRun(log, today)).toMatchObject({ hash: begun.hash })
  await log.close()
})
