/** An upload is told for a week, beside what is usual; what is always much is none. */
import { expect, test } from 'vitest'
import { overviewOf } from '../../src/readmodel/query/overview.ts'
import { modelOver } from '../support/followed.ts'
import type { Said } from '../support/sayings.ts'
import { tinyProfile } from '../support/tinyProfile.ts'

const { calendar } = tinyProfile
const first = 20_500

/** One tick, with so many records of a quiet source and of a loud one, both of P. */
function tick(at: number, records: readonly [number, number]): Said[] {
  const [tick, timeMs] = [first + at, calendar.endMs(first + at) - 1_000]
  const [label, heard] = [calendar.label(tick), new Date(timeMs).toISOString()]
  const source = (name: string, count: number): object => ({
    ...{ source: name, regions: ['P'], records: [count], lastHeard: [heard] },
  })
  const of = { tick, tickLabel: label }
  const sources = [source('hotline', records[0]), source('court', records[1])]
  const none = { keys: [], sums: [] }
  const nodes = { keys: [], events: [], enterprises: [], squares: [] }
  const closed = { kind: 'tick', tick, label, beat: Math.floor(timeMs / 1_000), page: 0, pages: 1, counts: none, nodes }
  return [
    { topic: 'notices', timeMs, value: { kind: 'SourcesHeard', hour: `${label}T23`, ...of, sources } },
    { topic: 'ticks', timeMs, value: { ...closed, late: [], early: [] } },
  ]
}

const days = Array.from({ length: 30 }, (_, at) => tick(at, [at === 20 ? 249 : 20, 400 + (at % 3)]))

test('it is told from its day on, for a week', async () => {
  const model = await modelOver(days.flat())
  const told = (at: number): object[] => overviewOf(model, { asOf: calendar.label(first + at) }).sources.uploads
  const upload = { source: 'hotline', region: 'P', tick: calendar.label(first + 20), records: 249, usual: 20 }
  expect(told(19)).toEqual([])
  expect(told(20)).toEqual([upload])
  expect(told(26)).toEqual([upload])
  expect(told(27)).toEqual([])
  expect(overviewOf(model, {}).sources.uploads).toEqual([])
})

test('nor is one told before there is a usual', async () => {
  const model = await modelOver([tick(0, [1, 1]), tick(1, [900, 1])].flat())
  expect(overviewOf(model, {}).sources.uploads).toEqual([])
})
