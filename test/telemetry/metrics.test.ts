/** The exposition text, from notices alone. */
import { expect, test } from 'vitest'
import type { CellTotal, Notice } from '../../src/notices.ts'
import { publishedCells } from '../../src/telemetry/metrics/cells.ts'
import { metrics } from '../../src/telemetry/metrics.ts'
import { event } from '../ingest/support.ts'
import { append, foldToEnd, memoryLog, openTasks } from '../support/fold.ts'
import { tinyModel } from '../support/tinyModel.ts'
import { tinyProfile } from '../support/tinyProfile.ts'

const beat: Extract<Notice, { kind: 'BeatFolded' }> = {
  kind: 'BeatFolded',
  task: 'enterprise/0',
  beat: 7,
  tick: 1,
  endMs: 8_000,
  fates: { applied: 3, dead: 1 },
  deadCodes: { FW_RECORD_INVALID: 1 },
  flags: { checkDigit: 2, unknownRegion: 0, unknownIndustry: 0, unknownSource: 0, unknownStatus: 0 },
  scores: 2,
  alerts: 1,
  unscorable: 2,
  factsDropped: 0,
  enterprises: 5,
  facts: 9,
  tableBytes: 64,
  arenaBytes: 32,
}
const open = { calm: 1, blue: 0, yellow: 2, orange: 0, red: 0 }
const judged = (totals: CellTotal[]): Extract<Notice, { kind: 'TickJudged' }> => ({
  kind: 'TickJudged',
  tick: 1,
  label: '2026-01-01',
  cells: 9,
  candidates: 1,
  open: [{ statistic: 'count', counts: open }],
  enterprisesByBand: { low: 4, high: 1 },
  totals,
  artifacts: 2,
  models: { champion: 'c1', challenger: null },
  drift: undefined,
})
const cell = (
  region: string,
  industry: string,
  events: number,
  enterprises: number,
  registered: number,
): CellTotal => ({ region, industry, events, expected: events / 2, enterprises, registered })
const changed = (region: string, level: 'calm' | 'orange', axis: 'cell' | 'region' = 'cell'): Notice => ({
  kind: 'WarningChanged',
  id: `count.cell.${region}`,
  statistic: 'count',
  axis,
  region,
  industry: axis === 'cell' ? 'X' : '',
  level,
  levelBefore: 'calm',
  change: level === 'calm' ? 'cleared' : 'raised',
  tickLabel: '2026-01-01',
  sentences: {},
})

async function exposed(notices: readonly Notice[], options: { seriesMax?: number } = {}): Promise<string[]> {
  const { listener, registry } = metrics({ profile: tinyProfile, now: () => 12_500, ...options })
  for (const notice of notices) listener(notice)
  return (await registry.metrics()).split('\n').filter((line) => !line.startsWith('#'))
}

test('counts what the notices say', async () => {
  const text = await exposed([
    beat,
    { ...beat, beat: 8, endMs: 9_000 },
    { ...beat, task: 'enterprise/1', endMs: 10_000, enterprises: 2 },
    { kind: 'LogTimeLed', task: 'enterprise/0', records: 2 },
    judged([]),
    changed('P', 'orange'),
    { kind: 'SourceSilent', source: 'court', region: 'P', tickLabel: '2026-01-01', expected: 9 },
    { kind: 'ModelDrifted', model: 'm', feature: 'x', psi: 0.3, rows: 600, tickLabel: '2026-01-01', sentences: {} },
    { kind: 'CommandAnswered', command: 'model.promote', accepted: false, code: 'FW_MODEL_GATE' },
    { kind: 'CommandAnswered', command: 'model.promote', accepted: true },
    { kind: 'LogTimeRegressed', task: 'enterprise/0', topic: 'risk-events', records: 4 },
    { kind: 'CommitRefused', task: 'watch', code: 'FW_LOG_FULL', message: '' },
    { kind: 'CheckpointWritten', task: 'watch', beat: 8, slot: 0, pages: 1, bytes: 1_234, atMs: 12_000, seconds: 0.2 },
    { kind: 'CheckpointSkipped', task: 'watch', slot: 1, why: '' },
    { kind: 'Restored', task: 'watch', fromBeat: undefined, beatsReplayed: 0, seconds: 0 },
    { kind: 'ImportSeen', open: true },
    { kind: 'ImportSilent', seconds: 60 },
    { kind: 'RequestRefused', code: 'FW_BODY_TOO_LARGE' },
  ])
  for (const line of [
    'forewarn_beats_folded_total 3',
    'forewarn_import_open 1',
    'forewarn_records_total{fate="applied"} 9',
    'forewarn_dead_letters_total{code="FW_RECORD_INVALID"} 3',
    'forewarn_flagged_records_total{flag="checkDigit"} 6',
    'forewarn_scores_total 6',
    'forewarn_enterprise_alerts_total 3',
    'forewarn_enterprises 7',
    'forewarn_facts 18',
    'forewarn_rows_bytes 128',
    'forewarn_arena_bytes 64',
    'forewarn_model_info{seat="champion",model="c1"} 1',
    'forewarn_checkpoint_timestamp_seconds{task="watch"} 12',
    'forewarn_checkpoint_seconds_sum 0.2',
    'forewarn_limit_refusals_total{limit="bodyBytesMax"} 1',
    'forewarn_requests_refused_total{code="FW_BODY_TOO_LARGE"} 1',
    'forewarn_log_time_leads_total 2',
    'forewarn_enterprises_by_band{band="high"} 1',
    'forewarn_open_warnings{statistic="count",level="yellow"} 2',
    'forewarn_judged_cells 9',
    'forewarn_warning_changes_total{axis="cell",level="orange"} 1',
    'forewarn_warning_level{statistic="count",axis="cell",region="P",industry="X",province="P",section="X"} 3',
    'forewarn_source_silences_total{source="court"} 1',
    'forewarn_model_drifts_total{kind="feature"} 1',
    'forewarn_commands_refused_total{code="FW_MODEL_GATE"} 1',
    'forewarn_artifacts_complete 2',
    'forewarn_unscorable_total 6',
    'forewarn_log_time_regressions_total 4',
    'forewarn_commits_refused_total{code="FW_LOG_FULL"} 1',
    'forewarn_checkpoints_written_total{task="watch"} 1',
    'forewarn_checkpoints_skipped_total{task="watch"} 1',
    'forewarn_checkpoint_bytes{task="watch"} 1234',
    'forewarn_restores_total{task="watch"} 1',
    'forewarn_import_silences_total 1',
    'forewarn_metric_series_refused_total 0',
  ]) {
    expect(text).toContain(line)
  }
  expect(text.some((line) => line.startsWith('process_cpu_seconds_total'))).toBe(true)
})

const committed = (task: string): Extract<Notice, { kind: 'EpochCommitted' }> => ({
  kind: 'EpochCommitted',
  task,
  beats: 1,
  lastBeat: 7,
  endMs: 8_000,
  records: 4,
  bytes: 400,
  outputs: 2,
  seconds: 0.004,
  beatSeconds: [0.003],
})

test('tasks that several processes share: what waits, what moved, what was lost', async () => {
  const task = 'enterprise-0'
  const shared: Notice[] = [
    { kind: 'BrokerConnection', open: true },
    { kind: 'BrokerConnection', open: true },
    { kind: 'BrokerConnection', open: false },
    { kind: 'GroupJoined', tasks: 1 },
    { kind: 'Restoring', task },
    { kind: 'InputsWaiting', task, records: { 'risk-events': 9, commands: 0 } },
    committed(task),
    { ...committed(task), seconds: 0.3 },
    { kind: 'LogReadFailed', message: 'no leader' },
    { kind: 'TaskLost', task, code: 'FW_TASK_FENCED', message: '' },
    { kind: 'TaskLost', task, code: 'FW_LOG_UNAVAILABLE', message: '' },
  ]
  const text = await exposed(shared)
  for (const line of [
    'forewarn_broker_connections 1',
    'forewarn_group_rebalances_total 1',
    'forewarn_task_takeovers_total 1',
    'forewarn_lag_records{task="enterprise-0",topic="risk-events"} 9',
    'forewarn_commit_seconds_bucket{le="0.005"} 1',
    'forewarn_commit_seconds_bucket{le="0.5"} 2',
    'forewarn_commit_seconds_count 2',
    'forewarn_epoch_seconds_bucket{le="0.01"} 1',
    'forewarn_beat_seconds_sum 0.006',
    'forewarn_record_bytes_total{task="enterprise-0"} 800',
    'forewarn_log_fetch_errors_total 1',
    'forewarn_task_fenced_total 1',
    'forewarn_tasks_lost_total{code="FW_TASK_FENCED"} 1',
    'forewarn_tasks_lost_total{code="FW_LOG_UNAVAILABLE"} 1',
  ]) {
    expect(text).toContain(line)
  }
  const released = await exposed([...shared, { kind: 'TaskReleased', task }])
  expect(released.filter((line) => line.startsWith('forewarn_lag_records'))).toEqual([])
})

test('a task tells what waits in its inputs when that has changed', async () => {
  const log = await memoryLog()
  await append(log, [
    { topic: 'enterprises', key: 'E1', timeMs: 0, value: { id: 'E1', region: 'P1', industry: 'X1' } },
    { topic: 'enterprises', key: 'E1', timeMs: 5_000, value: { id: 'E1', region: 'P2', industry: 'X1' } },
  ])
  const waiting: unknown[] = []
  const { runners } = await openTasks(log, { profile: tinyProfile, model: null }, (notice) => {
    if (notice.kind === 'InputsWaiting') waiting.push(notice.records.enterprises)
  })
  for (const beat of [0, 1, 5]) await runners[0].step({ by: 'end', beat })
  expect(waiting).toEqual([1, 0])
})

test('drift has a series for the score and for each feature, as long as it is measured', async () => {
  const indexes = [
    { feature: undefined, psi: 0.01 },
    { feature: 'count.all.7d', psi: 0.4 },
  ]
  const measured: Notice = { ...judged([]), drift: { rows: 600, indexes } }
  const series = (lines: readonly string[]): string[] => lines.filter((line) => line.startsWith('forewarn_model_psi'))
  expect(series(await exposed([measured]))).toEqual([
    'forewarn_model_psi{kind="score"} 0.01',
    'forewarn_model_psi{kind="feature",feature="count.all.7d"} 0.4',
    'forewarn_model_psi_rows 600',
  ])
  const few: Notice = { ...judged([]), drift: { rows: 20, indexes: [] } }
  expect(series(await exposed([measured, few]))).toEqual(['forewarn_model_psi_rows 20'])
  expect(series(await exposed([measured, judged([])]))).toEqual(['forewarn_model_psi_rows 0'])
})

test('silences have a series by source and province as long as they last, and from the log when a process begins', async () => {
  const silent = (source: string, region: string): Notice => ({
    kind: 'SourceSilent',
    source,
    region,
    tickLabel: '2026-01-01',
    expected: 9,
  })
  const spoke = (source: string, region: string): Notice => ({
    kind: 'SourceSpoke',
    source,
    region,
    tickLabel: '2026-01-02',
    silentTicks: 1,
  })
  expect(await exposed([])).toContain('forewarn_sources_silent{source="court",region="all"} 0')
  const series = (lines: readonly string[]): string[] =>
    lines.filter((line) => line.startsWith('forewarn_sources_silent') && !line.endsWith(' 0'))
  const begun = [silent('court', ''), silent('hotline', 'P1'), silent('hotline', 'P2'), silent('hotline', 'P')]
  expect(series(await exposed(begun))).toEqual([
    'forewarn_sources_silent{source="court",region="all"} 1',
    'forewarn_sources_silent{source="hotline",region="P"} 3',
  ])
  const ended = [...begun, spoke('hotline', 'P2'), spoke('court', ''), spoke('court', '')]
  expect(series(await exposed(ended))).toEqual(['forewarn_sources_silent{source="hotline",region="P"} 2'])
  expect(series(await exposed([...ended, spoke('hotline', 'P1'), spoke('hotline', 'P')]))).toEqual([])
  const bounded = await exposed([silent('court', ''), silent('hotline', '')], { seriesMax: 1 })
  expect(series(bounded)).toEqual(['forewarn_sources_silent{source="court",region="all"} 1'])
  expect(bounded).toContain('forewarn_metric_series_refused_total 1')

  const log = await memoryLog()
  const [tick, tickLabel] = [1, '1970-01-02']
  const heard = { kind: 'SourcesHeard', hour: '1970-01-02T00', tick, tickLabel, sources: [] }
  const first = { kind: 'SourceSilent', tick, tickLabel, source: 'court', region: '', expected: 3 } // as older logs have it
  const second = {
    ...first,
    source: 'hotline',
    region: 'Q',
    silentTicks: 2,
    missed: 6,
    p: 1e-9,
    lastHeard: '1970-01-01T00:00:00.000Z',
  }
  const over = {
    kind: 'SourceSpoke',
    tick,
    tickLabel,
    source: 'court',
    region: '',
    at: '1970-01-02T00:00:00.000Z',
    silentSince: tickLabel,
    silentTicks: 1,
  }
  const said = [first, heard, second, over].map((notice) => ({
    key: 'source' in notice ? notice.source : notice.hour,
    timeMs: 0,
    value: Buffer.from(JSON.stringify(notice)),
  }))
  await log.append('notices', 0, said)
  const { registry, seed } = metrics({ profile: tinyProfile })
  await seed(log)
  expect(series((await registry.metrics()).split('\n'))).toEqual([
    'forewarn_sources_silent{source="hotline",region="Q"} 1',
  ])
})

test('every help text of ours is a sentence', async () => {
  const help = (await metrics({ profile: tinyProfile }).registry.metrics())
    .split('\n')
    .filter((line) => line.startsWith('# HELP forewarn_'))
  expect(help.length).toBeGreaterThan(20)
  for (const line of help) expect(line).toMatch(/^# HELP \S+ [A-Z].*\.$/)
})

test('the lag is that of the task furthest behind, and no number while it is not known', async () => {
  const at = (task: string, endMs: number): Notice => ({ ...committed(task), endMs })
  const assigned: Notice = { kind: 'TasksAssigned', tasks: ['enterprise-0', 'watch'] }
  const waiting = (untilMs?: number): Notice => ({ kind: 'InputsWaiting', task: 'enterprise-0', records: {}, untilMs })
  const table: [what: string, notices: Notice[], lastEnd: string, lag: string][] = [
    ['nothing was said', [], 'Nan', 'Nan'],
    ['nothing is known of the tasks', [assigned], 'Nan', 'Nan'],
    ['nothing is known of one', [assigned, at('watch', 9_000)], 'Nan', 'Nan'],
    ['the watch alone', [{ kind: 'TasksAssigned', tasks: ['watch'] }, at('watch', 9_000)], '9', '3.5'],
    ['both', [assigned, at('watch', 9_000), at('enterprise-0', 11_000)], '9', '3.5'],
    [
      'by the journal',
      [assigned, at('watch', 9_000), { kind: 'Restoring', task: 'enterprise-0', endMs: 500 }],
      '0.5',
      '12',
    ],
    [
      'begun anew without an answer of the log',
      [assigned, at('watch', 9_000), at('enterprise-0', 11_000), { kind: 'Restoring', task: 'watch' }],
      '9',
      '3.5',
    ],
    [
      'lost',
      [
        assigned,
        at('watch', 9_000),
        at('enterprise-0', 500),
        { kind: 'TaskLost', task: 'watch', code: 'FW_LOG_UNAVAILABLE', message: '' },
      ],
      '0.5',
      '12',
    ],
    [
      'another task came and nothing is known of it',
      [at('watch', 9_000), { kind: 'TasksAssigned', tasks: ['watch', 'enterprise-3'] }],
      'Nan',
      'Nan',
    ],
    [
      'one went',
      [
        assigned,
        at('watch', 9_000),
        { kind: 'TaskReleased', task: 'enterprise-0' },
        { kind: 'TasksAssigned', tasks: ['watch'] },
      ],
      '9',
      '3.5',
    ],
    ['no task is here, and that is known', [{ kind: 'TasksAssigned', tasks: [] }], 'Nan', '0'],
    ['ahead of the clock', [assigned, at('watch', 99_000), at('enterprise-0', 99_000)], '99', '0'],
    [
      'records wait for beats to come',
      [assigned, at('watch', 12_000), at('enterprise-0', 12_000), waiting(42_500)],
      '12',
      '30',
    ],
    [
      'they waited',
      [assigned, at('watch', 12_000), at('enterprise-0', 12_000), waiting(42_500), waiting()],
      '12',
      '0.5',
    ],
  ]
  for (const [what, notices, lastEnd, lag] of table) {
    const lines = (await exposed(notices)).filter((line) => /^forewarn_(lag|last_beat_end)_seconds /.test(line))
    expect(lines, what).toEqual([`forewarn_last_beat_end_seconds ${lastEnd}`, `forewarn_lag_seconds ${lag}`])
  }
})

test('a warning that is cleared has no series', async () => {
  expect(
    (await exposed([changed('P', 'orange'), changed('P', 'calm')])).filter((line) =>
      line.startsWith('forewarn_warning_level'),
    ),
  ).toEqual([])
})

const show = (cells: readonly CellTotal[]): string[] =>
  cells.map(
    ({ region, industry, events, enterprises }) => `${region || 'all'} ${industry || 'all'} ${events} ${enterprises}`,
  )

test('small cells become OTHER, with the smallest neighbour when OTHER is too small itself', () => {
  const regions = [
    cell('', '', 60, 30, 100),
    cell('P', '', 40, 20, 60),
    cell('Q', '', 18, 8, 37),
    cell('UNKNOWN', '', 2, 2, 3),
  ]
  expect(show(publishedCells(tinyProfile, regions))).toEqual(['all all 60 30', 'P all 40 20', 'OTHER all 20 10'])
})

test('a cell with few enterprises is small, one with no events is not for that', () => {
  const sections = [cell('', 'X', 9, 2, 50), cell('', 'Y', 0, 0, 50), cell('', 'UNKNOWN', 30, 20, 50)]
  expect(show(publishedCells(tinyProfile, sections))).toEqual(['all Y 0 0', 'all OTHER 39 22'])
})

test('where nobody is registered, only those with events count', () => {
  const regions = [cell('P', '', 40, 20, 0), cell('Q', '', 18, 8, 0), cell('UNKNOWN', '', 0, 0, 0)]
  expect(show(publishedCells(tinyProfile, regions))).toEqual(['P all 40 20', 'Q all 18 8', 'UNKNOWN all 0 0'])
})

test('the risk of merged cells is that of all of their scored enterprises, and few scored ones are small', () => {
  const at = (n: number, meanLogOdds: number, risky: number) => ({
    n,
    meanLogOdds,
    atSameGrades: -meanLogOdds,
    risky,
    expected: 2 * risky,
  })
  const regions = [
    { ...cell('P', '', 40, 20, 60), risk: at(50, -2, 5) },
    { ...cell('Q', '', 18, 8, 37), risk: at(30, -3, 1.5) },
    { ...cell('UNKNOWN', '', 0, 0, 30), risk: at(4, -1, 0.5) }, // one of so few could be told from the rest
  ]
  const [p, other] = publishedCells(tinyProfile, regions)
  expect(p).toMatchObject({ region: 'P', risk: { n: 50, meanLogOdds: -2 } })
  expect(other).toMatchObject({ region: 'OTHER', risk: { n: 34, risky: 2, expected: 4 } })
  expect(other.risk?.meanLogOdds).toBeCloseTo((30 * -3 + 4 * -1) / 34)
  expect(other.risk?.atSameGrades).toBeCloseTo((30 * 3 + 4 * 1) / 34)
})

test('what lies in a hidden region is hidden with it', () => {
  const totals = [
    ...[cell('P', '', 41, 21, 61), cell('Q', '', 40, 20, 60), cell('UNKNOWN', '', 2, 2, 3)],
    ...[cell('P1', '', 30, 15, 50), cell('P2', '', 10, 5, 10), cell('P/UNKNOWN', '', 0, 0, 0)],
    ...[
      cell('', 'X', 82, 42, 123),
      cell('UNKNOWN', 'X', 2, 2, 3),
      cell('P', 'X', 40, 20, 60),
      cell('Q', 'X', 40, 20, 60),
    ],
  ]
  const shown = show(publishedCells(tinyProfile, totals))
  expect(shown).toContain('P1 all 30 15')
  expect(shown).toContain('P.OTHER all 10 5')
  expect(shown.some((line) => line.startsWith('UNKNOWN'))).toBe(false)
  expect(shown).toContain('OTHER X 42 22')
  for (const total of publishedCells(tinyProfile, totals).filter(({ events }) => events > 0)) {
    expect(total.registered >= 5 && total.enterprises >= 3).toBe(true)
  }
})

test('a hidden crossing cannot be had by taking the shown ones from the total of its column', () => {
  const totals = [
    ...[cell('P', '', 60, 30, 90), cell('Q', '', 60, 30, 90)],
    ...[cell('', 'X', 62, 32, 95), cell('', 'Y', 60, 31, 90), cell('', 'Z', 50, 20, 50)],
    ...[cell('P', 'X', 60, 30, 50), cell('P', 'Y', 30, 15, 45), cell('P', 'Z', 25, 10, 25)],
    ...[cell('Q', 'X', 2, 2, 45), cell('Q', 'Y', 30, 16, 45), cell('Q', 'Z', 25, 10, 25)],
  ]
  const shown = show(publishedCells(tinyProfile, totals)).filter((line) => /^[PQ] (?!all)/.test(line))
  expect(shown).toEqual(['P Y 30 15', 'P OTHER 85 40', 'Q Y 30 16', 'Q OTHER 27 12'])
})

test('series with a place are bounded, and what is left out is counted', async () => {
  const totals = [cell('', '', 60, 30, 100), cell('P', '', 40, 20, 60), cell('Q', '', 20, 10, 40)]
  const text = await exposed([judged(totals), changed('P', 'orange'), changed('Q', 'orange')], { seriesMax: 7 })
  expect(text.filter((line) => line.startsWith('forewarn_cell_'))).toHaveLength(6)
  expect(text.filter((line) => line.startsWith('forewarn_warning_level'))).toHaveLength(1)
  expect(text).toContain('forewarn_metric_series_refused_total 4')
})

test('a whole fold brings no enterprise into a line; the warnings of a log are there again after a restart', async () => {
  const log = await memoryLog()
  const day = 86_400_000
  const start = Date.parse('2026-01-01T00:00:00Z')
  for (let e = 0; e < 40; e++)
    await append(log, [
      { topic: 'enterprises', key: `E${e}`, timeMs: start, value: { id: `E${e}`, region: 'P1', industry: 'X1' } },
    ])
  for (let d = 0; d < 12; d++) {
    for (let k = 0; k < (d > 9 ? 60 : 6); k++) {
      const timeMs = start + d * day + k * 600_000
      const id = `E${(d * 7 + k) % 40}`
      await append(log, [
        { topic: 'risk-events', key: id, timeMs, value: event(`e${d}-${k}`, id, new Date(timeMs).toISOString()) },
      ])
    }
  }
  const live = metrics({ profile: tinyProfile })
  await foldToEnd(log, { profile: tinyProfile, model: tinyModel(tinyProfile) }, live.listener)
  const text = await live.registry.metrics()
  expect(text).toContain('forewarn_cell_events{region="all",industry="all"}')
  expect(text).not.toMatch(/"E\d+"/)
  const levelsOf = (all: string): string[] =>
    all
      .split('\n')
      .filter((line) => line.startsWith('forewarn_warning_level'))
      .sort()
  const again = metrics({ profile: tinyProfile })
  await again.seed(log)
  expect(levelsOf(await again.registry.metrics())).toEqual(levelsOf(text))
  expect(levelsOf(text).length).toBeGreaterThan(0)
})
