/** Counters, and what each notice adds to them. */
import { Counter, type Registry } from 'prom-client'
import type { Notice } from '../../notices.ts'
import { driftKind } from './drift.ts'

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
    seriesRefused: counter('metric_series_refused', 'Series that were left out because there were too many.'),
  }
}

export type Counters = ReturnType<typeof countersOf>

export function count(counters: Counters, notice: Notice): void {
  switch (notice.kind) {
    case 'BeatFolded':
      countBeat(counters, notice)
      break
    case 'TickJudged':
      counters.ticks.inc()
      break
    case 'WarningChanged':
      counters.warnings.inc({ axis: notice.axis, level: notice.level })
      break
    case 'SourceSilent':
      counters.silences.inc({ source: notice.source })
      break
    case 'ModelDrifted':
      counters.drifts.inc({ kind: driftKind(notice.feature) })
      break
    case 'CommandAnswered':
      if (notice.code !== undefined) counters.refusals.inc({ code: notice.code })
      break
    case 'LogTimeRegressed':
      counters.regressions.inc(notice.records)
      break
    case 'LogTimeLed':
      counters.leads.inc(notice.records)
      break
    case 'EpochCommitted':
      counters.epochs.inc({ task: notice.task })
      break
    case 'CommitRefused':
      counters.commitsRefused.inc({ code: notice.code })
      break
    case 'CheckpointWritten':
      counters.checkpoints.inc({ task: notice.task })
      break
    case 'CheckpointSkipped':
      counters.checkpointsSkipped.inc({ task: notice.task })
      break
    case 'Restored':
      counters.restores.inc({ task: notice.task })
      break
    case 'ImportSilent':
      counters.importSilences.inc()
      break
    default:
      break // nothing to count
  }
}

function countBeat(counters: Counters, notice: Extract<Notice, { kind: 'BeatFolded' }>): void {
  counters.beats.inc()
  for (const [fate, records] of Object.entries(notice.fates)) counters.records.inc({ fate }, records)
  for (const [code, records] of Object.entries(notice.deadCodes)) counters.dead.inc({ code }, records)
  for (const [flag, records] of Object.entries(notice.flags)) counters.flags.inc({ flag }, records)
  counters.scores.inc(notice.scores)
  counters.alerts.inc(notice.alerts)
  counters.unscorable.inc(notice.unscorable)
  counters.factsDropped.inc(notice.factsDropped)
}
