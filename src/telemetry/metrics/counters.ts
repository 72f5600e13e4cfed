/** Counters, and what each notice adds to them. */
import { Counter, type Registry } from 'prom-client'
import type { Notice, NoticeOf } from '../../notices.ts'
import { driftKind } from './drift.ts'
import { countLimit } from './limits.ts'

export function countersOf(registry: Registry) {
  const counter = <L extends string>(name: string, help: string, ...labelNames: L[]): Counter<L> =>
    new Counter({ name: `forewarn_${name}_total`, help, labelNames, registers: [registry] })
  return {
    beats: counter('beats_folded', 'Beats that the enterprise tasks have folded.'),
    records: counter('records', 'Records folded, by what became of them.', 'fate'),
    dead: counter('dead_letters', 'Records that went to the dead letters, by error code.', 'code'),
    flags: counter(
      'flagged_records',
      'Records kept although something is odd: check character, unknown region, industry, source or status.',
      'flag',
    ),
    scores: counter('scores', 'Scores published.'),
    alerts: counter('enterprise_alerts', 'Changes of band published to restricted readers.'),
    unscorable: counter('unscorable', 'Enterprises that could not be scored and were not given a number.'),
    factsDropped: counter('facts_dropped', 'Facts dropped because an enterprise had the largest number already.'),
    ticks: counter('ticks_judged', 'Ticks that the watch has judged.'),
    warnings: counter(
      'warning_changes',
      'Changes of warnings, by axis and the level that they came to.',
      'axis',
      'level',
    ),
    silences: counter('source_silences', 'Times that a source was told to be silent, by source.', 'source'),
    drifts: counter(
      'model_drifts',
      'Times that the score or a feature of the champion was told to have drifted.',
      'kind',
    ),
    refusals: counter('commands_refused', 'Commands that were refused, by error code.', 'code'),
    regressions: counter('log_time_regressions', 'Records that joined a later beat than their log time says.'),
    leads: counter(
      'log_time_leads',
      'Records that joined an earlier beat than their log time says, which led the clock by more than is allowed.',
    ),
    epochs: counter('epochs_committed', 'Epochs committed to the log, by task.', 'task'),
    commitsRefused: counter(
      'commits_refused',
      'Commits that the log refused, by error code; they are tried again.',
      'code',
    ),
    checkpoints: counter('checkpoints_written', 'Checkpoints written, by task.', 'task'),
    checkpointsSkipped: counter(
      'checkpoints_skipped',
      'Checkpoints found damaged or of another version or configuration, by task.',
      'task',
    ),
    restores: counter('restores', 'Tasks restored, by task.', 'task'),
    importSilences: counter(
      'import_silences',
      'Minutes in which an open import wrote no mark: every beat waits for it.',
    ),
    bytes: counter('record_bytes', 'Bytes of the values of records folded, by task.', 'task'),
    requestsRefused: counter('requests_refused', 'Requests over HTTP that were refused, by error code.', 'code'),
    limits: counter(
      'limit_refusals',
      'Records, commands and requests refused because of a limit, by the name that it has in src/limits.ts.',
      'limit',
    ),
    seriesRefused: counter('metric_series_refused', 'Series that were left out because there were too many.'),
  }
}

export type Counters = ReturnType<typeof countersOf>

/** Notices that add to counters, each its own way. */
const adds: { readonly [K in Notice['kind']]?: (counters: Counters, notice: NoticeOf[K]) => void } = {
  BeatFolded: countBeat,
  TasksAssigned: (counters, { tasks }) => beginTasks(counters, tasks),
  TickJudged: ({ ticks }) => ticks.inc(),
  WarningChanged: ({ warnings }, { axis, level }) => warnings.inc({ axis, level }),
  SourceSilent: ({ silences }, { source }) => silences.inc({ source }),
  ModelDrifted: ({ drifts }, { feature }) => drifts.inc({ kind: driftKind(feature) }),
  CommandAnswered: ({ refusals, limits }, { code }) => {
    if (code === undefined) return
    refusals.inc({ code })
    countLimit(limits, code, 1)
  },
  RequestRefused: ({ requestsRefused, limits }, { code }) => {
    requestsRefused.inc({ code })
    countLimit(limits, code, 1)
  },
  LogTimeRegressed: ({ regressions }, { records }) => regressions.inc(records),
  LogTimeLed: ({ leads }, { records }) => leads.inc(records),
  EpochCommitted: (counters, { task, bytes }) => {
    counters.epochs.inc({ task })
    counters.bytes.inc({ task }, bytes)
  },
  CommitRefused: ({ commitsRefused }, { code }) => commitsRefused.inc({ code }),
  CheckpointWritten: ({ checkpoints }, { task }) => checkpoints.inc({ task }),
  CheckpointSkipped: ({ checkpointsSkipped }, { task }) => checkpointsSkipped.inc({ task }),
  Restored: ({ restores }, { task }) => restores.inc({ task }),
  ImportSilent: ({ importSilences }) => importSilences.inc(),
}

export function count(counters: Counters, notice: Notice): void {
  add(counters, notice.kind, notice)
}

function add<K extends Notice['kind']>(counters: Counters, kind: K, notice: NoticeOf[K]): void {
  adds[kind]?.(counters, notice)
}

function countBeat(counters: Counters, notice: NoticeOf['BeatFolded']): void {
  counters.beats.inc()
  for (const [fate, records] of Object.entries(notice.fates)) counters.records.inc({ fate }, records)
  for (const [code, records] of Object.entries(notice.deadCodes)) {
    counters.dead.inc({ code }, records)
    countLimit(counters.limits, code, records)
  }
  for (const [flag, records] of Object.entries(notice.flags)) if (records > 0) counters.flags.inc({ flag }, records)
  if (notice.scores > 0) counters.scores.inc(notice.scores)
  if (notice.alerts > 0) counters.alerts.inc(notice.alerts)
  if (notice.unscorable > 0) counters.unscorable.inc(notice.unscorable)
  if (notice.factsDropped > 0) counters.factsDropped.inc(notice.factsDropped)
}

/** Series of a task are there from the moment it is assigned: a counter that is born at 1 has never risen. */
function beginTasks(counters: Counters, tasks: readonly string[]): void {
  const { epochs, checkpoints, checkpointsSkipped, restores, bytes } = counters
  for (const task of tasks)
    for (const counter of [epochs, checkpoints, checkpointsSkipped, restores, bytes]) counter.inc({ task }, 0)
}
