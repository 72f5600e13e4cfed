/** What a log that nobody folds says of an enterprise: its task, by the newest checkpoint and the journal after it. Nobody is fenced. */
import type { Activation } from '../streams/commands.ts'
import { partitionOf } from '../streams/partition.ts'
import type { Explanation } from './enterprise/score/explanation.ts'
import { restoreTask } from './fold/restore.ts'
import { Turns } from './fold/turns.ts'
import { foldVersion } from './fold/version.ts'
import type { Log } from './log/port.ts'
import { RunningTasks } from './running.ts'
import { atRest, type LogSetting } from './space/tasksAtRest.ts'

export type AtRest = LogSetting & { log: Log; activation: Activation; now: () => number }

/** The same answer that a process would give that has folded the log so far. @throws ForewarnError FW_ENTERPRISE_UNKNOWN. */
export async function explainAtRest(id: string, of: AtRest): Promise<Explanation> {
  const { log, now } = of
  const { beatMs, partitions, config, enterprise } = atRest(log, of)
  const partition = partitionOf(id, partitions)
  const kept = log.readTask({ kind: 'enterprise', partition })
  const task = enterprise(partition)
  const options = { log, beatMs, foldVersion, config, listener: () => {}, turns: new Turns(now), now }
  const { beat: foldedThrough } = await restoreTask(task, kept, options)
  const running = new RunningTasks({ beatMs, partitions })
  const ask = async <A>(answer: () => A): Promise<A> => answer()
  await running.take(partition, Promise.resolve({ task, foldedThrough, over: false, ask }))
  return running.explain(id)
}
