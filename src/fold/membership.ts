/** Who runs which tasks, where several processes share a log. A log that has one process needs none. */
import type { TaskId } from '../log/tasks.ts'

export interface Membership {
  /** Joins, and says again and again which tasks this process is to run. Resolves when it has left. */
  join(assigned: (tasks: readonly TaskId[]) => void, signal: AbortSignal): Promise<void>
}
