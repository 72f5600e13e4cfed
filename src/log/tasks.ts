import type { TaskId } from './port.ts'

/** `enterprise-3` or `watch`: the name of a task in tables, records and messages. */
export function taskName(task: TaskId): string {
  return task.kind === 'watch' ? 'watch' : `enterprise-${task.partition}`
}
