/** How each topic must be in a Kafka cluster, and in what one that is there differs. Pure; topics.ts asks and makes. */
import {
  foldedTopics,
  type TopicName,
  type TopicPrefixes,
  topicFlow,
  topicNames,
  wireName,
} from '../../../streams/topics.ts'
import { KiB, kafkaBatchBytesMax, MiB, recordBytesMax } from '../../limits.ts'
import { isOneATask, partitionsOf } from '../topology.ts'

/** `log`: the broker stamps its own time on inputs, which never runs backwards. `create`: senders do; an import of history needs it. */
export type Times = 'log' | 'create'
export type TopicPlan = { prefixes: TopicPrefixes; partitions: number; replication: number; times: Times }
export type WantedTopic = {
  topic: TopicName
  name: string
  partitions: number
  replication: number
  settings: Readonly<Record<string, string>>
}

const forever = { 'retention.ms': '-1', 'retention.bytes': '-1' }
const senderTimes = {
  'message.timestamp.type': 'CreateTime',
  'message.timestamp.before.max.ms': String(2n ** 63n - 1n),
  'message.timestamp.after.max.ms': String(2n ** 63n - 1n),
}
const brokerTimes = { 'message.timestamp.type': 'LogAppendTime' }
const batchBytesMax = recordBytesMax + 64 * KiB // the largest record, with key and headers
const letterBytesMax = batchBytesMax + 64 * KiB // a dead letter is the record with more headers about it

export function wantedTopics(plan: TopicPlan): WantedTopic[] {
  return topicNames.map((topic) => wantedTopic(topic, plan))
}

function wantedTopic(topic: TopicName, { prefixes, partitions, replication, times }: TopicPlan): WantedTopic {
  const input = topicFlow(topic) === 'in'
  return {
    topic,
    name: wireName(topic, prefixes),
    partitions: partitionsOf(topic, partitions),
    replication,
    settings: {
      ...forever,
      ...(topic === 'checkpoints' // of each page the newest is kept, and two slots are written in turn
        ? { 'cleanup.policy': 'compact', 'segment.bytes': String(64 * MiB), 'min.cleanable.dirty.ratio': '0.3' }
        : { 'cleanup.policy': 'delete' }),
      ...(input && times === 'log' ? brokerTimes : senderTimes),
      'min.insync.replicas': String(Math.max(1, replication - 1)),
      'max.message.bytes': String(topic === 'dead-letters' ? letterBytesMax : batchBytesMax),
    },
  }
}

/** Whether it was made when there were fewer tasks. */
export function isTooNarrow({ topic, partitions }: WantedTopic, found: number): boolean {
  return isOneATask(topic) && found < partitions
}

/** A topic as the cluster describes it; undefined when it is not there. */
export type FoundTopic = { partitions: number; replication: number; settings: Readonly<Record<string, string>> }
export type Deviation = { topic: string; severity: 'fail' | 'warn'; says: string; remedy: string }

/** In what a topic that is there differs from what forewarn needs. */
export function deviations(wanted: WantedTopic, found: FoundTopic | undefined): Deviation[] {
  const { name } = wanted
  if (found === undefined)
    return [{ topic: name, severity: 'fail', says: 'is missing', remedy: 'Make it: forewarn topics create.' }]
  const of = (setting: string): string => found.settings[setting] ?? ''
  const set = (setting: string, value: string): string => `Set ${setting}=${value} (kafka-configs.sh --alter).`
  const list: (Omit<Deviation, 'topic'> & { when: boolean })[] = [
    {
      when: found.partitions !== wanted.partitions,
      severity: 'fail',
      says: `has ${found.partitions} partitions, not ${wanted.partitions}`,
      remedy: isTooNarrow(wanted, found.partitions)
        ? 'Make those of newer tasks: forewarn topics create.'
        : 'Partitions are fixed for life: make topics with another prefix, and import the history into them.',
    },
    {
      when: of('cleanup.policy') !== wanted.settings['cleanup.policy'],
      severity: 'fail',
      says: `has cleanup.policy=${of('cleanup.policy')}`,
      remedy: `${set('cleanup.policy', wanted.settings['cleanup.policy'])} Recovery folds the log again, so inputs are never compacted.`,
    },
    {
      when: wanted.topic !== 'checkpoints' && of('retention.ms') !== '-1' && topicFlow(wanted.topic) !== 'out',
      severity: 'fail',
      says: `forgets records after ${of('retention.ms')} ms`,
      remedy: `${set('retention.ms', '-1')} Records of old times would be gone at once, and recovery could not reach back.`,
    },
    {
      when: wanted.topic !== 'checkpoints' && of('retention.bytes') !== '-1' && topicFlow(wanted.topic) !== 'out',
      severity: 'fail',
      says: `forgets records beyond ${of('retention.bytes')} bytes`,
      remedy: set('retention.bytes', '-1'),
    },
    {
      when: topicFlow(wanted.topic) === 'out' && of('retention.ms') !== '-1',
      severity: 'warn',
      says: `forgets records after ${of('retention.ms')} ms of their time`,
      remedy: `${set('retention.ms', '-1')} Outputs carry the time of their beat, so those of a history would be gone at once.`,
    },
    {
      when: topicFlow(wanted.topic) !== 'in' && of('message.timestamp.type') !== 'CreateTime',
      severity: 'fail',
      says: `has message.timestamp.type=${of('message.timestamp.type')}`,
      remedy: `${set('message.timestamp.type', 'CreateTime')} What forewarn writes carries the time of its beat.`,
    },
    {
      when: Number(of('max.message.bytes')) < kafkaBatchBytesMax + 12 * KiB,
      severity: 'fail',
      says: `takes records of at most ${of('max.message.bytes')} bytes`,
      remedy: set('max.message.bytes', wanted.settings['max.message.bytes']),
    },
    {
      when: found.replication < 2,
      severity: 'warn',
      says: `has ${found.replication} replica: what one disk loses is lost`,
      remedy: 'Use three brokers or more, and --replication 3.',
    },
    {
      when: found.replication > 1 && Number(of('min.insync.replicas')) < 2,
      severity: 'warn',
      says: `acknowledges writes that one broker alone holds (min.insync.replicas=${of('min.insync.replicas')})`,
      remedy: set('min.insync.replicas', '2'),
    },
    {
      when: of('unclean.leader.election.enable') === 'true',
      severity: 'fail',
      says: 'lets a replica lead that lacks acknowledged records',
      remedy: set('unclean.leader.election.enable', 'false'),
    },
  ]
  return list.filter(({ when }) => when).map(({ when: _, ...deviation }) => ({ topic: name, ...deviation }))
}

/** The same of several topics is said once, with its remedy: `topic` has all of their names. */
export function saidOnce(list: readonly Deviation[]): Deviation[] {
  const same = Map.groupBy(list, ({ severity, says, remedy }) => JSON.stringify([severity, says, remedy]))
  return [...same.values()].map(([first, ...others]) =>
    others.length === 0
      ? first
      : { ...first, topic: `each of ${[first, ...others].map(({ topic }) => topic).join(', ')}` },
  )
}

/** What concerns several topics together. */
export function jointDeviations(found: ReadonlyMap<TopicName, FoundTopic>, prefixes: TopicPrefixes): Deviation[] {
  const bytesOf = (topic: TopicName): number => Number(found.get(topic)?.settings['max.message.bytes'] ?? 0)
  const largest = Math.max(...foldedTopics.map(bytesOf))
  const times = new Set(foldedTopics.flatMap((topic) => found.get(topic)?.settings['message.timestamp.type'] ?? []))
  const list: Deviation[] = []
  if (found.has('dead-letters') && bytesOf('dead-letters') < largest + 64 * KiB)
    list.push({
      topic: wireName('dead-letters', prefixes),
      severity: 'fail',
      says: `takes ${bytesOf('dead-letters')} bytes, and an input record may have ${largest} beside its headers`,
      remedy: `Set max.message.bytes=${largest + 64 * KiB} (kafka-configs.sh --alter).`,
    })
  if (times.size > 1)
    list.push({
      topic: wireName('commands', prefixes),
      severity: 'fail',
      says: 'and the other inputs differ in message.timestamp.type',
      remedy: 'Set it to LogAppendTime for live inputs, or to CreateTime for imports, in all of them.',
    })
  return list
}
