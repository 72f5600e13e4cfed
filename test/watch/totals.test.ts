/** Totals of a tick: what is told as usual is what warnings of that tick were judged against, and it was known before the tick. */
import { expect, it } from 'vitest'
import type { NoticeOf } from '../../src/notices.ts'
import { Warning } from '../../streams/warnings.ts'
import { append, foldToEnd, memoryLog, readJson, type TestRecord } from '../support/fold.ts'
import { generatedHistory } from '../support/generated.ts'
import { tinyProfile } from '../support/tinyProfile.ts'

const dayMs = 86_400_000
const history = generatedHistory({ seed: 3, days: 30, enterprises: 300, eventsPerDay: 100 })
const firstDay = Math.min(...history.map(({ timeMs }) => timeMs))

/** The events of one day ten times. */
function withOutbreak(day: number): TestRecord[] {
  const begin = firstDay + day * dayMs
  const copies = history.flatMap((record): TestRecord[] => {
    const { topic, timeMs, value } = record
    if (topic !== 'risk-events' || typeof value !== 'object' || !('occurredAt' in value) || !('id' in value)) return []
    if (timeMs < begin || timeMs >= begin + dayMs) return []
    return Array.from({ length: 9 }, (_, copy) => ({
      ...record,
      value: { ...value, id: `${String(value.id)}-${copy}` },
    }))
  })
  return [...history, ...copies].sort((a, b) => a.timeMs - b.timeMs)
}

async function judged(records: readonly TestRecord[]) {
  const log = await memoryLog()
  await append(log, records)
  const ticks: NoticeOf['TickJudged'][] = []
  await foldToEnd(log, { profile: tinyProfile, model: null }, (notice) => {
    if (notice.kind === 'TickJudged') ticks.push(notice)
  })
  const warnings = (
    await Promise.all(
      (['industry-warnings', 'region-warnings', 'cell-warnings'] as const).map((topic) => readJson(log, topic)),
    )
  )
    .flat()
    .map((one) => Warning.parse(one))
  return { ticks, warnings }
}

it('says of a place what its warnings were judged against, and of a young log nothing', async () => {
  const { ticks, warnings } = await judged(withOutbreak(20))
  expect(ticks[1].totals.every(({ expected }) => expected === undefined)).toBe(true)
  let compared = 0
  for (const { tick, totals } of ticks) {
    for (const { region, industry, expected, events } of totals) {
      const warning = warnings.find(
        (one) => one.tick === tick && one.region === region && one.industry === industry && one.statistic === 'count',
      )
      if (warning?.statistic !== 'count' || warning.evidence.count !== events) continue
      expect(expected).toBeCloseTo(warning.evidence.expected, 9)
      compared++
    }
  }
  expect(compared).toBeGreaterThan(3)
})

it('is not touched by what comes in the tick itself', async () => {
  const [calm, burning] = [await judged(history), await judged(withOutbreak(20))]
  const hot = burning.ticks.find(({ totals }, at) =>
    totals.some(({ events }, of) => events > 3 * (calm.ticks[at]?.totals[of]?.events ?? Number.POSITIVE_INFINITY)),
  )
  expect(hot).toBeDefined()
  const same = calm.ticks.find(({ tick }) => tick === hot?.tick)
  const expectedOf = ({ totals }: NoticeOf['TickJudged']): Map<string, number | undefined> =>
    new Map(totals.map(({ region, industry, expected }) => [`${region}|${industry}`, expected]))
  const [before, after] = [same, hot].map((one) => (one === undefined ? new Map() : expectedOf(one)))
  for (const [place, expected] of before) if (after.has(place)) expect(after.get(place), place).toBe(expected)
})
