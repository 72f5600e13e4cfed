/** Who is behind a cluster: at its members, in its ticks, of its group, and nobody else. */
import { expect, test } from 'vitest'
import { enterprisesBehind } from '../../src/readmodel/query/enterprises/behind.ts'
import type { Contributions } from '../../streams/contributions.ts'
import type { Warning } from '../../streams/warnings.ts'
import { modelOver } from '../support/followed.ts'
import type { Said } from '../support/sayings.ts'
import { tinyProfile } from '../support/tinyProfile.ts'

const { calendar } = tinyProfile
const last = 20_510
const endOf = (tick: number): number => calendar.endMs(tick) - 1_000

type Event = { tick: number; id: string; region: string; industry: string; type?: string; fresh?: 0 | 1 }

/** One record a tick, an event a row. */
function contributions(tick: number, events: readonly Event[]): Said {
  const value: Contributions = {
    ...{ task: 'enterprise-0', tick, tickLabel: calendar.label(tick), beat: endOf(tick) / 1_000, page: 0, pages: 1 },
    enterprises: { ids: events.map(({ id }) => id), grades: events.map(() => 'A'), bands: events.map(() => 'low') },
    cells: { regions: events.map(({ region }) => region), industries: events.map(({ industry }) => industry) },
    types: events.map(({ type = 'CMP.COMPLAINT' }) => type),
    sources: events.map(() => 'hotline'),
    facts: {
      enterprise: events.map((_, at) => at),
      cell: events.map((_, at) => at),
      type: events.map((_, at) => at),
      source: events.map((_, at) => at),
      fresh: events.map(({ fresh = 1 }) => fresh),
      hour: events.map(() => 660_000),
      hashes: Buffer.alloc(8 * events.length, tick % 251).toString('base64'),
    },
  }
  return { topic: 'contributions', timeMs: endOf(tick), value }
}

function cluster(count: number): Said {
  const member = (region: string, industry: string) => ({ region, industry, count: 2, expected: 0.5 })
  const value: Warning = {
    ...{ id: 'cluster.cell.P1.X.d', axis: 'cell', region: 'P1', industry: 'X', change: 'raised', level: 'yellow' },
    ...{ levelBefore: 'calm', tick: last, tickLabel: calendar.label(last), raisedTick: last, early: false },
    ...{ beat: endOf(last) / 1_000, at: new Date(endOf(last)).toISOString(), parents: [], children: [] },
    ...{ sentences: { en: 'a cluster' }, profile: tinyProfile.hash, model: null, foldVersion: 5 },
    statistic: 'cluster',
    evidence: {
      members: [member('P1', 'X'), member('P2', 'X')],
      group: 'CMP',
      ...{ from: calendar.label(last - 2), to: calendar.label(last), count, expected: 1, rateRatio: count },
      ...{ enterprises: 3, score: 9, p: 0.001, limit: 0.01 },
    },
  }
  return { topic: 'cell-warnings', timeMs: endOf(last), value }
}

const inside: Event[] = [
  { tick: last - 2, id: 'E1', region: 'P1', industry: 'X1' },
  { tick: last - 1, id: 'E2', region: 'P2', industry: 'X2' },
  { tick: last, id: 'E1', region: 'P1', industry: 'X2' },
  { tick: last, id: 'E3', region: 'P2', industry: 'X1' },
]
const outside: Event[] = [
  { tick: last - 3, id: 'E4', region: 'P1', industry: 'X1' }, // before
  { tick: last, id: 'E5', region: 'Q', industry: 'X1' }, // no member
  { tick: last, id: 'E6', region: 'P1', industry: 'Y1' },
  { tick: last, id: 'E7', region: 'P1', industry: 'X1', type: 'PEN.FINE' }, // another group
  { tick: last - 1, id: 'E8', region: 'P2', industry: 'X1', fresh: 0 }, // stale
]
const ticks = [3, 2, 1, 0].map((back) => last - back)
const said = ticks.map((tick) =>
  contributions(
    tick,
    [...inside, ...outside].filter((one) => one.tick === tick),
  ),
)

test('the members of a cluster, all its ticks, its group', async () => {
  const model = await modelOver([...said, cluster(inside.length)])
  const { rows, total, enterprises, agrees, group } = enterprisesBehind(model, 'cluster.cell.P1.X.d', undefined)
  expect(rows.map(({ id, events }) => [id, events])).toEqual([
    ['E1', 2],
    ['E2', 1],
    ['E3', 1],
  ])
  expect({ total, enterprises, agrees, group }).toEqual({ total: 4, enterprises: 3, agrees: true, group: 'CMP' })
})

test('another count than the record has is told', async () => {
  const model = await modelOver([...said, cluster(inside.length + 1)])
  expect(enterprisesBehind(model, 'cluster.cell.P1.X.d', undefined).agrees).toBe(false)
})
