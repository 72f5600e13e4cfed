/** What the README says of Kafka is what the program does. */
import { expect, test } from 'vitest'
import { kafkaVariables } from '../../src/edges/kafkaConnection.ts'
import { topicNames, wireName } from '../../streams/topics.ts'
import { readmeRow, roles } from '../kafka/roles.ts'
import { readPage } from './pages.ts'

const text = readPage('README.md')

test('every variable has its row, once, in its order', () => {
  const rows = [...text.matchAll(/^\| `(FOREWARN_KAFKA_\w+)` \| (.*) \|$/gm)].map(([, name, says]) => [name, says])
  expect(rows).toEqual(Object.entries(kafkaVariables))
})

test('the rights of each role are those that a test gives it', () => {
  const [, table = ''] = /^\| role \| topics \| more \|\n\|---\|---\|---\|\n((?:\|.*\n)+)/m.exec(text) ?? []
  expect(table.trimEnd().split('\n')).toEqual(Object.values(roles).map(readmeRow))
})

test('topics that it names are there', () => {
  const known = topicNames.map((topic) => wireName(topic))
  const named = text.match(/\bforewarn\.[a-z-]+\.v\d+\b/g) ?? []
  expect(named).not.toEqual([])
  expect(named.filter((name) => !known.includes(name))).toEqual([])
  expect(text).toContain('There are nineteen')
  expect(known).toHaveLength(19)
})
