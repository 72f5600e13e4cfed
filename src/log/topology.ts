/** Which topic has how many partitions, and which of them belong to which task. */
import { recordTopics, type TopicName } from '../../streams/topics.ts'
import type { TaskId } from './port.ts'

/** `inputs`: as many as the enterprise inputs. `tasks`: one more, the last, for the watch task. `one`: a single writer or no key. */
const widths = {
  'risk-events': 'inputs',
  'credit-grades': 'inputs',
  enterprises: 'inputs',
  commands: 'one',
  artifacts: 'one',
  scores: 'inputs',
  'shadow-scores': 'inputs',
  'enterprise-alerts': 'inputs',
  'industry-warnings': 'one',
  'region-warnings': 'one',
  'cell-warnings': 'one',
  fates: 'tasks',
  'dead-letters': 'tasks',
  'command-results': 'one',
  notices: 'one',
  'cell-parts': 'inputs',
  ticks: 'one',
  journal: 'tasks',
  checkpoints: 'tasks',
} as const satisfies Record<TopicName, 'inputs' | 'tasks' | 'one'>

/** Number of partitions of a topic in a log whose inputs have `inputPartitions`. */
export function partitionsOf(topic: TopicName, inputPartitions: number): number {
  switch (widths[topic]) {
    case 'inputs':
      return inputPartitions
    case 'tasks':
      return inputPartitions + 1
    case 'one':
      return 1
  }
}

/** The partition of the journal that a task alone writes: its own, and the last for the watch task. */
export function journalPartition(task: TaskId, inputPartitions: number): number {
  return task.kind === 'watch' ? inputPartitions : task.partition
}

/** What a task folds, in the order in which it takes them and in which an entry of its journal has their cuts. The tick archive comes after these. */
export function inputsOf(task: TaskId, inputPartitions: number): { topic: TopicName; partition: number }[] {
  const commands = { topic: 'commands', partition: 0 } as const
  const artifacts = { topic: 'artifacts', partition: 0 } as const
  if (task.kind === 'enterprise') {
    const { partition } = task
    return [commands, ...recordTopics.map((topic) => ({ topic, partition })), artifacts]
  }
  const parts = Array.from({ length: inputPartitions }, (_, partition) => ({ topic: 'cell-parts', partition }) as const)
  return [commands, ...parts, artifacts]
}

/** Every task of a log: one for each partition of the inputs, and the watch. */
export function tasksOf(inputPartitions: number): TaskId[] {
  const enterprises = Array.from(
    { length: inputPartitions },
    (_, partition): TaskId => ({ kind: 'enterprise', partition }),
  )
  return [...enterprises, { kind: 'watch' }]
}
