/** What this version does to the state of a log that an earlier one folded. */
import { type SlotState, slotsOf } from '../fold/checkpoints.ts'
import { earliestBeat, foldedThrough } from '../fold/progress.ts'
import { recordsFolded } from '../fold/restore.ts'
import type { FoldTask } from '../fold/task.ts'
import { Turns } from '../fold/turns.ts'
import { foldVersion } from '../fold/version.ts'
import { foldedAgainPerSecond, foldedAgainTickSeconds } from '../limits.ts'
import type { Log } from '../log/port.ts'
import { taskName } from '../log/tasks.ts'
import type { TasksAtRest } from './tasksAtRest.ts'

/**
 * Of one task:
 *
 *   nothing   both checkpoints are in the form of this version, or nothing was folded
 *   second    one of them is; the other is written anew
 *   parts     a checkpoint is taken over; some parts of it are folded again from their inputs alone
 *   migrated  the log was pruned, so the checkpoint of an earlier version is taken over, and what it cannot give is folded again
 *   again     the whole task is folded again, without output
 *   lost      it would have to be, and the log no longer reaches back
 */
export type TaskUpgrade = {
  task: string
  how: 'nothing' | 'second' | 'parts' | 'migrated' | 'again' | 'lost'
  /** Those that are folded again by themselves. */
  parts: readonly string[]
  /** That are folded again by the whole task. */
  records: number
  /** About how long that takes. */
  seconds: number
  why: string | null
}

export async function upgradePlan(
  log: Log,
  { tasks, config, beatMs }: TasksAtRest,
  now: () => number,
): Promise<TaskUpgrade[]> {
  const plan: TaskUpgrade[] = []
  for (const task of tasks) plan.push(await ofTask(log, task, { config, beatMs }, now))
  return plan
}

async function ofTask(
  log: Log,
  task: FoldTask,
  { config, beatMs }: Pick<TasksAtRest, 'config' | 'beatMs'>,
  now: () => number,
): Promise<TaskUpgrade> {
  const starts = await Promise.all(
    task.inputs.map(async ({ topic, partition }) => (await log.range(topic, partition)).start),
  )
  const isPruned = starts.some((start) => start > 0)
  const reasons: string[] = []
  const skip = (why: string): void => void reasons.push(why)
  const fits = { foldVersion, config, migrates: isPruned, turns: new Turns(now), skip }
  const slots = await slotsOf(task, log.readTask(task.id), fits)
  const head = { task: taskName(task.id), parts: [], records: 0, seconds: 0 }
  const whole = slots.filter(({ asWritten }) => asWritten).length
  if (whole > 0) return { ...head, how: whole === 2 ? 'nothing' : 'second', why: reasons.join('; ') || null }
  const usable = newest(slots.filter(({ missing }) => missing.every(({ part }) => part.refold !== undefined)))
  if (usable !== undefined) {
    const how = usable.manifest.foldVersion === foldVersion ? 'parts' : 'migrated'
    const parts = usable.missing.map(({ part }) => part.name)
    return { ...head, how, parts, why: usable.missing.map(({ why }) => why).join('; ') || null }
  }
  const records = await recordsFolded(log, task, starts)
  if (records === 0) return { ...head, how: 'nothing', why: null }
  const why = [...reasons, ...slots.flatMap(({ missing }) => missing.map((one) => one.why))]
  return {
    ...head,
    how: isPruned ? 'lost' : 'again',
    records,
    seconds: Math.ceil(
      records / foldedAgainPerSecond + (await ticksFolded(log, task, beatMs)) * foldedAgainTickSeconds,
    ),
    why: [...new Set(why)].join('; ') || 'it has no checkpoint',
  }
}

/** How many ticks a task has closed, the same for any tasks of a log but for the last. */
async function ticksFolded(log: Log, { id, profile }: FoldTask, beatMs: number): Promise<number> {
  const [first, through] = [await earliestBeat(log, beatMs), await foldedThrough(log, id)]
  if (first === undefined || through === undefined) return 0
  const { calendar } = profile
  return calendar.tickOf(through * beatMs) - calendar.tickOf(first * beatMs)
}

function newest(slots: readonly SlotState[]): SlotState | undefined {
  return [...slots].sort((a, b) => b.manifest.beat - a.manifest.beat)[0]
}
