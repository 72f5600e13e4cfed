/** Stream: whether it keeps up, and what becomes of the records. */
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard'
import { byThresholds, dashboard, lines, stat, steps, table } from './parts.ts'

const of = 'job=~"$job"'

export const stream = (): Dashboard =>
  dashboard(
    {
      uid: 'forewarn-stream',
      title: 'Forewarn: stream',
      says: 'Whether the processes of a log keep up with it, and what becomes of its records. Alerts and what to do: docs/runbook.md.',
    },
    [],
    stat(
      {
        title: 'Lag',
        says: 'How far results lie behind the clock: a few seconds when all is well. It is that of the history while one is imported.',
        unit: 's',
      },
      `max by (job) (forewarn_lag_seconds{${of}})`,
    )
      .thresholds(steps('green', [10, 'yellow'], [60, 'red']))
      .colorScheme(byThresholds()),
    stat(
      {
        title: 'Import of history',
        says: '1 while one is open: beats go by its marks, and the lag is how old the history is. Its alerts are silent for so long.',
      },
      `max by (job) (forewarn_import_open{${of}})`,
    ),
    stat(
      { title: 'Records waiting', says: 'Records in the inputs that are not folded yet. It must not keep growing.' },
      `sum by (job) (job_topic:forewarn_lag_records:sum{${of}})`,
    )
      .thresholds(steps('green', [1_000, 'yellow'], [100_000, 'red']))
      .colorScheme(byThresholds()),
    stat(
      { title: 'Records folded', says: 'Since the processes began.' },
      `sum by (job) (forewarn_records_total{${of}})`,
    ),
    stat(
      {
        title: 'Dead',
        says: 'Share of the records of the last quarter of an hour that could not be used. Above 1 % is an alert.',
        unit: 'percentunit',
      },
      `job:forewarn_dead_letters:ratio_rate15m{${of}}`,
    )
      .thresholds(steps('green', [0.005, 'yellow'], [0.01, 'red']))
      .colorScheme(byThresholds()),
    stat(
      { title: 'Tasks without a process', says: '0 when every task of the log runs somewhere.' },
      `max by (job) (forewarn_tasks{${of}}) - sum by (job) (forewarn_task_assigned{${of}})`,
    )
      .thresholds(steps('green', [1, 'red']))
      .colorScheme(byThresholds()),
    stat(
      { title: 'Silent sources', says: 'Silences that last. While there is one, calm may be no calm.' },
      `sum by (job) (forewarn_sources_silent{${of}})`,
    )
      .thresholds(steps('green', [1, 'red']))
      .colorScheme(byThresholds()),
    lines(
      {
        title: 'Records a second',
        says: 'What became of the records folded: all fates together are all records.',
        unit: 'reqps',
      },
      [`job_fate:forewarn_records:rate5m{${of}}`, '{{fate}}'],
    ),
    lines({ title: 'Lag by task', says: 'The watch goes no further than the slowest enterprise task.', unit: 's' }, [
      `max by (task) (forewarn_task_lag_seconds{${of}})`,
      '{{task}}',
    ]),
    lines({ title: 'Records waiting by topic', says: 'In all partitions together.' }, [
      `job_topic:forewarn_lag_records:sum{${of}}`,
      '{{topic}}',
    ]),
    lines({ title: 'Bytes a second', says: 'Values of the records folded, by task.', unit: 'Bps' }, [
      `sum by (task) (rate(forewarn_record_bytes_total{${of}}[$__rate_interval]))`,
      '{{task}}',
    ]),
    lines(
      {
        title: 'Beats',
        says: 'Folds a second of the enterprise tasks: at least one in ten seconds each, with records or without.',
        unit: 'ops',
      },
      [`sum by (job) (rate(forewarn_beats_folded_total{${of}}[$__rate_interval]))`, 'beats a second'],
    ),
    lines(
      { title: 'How long it takes', says: '99 of 100 beats, commits and checkpoints are shorter.', unit: 's' },
      [`job:forewarn_beat_seconds:p99_5m{${of}}`, 'beat'],
      [`job:forewarn_commit_seconds:p99_5m{${of}}`, 'commit'],
      [
        `histogram_quantile(0.99, sum by (job, le) (rate(forewarn_checkpoint_seconds_bucket{${of}}[1h])))`,
        'checkpoint',
      ],
    ),
    lines(
      {
        title: 'Dead letters by code',
        says: 'Records a second that could not be used; docs/errors.md has the codes.',
        unit: 'reqps',
      },
      [`sum by (code) (rate(forewarn_dead_letters_total{${of}}[$__rate_interval])) > 0`, '{{code}}'],
    ),
    lines({ title: 'Refused requests', says: 'Requests over HTTP that were refused, by code.', unit: 'reqps' }, [
      `sum by (code) (rate(forewarn_requests_refused_total{${of}}[$__rate_interval])) > 0`,
      '{{code}}',
    ]),
    table(
      {
        title: 'Who runs what',
        says: 'Restore: 1 when a task is through with the journal after its checkpoint.',
        unit: 'percentunit',
      },
      `forewarn_restore_progress_ratio{${of}}`,
    ).withTransformation({ id: 'organize', options: { renameByName: { Value: 'restored' } } }),
    lines(
      {
        title: 'Since the last checkpoint',
        says: 'A restart folds what came since again. Above a quarter of an hour is an alert.',
        unit: 's',
      },
      [`time() - max by (task) (forewarn_checkpoint_timestamp_seconds{${of}})`, '{{task}}'],
    ),
    lines(
      { title: 'Memory', says: 'Of the process, its tables of enterprises and its arenas of facts.', unit: 'bytes' },
      [`process_resident_memory_bytes{${of}}`, 'process {{instance}}'],
      [`forewarn_rows_bytes{${of}}`, 'tables {{instance}}'],
      [`forewarn_arena_bytes{${of}}`, 'arenas {{instance}}'],
    ),
    lines(
      {
        title: 'Disk',
        says: 'Of an embedded log. New records are refused when a tenth of the disk or 1 GiB is left.',
        unit: 'bytes',
      },
      [`forewarn_log_bytes{${of}}`, 'log {{instance}}'],
      [`forewarn_log_free_bytes{${of}}`, 'free {{instance}}'],
    ),
  )
