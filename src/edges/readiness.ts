/** Whether the process is ready to take records, by its notices: every task assigned to it is restored, and the log takes commits. */
import type { Tell } from '../notices.ts'

export type Readiness = { ready: true } | { ready: false; reason: string }

export function readiness(): { tell: Tell; state: () => Readiness } {
  let assigned: readonly string[] | undefined
  const restored = new Set<string>()
  const refused = new Map<string, string>()
  const tell: Tell = (notice) => {
    if (notice.kind === 'TasksAssigned') assigned = notice.tasks
    else if (notice.kind === 'Restoring') restored.delete(notice.task)
    else if (notice.kind === 'Restored') restored.add(notice.task)
    else if (notice.kind === 'CommitRefused' || notice.kind === 'TaskLost') refused.set(notice.task, notice.message)
    else if (notice.kind === 'TaskReleased') forget(notice.task)
    if (notice.kind === 'EpochCommitted' || notice.kind === 'Restored') refused.delete(notice.task)
  }
  const forget = (task: string): void => {
    restored.delete(task)
    refused.delete(task)
  }
  const state = (): Readiness => {
    if (assigned === undefined) return { ready: false, reason: 'Waiting for tasks.' }
    const done = assigned.filter((task) => restored.has(task)).length
    if (done < assigned.length)
      return { ready: false, reason: `Restoring: ${done} of ${assigned.length} tasks are done.` }
    const [refusal] = refused.values()
    return refusal === undefined ? { ready: true } : { ready: false, reason: refusal }
  }
  return { tell, state }
}
