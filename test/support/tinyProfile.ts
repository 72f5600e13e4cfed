/** A profile small enough to see at once: two provinces, two sections, three types, daily ticks. */
import { compileProfile, type Profile, ProfileFile, type ProfileSource } from '../../streams/profile.ts'

const file = ProfileFile.parse({
  name: 'tiny',
  version: '1',
  about: 'For tests.',
  language: 'en',
  languages: ['en'],
  enterpriseId: { pattern: '[A-Z][0-9]{1,6}' },
  regions: {
    file: 'regions.csv',
    version: '1',
    source: 'made up',
    license: 'none',
    levels: ['province', 'county'],
    root: { en: 'Everywhere' },
  },
  industries: {
    file: 'industries.csv',
    version: '1',
    source: 'made up',
    license: 'none',
    levels: ['section', 'division'],
    root: { en: 'All industries' },
  },
  grades: [{ code: 'A' }, { code: 'B' }, { code: 'C' }, { code: 'D' }],
  groups: [{ code: 'CMP' }, { code: 'PEN' }],
  eventTypes: [
    { code: 'CMP.COMPLAINT', group: 'CMP', severity: 1, freshDaysMax: 7 },
    { code: 'PEN.FINE', group: 'PEN', severity: 3, freshDaysMax: 30, outcome: true },
    { code: 'PEN.NOTE', group: 'PEN', severity: 1, freshDaysMax: 30, judged: false },
  ],
  sources: [{ code: 'hotline' }, { code: 'court' }],
  halfLivesDays: [1, 7, 30, 90, 365],
  label: { kind: 'none' },
  tick: { unit: 'day', utcOffsetMinutes: 480 },
  bands: [{ code: 'low' }, { code: 'watch' }, { code: 'high' }],
  bandHysteresis: 0.03,
  scoreStepMin: 0.05,
  model: null,
  warnings: {
    regionLevels: ['province', 'county'],
    industryLevels: ['section'],
    levels: {
      blue: { rateRatioMin: 1.5 },
      yellow: { rateRatioMin: 2 },
      orange: { rateRatioMin: 3 },
      red: { rateRatioMin: 4 },
    },
    eventsMin: 3,
    clearTicks: 3,
    historyTicksMin: 5,
  },
})

const named = (code: string, parent: string): { code: string; parent: string; names: Record<string, string> } => ({
  code,
  parent,
  names: { en: code },
})

/** Provinces P and Q (Q has no counties), counties P1 and P2; sections X and Y, divisions X1, X2, Y1. */
export const tinySource: ProfileSource = {
  file,
  hash: 'a'.repeat(64),
  regions: [named('P', ''), named('Q', ''), named('P1', 'P'), named('P2', 'P')],
  industries: [named('X', ''), named('Y', ''), named('X1', 'X'), named('X2', 'X'), named('Y1', 'Y')],
  messages: new Map([
    [
      'en',
      {
        'warning.region':
          '{place}: {count} events this {tickUnit}, {expected} expected, {enterprises} enterprises, {level}',
        'warning.industry':
          '{industry}: {count} events this {tickUnit}, {expected} expected, {enterprises} enterprises, {level}',
        'warning.cell':
          '{industry} in {place}: {count} events this {tickUnit}, {expected} expected, {enterprises} enterprises, {level}',
        'reason.count': '{group}: {value} in {days} days',
      },
    ],
  ]),
}

export const tinyProfile: Profile = compileProfile(tinySource)
