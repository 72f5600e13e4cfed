/** What a log needs so that it can be opened again: by this version after any crash, and by later ones. */
import { ForewarnError } from '../errors.ts'
import { slotsOf } from '../fold/checkpoints.ts'
import { Turns } from '../fold/turns.ts'
import { foldVersion } from '../fold/version.ts'
import type { Log } from '../log/port.ts'
import { taskName } from '../log/tasks.ts'
import type { TasksAtRest } from './tasksAtRest.ts'

/** By topic and partition, the offset from which on records are needed. */
export type Needs = {
  offsetOf(topic: string, partition: number): number
  /** The end of the last beat of the older checkpoint of the task that is furthest behind, milliseconds since 1970. */
  knownMs: number
}

/**
 * Both checkpoints of each task have to be whole, in the forms of this version: one may be damaged at any time, and a log that was pruned
 * cannot be folded from its start. A later version reads these forms, or folds parts again from inputs that are never pruned.
 *
 * @throws ForewarnError FW_PRUNE_REFUSED.
 */
export async function needsOf(log: Log, { tasks, config, beatMs }: TasksAtRest, now: () => number): Promise<Needs> {
  const offsets = new Map<string, number>()
  let knownMs = Number.POSITIVE_INFINITY
  for (const task of tasks) {
    const whole = await wholeSlots(log, task, config, now)
    for (const { beat, positions } of whole) {
      knownMs = Math.min(knownMs, (beat + 1) * beatMs)
      for (const [at, { topic, partition }] of task.inputs.entries()) {
        const key = `${topic}#${partition}`
        offsets.set(key, Math.min(offsets.get(key) ?? Number.POSITIVE_INFINITY, positions[at] ?? 0))
      }
    }
  }
  return { offsetOf: (topic, partition) => offsets.get(`${topic}#${partition}`) ?? Number.POSITIVE_INFINITY, knownMs }
}

async function wholeSlots(
  log: Log,
  task: TasksAtRest['tasks'][number],
  config: string,
  now: () => number,
): Promise<{ beat: number; positions: readonly number[] }[]> {
  const name = taskName(task.id)
  const reasons: string[] = []
  const fits = { foldVersion, config, turns: new Turns(now), skip: (why: string) => void reasons.push(why) }
  const slots = await slotsOf(task, log.readTask(task.id), fits)
  for (const { missing, asWritten } of slots)
    if (!asWritten) reasons.push(missing[0]?.why ?? 'it is in the form of an earlier version')
  const whole = slots.filter(({ asWritten }) => asWritten)
  if (whole.length >= 2) return whole.map(({ manifest }) => manifest)
  const why = reasons.length === 0 ? 'no other was written yet' : [...new Set(reasons)].join('; ')
  throw new ForewarnError('FW_PRUNE_REFUSED', [`${name} needs two whole checkpoints and has ${whole.length} (${why})`])
}
