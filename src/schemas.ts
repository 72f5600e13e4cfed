/** JSON Schema of every topic, and an AsyncAPI 3 document that names them: for whoever writes inputs or reads outputs in another language. */
import { z } from 'zod'
import { topicContracts } from '../streams/topicContracts.ts'
import {
  defaultPrefixes,
  type TopicName,
  type TopicPrefixes,
  topicFlow,
  topicNames,
  wireName,
} from '../streams/topics.ts'

type Json = Readonly<Record<string, unknown>>

/** Topics with a contract, by name. */
export function describedTopics(): TopicName[] {
  return topicNames.filter((topic) => topicContracts[topic] !== undefined)
}

/** Of an input what may be sent, of an output what is said. What a schema cannot say (that a text is well-formed) is left open. */
export function schemaOf(topic: TopicName): Json {
  const described = topicContracts[topic]
  if (described === undefined) throw new Error(`topic ${topic} has no contract`)
  const io = topicFlow(topic) === 'in' ? 'input' : 'output'
  const schema = z.toJSONSchema(described.contract, { io, unrepresentable: 'any', target: 'draft-2020-12' })
  return { ...schema, title: topic, description: described.about }
}

export function asyncApi(version: string, prefixes: TopicPrefixes = defaultPrefixes): Json {
  const topics = describedTopics()
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Forewarn',
      version,
      description: 'Topics of a log on Kafka. Readers of outputs set isolation.level=read_committed.',
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/json',
    channels: Object.fromEntries(topics.map((topic) => [topic, channelOf(topic, prefixes)])),
    operations: Object.fromEntries(topics.map((topic) => [operationOf(topic), operation(topic)])),
    components: {
      messages: Object.fromEntries(
        topics.map((topic) => [topic, { name: topic, contentType: 'application/json', payload: schemaOf(topic) }]),
      ),
    },
  }
}

function channelOf(topic: TopicName, prefixes: TopicPrefixes): Json {
  const { about, key, restricted } = topicContracts[topic] ?? { about: '', key: 'none' }
  const rights = restricted === true ? ' Restricted: it names enterprises.' : ''
  return {
    address: wireName(topic, prefixes),
    description: `${about} Key: ${key}.${rights}`,
    messages: { [topic]: { $ref: `#/components/messages/${topic}` } },
    bindings: { kafka: { topic: wireName(topic, prefixes), bindingVersion: '0.5.0' } },
  }
}

/** Seen from Forewarn: it receives inputs, and sends all else. */
const operationOf = (topic: TopicName): string => `${topicFlow(topic) === 'in' ? 'receive' : 'send'}-${topic}`

function operation(topic: TopicName): Json {
  return {
    action: topicFlow(topic) === 'in' ? 'receive' : 'send',
    channel: { $ref: `#/channels/${topic}` },
    messages: [{ $ref: `#/channels/${topic}/messages/${topic}` }],
  }
}
