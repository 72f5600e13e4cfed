/**
 * Every topic, spelt once. A topic has a short name used in code, a version, and a full name on the wire:
 * `<prefix>.<short name>.v<version>`, for example `forewarn.risk-events.v1`. Inputs and outputs may have different prefixes.
 */

/** How many partitions. `inputs`: as many as the enterprise inputs. `tasks`: one a task, by its number. `one`: a single writer or no key. */
type Width = 'inputs' | 'tasks' | 'one'

/** `version`: 1 if it says none. Records of the version before are read as well. */
type Declared = { flow: 'in' | 'out' | 'inner'; width: Width; version?: number }

const catalogue = {
  'risk-events': { flow: 'in', width: 'inputs' },
  'credit-grades': { flow: 'in', width: 'inputs' },
  enterprises: { flow: 'in', width: 'inputs' },
  commands: { flow: 'in', width: 'one' },
  artifacts: { flow: 'in', width: 'one' },
  scores: { flow: 'out', width: 'inputs' },
  'shadow-scores': { flow: 'out', width: 'inputs' },
  'enterprise-alerts': { flow: 'out', width: 'inputs' },
  'industry-warnings': { flow: 'out', width: 'one', version: 2 },
  'region-warnings': { flow: 'out', width: 'one', version: 2 },
  'cell-warnings': { flow: 'out', width: 'one', version: 2 },
  'cluster-warnings': { flow: 'out', width: 'one' },
  fates: { flow: 'out', width: 'tasks' },
  'dead-letters': { flow: 'out', width: 'tasks' },
  'command-results': { flow: 'out', width: 'one' },
  notices: { flow: 'out', width: 'one' },
  contributions: { flow: 'out', width: 'inputs' },
  'cell-parts': { flow: 'inner', width: 'inputs' },
  ticks: { flow: 'inner', width: 'one' },
  contradictions: { flow: 'out', width: 'inputs' },
  'risk-levels': { flow: 'inner', width: 'one' },
  journal: { flow: 'inner', width: 'tasks' },
  checkpoints: { flow: 'inner', width: 'tasks' },
} as const satisfies Record<string, Declared>

export type TopicName = keyof typeof catalogue
export const topicNames: readonly TopicName[] = Object.keys(catalogue).filter(
  (name): name is TopicName => name in catalogue,
)
/** `in`: written by people and upstream systems. `out`: for readers. `inner`: between forewarn's own tasks, and for their recovery. */
export function topicFlow(topic: TopicName): 'in' | 'out' | 'inner' {
  return catalogue[topic].flow
}

export function topicWidth(topic: TopicName): Width {
  return catalogue[topic].width
}

export type TopicPrefixes = { input: string; output: string }
export const defaultPrefixes: TopicPrefixes = { input: 'forewarn', output: 'forewarn' }

/** The name of a topic on the wire: `forewarn.risk-events.v1`. */
export function wireName(topic: TopicName, prefixes: TopicPrefixes = defaultPrefixes): string {
  return nameOfVersion(topic, prefixes, declared(topic).version ?? 1)
}

/** The name that a topic had before its present version; undefined for one of version 1. */
export function formerWireName(topic: TopicName, prefixes: TopicPrefixes = defaultPrefixes): string | undefined {
  const { version = 1 } = declared(topic)
  return version === 1 ? undefined : nameOfVersion(topic, prefixes, version - 1)
}

function nameOfVersion(topic: TopicName, prefixes: TopicPrefixes, version: number): string {
  const prefix = catalogue[topic].flow === 'in' ? prefixes.input : prefixes.output
  return `${prefix}.${topic}.v${version}`
}

const declared = (topic: TopicName): Declared => catalogue[topic]

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
  /** Of sets of nodes, on whatever axis. */
  cluster: 'cluster-warnings',
} as const satisfies Record<string, TopicName>
export type WarningTopic = (typeof warningTopics)[keyof typeof warningTopics]
export type Axis = Exclude<keyof typeof warningTopics, 'cluster'>

export function warningTopicOf({ statistic, axis }: { statistic: string; axis: Axis }): WarningTopic {
  return statistic === 'cluster' ? warningTopics.cluster : warningTopics[axis]
}
