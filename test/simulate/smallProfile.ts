/** A profile like `cn` in small: 4 provinces with 3 prefectures of 2 counties, 5 sections with 3 divisions. */
import { compileProfile, type Profile, ProfileFile } from '../../streams/profile.ts'
import type { CodeRow } from '../../streams/tree.ts'

const provinces = [11, 13, 31, 44]
const sections = { C: [13, 14, 17], E: [47, 48, 50], F: [51, 52, 53], H: [61, 62, 63], O: [80, 81, 82] } as const

const row = (code: string, parent: string): CodeRow => ({ code, parent, names: { en: code } })

function regionRows(): CodeRow[] {
  return provinces.flatMap((province) => [
    row(`${province}0000`, ''),
    ...[1, 2, 3].flatMap((prefecture) => [
      row(`${province}0${prefecture}00`, `${province}0000`),
      ...[1, 2].map((county) => row(`${province}0${prefecture}0${county}`, `${province}0${prefecture}00`)),
    ]),
  ])
}

function industryRows(): CodeRow[] {
  return Object.entries(sections).flatMap(([section, divisions]) => [
    row(section, ''),
    ...divisions.flatMap((division) => [row(`${division}`, section), row(`${division}10`, `${division}`)]),
  ])
}

const types = `CMP.COMPLAINT CMP 1 7
CMP.REPORT CMP 2 7
OPN.NEGATIVE OPN 1 7
REG.ABNORMAL_LIST REG 3 30
REG.CHANGE REG 1 30
PEN.FINE PEN 3 60
INS.FAIL INS 3 30
TAX.ABNORMAL TAX 2 60
TAX.ARREARS TAX 3 60
LAB.WAGE_ARREARS LAB 4 60
JUD.SUIT JUD 1 60
JUD.EXECUTED JUD 3 60
REG.REVOKE REG 5 30 outcome
TAX.MAJOR TAX 5 30 outcome
JUD.DISHONEST JUD 5 30 outcome`
  .split('\n')
  .map((line) => line.split(' '))
  .map(([code, group, severity, freshDaysMax, outcome]) => ({
    code,
    group,
    severity: Number(severity),
    freshDaysMax: Number(freshDaysMax),
    outcome: outcome === 'outcome',
  }))

const treeFile = { version: '1', source: 'test', license: 'none', root: { en: 'All' } }
const level = (qMax: number, rateRatioMin: number) => ({ qMax, rateRatioMin })

export function smallProfile(): Profile {
  const file = ProfileFile.parse({
    name: 'small',
    version: '1',
    about: 'A small market for tests.',
    language: 'en',
    languages: ['en'],
    enterpriseId: { pattern: '[0-9A-Z]{18}', check: 'uscc' },
    regions: { ...treeFile, file: 'regions.csv', levels: ['province', 'prefecture', 'county'] },
    industries: { ...treeFile, file: 'industries.csv', levels: ['section', 'division', 'class'] },
    grades: [
      { code: 'A', highRiskRate: 0 },
      { code: 'B', highRiskRate: 0.396 },
      { code: 'C', highRiskRate: 0.565 },
      { code: 'D', highRiskRate: 0.85 },
    ],
    groups: [...new Set(types.map((type) => type.group))].map((code) => ({ code })),
    eventTypes: types,
    sources: ['HOTLINE', 'REGISTRY', 'TAX', 'COURTS', 'LABOUR'].map((code) => ({ code })),
    halfLivesDays: [7, 30],
    label: { kind: 'outcome-within', days: 90, delayDays: 30 },
    tick: { unit: 'day', utcOffsetMinutes: 480 },
    bands: [{ code: 'low' }, { code: 'high' }],
    bandHysteresis: 0.1,
    scoreStepMin: 0.05,
    model: null,
    warnings: {
      regionLevels: ['province', 'prefecture'],
      industryLevels: ['section', 'division'],
      levels: { blue: level(0.1, 1.5), yellow: level(0.05, 2), orange: level(0.01, 3), red: level(0.001, 4) },
      orangeChildrenMin: 3,
      eventsMin: 3,
      redEnterprisesMin: 3,
      raiseTicks: 2,
      raiseOfTicks: 3,
      clearTicks: 3,
      historyTicksMin: 10,
    },
  })
  const messages = new Map([['en', {}]])
  return compileProfile({ file, hash: '00', regions: regionRows(), industries: industryRows(), messages })
}

/** Midnight of 1 January 2025 in China. */
export const newYear2025 = Date.parse('2025-01-01T00:00:00+08:00')
