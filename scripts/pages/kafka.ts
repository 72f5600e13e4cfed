/** What an operator of a Kafka cluster needs: variables, topics, and the rights of each role. */
import { kafkaVariables } from '../../src/settings/kafkaConnection.ts'
import { topicFlow, topicNames, wireName } from '../../streams/topics.ts'
import { roles, rowOfRole } from '../../test/kafka/roles.ts'
import { code, table } from './markdown.ts'

const flows = { in: 'input', out: 'output', inner: 'between tasks, and for recovery' } as const

export function kafkaVariableTable(): string {
  return table(
    ['variable', 'what it means'],
    Object.entries(kafkaVariables).map(([name, says]) => [code(name), says]),
  )
}

export function topicTable(): string {
  return table(
    ['topic', 'what for'],
    topicNames.map((topic) => [code(wireName(topic)), flows[topicFlow(topic)]]),
  )
}

export function roleTable(): string {
  return table(['role', 'topics', 'more'], Object.values(roles).map(rowOfRole))
}
