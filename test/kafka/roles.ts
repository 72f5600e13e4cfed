/** Who needs which rights in a cluster with an authorizer: the one table. docs/kafka.md prints it, and a test gives each role exactly these. */
import kafkajs, { type AclEntry, type AclFilter } from 'kafkajs'
import { prunableTopics } from '../../src/space/prune.ts'
import { defaultPrefixes, recordTopics, type TopicName, topicFlow, topicNames, wireName } from '../../streams/topics.ts'

const operations = {
  Read: kafkajs.AclOperationTypes.READ,
  Write: kafkajs.AclOperationTypes.WRITE,
  Create: kafkajs.AclOperationTypes.CREATE,
  Describe: kafkajs.AclOperationTypes.DESCRIBE,
  Delete: kafkajs.AclOperationTypes.DELETE,
  DescribeConfigs: kafkajs.AclOperationTypes.DESCRIBE_CONFIGS,
} as const
type Operation = keyof typeof operations

/** `all`: every topic of the prefix. `transactionalIds` is a prefix of ids. */
export type Right = { operations: readonly Operation[] } & (
  | { topics: readonly TopicName[] | 'all' }
  | { transactionalIds: string }
  | { group: string }
)
export type Role = { role: string; rights: readonly Right[] }

const prefix = defaultPrefixes.output
const on = (topics: readonly TopicName[] | 'all', ...some: Operation[]): Right => ({ topics, operations: some })
const appends: Right = { transactionalIds: `${prefix}-append-`, operations: ['Write', 'Describe'] }
const describeAll = on('all', 'Describe')
const inputs: readonly TopicName[] = [...recordTopics, 'commands']
const extracted: readonly TopicName[] = [...inputs, 'artifacts', 'journal', 'ticks']
const registry: readonly TopicName[] = [...inputs, 'artifacts', 'journal']

export const roles = {
  administrator: role('`forewarn topics create`, `check`', on('all', 'Create', 'Describe', 'DescribeConfigs')),
  writer: role('writers of inputs', on(recordTopics, 'Write')),
  ingest: role('`forewarn ingest --as`', on(inputs, 'Read'), on(recordTopics, 'Write'), describeAll),
  history: role(
    '`forewarn ingest`, of history',
    describeAll,
    on([...inputs, 'artifacts'], 'DescribeConfigs'),
    on(inputs, 'Write'),
    appends,
    on([...inputs, 'journal'], 'Read'),
  ),
  run: role(
    '`forewarn run`, `upgrade`',
    on('all', 'Read'),
    on(['commands', ...topicNames.filter((topic) => topicFlow(topic) !== 'in')], 'Write'),
    { transactionalIds: `${prefix}-`, operations: ['Write', 'Describe'] },
    { group: prefix, operations: ['Read'] },
  ),
  prune: role('`forewarn prune`', on('all', 'Read'), on(prunableTopics, 'Delete')),
  redrive: role(
    '`forewarn dead-letters redrive`',
    on([...inputs, 'dead-letters'], 'Read'),
    on(recordTopics, 'Write'),
    describeAll,
    appends,
  ),
  scientist: role('`forewarn extract`, `explain`, `evaluate --shadow`', on(extracted, 'Read'), describeAll),
  retrain: role('`forewarn retrain`', on(extracted, 'Read'), on(['commands', 'artifacts'], 'Write'), describeAll),
  reviewer: role('`forewarn models list`, `show`, `diff`', on(registry, 'Read'), describeAll),
  promoter: role(
    '`forewarn models publish`, `promote`, `challenge`, `rollback`',
    on(registry, 'Read'),
    on(['commands', 'artifacts'], 'Write'),
    describeAll,
  ),
  pages: role(
    '`forewarn serve`',
    on(
      [...registry, ...topicNames.filter((topic) => topicFlow(topic) === 'out' && topic !== 'fates'), 'ticks'],
      'Read',
    ),
    describeAll,
  ),
  publicReader: role(
    'readers of public outputs',
    on(['industry-warnings', 'region-warnings', 'cell-warnings', 'cluster-warnings', 'notices'], 'Read'),
    { group: 'public-readers', operations: ['Read'] },
  ),
  restrictedReader: role(
    'restricted readers: these topics name enterprises',
    on(['scores', 'shadow-scores', 'enterprise-alerts', 'contributions', 'contradictions', 'dead-letters'], 'Read'),
    { group: 'restricted-readers', operations: ['Read'] },
  ),
} as const satisfies Record<string, Role>
export type RoleName = keyof typeof roles

function role(role: string, ...rights: Right[]): Role {
  return { role, rights }
}

/** The cells of its row on the page: role, topics, more. */
export function rowOfRole({ role, rights }: Role): string[] {
  const ofTopics = rights.filter((right) => 'topics' in right)
  const more = rights.filter((right) => !('topics' in right))
  return [role, ofTopics.map(textOf).join('; '), more.map(textOf).join('; ')]
}

export function textOf(right: Right): string {
  const what = right.operations.join(', ')
  if ('group' in right) return `${what} on group \`${right.group}\``
  if ('transactionalIds' in right) return `${what} on transactional ids \`${right.transactionalIds}\` (prefixed)`
  return `${what} on ${topicsText(right.topics)}`
}

function topicsText(topics: readonly TopicName[] | 'all'): string {
  if (topics === 'all') return `all \`${prefix}.\``
  const names = (some: readonly TopicName[]): string => some.map((topic) => `\`${topic}\``).join(', ')
  const rest = topicNames.filter((topic) => !topics.includes(topic))
  return rest.length < topics.length ? `all but ${names(rest)}` : names(topics)
}

/** What kafkajs is asked for, to give a user a right. */
export function aclsOf(user: string, right: Right): AclEntry[] {
  const { AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs
  const to = { principal: `User:${user}`, host: '*', permissionType: AclPermissionTypes.ALLOW }
  const { LITERAL, PREFIXED } = ResourcePatternTypes
  const resources = ((): Pick<AclEntry, 'resourceType' | 'resourceName' | 'resourcePatternType'>[] => {
    if ('group' in right)
      return [{ resourceType: AclResourceTypes.GROUP, resourceName: right.group, resourcePatternType: LITERAL }]
    if ('transactionalIds' in right) {
      const resourceType = AclResourceTypes.TRANSACTIONAL_ID
      return [{ resourceType, resourceName: right.transactionalIds, resourcePatternType: PREFIXED }]
    }
    const resourceType = AclResourceTypes.TOPIC
    if (right.topics === 'all') return [{ resourceType, resourceName: `${prefix}.`, resourcePatternType: PREFIXED }]
    return right.topics.map((topic) => ({
      resourceType,
      resourceName: wireName(topic),
      resourcePatternType: LITERAL,
    }))
  })()
  return resources.flatMap((resource) =>
    right.operations.map((operation) => ({ ...resource, ...to, operation: operations[operation] })),
  )
}

/** Every right of a user, as kafkajs is asked for it. */
export function allOf(user: string): AclFilter {
  const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs
  return {
    resourceType: AclResourceTypes.ANY,
    resourcePatternType: ResourcePatternTypes.ANY,
    principal: `User:${user}`,
    operation: AclOperationTypes.ANY,
    permissionType: AclPermissionTypes.ANY,
  }
}
