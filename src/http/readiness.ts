/**
 * Whether the process is ready to take records, by its notices: every task assigned to it is restored, the log takes commits, it is known
 * how far the tasks are, and no record waits for beats to come.
 */

import { aheadToldMs } from '../limits.ts'
import type { Listener } from '../notices.ts'
import { TaskProgress } from '../telemetry/taskProgress.ts'

export type Readiness = { ready: true; warning?: string } | { ready: false; reason: string }

/** `now`: milliseconds since 1970. */
export function readiness(now: () => number = Date.now): { listener: Listener; state: () => Readiness } {
  const progress = new TaskProgress()
  const restored = new Set<string>()
  const refused = new Map<string, string>()
  const listener: Listener = (notice) => {
    progress.take(notice)
    if (notice.kind === 'Restoring') restored.delete(notice.task)
    else if (notice.kind === 'Restored') restored.add(notice.task)
    else if (notice.kind === 'CommitRefused' || notice.kind === 'TaskLost') refused.set(notice.task, notice.message)
    else if (notice.kind === 'TaskReleased') forget(notice.task)
    if (notice.kind === 'EpochCommitted' || notice.kind === 'Restored') refused.delete(notice.task)
  }
  const forget = (task: string): void => {
    restored.delete(task)
    refused.delete(task)
  }
  const obstacle = (): string | undefined => {
    const { assigned, waiting } = progress
    if (assigned === undefined) return 'Waiting for tasks.'
    const done = assigned.filter((task) => restored.has(task)).length
    if (done < assigned.length) return `Restoring: ${done} of ${assigned.length} tasks are done.`
    const [refusal] = refused.values()
    if (refusal !== undefined) return refusal
    if (progress.lagMs(now()) === undefined) return 'It is not known yet how far the tasks are.'
    if (waiting !== undefined && waiting.untilMs > now())
      return `Records of ${waiting.task} wait for beats to come: log time leads the clock by ${secondsTo(waiting.untilMs)} s. Look at the clocks of the senders and of this machine.`
    return undefined
  }
  const secondsTo = (ms: number): number => Math.round((ms - now()) / 1_000)
  const state = (): Readiness => {
    const reason = obstacle()
    if (reason !== undefined) return { ready: false, reason }
    const { lastEndMs } = progress
    if (lastEndMs === undefined || lastEndMs - now() <= aheadToldMs) return { ready: true }
    const warning = `What is folded leads the clock by ${secondsTo(lastEndMs)} s: beats go on slowly until it has caught up. Look at the clock of this machine.`
    return { ready: true, warning }
  }
  return { listener, state }
}
