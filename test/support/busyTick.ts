/** All that a process may have to show in the profile cn: every province x section, prefecture and source, 64 partitions, warnings everywhere. */

import { taskName, tasksOf } from '../../src/log/tasks.ts'
import type { CellTotal, Notice } from '../../src/notices.ts'
import { loadProfile } from '../../src/settings/profiles.ts'

export const cn = await loadProfile('cn')
const partitions = 64
const features = 60

/** The notices of a start and of one tick. */
export function busyTick({ warnings = 1_000 }: { warnings?: number } = {}): Notice[] {
  const provinces = cn.regions.nodes.filter(({ depth }) => depth === 1)
  const prefectures = cn.regions.nodes.filter(({ depth }) => depth === 2)
  const counties = cn.regions.nodes.filter(({ depth }) => depth === 3)
  const sections = cn.industries.nodes.filter(({ depth }) => depth === 1)
  const total = (region: string, industry: string): CellTotal => ({
    region,
    industry,
    events: 40,
    expected: 35.5,
    enterprises: 30,
    registered: 900,
    ...(prefectures.some(({ code }) => code === region)
      ? {}
      : { risk: { n: 800, meanLogOdds: -3.5, atSameGrades: 0.2, risky: 24, expected: 20 } }),
  })
  const totals = [
    total('', ''),
    ...sections.map(({ code }) => total('', code)),
    ...[...provinces, ...prefectures].map(({ code }) => total(code, '')),
    ...provinces.flatMap((region) => sections.map((section) => total(region.code, section.code))),
  ]
  const tasks = tasksOf(partitions).map(taskName)
  const places = counties.flatMap((region) =>
    sections.map((section) => ({ region: region.code, industry: section.code })),
  )
  return [
    { kind: 'TasksAssigned', tasks },
    ...tasks.flatMap((task): Notice[] => [
      { kind: 'InputsWaiting', task, records: { 'risk-events': 1, enterprises: 0, 'credit-grades': 0, commands: 0 } },
      { kind: 'CheckpointWritten', task, beat: 1, slot: 0, pages: 1, bytes: 1, atMs: 1, seconds: 1 },
      {
        kind: 'EpochCommitted',
        task,
        lastBeat: 1,
        endMs: 1,
        beats: 1,
        beatSeconds: [1],
        records: 1,
        bytes: 1,
        outputs: 1,
        seconds: 1,
      },
    ]),
    {
      kind: 'TickJudged',
      tick: 1,
      label: '2026-01-01',
      cells: totals.length,
      candidates: 0,
      open: [{ statistic: 'count', counts: { calm: 0, blue: 0, yellow: 0, orange: 0, red: warnings } }],
      enterprisesByBand: Object.fromEntries(cn.file.bands.map(({ code }) => [code, 1])),
      totals,
      artifacts: 1,
      models: { champion: 'a'.repeat(64), challenger: 'b'.repeat(64) },
      drift: {
        rows: 900,
        indexes: Array.from({ length: features }, (_, at) => ({ feature: at === 0 ? undefined : `f${at}`, psi: 0.1 })),
      },
    },
    ...cn.sources.flatMap((source) =>
      provinces.map(({ code }): Notice => ({ kind: 'SourceSilent', source, region: code, tickLabel: '', expected: 9 })),
    ),
    ...places.slice(0, warnings).map(
      ({ region, industry }): Notice => ({
        kind: 'WarningChanged',
        id: `count.cell.${region}.${industry}`,
        statistic: 'count',
        axis: 'cell',
        region,
        industry,
        level: 'red',
        levelBefore: 'calm',
        change: 'raised',
        tickLabel: '',
        sentences: {},
      }),
    ),
  ]
}
