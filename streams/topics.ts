/**
 * Every topic, spelt once. A topic has a short name used in code, a version, and a full name on the wire:
 * `<prefix>.<short name>.v<version>`, for example `forewarn.risk-events.v1`. Inputs and outputs may have different prefixes.
 */
const catalogue = {
  'risk-events': { flow: 'in' },
  'credit-grades': { flow: 'in' },
  enterprises: { flow: 'in' },
  commands: { flow: 'in' },
  artifacts: { flow: 'in' },
  scores: { flow: 'out' },
  'shadow-scores': { flow: 'out' },
  'enterprise-alerts': { flow: 'out' },
  'industry-warnings': { flow: 'out' },
  'region-warnings': { flow: 'out' },
  'cell-warnings': { flow: 'out' },
  fates: { flow: 'out' },
  'dead-letters': { flow: 'out' },
  'command-results': { flow: 'out' },
  notices: { flow: 'out' },
  'cell-parts': { flow: 'inner' },
  ticks: { flow: 'inner' },
  journal: { flow: 'inner' },
  checkpoints: { flow: 'inner' },
} as const satisfies Record<string, { flow: 'in' | 'out' | 'inner' }>

export type TopicName = keyof typeof catalogue
export const topicNames: readonly TopicName[] = Object.keys(catalogue).filter(
  (name): name is TopicName => name in catalogue,
)
/** `in`: written by people and upstream systems. `out`: for readers. `inner`: between forewarn's own tasks, and for their recovery. */
export function topicFlow(topic: TopicName): 'in' | 'out' | 'inner' {
  return catalogue[topic].flow
}

const topicVersion = 1

export type TopicPrefixes = { input: string; output: string }
export const defaultPrefixes: TopicPrefixes = { input: 'forewarn', output: 'forewarn' }

/** The name of a topic on the wire: `forewarn.risk-events.v1`. */
export function wireName(topic: TopicName, prefixes: TopicPrefixes = defaultPrefixes): string {
  const prefix = catalogue[topic].flow === 'in' ? prefixes.input : prefixes.output
  return `${prefix}.${topic}.v${topicVersion}`
}

/** The names of all topics on the wire. */
export function wireNames(prefixes: TopicPrefixes = defaultPrefixes): string[] {
  return topicNames.map((topic) => wireName(topic, prefixes))
}

/** Topics that people and upstream systems write, in the order in which records of one beat are folded (docs/fold.md rule 6). */
export const recordTopics = ['enterprises', 'credit-grades', 'risk-events'] as const satisfies readonly TopicName[]
export type RecordTopic = (typeof recordTopics)[number]
export function isRecordTopic(topic: TopicName): topic is RecordTopic {
  return recordTopics.some((one) => one === topic)
}
/** All that the fold takes in: commands and the artefacts that they name come before records. */
export const foldedTopics = ['commands', 'artifacts', ...recordTopics] as const satisfies readonly TopicName[]
export type FoldedTopic = (typeof foldedTopics)[number]

export const warningTopics = {
  industry: 'industry-warnings',
  region: 'region-warnings',
  cell: 'cell-warnings',
} as const satisfies Record<string, TopicName>
export type Axis = keyof typeof warningTopics
