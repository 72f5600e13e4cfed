/** Totals of a tick: what is told as usual is what warnings of that tick were judged against, and it was known before the tick. */
import { expect, it } from 'vitest'
import type { RiskModel } from '../../models/risk/riskModel.ts'
import type { NoticeOf } from '../../src/notices.ts'
import { Warning } from '../../streams/warnings.ts'
import { append, foldToEnd, memoryLog, readJson, type TestRecord } from '../support/fold.ts'
import { generatedHistory } from '../support/generated.ts'
import { tinyModel } from '../support/tinyModel.ts'
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

async function judged(records: readonly TestRecord[], model: RiskModel | null = null) {
  const log = await memoryLog()
  await append(log, records)
  const ticks: NoticeOf['TickJudged'][] = []
  const regions = new Map<number, NoticeOf['RiskMeasured']['regions']>()
  await foldToEnd(log, { profile: tinyProfile, model }, (notice) => {
    if (notice.kind === 'TickJudged') ticks.push(notice)
    if (notice.kind === 'RiskMeasured') regions.set(notice.tick, notice.regions)
  })
  const warnings = (
    await Promise.all(
      (['industry-warnings', 'region-warnings', 'cell-warnings'] as const).map((topic) => readJson(log, topic)),
    )
  )
    .flat()
    .map((one) => Warning.parse(one))
  return { ticks, warnings, regions }
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

it('says of outermost regions and industries how risky they are beside their siblings', async () => {
  const { ticks, regions } = await judged(history.slice(0, 1_500), tinyModel(tinyProfile))
  const { tick, totals } = ticks[ticks.length - 1]
  const risks = totals.flatMap(({ region, industry, risk }) =>
    risk === undefined ? [] : [{ region, industry, ...risk }],
  )
  const measured = regions.get(tick) ?? []
  expect(measured.length).toBeGreaterThan(2)
  for (const { region, enterprises, meanLogOdds } of measured) {
    if (region === '') continue // beside nobody
    const found = risks.find((one) => one.region === region && one.industry === '')
    expect(found?.n).toBe(enterprises)
    expect(found?.meanLogOdds).toBeCloseTo(meanLogOdds, 9)
  }
  const sumOf = (of: (one: (typeof risks)[number]) => number, isCrossed: boolean): number =>
    risks
      .filter(({ region, industry }) => region !== '' && (industry !== '') === isCrossed)
      .reduce((sum, one) => sum + of(one), 0)
  expect(sumOf(({ n }) => n, true)).toBe(sumOf(({ n }) => n, false))
  expect(sumOf(({ risky }) => risky, true)).toBeCloseTo(
    sumOf(({ risky }) => risky, false),
    9,
  )
  expect(risks.every(({ risky, expected }) => risky >= 0 && expected >= 0)).toBe(true)
  expect(risks.some(({ atSameGrades }) => atSameGrades !== 0)).toBe(true)
})
