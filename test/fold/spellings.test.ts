/** Records that spell a place or an industry in their own way count where it lies, on every way into a log; a status that nobody knows keeps it. */
import { expect, it } from 'vitest'
import { loadProfile } from '../../src/settings/profiles.ts'
import { foldRecords, type TestRecord } from '../support/fold.ts'

const cn = await loadProfile('cn')
const startMs = Date.parse('2026-03-02T00:00:00Z')
const ids = ['91440106MA0000000X', '91440106MA00000011']

/** Two registered enterprises, an event of each and one of a place; a fourth that says itself where it was. */
function history(region: string, industry: string, status: string | undefined): TestRecord[] {
  const tables = ids.map(
    (id): TestRecord => ({ topic: 'enterprises', key: id, timeMs: startMs, value: { id, region, industry, status } }),
  )
  const event = (id: string, enterpriseId: string, more: object = {}): TestRecord => ({
    topic: 'risk-events',
    key: enterpriseId,
    timeMs: startMs + 60_000,
    value: { id, enterpriseId, type: 'PEN.FINE', occurredAt: '2026-03-01T00:00:00Z', ...more },
  })
  const ascii = /^[\x20-\x7e]*$/.test(region) ? region : '440106'
  return [
    ...tables,
    ...ids.map((id, at) => event(`e${at}`, id)),
    event('p', `place:${ascii}`, { industry }),
    event('own', ids[0], { region, industry, note: 'größer' }),
  ]
}

async function partsOf(records: readonly TestRecord[]): Promise<unknown> {
  const { digest } = await foldRecords(records, { profile: cn, model: null })
  return [digest['cell-parts'], digest.scores]
}

it.each([
  ['440106000000', 'F5211', '存续（在营、开业、在册）'],
  ['440106012', 'f-5211', '在业'],
  ['４４０１０６', '５２１１', '存续'],
  ['广东省广州市天河区', 'F5211', 'active'],
  ['440106', '5211', '在建（状态不明）'],
])('%s, %s, %s', async (region, industry, status) => {
  expect(await partsOf(history(region, industry, status))).toEqual(await partsOf(history('440106', '5211', undefined)))
})

it('a word for closed takes it out of the stock, an unknown code puts it at UNKNOWN', async () => {
  const closed = await partsOf(history('440106', '5211', 'closed'))
  expect(closed).not.toEqual(await partsOf(history('440106', '5211', 'active')))
  expect(await partsOf(history('440106', '5211', '吊销，未注销'))).toEqual(closed)
  expect(await partsOf(history('朝阳区', 'Q9999', 'active'))).toEqual(
    await partsOf(history('440106', 'UNKNOWN', 'active').map(elsewhere)),
  )
})

/** Of what `history` says with the region 440106 all but the event of the place is at UNKNOWN, as with a name that two districts have. */
function elsewhere(record: TestRecord): TestRecord {
  const { value, key } = record
  if (typeof value !== 'object' || key?.startsWith('place:') === true || !('region' in value)) return record
  return { ...record, value: { ...value, region: 'UNKNOWN' } }
}
