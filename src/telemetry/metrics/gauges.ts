/** Gauges: how things stand, as the last notices said. */
import { Gauge, type Registry } from 'prom-client'
import { levels } from '../../../streams/outputs.ts'
import type { Listener } from '../../notices.ts'
import { TaskProgress } from '../taskProgress.ts'

/** Gauges of one process; those that tasks share are kept by task and put together when they are read. What is not known is NaN: 0 would be good news. */
export function gaugesOf(registry: Registry, now: () => number): { take: Listener } {
  const registers = [registry]
  const progress = new TaskProgress()
  const enterprisesOf = new Map<string, number>()
  const read = (name: string, help: string, value: () => number | undefined) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(value() ?? Number.NaN)
      },
    })
  read('forewarn_enterprises', 'Enterprises known.', () =>
    [...enterprisesOf.values()].reduce((sum, one) => sum + one, 0),
  )
  const seconds = (ms: number | undefined): number | undefined => (ms === undefined ? undefined : ms / 1_000)
  read(
    'forewarn_last_beat_end_seconds',
    'End of the last beat that every task of this process has folded, since 1970; NaN while it is not known.',
    () => seconds(progress.lastEndMs),
  )
  read(
    'forewarn_lag_seconds',
    'How far the end of the last beat that every task has folded lies behind the clock, or how long records that lead it still wait; NaN while it is not known.',
    () => seconds(progress.lagMs(now())),
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
  const artifacts = new Gauge({
    name: 'forewarn_artifacts_complete',
    help: 'Artefacts of which the log held the whole at the last judged tick.',
    registers,
  })
  const bytes = new Gauge({
    name: 'forewarn_checkpoint_bytes',
    help: 'Size of the last checkpoint, by task.',
    labelNames: ['task'],
    registers,
  })
  const take: Listener = (notice) => {
    progress.take(notice)
    if (notice.kind === 'BeatFolded') {
      enterprisesOf.set(notice.task, notice.enterprises)
    } else if (notice.kind === 'TaskReleased') {
      enterprisesOf.delete(notice.task)
      bytes.remove({ task: notice.task })
    } else if (notice.kind === 'CheckpointWritten') {
      bytes.set({ task: notice.task }, notice.bytes)
    } else if (notice.kind === 'TickJudged') {
      cells.set(notice.cells)
      artifacts.set(notice.artifacts)
      for (const [band, count] of Object.entries(notice.enterprisesByBand)) byBand.set({ band }, count)
      for (const level of levels.slice(1)) open.set({ level }, notice.open[level])
    }
  }
  return { take }
}
