/** docs/profiles.md is followed to the letter. */
import { parse } from 'csv-parse/sync'
import { expect, test } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { z } from 'zod'
import { loadProfile } from '../../src/settings/profiles.ts'
import { CreditGrade, Enterprise, RiskEvent } from '../../streams/contracts.ts'
import { Condition, FieldMapping, FileMapping } from '../../streams/mapping.ts'
import { rowsMapper } from '../../streams/mapRows.ts'
import { type Profile, ProfileFile } from '../../streams/profile.ts'
import { filesOf, readDocs, writeProfile } from './profileFolder.ts'

const Rows = z.array(z.record(z.string(), z.string()))
const page = await readDocs()
const cn = await loadProfile('cn')
const profile = await loadProfile(await writeProfile())
const visits = await loadProfile(await writeProfile(undefined, 'my-visits'))
const shown = [...page.matchAll(/^```json\n([\s\S]*?)^```$/gm)].map(([, text]) => JSON.parse(text))

/** The records that the rows of a file of the page give, each with when it became known. */
function given(mapping: string, name: string, by = profile): { record: Record<string, unknown>; known: string }[] {
  const rows = Rows.parse(parse(filesOf(page).get(name) ?? '', { columns: true }))
  const map = rowsMapper(by.file.files[mapping], by, 'published')
  return rows.flatMap((row) => {
    const mapped = map(row)
    if ('unreadable' in mapped) throw new Error(mapped.unreadable)
    return mapped.records.map(({ record, knownAtMs = 0 }) => ({ record, known: new Date(knownAtMs).toISOString() }))
  })
}

function mapped(mapping: string, name: string, by = profile): Record<string, unknown>[] {
  return given(mapping, name, by).map(({ record }) => record)
}

test('the page has the files that it talks of', () => {
  const names = ['profile.yaml', 'regions.csv', 'industries.csv', 'en.yaml'].map((name) => `my-profile/${name}`)
  const others = ['grades.csv', 'events.csv', 'my-visits/profile.yaml', 'visits.csv']
  expect([...filesOf(page).keys()].sort()).toEqual([...names, ...others].sort())
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

test('the records that it shows are the records that come out', () => {
  expect(shown).toHaveLength(2)
  expect(mapped('risk-events', 'events.csv')[0]).toEqual(shown[0])
  expect(mapped('visits', 'visits.csv', visits).filter(({ enterpriseId }) => enterpriseId === 'H-0002')).toEqual(
    shown[1],
  )
})

test('its visits satisfy the contract, and their places are known in the tick before', () => {
  const events = given('visits', 'visits.csv', visits)
  for (const { record } of events) expect(visits.typeIndex.has(RiskEvent.parse(record).type)).toBe(true)
  expect(events.map(({ record, known }) => `${record.id} ${known}`)).toEqual([
    'v-101 2026-03-02T22:00:00.000Z',
    'v-102 2026-03-02T22:00:00.000Z',
    'f-102 2026-03-02T22:00:00.000Z',
    'v-104 2026-03-09T22:00:00.000Z',
    'f-104 2026-03-09T22:00:00.000Z',
  ])
  const places = given('places', 'visits.csv', visits)
  expect(places.map(({ known }) => known.slice(0, 13))).toEqual(
    ['01T11', '01T11', '02T11', '08T11'].map((at) => `2026-03-${at}`),
  )
  for (const { record } of places) {
    const { region, industry } = Enterprise.parse(record)
    expect([visits.regions.has(region), visits.industries.has(industry)]).toEqual([true, true])
  }
})

test('the register that it shows is mapped, and its places are known', async () => {
  const [, text] = /^```yaml\nfiles:\n {2}(register:\n[\s\S]*?)^```$/m.exec(page) ?? []
  const { register } = z.object({ register: FileMapping }).parse(parseYaml(text))
  const [, rows] = /^```csv\n(统一社会信用代码[\s\S]*?)^```$/m.exec(page) ?? []
  const map = rowsMapper(register, cn)
  const records = Rows.parse(parse(rows, { columns: true })).flatMap((row) => {
    const mapped = map(row)
    return 'records' in mapped ? mapped.records.map(({ record }) => Enterprise.parse(record)) : []
  })
  const read = ({ regions, industries }: Profile, { region, industry }: Enterprise): string[] => [
    regions.nodes[regions.read(region)].code,
    industries.nodes[industries.read(industry)].code,
  ]
  expect(records.map((record) => [record.id, ...read(cn, record), cn.statusOf(record.status ?? '')])).toEqual([
    ['91440106MA0000000X', '440106', '5211', 'active'],
    ['91440106MA00000011', '440106', '5211', 'closed'],
    ['91440106MA00000024', 'UNKNOWN', 'UNKNOWN', undefined],
  ])
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
  const parts = [...Object.keys(FileMapping.shape), ...Object.keys(Condition.shape)]
  expect(parts).toEqual(expect.arrayContaining(['records', 'knownAt', 'oneOf']))
  for (const step of [...steps, ...parts].filter((step) => step !== 'aliases')) expect(explained, step).toContain(step)
})
