/** What pages show of a market whose counts of fines rise, and with them its level of risk: series, make-up, enterprises and contradictions are those of the log. */
import { afterAll, expect, test } from 'vitest'
import { rounded } from '../../src/readmodel/rounded.ts'
import {
  Breakdown,
  ContradictionList,
  EnterpriseDetail,
  Series,
  Sources,
  WarningDetail,
  WarningEnterprises,
  WarningList,
} from '../../src/serve/contracts.ts'
import { Contradiction } from '../../streams/riskLevels.ts'
import { foldRecords } from '../support/fold.ts'
import { all, warningsOf } from '../support/readFold.ts'
import { riskMarket, riskProfile, troubled } from '../support/riskMarket.ts'
import { served } from '../support/served.ts'
import { tinyModel } from '../support/tinyModel.ts'

/** Enterprises of one province are fined from the 33rd day on: its counts of fines rise, and so does its level of risk. */
const market = (days: number) => riskMarket({ seed: 3, days, trouble: { kind: 'fines', fromDay: 32 } })
const setting = { profile: riskProfile, model: tinyModel(riskProfile), partitions: 2 }

const { log } = await foldRecords(market(52), setting)
const { read, get, close } = await served(log, riskProfile)
await read()
afterAll(close)

test('counts of a group and levels of risk are rows that say so', async () => {
  const last = new Map((await warningsOf(log)).map((warning) => [warning.id, warning]))
  expect(new Set([...last.values()].map(({ statistic }) => statistic))).toEqual(new Set(['count', 'risk']))
  for (const [id, warning] of last) {
    const { row, evidence } = WarningDetail.parse((await get(`/warnings/${id}`)).json)
    const group = warning.statistic === 'count' ? (warning.evidence.group ?? null) : null
    const reason = warning.statistic === 'risk' ? warning.evidence.reason : null
    expect(row).toMatchObject({ statistic: warning.statistic, group, reason })
    expect(evidence).toEqual(warning.evidence)
  }
})

test('what each warning is about has a series, a make-up and enterprises that say its numbers', async () => {
  let compared = 0
  for (const { id, ...warning } of await warningsOf(log)) {
    if (warning.early || warning.change === 'amended') continue
    const asOf = `asOf=${warning.tickLabel}`
    const series = Series.parse((await get(`/warnings/${id}/series?${asOf}`)).json)
    const point = series.points.find(({ tick }) => tick === warning.tickLabel)
    expect(series.statistic).toBe(warning.statistic)
    expect(point?.level).toBe(warning.level)
    if (warning.statistic === 'risk') {
      const { meanLogOdds, atSameGrades, risky, enterprises } = warning.evidence
      expect(point?.observed).toBeCloseTo(meanLogOdds, 3)
      expect(point?.risk).toMatchObject({ enterprises })
      expect(point?.risk?.atSameGrades).toBeCloseTo(atSameGrades, 3)
      expect(point?.risk?.risky).toBeCloseTo(risky, 3)
      continue
    }
    const { count, expected, group = null } = warning.evidence
    const {
      total,
      agrees,
      group: of,
    } = WarningEnterprises.parse((await get(`/warnings/${id}/enterprises?${asOf}`)).json)
    const breakdown = Breakdown.parse((await get(`/warnings/${id}/breakdown?${asOf}`)).json)
    expect([series.group, breakdown.group, of]).toEqual([group, group, group])
    expect(point).toMatchObject({ observed: count, expected: rounded(expected) })
    expect([total, agrees, breakdown.total]).toEqual([count, true, count])
    for (const dimension of ['type', 'source', 'grade', 'region', 'industry'] as const)
      expect(breakdown[dimension].reduce((sum, part) => sum + part.count, 0)).toBe(count)
    compared++
  }
  expect(compared).toBeGreaterThan(0)
})

test('of a level of risk it is told what moved, and its series has a band from the day on which its variance is known', async () => {
  const [{ id }] = WarningList.parse((await get('/warnings?statistic=risk')).json).rows
  const { points, moved } = Series.parse((await get(`/warnings/${id}/series`)).json)
  expect(moved[0].features[0].feature).toMatch(/PEN|all/)
  for (const { tick, expected, low, high } of points.slice(5, -1)) {
    expect(expected, tick).not.toBeNull()
    expect(Number(low)).toBeLessThan(Number(expected))
    expect(Number(high)).toBeGreaterThan(Number(expected))
  }
  const other = Series.parse((await get('/cells/region/R5/-/series?statistic=risk')).json)
  expect(other.points.every(({ level }) => level === 'calm')).toBe(true)
  expect(other.points.filter(({ observed }) => observed !== null).length).toBeGreaterThan(40)
})

test('the list of contradictions is that of the log, page by page, now and then', async () => {
  const standing = new Map<string, Contradiction>()
  const said: Contradiction[] = []
  for await (const one of all(log, 'contradictions', Contradiction.parse)) {
    if (one.change === 'entered') standing.set(one.enterpriseId, one)
    else standing.delete(one.enterpriseId)
    said.push(one)
  }
  const list = async (query: string) => ContradictionList.parse((await get(`/contradictions${query}`)).json)
  const { total, rows, byRegion } = await list('')
  expect(rows.map(({ id }) => id).sort()).toEqual([...standing.keys()].sort())
  expect([total, byRegion]).toEqual([standing.size, [{ region: troubled, riskier: standing.size, safer: 0 }]])
  const first = await list('?limit=1')
  const second = await list(`?limit=200&cursor=${first.next}`)
  expect([...first.rows, ...second.rows]).toEqual(rows)
  expect((await list('?kind=safer')).total).toBe(0)
  expect((await list('?region=R5')).total).toBe(0)
  for (const { tick, tickLabel } of said) {
    const until = said.filter((one) => one.tick <= tick)
    const entered = until.filter(({ change }) => change === 'entered').length
    expect((await list(`?asOf=${tickLabel}`)).total).toBe(2 * entered - until.length)
  }
  expect((await get(`/contradictions?kind=safer&cursor=${first.next}`)).status).toBe(400)
})

test('an enterprise has what its last score stands on, and how many events of each warning are its own', async () => {
  const [{ id }] = WarningList.parse((await get('/warnings?statistic=count')).json).rows
  const { rows } = WarningEnterprises.parse((await get(`/warnings/${id}/enterprises`)).json)
  const { evidence, warnings, scores, grades } = EnterpriseDetail.parse((await get(`/enterprises/${rows[0].id}`)).json)
  expect(warnings.find((one) => one.id === id)?.events).toBeGreaterThanOrEqual(rows[0].events)
  const facts = new Set(evidence.map(({ idHash }) => idHash))
  expect(
    scores
      .at(-1)
      ?.reasons.flatMap((reason) => reason.facts)
      .filter((one) => !facts.has(one)),
  ).toEqual([])
  expect(grades).toHaveLength(1)
})

test('sources: each as a whole; with one its regions, with a region the part of it', async () => {
  const rows = async (query: string) =>
    Sources.parse((await get(`/sources${query}`)).json).rows.map(({ source, region }) => `${source}|${region}`)
  expect(await rows('')).toEqual(['hotline|'])
  expect(await rows('?region=R5')).toEqual(['hotline|', 'hotline|R5'])
  expect(await rows('?source=hotline')).toHaveLength(13)
  expect(await rows('?source=nobody')).toEqual([])
})

test('what was known at the end of a tick is said in the same bytes when more is known', async () => {
  const { log } = await foldRecords(market(40), setting)
  const early = await served(log, riskProfile)
  await early.read()
  for (const page of ['/overview', '/overview?region=R3', '/warnings', '/contradictions', '/sources']) {
    const url = `${page}${page.includes('?') ? '&' : '?'}asOf=2026-04-08`
    const answer = await early.get(url)
    expect(answer.status).toBe(200)
    expect((await get(url)).text).toBe(answer.text)
  }
  await early.close()
})
