/** The history of a judge begins with the first event, whenever the tables came. */
import { expect, it } from 'vitest'
import { append, foldToEnd, memoryLog, readJson, type TestRecord } from '../support/fold.ts'
import { generatedHistory } from '../support/generated.ts'
import { tinyProfile } from '../support/tinyProfile.ts'

const dayMs = 86_400_000
const history = generatedHistory({ seed: 3, days: 40, enterprises: 300, eventsPerDay: 200 })
const tables = new Set(['enterprises', 'commands'])

/** The same market, its events some days later. */
function after(days: number): TestRecord[] {
  const shifted = history.map((record): TestRecord => {
    const { topic, timeMs, value } = record
    if (tables.has(topic) || typeof value !== 'object' || !('occurredAt' in value)) return record
    const occurredAt = new Date(Date.parse(String(value.occurredAt)) + days * dayMs).toISOString()
    return { ...record, timeMs: timeMs + days * dayMs, value: { ...value, occurredAt } }
  })
  return shifted.sort((a, b) => a.timeMs - b.timeMs)
}

const firstTick = Math.min(
  ...history.filter(({ topic }) => topic === 'risk-events').map(({ timeMs }) => Math.floor(timeMs / dayMs)),
)

it('tables that come days before the first event raise nothing', async () => {
  for (const days of [0, 1, 3, 10]) {
    const log = await memoryLog()
    await append(log, after(days))
    await foldToEnd(log, { profile: tinyProfile, model: null })
    const raised = await Promise.all(
      (['industry-warnings', 'region-warnings', 'cell-warnings'] as const).map((topic) => readJson(log, topic)),
    )
    const early = raised.flat().filter((one) => Number(Object(one).raisedTick) < firstTick + days + 21)
    expect(early, `${days} days`).toEqual([])
  }
})
