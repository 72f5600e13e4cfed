/** How to reach a Kafka cluster: addresses, TLS and SASL, and the clients made of them. */
import type { ConnectionOptions } from 'node:tls'
import { type ISocketFactory, Kafka, type KafkaConfig, type LogEntry, logLevel, type SASLOptions } from 'kafkajs'
import Cluster from 'kafkajs/src/cluster/index.js'
import loggers, { type InnerLogger } from 'kafkajs/src/loggers/index.js'
import socketFactory from 'kafkajs/src/network/socketFactory.js'
import { secondMs } from '../../limits.ts'
import type { Listener } from '../../notices.ts'

export type KafkaConnection = {
  brokers: readonly string[]
  clientId: string
  tls?: ConnectionOptions
  /** Made anew for each client: kafkajs writes an authenticator into it. */
  sasl?: () => SASLOptions
  /** Hears what the client says of itself, of its connections and of reads that fail. */
  listener?: Listener
}

/** Of sends in transactions. Short, so that one does not wait for the markers of the one before (CONCURRENT_TRANSACTIONS) longer than they take. */
export const transactionRetry = { initialRetryTime: 1, factor: 0, multiplier: 1, retries: 1_000 }
export const clientRetry = { initialRetryTime: 20, factor: 0, multiplier: 1.5, maxRetryTime: 500, retries: 12 }
/** Of sends without one: they wait for the broker for as long as it takes. */
export const sendRetry = { ...clientRetry, retries: Number.MAX_SAFE_INTEGER }

const metadataMaxAgeMs = 60 * secondMs

/** For messages: `kafka://broker-1:9092,broker-2:9092`. */
export function logName({ brokers }: KafkaConnection): string {
  return `kafka://${brokers.join(',')}`
}

/** Makes consumers and administrators. */
export function kafkaClient(connection: KafkaConnection): Kafka {
  return new Kafka({ ...configOf(connection), logLevel: logLevel.WARN, logCreator: () => said(connection) })
}

export function innerLogger(connection: KafkaConnection): InnerLogger {
  return loggers.createLogger({ level: logLevel.WARN, logCreator: () => said(connection) })
}

/** The inner cluster, which reads by offset and writes batches. */
export function innerCluster(connection: KafkaConnection): Cluster {
  return new Cluster({
    ...configOf(connection),
    logger: innerLogger(connection),
    metadataMaxAge: metadataMaxAgeMs,
    allowAutoTopicCreation: false,
    isolationLevel: 1,
  })
}

function said({ listener }: KafkaConnection): (entry: LogEntry) => void {
  return (entry) => listener?.({ kind: 'ClientSaid', line: lineOf(entry) })
}

function configOf({
  brokers,
  clientId,
  tls,
  sasl,
  listener,
}: KafkaConnection): KafkaConfig & Required<Pick<KafkaConfig, 'socketFactory'>> {
  return {
    brokers: [...brokers],
    clientId,
    connectionTimeout: 3 * secondMs,
    requestTimeout: 30 * secondMs,
    enforceRequestTimeout: true,
    retry: clientRetry,
    socketFactory: toldSockets(listener),
    ...(tls === undefined ? {} : { ssl: tls }),
    ...(sasl === undefined ? {} : { sasl: sasl() }),
  }
}

/** kafkajs does not say how many connections it has: they are counted where they are made. */
function toldSockets(listener: Listener | undefined): ISocketFactory {
  const make = socketFactory()
  return (args) => {
    const socket = make(args)
    socket.once('connect', () => {
      listener?.({ kind: 'BrokerConnection', open: true })
      socket.once('close', () => listener?.({ kind: 'BrokerConnection', open: false }))
    })
    return socket
  }
}

function lineOf({ namespace, log: { message, timestamp: _, logger: __, ...more } }: LogEntry): string {
  return `${namespace}: ${message} ${JSON.stringify(more).slice(0, 500)}`
}
