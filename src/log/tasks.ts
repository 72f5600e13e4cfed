/**
 * Every kind of task of a log, declared once: how many there are, what they fold, and what closes their beats. Tasks are numbered in the
 * order of `tasksOf`, and the cuts in a task's journal stand in the order of its inputs. So kinds and inputs are added at the end, and none
 * is moved or taken away: a log of before has fewer of them, and keeps its numbers (docs/fold.md, "Tasks and partitions").
 */
import type { TopicName } from '../../streams/topics.ts'

/** Enterprise tasks are numbered by their partition; the watch task is one for the country. */
export type TaskId = { kind: 'enterprise'; partition: number } | { kind: 'watch' }

/** Every task of a log, in the order of their numbers. */
export function tasksOf(inputPartitions: number): TaskId[] {
  const enterprises = Array.from(
    { length: inputPartitions },
    (_, partition): TaskId => ({ kind: 'enterprise', partition }),
  )
  return [...enterprises, { kind: 'watch' }]
}

/** Its partition of the topics that have one a task. */
export function taskNumber(task: TaskId, inputPartitions: number): number {
  return tasksOf(inputPartitions).findIndex((one) => taskName(one) === taskName(task))
}

/** `enterprise-3` or `watch`: the name of a task in tables, records and messages. */
export function taskName(task: TaskId): string {
  return 'partition' in task ? `${task.kind}-${task.partition}` : task.kind
}

/**
 * What closes the beats of an input:
 *
 *   looks    a record of a later beat, or a look at its end that was late enough
 *   writers  tasks write it in whole beats, so whatever it shows is closed. A task that has such inputs goes by them alone
 *   leader   nothing: its records belong to no beat, and ride along. The task that writes them leads, and `FoldTask.reach` says how far
 */
export type ClosedBy = 'looks' | 'writers' | { leader: TaskId }

export type DeclaredInput = { topic: TopicName; closedBy: ClosedBy }

/** By the name under which a task is given its records. */
export const taskInputs = {
  enterprise: {
    commands: { topic: 'commands', closedBy: 'looks' },
    enterprises: { topic: 'enterprises', closedBy: 'looks' },
    grades: { topic: 'credit-grades', closedBy: 'looks' },
    events: { topic: 'risk-events', closedBy: 'looks' },
    artifacts: { topic: 'artifacts', closedBy: 'looks' },
    archive: { topic: 'ticks', closedBy: { leader: { kind: 'watch' } } },
    levels: { topic: 'risk-levels', closedBy: { leader: { kind: 'watch' } } },
  },
  watch: {
    commands: { topic: 'commands', closedBy: 'looks' },
    parts: { topic: 'cell-parts', closedBy: 'writers' },
    artifacts: { topic: 'artifacts', closedBy: 'looks' },
  },
} as const satisfies Record<TaskId['kind'], Record<string, DeclaredInput>>
