/** The tasks of this process: how far each is, how long its beats and checkpoints take, how a restore goes on. Their series go when a task does. */
import { Gauge, Histogram, type Registry } from 'prom-client'
import { secondMs } from '../../limits.ts'
import type { Listener, NoticeOf } from '../../notices.ts'
import type { TaskProgress } from '../taskProgress.ts'

const beatBuckets = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10]
const epochBuckets = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30]
const checkpointBuckets = [0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10, 30, 60]

type Options = { registry: Registry; progress: TaskProgress; now: () => number }

export function taskMetricsOf({ registry, progress, now }: Options): { take: Listener } {
  const registers = [registry]
  const byTask = (name: string, help: string): Gauge<'task'> =>
    new Gauge({ name: `forewarn_${name}`, help, labelNames: ['task'], registers })
  const histogram = (name: string, help: string, buckets: number[]): Histogram =>
    new Histogram({ name: `forewarn_${name}`, help, buckets, registers })
  const gauges = {
    assigned: byTask('task_assigned', 'Tasks that this process runs: 1 by task. Over all processes each task has one.'),
    checkpointAt: byTask(
      'checkpoint_timestamp_seconds',
      'When the last checkpoint was whole, since 1970, by task; no series before the first of this process.',
    ),
    checkpointBytes: byTask('checkpoint_bytes', 'Size of the last checkpoint, by task.'),
    restored: byTask(
      'restore_progress_ratio',
      'How much of the journal after its checkpoint a task has folded again: 1 when it is restored, by task.',
    ),
  }
  const lag = new Gauge({
    name: 'forewarn_task_lag_seconds',
    help: 'How far the end of the last beat that a task has folded lies behind the clock, by task: so far behind are all of its inputs, which it folds together. No series while it is not known.',
    labelNames: ['task'],
    registers,
    collect() {
      this.reset()
      for (const { task, endMs } of progress.ends())
        this.set({ task }, Math.max(0, Math.round(now() - endMs)) / secondMs)
    },
  })
  const beats = histogram('beat_seconds', 'How long a beat took to fold, with the turns of others.', beatBuckets)
  const epochs = histogram('epoch_seconds', 'How long an epoch took, from its first beat to its commit.', epochBuckets)
  const checkpoints = histogram('checkpoint_seconds', 'How long a checkpoint took to write.', checkpointBuckets)

  const assigned = new Set<string>()

  const epoch = ({ beatSeconds, seconds }: NoticeOf['EpochCommitted']): void => {
    for (const one of beatSeconds) beats.observe(one)
    epochs.observe(beatSeconds.reduce((sum, one) => sum + one, seconds))
  }
  const forget = (task: string): void => {
    assigned.delete(task)
    for (const gauge of [...Object.values(gauges), lag]) gauge.remove({ task })
  }
  const take: Listener = (notice) => {
    if (notice.kind === 'EpochCommitted') epoch(notice)
    else if (notice.kind === 'TaskReleased') forget(notice.task)
    else if (notice.kind === 'RestoreProgressed')
      gauges.restored.set({ task: notice.task }, notice.of === 0 ? 1 : notice.done / notice.of)
    else if (notice.kind === 'TasksAssigned') {
      for (const task of notice.tasks) {
        if (!assigned.has(task)) gauges.restored.set({ task }, 0)
        gauges.assigned.set({ task }, 1)
        assigned.add(task)
      }
    } else if (notice.kind === 'CheckpointWritten') {
      const { task, bytes, atMs, seconds } = notice
      gauges.checkpointBytes.set({ task }, bytes)
      gauges.checkpointAt.set({ task }, atMs / secondMs)
      checkpoints.observe(seconds)
    }
  }
  return { take }
}
