/** docs/profiles.md is followed to the letter. */
import { parse } from 'csv-parse/sync'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { loadProfile } from '../../src/edges/profiles.ts'
import { CreditGrade, RiskEvent } from '../../streams/contracts.ts'
import { FieldMapping } from '../../streams/mapping.ts'
import { rowMapper } from '../../streams/mapRow.ts'
import { ProfileFile } from '../../streams/profile.ts'
import { filesOf, readDocs, writeProfile } from './profileFolder.ts'

const Rows = z.array(z.record(z.string(), z.string()))
const page = await readDocs()
const profile = await loadProfile(await writeProfile())

function mapped(file: 'risk-events' | 'credit-grades', name: string): Record<string, unknown>[] {
  const mapping = profile.file.files[file]
  if (mapping === undefined) throw new Error(`the profile maps no ${file}`)
  return Rows.parse(parse(filesOf(page).get(name) ?? '', { columns: true })).map(rowMapper(mapping, profile))
}

test('the page has the files that it talks of', () => {
  const names = ['profile.yaml', 'regions.csv', 'industries.csv', 'en.yaml'].map((name) => `my-profile/${name}`)
  expect([...filesOf(page).keys()].sort()).toEqual([...names, 'grades.csv', 'events.csv'].sort())
})

test('its events satisfy the contract', () => {
  const events = mapped('risk-events', 'events.csv').map((record) => RiskEvent.parse(record))
  expect(events.map(({ type, severity }) => [type, severity])).toEqual([
    ['FOOD.COMPLAINT', undefined],
    ['FOOD.COMPLAINT', 3],
    ['FOOD.CLOSED', 5],
  ])
  for (const event of events) {
    expect(profile.idPattern.test(event.enterpriseId)).toBe(true)
    expect(profile.typeIndex.has(event.type)).toBe(true)
    expect(profile.sourceIndex.has(event.source ?? '')).toBe(true)
    expect(profile.regions.has(event.region ?? '')).toBe(true)
    expect(profile.industries.has(event.industry ?? '')).toBe(true)
  }
})

test('the record that it shows is the record that comes out', () => {
  const shown = /```json\n([\s\S]*?)```/.exec(page)?.[1] ?? ''
  expect(mapped('risk-events', 'events.csv')[0]).toEqual(JSON.parse(shown))
})

test('its grades satisfy the contract', () => {
  const grades = mapped('credit-grades', 'grades.csv').map((record) => CreditGrade.parse(record))
  expect(grades).toEqual([
    { enterpriseId: 'H-0001', grade: 'GOLD', effectiveAt: '2026-02-28T23:00:00.000Z' },
    { enterpriseId: 'H-0002', grade: 'PLAIN', effectiveAt: '2026-02-28T23:00:00.000Z' },
  ])
})

test('the mistake that it shows is told as it says', async () => {
  const folder = await writeProfile((files) => {
    files.set(
      'profile.yaml',
      (files.get('profile.yaml') ?? '').replace('FOOD.CLOSED, group: FOOD', 'FOOD.CLOSED, group: FOOT'),
    )
  })
  const shown = /^The profile .* is not valid: (.*)\.$/m.exec(page)?.[1] ?? 'nothing is shown'
  await expect(loadProfile(folder)).rejects.toThrow(shown)
})

test('every setting and every step of a mapping is explained', () => {
  const explained = new Set(
    [...page.matchAll(/^\| (`[^|]*`) \|/gm)].flatMap(([, cell]) =>
      [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name),
    ),
  )
  for (const setting of Object.keys(ProfileFile.shape)) expect(explained, setting).toContain(setting)
  const rule = FieldMapping.options.find((option) => option instanceof z.ZodObject && 'from' in option.shape)
  const steps = rule instanceof z.ZodObject ? Object.keys(rule.shape) : []
  expect(steps).toContain('trimTo')
  for (const step of steps.filter((step) => step !== 'aliases')) expect(explained, step).toContain(step)
})
