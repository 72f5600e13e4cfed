/** What the pages say of Kafka is what the program does. */
import { expect, test } from 'vitest'
import { kafkaVariables } from '../../src/settings/kafkaConnection.ts'
import { topicNames, wireName } from '../../streams/topics.ts'
import { roles, rowOfRole } from '../kafka/roles.ts'
import { pages, readPage } from './pages.ts'

const text = readPage('docs/kafka.md')

test('every variable has its row, once, in its order', () => {
  const rows = [...text.matchAll(/^\| `(FOREWARN_KAFKA_\w+)` \| (.*) \|$/gm)].map(([, name, says]) => [name, says])
  expect(rows).toEqual(Object.entries(kafkaVariables))
})

test('the rights of each role are those that a test gives it', () => {
  const [, table = ''] = /^\| role \| topics \| more \|\n\|---\|---\|---\|\n((?:\|.*\n)+)/m.exec(text) ?? []
  expect(table.trimEnd().split('\n')).toEqual(Object.values(roles).map((role) => `| ${rowOfRole(role).join(' | ')} |`))
})

const known = topicNames.map((topic) => wireName(topic))

test.each(pages)('%s: topics that it names are there', (page) => {
  const named = readPage(page).match(/\bforewarn\.[a-z-]+\.v\d+\b/g) ?? []
  expect(named.filter((name) => !known.includes(name))).toEqual([])
})

test('every topic has its row, once, and they are as many as the text says', () => {
  const rows = [...text.matchAll(/^\| `(forewarn\.[a-z-]+\.v\d+)` \|/gm)].map(([, name]) => name)
  expect(rows).toEqual(known)
  expect(text).toContain('There are twenty-three')
  expect(known).toHaveLength(23)
})
