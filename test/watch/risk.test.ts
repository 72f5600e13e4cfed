import { beforeAll, describe, expect, it } from 'vitest'
import { cellKeys } from '../../src/cells.ts'
import { foldVersion } from '../../src/fold/version.ts'
import type { Digest } from '../../src/log/digest.ts'
import { digest } from '../../src/log/digest.ts'
import type { Log } from '../../src/log/port.ts'
import { f32, u32 } from '../../src/readmodel/columns.ts'
import { verifyWarning } from '../../src/watch/verify.ts'
import { Contradiction } from '../../streams/riskLevels.ts'
import { ArchiveRecord, type ExpectedRecord, type LevelColumn, levelColumns } from '../../streams/ticks.ts'
import type { Warning } from '../../streams/warnings.ts'
import { archiveBefore, archiveIn } from '../support/archive.ts'
import { append, foldInSessions, foldRecords, memoryLog } from '../support/fold.ts'
import { partsOf } from '../support/parts.ts'
import { all, warningsOf } from '../support/readFold.ts'
import { type RiskMarket, riskMarket, riskProfile, troubled } from '../support/riskMarket.ts'
import { tinyModel } from '../support/tinyModel.ts'

const model = tinyModel(riskProfile)
const setting = { profile: riskProfile, model }
const [days, fromDay] = [52, 32]
type RiskWarning = Extract<Warning, { statistic: 'risk' }>
type Folded = { log: Log; digest: Digest; said: RiskWarning[] }

async function folded(market: RiskMarket, partitions = 1): Promise<Folded> {
  const { log, digest: of } = await foldRecords(riskMarket(market), { ...setting, partitions })
  return { log, digest: of, said: await riskWarnings(log) }
}

const bytesOf = (base64 = ''): Uint8Array => Buffer.from(base64, 'base64')

async function riskWarnings(log: Log): Promise<RiskWarning[]> {
  const found = (await warningsOf(log)).filter((warning) => warning.statistic === 'risk')
  return found.sort((a, b) => a.beat - b.beat)
}

describe('enterprises of a province become riskier', () => {
  const markets = {
    fines: { seed: 3, days, trouble: { kind: 'fines', fromDay } },
    grades: { seed: 3, days, trouble: { kind: 'grades', fromDay } },
    nothing: { seed: 3, days },
  } as const
  const found = new Map<string, Folded>()
  const of = (kind: keyof typeof markets): Folded => {
    const one = found.get(kind)
    if (one === undefined) throw new Error(`no market of ${kind}`)
    return one
  }
  beforeAll(async () => {
    for (const [kind, market] of Object.entries(markets)) found.set(kind, await folded(market))
  })

  it.each([
    ['fines', 'behaviour', 'at the same grades'],
    ['grades', 'grades', 'with a worse mix of grades'],
  ] as const)('%s: a warning of it alone, and why', (kind, reason, words) => {
    const raised = of(kind).said.filter(({ change }) => change === 'raised')
    expect(raised.map(({ region, industry }) => [region, industry])).toEqual([[troubled, '']])
    const [{ id, axis, evidence, sentences, tickLabel }] = raised
    expect(id).toBe(`risk.region.${troubled}.${tickLabel}`)
    expect(axis).toBe('region')
    expect(evidence).toMatchObject({ enterprises: 60, reason })
    expect(evidence.cusum).toBeGreaterThanOrEqual(evidence.limit)
    expect(evidence.rise).toBeGreaterThan(0)
    expect(evidence.risky).toBeGreaterThan(reason === 'behaviour' ? evidence.expected : 0)
    expect(evidence.standardError).toBeGreaterThan(0)
    expect(sentences.en).toMatch(/^R3 riskier for \d+ days: \+\d\.\d\d, [\d.]+ where [\d.]+ were expected, /)
    expect(sentences.en).toContain(words)
  })

  it('fines: what moved is told once, after it was raised, and what moved most are the fines', () => {
    const explained = of('fines').said.filter(({ evidence }) => evidence.moved !== undefined)
    expect(explained.length).toBeGreaterThan(0)
    const [{ change, tick, evidence }] = explained
    expect(['explained', 'level']).toContain(change)
    expect(tick).toBeGreaterThan(explained[0].raisedTick)
    const [most] = evidence.moved ?? []
    expect(most.feature).toMatch(/PEN|all/)
    expect(most.now).toBeGreaterThan(most.before)
    expect(of('fines').said.filter((one) => one.change === 'explained').length).toBeLessThanOrEqual(1)
  })

  it('fines: enterprises of the best grade contradict it, and parts count those that the topic names', async () => {
    const { log } = of('fines')
    const standing = new Map<string, string>()
    for await (const one of all(log, 'contradictions', Contradiction.parse)) {
      expect(standing.has(one.enterpriseId)).toBe(one.change === 'left')
      if (one.change === 'left') standing.delete(one.enterpriseId)
      else standing.set(one.enterpriseId, one.kind)
      if (one.change === 'entered') expect(one.tick - one.sinceTick).toBeGreaterThanOrEqual(6)
    }
    expect([...standing.values()]).toContain('riskier')
    let counted = 0
    for await (const { contradictions } of partsOf(log))
      counted += (contradictions?.entered ?? []).reduce((sum, one) => sum + one, 0)
    expect(counted).toBe(standing.size)
  })

  it('the archive has where every node stood and what was expected of it, as its warning says it', async () => {
    const { log, said } = of('fines')
    const keys = cellKeys(riskProfile)
    const records: ExpectedRecord[] = []
    for await (const record of all(log, 'ticks', ArchiveRecord.parse))
      if (record.kind === 'expected' && record.statistic === 'risk') records.push(record)
    expect(records.length).toBeGreaterThan(days / 2)
    for (const { tick, region, industry, evidence } of said) {
      const record = records.find((one) => one.tick === tick)
      const at = u32(bytesOf(record?.keys)).indexOf(
        keys.cell(riskProfile.regions.find(region), riskProfile.industries.find(industry)),
      )
      const column = (name: LevelColumn): number => f32(bytesOf(record?.levels?.[name]))[at]
      for (const name of levelColumns) expect(column(name), name).toBe(Math.fround(evidence[name]))
      const [mean, variance] = [f32(bytesOf(record?.means))[at], f32(bytesOf(record?.variances))[at]]
      if (evidence.rise > 0) expect(mean).toBeCloseTo(evidence.meanLogOdds - evidence.rise, 5)
      expect(variance).toBeGreaterThan(0)
    }
  })

  it('nothing: of nineteen ticks in twenty what is seen lies in the band of what was expected', async () => {
    let [inside, of20] = [0, 0]
    for await (const record of all(of('nothing').log, 'ticks', ArchiveRecord.parse)) {
      if (record.kind !== 'expected' || record.levels === undefined) continue
      const [means, variances] = [f32(bytesOf(record.means)), f32(bytesOf(record.variances))]
      for (const [at, level] of f32(bytesOf(record.levels.meanLogOdds)).entries()) {
        if (Number.isNaN(means[at])) continue
        of20++
        if (Math.abs(level - means[at]) <= 1.96 * Math.sqrt(variances[at])) inside++
      }
    }
    expect(of20).toBeGreaterThan(300)
    expect(inside / of20).toBeGreaterThan(0.9)
  })

  it('nothing: no warning', () => {
    expect(of('nothing').said).toEqual([])
  })

  it.each(['fines', 'grades'] as const)('%s: every warning is judged again from the archive', async (kind) => {
    const { log, said } = of(kind)
    const archive = await archiveIn(log)
    const how = { profileOf: () => riskProfile, model: model.hash, foldVersion, beatMs: 1_000 }
    for (const warning of said)
      expect(verifyWarning(warning, archiveBefore(archive, warning.tick), how).differences, warning.id).toEqual([])
    const [first] = said
    const other = { ...first, evidence: { ...first.evidence, rise: first.evidence.rise + 1e-9 } }
    expect(verifyWarning(other, archiveBefore(archive, first.tick), how).differences).toHaveLength(1)
  })

  it('says the same with three partitions, and after restarts with checkpoints', async () => {
    const { digest: plain } = of('fines')
    expect((await folded(markets.fines, 3)).digest).toEqual(plain)
    const log = await memoryLog()
    const records = riskMarket(markets.fines)
    await append(log, records)
    const beat = (at: number): number => Math.floor(records[Math.floor(at * (records.length - 1))].timeMs / 1_000)
    await foldInSessions(
      log,
      { ...setting, beatMs: 1_000 },
      [0.6, 0.75, 0.9, 1].map((at) => ({ throughBeats: [beat(at)], checkpoint: true })),
    )
    expect(await digest(log)).toEqual(plain)
  })
})
