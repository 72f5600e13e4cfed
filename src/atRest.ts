/** What a log that nobody folds says of an enterprise: its task, by the newest checkpoint and the journal after it. Nobody is fenced. */
import type { RiskModel } from '../models/risk/riskModel.ts'
import type { Activation } from '../streams/commands.ts'
import { partitionOf } from '../streams/partition.ts'
import type { Profile } from '../streams/profile.ts'
import type { Explanation } from './enterprise/score/explanation.ts'
import { EnterpriseTask } from './enterprise/task.ts'
import { configOf, restoreTask } from './fold/restore.ts'
import { Turns } from './fold/turns.ts'
import { foldVersion } from './fold/version.ts'
import { drawHashSeed } from './hashSeed.ts'
import type { Log } from './log/port.ts'
import { RunningTasks } from './running.ts'

export type AtRest = {
  log: Log
  /** With which the log was begun. */
  profile: Profile
  model: RiskModel | null
  activation: Activation
  now: () => number
}

/** The same answer that a process would give that has folded the log so far. @throws ForewarnError FW_ENTERPRISE_UNKNOWN. */
export async function explainAtRest(id: string, of: AtRest): Promise<Explanation> {
  const { log, profile, model, activation, now } = of
  const { beatMs } = activation
  const partitions = log.partitions('risk-events')
  const partition = partitionOf(id, partitions)
  const kept = log.readTask({ kind: 'enterprise', partition })
  const setting = { profile, model, begunWith: activation, beatMs, partition, partitions }
  const task = new EnterpriseTask({ ...setting, hashSeed: drawHashSeed(), listener: ignore })
  const config = configOf({ profile: profile.hash, beatMs, model: model?.hash ?? null, partitions })
  const options = { log, beatMs, foldVersion, config, listener: ignore, turns: new Turns(now), now }
  const { beat: foldedThrough } = await restoreTask(task, kept, options)
  const running = new RunningTasks({ beatMs, partitions })
  const ask = async <A>(answer: () => A): Promise<A> => answer()
  await running.take(partition, Promise.resolve({ task, foldedThrough, over: false, ask }))
  return running.explain(id)
}

function ignore(): void {}
