/** The history of a judge begins with the first event, whenever the tables came. */
import { expect, it } from 'vitest'
import { warningTopics } from '../../streams/topics.ts'
import { append, foldToEnd, memoryLog, readJson, type TestRecord } from '../support/fold.ts'
import { generatedHistory } from '../support/generated.ts'
import { historyStartMs } from '../support/histories.ts'
import { tinyProfile } from '../support/tinyProfile.ts'

const dayMs = 86_400_000
const history = generatedHistory({
  ...{ seed: 3, days: 27, enterprises: 300, eventsPerDay: 200 },
  ...{ outbreakDays: [24], outbreakEvents: 200 },
})

/** The same market some days later; what its tables held at the start may have come when it did. */
function after(days: number, tables: 'with the events' | 'before'): TestRecord[] {
  const later = (at: string): string => new Date(Date.parse(at) + days * dayMs).toISOString()
  const shifted = history.map((record): TestRecord => {
    const { topic, timeMs, value } = record
    if (tables === 'before' && topic !== 'risk-events' && timeMs === historyStartMs) return record
    const times = Object.entries(value).map(([name, said]) => [name, name.endsWith('At') ? later(String(said)) : said])
    return { ...record, timeMs: timeMs + days * dayMs, value: Object.fromEntries(times) }
  })
  return shifted.sort((a, b) => a.timeMs - b.timeMs)
}

async function warnings(records: readonly TestRecord[]): Promise<unknown[]> {
  const log = await memoryLog()
  await append(log, records)
  await foldToEnd(log, { profile: tinyProfile, model: null })
  return (await Promise.all(Object.values(warningTopics).map((topic) => readJson(log, topic)))).flat()
}

it.each([1, 3, 10])('tables that come %i days before the first event change no warning', async (days) => {
  const wanted = await warnings(after(days, 'with the events'))
  expect(wanted.length).toBeGreaterThan(0)
  expect(await warnings(after(days, 'before'))).toEqual(wanted)
})

it('a market in which nothing happens raises nothing in its first three weeks, and then no more than its budget', async () => {
  const [days, firstTick] = [40, Math.floor((historyStartMs + 8 * 3_600_000) / dayMs)]
  const quiet = await warnings(generatedHistory({ seed: 3, days, enterprises: 300, eventsPerDay: 200 }))
  const raised = quiet.map((one) => Number(Object(one).raisedTick) - firstTick)
  expect(raised.filter((day) => day < 21)).toEqual([])
  const { budget } = tinyProfile.file.warnings
  expect(new Set(raised).size).toBeLessThanOrEqual(budget.counts * (days / 7))
})
