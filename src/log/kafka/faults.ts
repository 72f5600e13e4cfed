/** What kafkajs throws, as errors that a person can act on. */
import { ForewarnError, messageOf } from '../../errors.ts'
import { WireError } from './wire/cursor.ts'

const fencedTypes = ['INVALID_PRODUCER_EPOCH', 'PRODUCER_FENCED', 'TRANSACTION_COORDINATOR_FENCED']
const refusedTypes = [
  'TOPIC_AUTHORIZATION_FAILED',
  'GROUP_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
  'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
  'SASL_AUTHENTICATION_FAILED',
]

/** `log`, and `task` if one was at work, are for messages. Errors that are not Kafka's come back as they are. */
export function kafkaFault(error: unknown, log: string, task?: string): unknown {
  const chain = causesOf(error)
  if (chain.some((one) => one instanceof ForewarnError) || !chain.some(isOfTheNet)) return error
  const types = chain.map(typeOf)
  if (task !== undefined && types.some((type) => fencedTypes.includes(type)))
    return new ForewarnError('FW_TASK_FENCED', [task], { cause: error })
  const last = chain[chain.length - 1]
  if (types.some((type) => refusedTypes.includes(type)) || chain.some(isAuthentication) || chain.some(isOfCertificate))
    return new ForewarnError('FW_KAFKA_REFUSED', [log, messageOf(last)], { cause: error })
  if (types.includes('MESSAGE_TOO_LARGE'))
    return new ForewarnError('FW_KAFKA_TOPICS', [log, `a record is larger than a topic takes (${messageOf(last)})`], {
      cause: error,
    })
  if (types.includes('UNKNOWN_TOPIC_OR_PARTITION'))
    return new ForewarnError('FW_KAFKA_TOPICS', [log, messageOf(last)], { cause: error })
  return new ForewarnError('FW_LOG_UNAVAILABLE', [log, messageOf(last)], { cause: error })
}

/** A refusal for want of a right, which it names (`Read on forewarn.journal.v1`); other errors come back as they are. */
export function missingRight(error: unknown, log: string, right: string): unknown {
  const refusal = causesOf(error).find((one) => typeOf(one).endsWith('_AUTHORIZATION_FAILED'))
  if (refusal === undefined) return error
  const says = `the right ${right} is missing (${messageOf(refusal)})`
  return new ForewarnError('FW_KAFKA_REFUSED', [log, says], { cause: error })
}

/** The same work; refused for want of the right that it needs, it names the right. */
export function needing<T>(right: string, log: string, work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    throw missingRight(error, log, right)
  })
}

/** The first of many names. */
export function someOf(names: readonly string[]): string {
  const told = names.slice(0, 3).join(', ')
  return names.length > 3 ? `${told} and ${names.length - 3} more` : told
}

/** Whether the error, or a cause of it, has this name in kafkajs. */
export function isNamed(error: unknown, name: string): boolean {
  return causesOf(error).some((one) => one instanceof Error && one.name === name)
}

/** Whether the error, or a cause of it, has this name in the protocol. */
export function isOfType(error: unknown, type: string): boolean {
  return causesOf(error).some((one) => typeOf(one) === type)
}

/** Whether a broker has answered with it. */
export function isOfProtocol(error: unknown): boolean {
  return typeOf(error) !== ''
}

/** The protocol's name of an error, such as NOT_LEADER_FOR_PARTITION; empty when it has none. */
function typeOf(error: unknown): string {
  return error instanceof Error && 'type' in error && typeof error.type === 'string' ? error.type : ''
}

/** The error and its causes, the outermost first. */
function causesOf(error: unknown): unknown[] {
  const chain: unknown[] = []
  for (let at = error; at !== undefined && !chain.includes(at); at = causeOf(at)) chain.push(at)
  return chain
}

/** Of several errors together the first; of an error by partition that of the first partition, where kafkajs keeps no cause. */
function causeOf(error: unknown): unknown {
  if (!(error instanceof Error)) return undefined
  if (error.cause !== undefined) return error.cause
  if ('errors' in error && Array.isArray(error.errors)) return error.errors[0]
  return 'partitions' in error && Array.isArray(error.partitions) ? error.partitions[0]?.error : undefined
}

function isAuthentication(error: unknown): boolean {
  return error instanceof Error && error.name === 'KafkaJSSASLAuthenticationError'
}

/** Node's codes of certificates that it does not trust, such as DEPTH_ZERO_SELF_SIGNED_CERT; kafkajs passes them on. */
function isOfCertificate(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /CERT|SIGNATURE/.test(String(error.code))
}

function isOfTheNet(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return (
    error instanceof WireError ||
    error.name.startsWith('KafkaJS') ||
    ('code' in error && /^E[A-Z]+$/.test(String(error.code)))
  )
}
