/** Whether the process is ready to take records, by its notices: every task restored, and the log takes commits. */
import type { Tell } from '../notices.ts'

export type Readiness = { ready: true } | { ready: false; reason: string }

/** `tasks`: how many there are in this process (one a partition, and the watch). */
export function readiness(tasks: number): { tell: Tell; state: () => Readiness } {
  const restored = new Set<string>()
  const refused = new Map<string, string>()
  const tell: Tell = (notice) => {
    if (notice.kind === 'Restoring') restored.delete(notice.task)
    else if (notice.kind === 'Restored') restored.add(notice.task)
    else if (notice.kind === 'CommitRefused') refused.set(notice.task, notice.message)
    else if (notice.kind === 'EpochCommitted') refused.delete(notice.task)
  }
  const state = (): Readiness => {
    if (restored.size < tasks)
      return { ready: false, reason: `Restoring: ${restored.size} of ${tasks} tasks are done.` }
    const [refusal] = refused.values()
    return refusal === undefined ? { ready: true } : { ready: false, reason: refusal }
  }
  return { tell, state }
}
