/** The tasks of a log as they are before anything is folded: to read their checkpoints with. Nobody is fenced. */
import type { RiskModel } from '../../models/risk/riskModel.ts'
import type { Activation } from '../../streams/commands.ts'
import type { Profile } from '../../streams/profile.ts'
import { EnterpriseTask } from '../enterprise/task.ts'
import { configOf } from '../fold/restore.ts'
import type { FoldTask } from '../fold/task.ts'
import { foldVersion } from '../fold/version.ts'
import { drawHashSeed } from '../hashSeed.ts'
import { readCommands } from '../ingest/imports/importState.ts'
import type { Log } from '../log/port.ts'
import { tasksOf } from '../log/tasks.ts'
import { WatchTask } from '../watch/task.ts'

/** `profile` and `model`: with which the log was begun. */
export type LogSetting = { profile: Profile; model: RiskModel | null }
export type TasksAtRest = { tasks: FoldTask[]; config: string; beatMs: number }

/** Undefined for a log that nobody has begun to fold. */
export async function tasksAtRest(log: Log, setting: LogSetting): Promise<TasksAtRest | undefined> {
  const { activation } = await readCommands(log)
  if (activation === undefined) return undefined
  const { enterprise, watch, partitions, ...rest } = atRest(log, { ...setting, activation })
  return {
    ...rest,
    tasks: tasksOf(partitions).map((task) => (task.kind === 'watch' ? watch() : enterprise(task.partition))),
  }
}

/** What makes the tasks of a log, and what their checkpoints say of its setting. */
export function atRest(log: Log, { profile, model, activation }: LogSetting & { activation: Activation }) {
  const { beatMs } = activation
  const partitions = log.partitions('risk-events')
  const common = { profile, model, begunWith: activation, beatMs, partitions, listener: () => {} }
  return {
    beatMs,
    partitions,
    config: configOf({ profile: profile.hash, beatMs, model: model?.hash ?? null, partitions }),
    enterprise: (partition: number) => new EnterpriseTask({ ...common, partition, hashSeed: drawHashSeed() }),
    watch: () => new WatchTask({ ...common, foldVersion }),
  }
}
