/** Metrics, all derived from notices. Base units, `_total` for counters, never an enterprise in a label. */
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import { levels } from '../../streams/outputs.ts'
import type { Profile } from '../../streams/profile.ts'
import { metricSeriesMax } from '../limits.ts'
import type { Log } from '../log/port.ts'
import type { Notice, Tell } from '../notices.ts'
import { openWarnings } from './metrics/openWarnings.ts'
import { PlaceSeries } from './metrics/places.ts'

export type MetricsOptions = {
  profile: Profile
  /** Milliseconds since 1970, read at each scrape for the lag. */
  now?: () => number
  /** At most so many series with a place in their labels. */
  seriesMax?: number
}

export type Metrics = {
  tell: Tell
  registry: Registry
  /** Shows the warnings that the log says are open; call it once, before the first notice. */
  seed(log: Log): Promise<void>
}

export function metrics({ profile, now = Date.now, seriesMax = metricSeriesMax }: MetricsOptions): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const counters = countersOf(registry)
  const gauges = gaugesOf(registry, now)
  const places = new PlaceSeries({ profile, registry, seriesMax, refused: counters.seriesRefused })
  const tell: Tell = (notice) => {
    count(counters, notice)
    gauges.take(notice)
    if (notice.kind === 'TickJudged') places.tick(notice.totals)
    if (notice.kind === 'WarningChanged') places.warning(notice, notice.level)
  }
  const seed = async (log: Log): Promise<void> => {
    for (const warning of await openWarnings(log)) places.warning(warning, warning.level)
  }
  return { tell, registry, seed }
}

function countersOf(registry: Registry) {
  const counter = <L extends string>(name: string, help: string, ...labelNames: L[]): Counter<L> =>
    new Counter({ name: `forewarn_${name}_total`, help, labelNames, registers: [registry] })
  return {
    beats: counter('beats_folded', 'Beats that the enterprise tasks have folded.'),
    records: counter('records', 'Records folded, by what became of them.', 'fate'),
    dead: counter('dead_letters', 'Records that went to the dead letters, by error code.', 'code'),
    flags: counter('flagged_records', 'Records kept although something about them is odd, by what it is.', 'flag'),
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
    silences: counter(
      'source_silences',
      'Times that a source from which records were expected sent none, by source.',
      'source',
    ),
    regressions: counter('log_time_regressions', 'Records that joined a later beat than their log time says.'),
    epochs: counter('epochs_committed', 'Epochs committed to the log, by task.', 'task'),
    commitsRefused: counter(
      'commits_refused',
      'Commits that the log refused, by error code; they are tried again.',
      'code',
    ),
    checkpoints: counter('checkpoints_written', 'Checkpoints written, by task.', 'task'),
    checkpointsSkipped: counter(
      'checkpoints_skipped',
      'Checkpoints found damaged or of another configuration, by task.',
      'task',
    ),
    restores: counter('restores', 'Tasks restored, by task.', 'task'),
    waits: counter(
      'watch_waiting_for_task',
      'Times that national warnings were held back for a task that stays away.',
      'task',
    ),
    importSilences: counter('import_silences', 'Minutes in which an open import wrote no mark.'),
    seriesRefused: counter('metric_series_refused', 'Series that were left out because there were too many.'),
  }
}

type Counters = ReturnType<typeof countersOf>

function count(counters: Counters, notice: Notice): void {
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
    case 'LogTimeRegressed':
      counters.regressions.inc(notice.records)
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
    case 'WaitingForTask':
      counters.waits.inc({ task: notice.task })
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

/** Gauges of one process; those that tasks share are kept by task and put together when they are read. */
function gaugesOf(registry: Registry, now: () => number): { take: Tell } {
  const registers = [registry]
  const enterprisesOf = new Map<string, number>()
  const endMsOf = new Map<string, number>()
  const lastEndMs = (): number => Math.min(...endMsOf.values())
  const read = (name: string, help: string, value: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        if (endMsOf.size === 0) this.reset()
        else this.set(value())
      },
    })
  read('forewarn_enterprises', 'Enterprises known.', () =>
    [...enterprisesOf.values()].reduce((sum, one) => sum + one, 0),
  )
  read(
    'forewarn_last_beat_end_seconds',
    'End of the last beat that every task of this process has folded, since 1970.',
    () => lastEndMs() / 1_000,
  )
  read(
    'forewarn_lag_seconds',
    'How far the end of that beat lies behind the clock.',
    () => Math.max(0, now() - lastEndMs()) / 1_000,
  )
  const byBand = new Gauge({
    name: 'forewarn_enterprises_by_band',
    help: 'Registered enterprises at the last judged tick, by band of risk.',
    labelNames: ['band'],
    registers,
  })
  const open = new Gauge({
    name: 'forewarn_open_warnings',
    help: 'Warnings open at the last judged tick, by level.',
    labelNames: ['level'],
    registers,
  })
  const cells = new Gauge({ name: 'forewarn_judged_cells', help: 'Cells that the watch judges.', registers })
  const bytes = new Gauge({
    name: 'forewarn_checkpoint_bytes',
    help: 'Size of the last checkpoint, by task.',
    labelNames: ['task'],
    registers,
  })
  const take: Tell = (notice) => {
    if (notice.kind === 'BeatFolded') {
      enterprisesOf.set(notice.task, notice.enterprises)
      endMsOf.set(notice.task, notice.endMs)
    } else if (notice.kind === 'CheckpointWritten') {
      bytes.set({ task: notice.task }, notice.bytes)
    } else if (notice.kind === 'TickJudged') {
      cells.set(notice.cells)
      for (const [band, count] of Object.entries(notice.enterprisesByBand)) byBand.set({ band }, count)
      for (const level of levels.slice(1)) open.set({ level }, notice.open[level])
    }
  }
  return { take }
}
