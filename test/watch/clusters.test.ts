/** Clusters as warnings: two provinces that rise together, neither of which shows it by itself; told, judged again, and cleared. */
import { beforeAll, describe, expect, it } from 'vitest'
import { foldVersion } from '../../src/fold/version.ts'
import { type Digest, digest } from '../../src/log/digest.ts'
import type { Log } from '../../src/log/port.ts'
import { verifyWarning } from '../../src/watch/verify.ts'
import { Sfc32 } from '../../streams/sfc32.ts'
import { warningTopics } from '../../streams/topics.ts'
import { Warning } from '../../streams/warnings.ts'
import { archiveBefore, archiveIn } from '../support/archive.ts'
import { append, foldInSessions, foldRecords, memoryLog, type TestRecord } from '../support/fold.ts'
import { firstCommand, historyStartMs } from '../support/histories.ts'
import { all } from '../support/readFold.ts'
import { riskProfile } from '../support/riskMarket.ts'

const [hour, day] = [3_600_000, 86_400_000]
const setting = { profile: riskProfile, model: null }
const provinces = Array.from({ length: 12 }, (_, at) => `R${at + 1}`)
const [days, usualADay, moreADay] = [56, 10, 5]
/** Windows are of seven days: the fifth. */
const [fromDay, toDay] = [28, 34]
const together = ['R3', 'R4']

/** So many events a day in each province, and half as many again in two of them for a week. */
function market(risen: readonly string[]): TestRecord[] {
  const random = new Sfc32(5, 'clusters market')
  const records: TestRecord[] = [firstCommand]
  for (let today = 0; today < days; today++) {
    const places = provinces.flatMap((region) => {
      const isRisen = risen.includes(region) && today >= fromDay && today <= toDay
      return Array.from({ length: usualADay + (isRisen ? moreADay : 0) }, () => region)
    })
    for (const [at, region] of places.entries()) {
      const timeMs = historyStartMs + today * day + Math.floor((at * 20 * hour) / places.length)
      const id = `E${provinces.indexOf(region) * 100 + random.int(60)}`
      const value = {
        id: `${today}-${at}`,
        enterpriseId: id,
        type: 'CMP.COMPLAINT',
        region,
        industry: 'X1',
        source: 'hotline',
      }
      records.push({
        topic: 'risk-events',
        key: id,
        timeMs,
        value: { ...value, occurredAt: new Date(timeMs - hour).toISOString() },
      })
    }
  }
  const last = historyStartMs + days * day
  records.push({
    topic: 'commands',
    key: null,
    timeMs: last + day,
    value: { id: 'last', actor: 'test', kind: 'import.end' },
  })
  return records
}

type ClusterWarning = Extract<Warning, { statistic: 'cluster' }>
async function saidIn(log: Log): Promise<{ clusters: ClusterWarning[]; others: number }> {
  const clusters: ClusterWarning[] = []
  let others = 0
  for (const topic of new Set(Object.values(warningTopics)))
    for await (const warning of all(log, topic, Warning.parse)) {
      if (warning.statistic !== 'cluster') others++
      else clusters.push(warning)
      expect(warning.statistic === 'cluster').toBe(topic === 'cluster-warnings')
    }
  return { clusters, others }
}

describe('two provinces rise together by half', () => {
  let log: Log
  let of: Digest
  let said: ClusterWarning[]
  let others: number
  beforeAll(async () => {
    const folded = await foldRecords(market(together), setting)
    log = folded.log
    of = folded.digest
    const found = await saidIn(log)
    said = found.clusters
    others = found.others
  })

  it('is one cluster of both, and no warning of either', () => {
    expect(others).toBe(0)
    const raised = said.filter(({ change }) => change === 'raised')
    expect(raised).toHaveLength(1)
    const [{ id, axis, region, evidence, level, sentences }] = raised
    expect(evidence.members.map((one) => one.region).sort()).toEqual(together)
    expect(together).toContain(region)
    expect(axis).toBe('region')
    expect(id).toMatch(new RegExp(`^cluster\\.region\\.${region}\\.`))
    expect(level).not.toBe('calm')
    const events = 2 * 7 * (usualADay + moreADay)
    expect(evidence).toMatchObject({ count: events, from: '2026-03-30', to: '2026-04-05' })
    expect(evidence.p).toBeLessThan(evidence.limit)
    expect(evidence.expected).toBeGreaterThan(2 * 7 * usualADay)
    expect(evidence.expected).toBeLessThan(events / 1.2)
    expect(evidence.rateRatio).toBeCloseTo(evidence.count / evidence.expected, 12)
    expect(evidence.members.reduce((sum, { count }) => sum + count, 0)).toBe(events)
    expect(evidence.enterprises).toBeGreaterThan(100)
    for (const name of together) expect(sentences.en).toContain(name)
  })

  it('is cleared when it is found no more', () => {
    const last = said.at(-1)
    expect(last).toMatchObject({ change: 'cleared', level: 'calm', id: said[0].id })
  })

  it('is judged again, every change of it', async () => {
    const archive = await archiveIn(log)
    const again = { profileOf: () => riskProfile, model: null, foldVersion, beatMs: 1_000 }
    for (const warning of said)
      expect(verifyWarning(warning, archiveBefore(archive, warning.tick), again).differences, warning.change).toEqual(
        [],
      )
    const [raised] = said
    const wrong = { ...raised, evidence: { ...raised.evidence, p: raised.evidence.p / 2 } }
    expect(verifyWarning(wrong, archiveBefore(archive, raised.tick), again).agrees).toBe(false)
  })

  it('is the same from any partitions, and after any restart', async () => {
    const [split, records] = [await memoryLog(3), market(together)]
    await append(split, records)
    const beat = (at: number): number => Math.floor(records[Math.floor(at * (records.length - 1))].timeMs / 1_000)
    const sessions = [0.3, 0.55, 0.7, 1].map((at) => ({ throughBeats: [beat(at)], checkpoint: true }))
    await foldInSessions(split, { ...setting, beatMs: 1_000 }, sessions)
    expect(await digest(split)).toEqual(of)
  })
})

it('nothing gathers where all provinces rise alike, or none does', async () => {
  for (const risen of [[], provinces]) {
    const { log } = await foldRecords(market(risen), setting)
    expect((await saidIn(log)).clusters).toEqual([])
  }
})
