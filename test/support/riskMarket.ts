/** Twelve provinces of sixty enterprises, so that each has siblings enough to be judged by; in one of them enterprises are fined from a day on. */
import { compileProfile, ProfileFile } from '../../streams/profile.ts'
import { Sfc32 } from '../../streams/sfc32.ts'
import type { TestRecord } from './fold.ts'
import { firstCommand, historyStartMs } from './histories.ts'
import { tinySource } from './tinyProfile.ts'

const [hour, day] = [3_600_000, 86_400_000]
const provinces = Array.from({ length: 12 }, (_, at) => `R${at + 1}`)
const perProvince = 60
export const troubled = 'R3'

const named = (code: string) => ({ code, parent: '', names: { en: code } })
const { languages, warnings } = tinySource.file
const file = ProfileFile.parse({
  ...tinySource.file,
  regions: { ...tinySource.file.regions, levels: ['province'] },
  warnings: { ...warnings, regionLevels: ['province'] },
})
export const riskProfile = compileProfile({
  ...tinySource,
  file,
  regions: provinces.map(named),
  messages: new Map(
    languages.map((language) => [
      language,
      {
        'warning.risk.region':
          '{place} riskier for {lasting}: {rise}, {risky} where {expected} were expected, {reason}, {level}',
        'ticks.day': 'days',
        'risk.behaviour': 'at the same grades',
        'risk.grades': 'with a worse mix of grades',
      },
    ]),
  ),
})

export type RiskMarket = {
  seed: number
  days: number
  /** From this day on: `fines` come to the enterprises of the troubled province, or they get worse `grades`. */
  trouble?: { kind: 'fines' | 'grades'; fromDay: number } | undefined
}

export function riskMarket({ seed, days, trouble }: RiskMarket): TestRecord[] {
  const random = new Sfc32(seed, 'risk market')
  const ids = provinces.flatMap((region, province) =>
    Array.from({ length: perProvince }, (_, at) => ({ region, id: `E${province * perProvince + at}` })),
  )
  const records: TestRecord[] = [firstCommand]
  const grade = (key: string, code: string, timeMs: number): TestRecord => ({
    topic: 'credit-grades',
    key,
    timeMs,
    value: { enterpriseId: key, grade: code, effectiveAt: new Date(timeMs).toISOString() },
  })
  for (const [at, { region, id }] of ids.entries()) {
    records.push({ topic: 'enterprises', key: id, timeMs: historyStartMs, value: { id, region, industry: 'X1' } })
    records.push(grade(id, 'ABCD'[at % 4], historyStartMs))
  }
  const here = ids.filter(({ region }) => region === troubled)
  for (let today = 0; today < days; today++) {
    const isTrouble = trouble !== undefined && today >= trouble.fromDay
    const usual = Array.from({ length: 40 }, () => ids[random.int(ids.length)])
    const more =
      isTrouble && trouble.kind === 'fines' ? Array.from({ length: 4 }, () => here[random.int(here.length)]) : []
    const all = [
      ...usual.map((one) => ({ ...one, type: 'CMP.COMPLAINT' })),
      ...more.map((one) => ({ ...one, type: 'PEN.FINE' })),
    ]
    for (const [at, { id, type }] of all.entries()) {
      const timeMs = historyStartMs + today * day + Math.floor((at * 20 * hour) / all.length)
      const occurredAt = new Date(timeMs - hour).toISOString()
      const value = { id: `${today}-${at}`, enterpriseId: id, type, occurredAt, source: 'hotline' }
      records.push({ topic: 'risk-events', key: id, timeMs, value })
    }
    const evening = historyStartMs + today * day + 21 * hour
    if (isTrouble && trouble.kind === 'grades' && today < trouble.fromDay + 15)
      for (let at = 0; at < 3; at++) records.push(grade(here[(today * 3 + at) % here.length].id, 'D', evening))
  }
  const last = historyStartMs + days * day
  return [
    ...records,
    { topic: 'commands', key: null, timeMs: last + day, value: { id: 'last', actor: 'test', kind: 'import.end' } },
  ]
}
