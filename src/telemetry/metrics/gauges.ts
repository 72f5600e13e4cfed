/** Gauges: how things stand, as the last notices said. */
import { Gauge, type Registry } from 'prom-client'
import { levels } from '../../../streams/outputs.ts'
import { statisticNames } from '../../../streams/warnings.ts'
import type { Listener, NoticeOf } from '../../notices.ts'
import type { TaskProgress } from '../taskProgress.ts'

export type GaugesOptions = { registry: Registry; progress: TaskProgress; now: () => number }
/** What the rows of a task hold. */
type Held = Pick<NoticeOf['BeatFolded'], 'enterprises' | 'facts' | 'tableBytes' | 'arenaBytes'>

/** Gauges of one process; those that tasks share are kept by task and put together when they are read. What is not known is NaN: 0 would be good news. */
export function gaugesOf({ registry, progress, now }: GaugesOptions): { take: Listener } {
  const registers = [registry]
  const heldBy = new Map<string, Held>()
  const sumOf = (what: keyof Held): number => [...heldBy.values()].reduce((sum, one) => sum + one[what], 0)
  const read = (name: string, help: string, value: () => number | undefined) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(value() ?? Number.NaN)
      },
    })
  read('forewarn_enterprises', 'Enterprises known.', () => sumOf('enterprises'))
  read('forewarn_facts', 'Facts and tombstones that are kept.', () => sumOf('facts'))
  read('forewarn_rows_bytes', 'Memory of the tables of enterprises.', () => sumOf('tableBytes'))
  read('forewarn_arena_bytes', 'Memory of the arenas of facts and grades.', () => sumOf('arenaBytes'))
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
    help: 'Warnings open at the last judged tick, by statistic and level.',
    labelNames: ['statistic', 'level'],
    registers,
  })
  for (const statistic of statisticNames) for (const level of levels.slice(1)) open.set({ statistic, level }, 0)
  const cells = new Gauge({ name: 'forewarn_judged_cells', help: 'Cells that the watch judges.', registers })
  const artifacts = new Gauge({
    name: 'forewarn_artifacts_complete',
    help: 'Artefacts of which the log held the whole at the last judged tick.',
    registers,
  })
  const seats = new Gauge({
    name: 'forewarn_model_info',
    help: 'Always 1: the hashes of the models that score, and of the one that scores in shadow, as of the last judged tick.',
    labelNames: ['seat', 'model'],
    registers,
  })
  const importOpen = new Gauge({
    name: 'forewarn_import_open',
    help: 'Is 1 while an import of history is open: log time is that of its source, and lag in seconds says nothing.',
    registers,
  })
  const take: Listener = (notice) => {
    if (notice.kind === 'ImportSeen') {
      importOpen.set(notice.open ? 1 : 0)
    } else if (notice.kind === 'BeatFolded') {
      heldBy.set(notice.task, notice)
    } else if (notice.kind === 'TaskReleased') {
      heldBy.delete(notice.task)
    } else if (notice.kind === 'TickJudged') {
      cells.set(notice.cells)
      artifacts.set(notice.artifacts)
      seats.reset()
      for (const seat of ['champion', 'challenger'] as const) {
        const model = notice.models[seat]
        if (model !== null) seats.set({ seat, model }, 1)
      }
      for (const [band, count] of Object.entries(notice.enterprisesByBand)) byBand.set({ band }, count)
      for (const { statistic, counts } of notice.open)
        for (const level of levels.slice(1)) open.set({ statistic, level }, counts[level])
    }
  }
  return { take }
}
