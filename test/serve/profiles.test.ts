/** Supervisors differ: without tiles, grades, a model or sources, with one language, in weeks. Each page has an answer for all of them. */
import { expect, test } from 'vitest'
import { WarningList, Words } from '../../src/serve/contracts.ts'
import { loadProfile } from '../../src/settings/profiles.ts'
import { compileProfile, type Profile } from '../../streams/profile.ts'
import { foldRecords } from '../support/fold.ts'
import { riskMarket, riskProfile } from '../support/riskMarket.ts'
import { served } from '../support/served.ts'
import { tinySource } from '../support/tinyProfile.ts'

const pages = [
  '/status',
  '/overview',
  '/warnings',
  '/sources',
  '/contradictions',
  '/enterprises',
  '/cells/region/-/-/series',
  '/cells/region/-/-/series?statistic=risk',
]

const without = (file: Partial<typeof tinySource.file>): Profile =>
  compileProfile({ ...tinySource, file: { ...tinySource.file, ...file } })

test.each<[string, () => Profile | Promise<Profile>]>([
  ['without grades', () => without({ grades: [] })],
  ['without sources', () => without({ sources: [] })],
  ['without contributions', () => without({ contributions: 'off' })],
  ['of provinces alone', () => riskProfile],
  ['of weeks, in one language', () => loadProfile('us-warn')],
  ['of food inspections', () => loadProfile('chicago-food')],
])('a profile %s', async (_, profileOf) => {
  const profile = await profileOf()
  const { log } = await foldRecords(riskMarket({ seed: 1, days: 3 }), { profile, model: null })
  const { read, get, close } = await served(log, profile)
  await read()
  for (const url of pages) expect((await get(url)).status, url).toBe(200)
  expect(WarningList.parse((await get('/warnings')).json).total).toBe(0)
  const { tiles, languages } = Words.parse((await get(`/words/${profile.file.language}`)).json)
  expect(tiles).toEqual({})
  expect(languages).toEqual(profile.file.languages)
  expect((await get('/words/xx')).status).toBe(400)
  await close()
})
