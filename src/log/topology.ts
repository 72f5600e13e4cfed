/** Which topic has how many partitions, and which of them a task folds. */
import { type TopicName, topicWidth } from '../../streams/topics.ts'
import { type DeclaredInput, type TaskId, taskInputs, tasksOf } from './tasks.ts'

/** Number of partitions of a topic in a log whose inputs have `inputPartitions`. */
export function partitionsOf(topic: TopicName, inputPartitions: number): number {
  switch (topicWidth(topic)) {
    case 'inputs':
      return inputPartitions
    case 'tasks':
      return tasksOf(inputPartitions).length
    case 'one':
      return 1
  }
}

/** Whether a topic has one partition a task: a log of before may have fewer of them than there are tasks now. */
export function isOneATask(topic: TopicName): boolean {
  return topicWidth(topic) === 'tasks'
}

export type Input = DeclaredInput & { name: string; partition: number }

/**
 * What a task folds, in the order in which an entry of its journal has their cuts: of a topic that has one partition an enterprise task, its
 * own, and for a task of the whole all of them.
 */
export function inputsOf(task: TaskId, inputPartitions: number): Input[] {
  const declared: Readonly<Record<string, DeclaredInput>> = taskInputs[task.kind]
  return Object.entries(declared).flatMap(([name, { topic, closedBy }]) => {
    const own = 'partition' in task && topicWidth(topic) === 'inputs' ? task.partition : undefined
    const partitions = own === undefined ? [...Array(partitionsOf(topic, inputPartitions)).keys()] : [own]
    return partitions.map((partition): Input => ({ name, topic, partition, closedBy }))
  })
}
