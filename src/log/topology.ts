/** Which topic has how many partitions, and which of them belong to which task. */
import type { TopicName } from '../../streams/topics.ts'
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
