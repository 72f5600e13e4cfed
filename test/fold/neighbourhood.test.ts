/** What is around an enterprise: the same bytes however the log is cut, and only what the rule admits. */
import { describe, expect, it } from 'vitest'
import { ln1p } from '../../models/math.ts'
import { cellKeys } from '../../src/cells.ts'
import { Neighbourhood } from '../../src/enterprise/score/neighbourhood.ts'
import { digest } from '../../src/log/digest.ts'
import type { LogRecord } from '../../src/log/port.ts'
import { compileProfile, type Profile, ProfileFile } from '../../streams/profile.ts'
import { ArchiveRecord } from '../../streams/ticks.ts'
import { warningTopics } from '../../streams/topics.ts'
import type { Centre } from '../../streams/tree.ts'
import { foldedLog, rowsOf, sourceOf } from '../support/extracted.ts'
import { append, foldInSessions, foldToEnd, memoryLog, readJson } from '../support/fold.ts'
import { generatedHistory } from '../support/generated.ts'
import { tinyModel } from '../support/tinyModel.ts'
import { tinySource } from '../support/tinyProfile.ts'

const prior = { rate: 0.25, events: 2, wholeEvents: 8 }
const around = { of: ['PEN.FINE'], per: ['PEN.FINE', 'CMP.COMPLAINT'], halfLifeDays: 3, prior }
/** P1 and P2 lie 10 km apart, Q by itself. */
const centres: Record<string, Centre> = { P1: { lat: 41, lon: 0 }, P2: { lat: 41 + 10 / 111.195, lon: 0 } }
const profile = compileProfile({
  ...tinySource,
  regions: tinySource.regions.map((row) => ({ ...row, centre: centres[row.code] })),
  file: ProfileFile.parse({
    ...tinySource.file,
    features: [
      { name: 'near.region', kind: 'nearby', axis: 'region', ...around },
      { name: 'near.industry', kind: 'nearby', axis: 'industry', ...around },
      { name: 'near.circle', kind: 'nearby', axis: 'region', ...around, around: { km: 10, events: 4 } },
      { name: 'near.all', kind: 'nearby', axis: 'whole', of: ['CMP.COMPLAINT'], halfLifeDays: 3, prior },
      { name: 'near.grade', kind: 'nearby', axis: 'region', ...around, sameGrade: { events: 3 } },
      { name: 'in', kind: 'place', axis: 'region', codes: ['P', 'P2'] },
      {
        name: 'fined',
        kind: 'rate',
        of: ['PEN.FINE'],
        per: ['PEN.FINE', 'CMP.COMPLAINT'],
        halfLifeDays: 30,
        prior: { rate: 0.1, events: 1 },
      },
      { name: 'sinceFine', kind: 'recency', of: ['PEN.FINE'] },
    ],
  }),
})
const weights: Record<string, number> = {
  'near.region': 4,
  'near.industry': 3,
  'near.circle': 2,
  'near.all': -0.5,
  'near.grade': 2,
  'in.P2': 0.4,
  fined: 2,
  sinceFine: -0.2,
}
const setting = { profile, model: tinyModel(profile, weights), beatMs: 1_000 }
const records = generatedHistory({ seed: 11, days: 14, enterprises: 40, eventsPerDay: 60 })

describe('a profile that looks around', () => {
  it('says the same with any number of partitions, and through restarts with checkpoints', async () => {
    const plain = await memoryLog()
    await append(plain, records)
    await foldToEnd(plain, setting)
    const wanted = await digest(plain)
    expect((await readJson(plain, 'scores')).length).toBeGreaterThan(100)
    for (const partitions of [2, 5]) {
      const log = await memoryLog(partitions)
      await append(log, records)
      await foldToEnd(log, setting)
      expect(await digest(log), `${partitions} partitions`).toEqual(wanted)
    }
    const beats = records.map(({ timeMs }) => Math.floor(timeMs / 1_000))
    const log = await memoryLog(3)
    await append(log, records)
    for (const share of [0.2, 0.5, 0.7, 1]) {
      const beat = beats[Math.ceil(share * beats.length) - 1]
      await foldTo(log, beat, share !== 0.5)
    }
    expect(await digest(log)).toEqual(wanted)
  })

  it('is not what it would be without the archive', async () => {
    const blind = {
      ...setting,
      model: tinyModel(profile, {
        ...weights,
        'near.region': 0,
        'near.industry': 0,
        'near.circle': 0,
        'near.grade': 0,
      }),
    }
    const logs = await Promise.all([memoryLog(), memoryLog()])
    for (const [at, log] of logs.entries()) {
      await append(log, records)
      await foldToEnd(log, at === 0 ? setting : blind)
    }
    const [seeing, not] = await Promise.all(logs.map((log) => readJson(log, 'scores')))
    expect(seeing).not.toEqual(not)
  })
})

describe('features of what is nearby', () => {
  const levels = { regions: ['province', 'county'], industries: ['section', 'division'] } as const
  const policies = [
    { regionLevels: ['province'], industryLevels: ['section'] },
    { regionLevels: ['province', 'county'], industryLevels: ['section'] },
    { regionLevels: ['province'], industryLevels: ['section', 'division'] },
    { regionLevels: ['province', 'county'], industryLevels: ['section', 'division'] },
  ]
  const named = [
    { name: 'near.county', axis: 'region' },
    { name: 'near.province', axis: 'region', level: levels.regions[0] },
    { name: 'near.circle', axis: 'region', around: { km: 10, events: 4 } },
    { name: 'near.division', axis: 'industry' },
    { name: 'near.section', axis: 'industry', level: levels.industries[0] },
    { name: 'near.grade', axis: 'region', sameGrade: { events: 3 } },
  ]
  const names = named.map(({ name }) => name)
  const watching = (policy: object): Profile =>
    compileProfile({
      ...tinySource,
      regions: tinySource.regions.map((row) => ({ ...row, centre: centres[row.code] })),
      file: ProfileFile.parse({
        ...tinySource.file,
        label: { kind: 'outcome-within', days: 1, delayDays: 0, gridTicks: 1 },
        features: named.map((one) => ({ kind: 'nearby', ...around, ...one })),
        warnings: { ...tinySource.file.warnings, ...policy },
      }),
    })

  it('are of the own region and industry, or of the level that is named, whatever levels warnings look at', async () => {
    const market = generatedHistory({ seed: 12, days: 10, enterprises: 40, eventsPerDay: 60 })
    const said: number[][][] = []
    for (const policy of policies) {
      const setting = { profile: watching(policy), beatMs: 3_600_000 }
      const source = await sourceOf(await foldedLog(market, setting), setting.profile, setting.beatMs)
      said.push((await rowsOf({ ...source, features: names })).map(({ features }) => features))
    }
    for (const rows of said) expect(rows).toEqual(said[0])
    // No two columns are one: counties tell more than provinces, divisions more than sections.
    const columns = names.map((_, at) => new Set(said[0].map((row) => row[at])).size)
    expect(columns[0]).toBeGreaterThan(columns[1])
    expect(columns[3]).toBeGreaterThan(columns[4])
  })

  it('change nothing of what warnings look at', async () => {
    const market = generatedHistory({ seed: 12, days: 18, enterprises: 40, eventsPerDay: 60, outbreakDays: [16] })
    const [asked] = policies
    const deep = watching(asked)
    const plain = compileProfile({ ...tinySource, file: ProfileFile.parse({ ...deep.file, features: [] }) })
    const [with_, without] = await Promise.all(
      [deep, plain].map(async (of) => {
        const log = await foldedLog(market, { profile: of, beatMs: 3_600_000 })
        const archived = ArchiveRecord.array().parse(await readJson(log, 'ticks'))
        // The state keeps the windows of clusters by leaf, and leaves lie deeper where features look deeper: its bytes differ, and what is
        // expected by it does not.
        const judged = archived.map((one): object => {
          if (one.kind === 'tick') return { nodes: one.nodes, early: one.early }
          return one.kind === 'state' ? { kind: one.kind, tick: one.tick } : one
        })
        expect(archived.some(({ kind }) => kind === 'expected')).toBe(true)
        const raised = await Promise.all(Object.values(warningTopics).map((topic) => readJson(log, topic)))
        return { judged, raised }
      }),
    )
    expect(with_).toEqual(without)
    expect(with_.raised.flat().length).toBeGreaterThan(0)
  })
})

/** Tasks in turn until all are through: each waits for what the watch has closed. */
async function foldTo(log: Awaited<ReturnType<typeof memoryLog>>, beat: number, checkpoint: boolean): Promise<void> {
  const days = Math.ceil((beat * 1_000 - records[0].timeMs) / 86_400_000) + 2
  await foldInSessions(log, setting, [{ throughBeats: Array.from({ length: days }, () => beat), checkpoint }])
}

describe('rates nearby', () => {
  const keys = cellKeys(profile)
  const [p1, p2, x] = [profile.regions.find('P1'), profile.regions.find('P2'), profile.industries.find('X')]
  const [fine, complaint] = ['PEN.FINE', 'CMP.COMPLAINT'].map((code) => profile.typeIndex.get(code) ?? 0)
  const archived = (
    tick: number,
    counts: readonly [cell: number, type: number, count: number, grade?: number][],
  ): LogRecord => ({
    offset: 0,
    timeMs: 0,
    key: null,
    headers: null,
    value: Buffer.from(
      JSON.stringify({
        kind: 'tick',
        tick,
        label: '',
        beat: 0,
        page: 0,
        pages: 1,
        counts: {
          keys: counts.map(([cell, type, , grade = 0]) => keys.counted(keys.graded(cell, grade), type)),
          sums: counts.map(([, , count]) => count),
        },
        nodes: { keys: [], events: [], enterprises: [], squares: [] },
        late: [],
        early: [],
      }),
    ),
  })
  const cell = keys.cell(p1, profile.industries.leafOf[x])
  const tenth = archived(10, [
    [cell, fine, 3],
    [cell, complaint, 1],
  ])
  const values = (it: Neighbourhood, region: number, grade = 0): number[] => {
    const out = new Float64Array(it.size)
    it.fill((region << 16) | x, grade, out)
    return [...out]
  }

  it('are drawn to the node above, and only ticks up to T-2 speak', () => {
    const it = new Neighbourhood(profile, keys)
    it.take([tenth, archived(11, [[cell, fine, 100]])])
    it.openTick(11)
    const whole0 = prior.rate
    expect(values(it, p1).slice(0, 4)).toEqual([whole0, whole0, whole0, 0])
    it.openTick(12)
    const kept = 2 ** (-3 / 3) // tick 10, seen at the end of tick 12
    const whole = (3 * kept + 8 * 0.25) / (4 * kept + 8)
    const province = (3 * kept + 2 * whole) / (4 * kept + 2)
    const county = (3 * kept + 2 * province) / (4 * kept + 2)
    const other = (0 + 2 * province) / 2
    expect(values(it, p1)[0]).toBeCloseTo(county, 12)
    expect(values(it, p2)[0]).toBeCloseTo(other, 12)
    expect(values(it, p2)[3]).toBeCloseTo(ln1p(1 * kept), 12)
    expect(values(it, p1).slice(5)).toEqual([1, 0])
    expect(values(it, p2).slice(5)).toEqual([1, 1])
  })

  it('are drawn to what lies around, and that to the node above', () => {
    const it = new Neighbourhood(profile, keys)
    it.take([tenth])
    it.openTick(12)
    const kept = 2 ** (-3 / 3)
    const whole = (3 * kept + 8 * 0.25) / (4 * kept + 8)
    const province = (3 * kept + 2 * whole) / (4 * kept + 2) // it has no centre
    const [itself, weight] = [1, Math.exp(-1 / 2)]
    const round = (weighs: number): number => (weighs * 3 * kept + 4 * province) / (weighs * 4 * kept + 4)
    expect(values(it, p1)[2]).toBeCloseTo((3 * kept + 2 * round(itself)) / (4 * kept + 2), 12)
    expect(values(it, p2)[2]).toBeCloseTo(round(weight), 12)
  })

  it('are of the same grade, drawn to those of all', () => {
    const it = new Neighbourhood(profile, keys)
    it.take([
      archived(10, [
        [cell, fine, 3, 1],
        [cell, fine, 1, 2],
        [cell, complaint, 4, 2],
      ]),
    ])
    it.openTick(12)
    const kept = 2 ** (-3 / 3)
    for (const [grade, of, per] of [
      [0, 0, 0],
      [1, 3, 3],
      [2, 1, 5],
    ]) {
      const found = values(it, p1, grade)
      expect(found[4]).toBeCloseTo((of * kept + 3 * found[0]) / (per * kept + 3), 12)
      expect(found[0]).toBe(values(it, p1)[0])
    }
  })

  it('come back from a checkpoint', () => {
    const it = new Neighbourhood(profile, keys)
    it.take([archived(10, [[cell, fine, 3, 2]]), archived(11, [[cell, complaint, 7, 2]])])
    it.openTick(12)
    const again = new Neighbourhood(profile, keys)
    again.load(JSON.parse(JSON.stringify(it.save())))
    for (const tick of [12, 13]) {
      again.openTick(tick)
      it.openTick(tick)
      for (const region of [p1, p2]) expect(values(again, region, 2)).toEqual(values(it, region, 2))
    }
  })
})
