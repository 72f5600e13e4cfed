/** The inner parts of kafkajs 2.2.4 that reader and producer use; the package types only its outer ones. */

declare module 'kafkajs/src/loggers/index.js' {
  import type { LogEntry } from 'kafkajs'
  export type InnerLogger = {
    namespace(name: string): InnerLogger
    error(message: string, extra: Readonly<Record<string, unknown>>): void
  }
  const loggers: {
    createLogger(options: { level: number; logCreator: (level: number) => (entry: LogEntry) => void }): InnerLogger
  }
  export default loggers
}

declare module 'kafkajs/src/network/socketFactory.js' {
  import type { ISocketFactory } from 'kafkajs'
  export default function socketFactory(): ISocketFactory
}

declare module 'kafkajs/src/protocol/encoder.js' {
  export default class Encoder {
    readonly buf: Buffer
    /** What is written. */
    readonly buffer: Buffer
    writeBoolean(value: boolean): this
    writeNullableArray(values: string[]): this
  }
}

declare module 'kafkajs/src/protocol/decoder.js' {
  export default class Decoder {
    constructor(bytes: Buffer)
    readBoolean(): boolean
    readInt16(): number
    readInt32(): number
    readString(): string | null
    readArray<T>(one: (decoder: Decoder) => T): T[]
  }
}

declare module 'kafkajs/src/protocol/error.js' {
  export function createErrorFromCode(code: number): Error
  export function staleMetadata(error: unknown): boolean
}

declare module 'kafkajs/src/retry/index.js' {
  import type { RetryOptions } from 'kafkajs'
  export type Retrier = <T>(work: (bail: (error: unknown) => void) => Promise<T>) => Promise<T>
  export default function createRetry(options: RetryOptions): Retrier
}

declare module 'kafkajs/src/producer/eosManager/index.js' {
  import type Cluster from 'kafkajs/src/cluster/index.js'
  import type { InnerLogger } from 'kafkajs/src/loggers/index.js'

  export type EosManager = {
    initProducerId(): Promise<void>
    getProducerId(): string
    getProducerEpoch(): number
    beginTransaction(): void
    addPartitionsToTransaction(topics: { topic: string; partitions: { partition: number }[] }[]): Promise<void>
    commit(): Promise<void>
    abort(): Promise<void>
  }
  export default function createEosManager(of: {
    logger: InnerLogger
    /** All of it that is used here. */
    cluster: Pick<Cluster, 'refreshMetadataIfNecessary' | 'findControllerBroker' | 'findGroupCoordinator'>
    transactional: boolean
    transactionalId?: string
    transactionTimeout?: number
  }): EosManager
}

declare module 'kafkajs/src/protocol/requests/index.js' {
  import type { InnerRequest } from 'kafkajs/src/cluster/index.js'

  const protocol: {
    requests: {
      Fetch: {
        protocol(of: {
          version: number
        }): (fetch: {
          replicaId: number
          isolationLevel: 0 | 1
          maxWaitTime: number
          minBytes: number
          maxBytes: number
          topics: { topic: string; partitions: { partition: number; fetchOffset: string; maxBytes: number }[] }[]
        }) => { request: InnerRequest }
      }
    }
  }
  export default protocol
}

declare module 'kafkajs/src/cluster/index.js' {
  import type { Socket } from 'node:net'
  import type { KafkaConfig, PartitionMetadata } from 'kafkajs'
  import type { InnerLogger } from 'kafkajs/src/loggers/index.js'
  import type Encoder from 'kafkajs/src/protocol/encoder.js'

  export type InnerRequest = {
    apiKey: number
    apiVersion: number
    apiName: string
    encode: () => Promise<Pick<Encoder, 'buf' | 'buffer'>>
  }
  export type InnerConnection = {
    readonly clientId: string
    /** Made anew when it connects. */
    readonly socket: Socket
    readonly requestQueue: {
      push(of: {
        entry: {
          apiKey: number
          apiVersion: number
          apiName: string
          correlationId: number
          resolve: (answer: { payload: Buffer }) => void
          reject: (error: unknown) => void
        }
        expectResponse: boolean
        requestTimeout: null
        sendRequest: () => void
      }): void
      maybeThrottle(ms: number): void
    }
    isAuthenticated(): boolean
    authenticate(): Promise<void>
    nextCorrelationId(): number
    failIfNotConnected(): void
  }
  export type CoordinatorOf = { groupId: string; coordinatorType?: number }
  export type InnerBroker = {
    nodeId: string | number
    /** What the broker understands, by api key. */
    versions: Record<number, { minVersion: number; maxVersion: number } | undefined>
    connectionPool: {
      /** That of all requests but fetches, connected. */
      getConnection(): Promise<InnerConnection>
      send<T>(call: {
        request: InnerRequest
        response: { decode: (bytes: Buffer) => Promise<T>; parse: (decoded: T) => Promise<T> }
      }): Promise<T>
    }
    findGroupCoordinator(request: { groupId: string; coordinatorType: 0 | 1 }): Promise<unknown>
    listOffsets(request: {
      replicaId?: number
      isolationLevel: 0 | 1
      topics: { topic: string; partitions: { partition: number; timestamp: number }[] }[]
    }): Promise<{ responses: { topic: string; partitions: { partition: number; offset: string }[] }[] }>
  }
  export default class Cluster {
    constructor(
      options: Omit<KafkaConfig, 'logLevel' | 'logCreator'> & {
        logger: InnerLogger
        metadataMaxAge: number
        allowAutoTopicCreation: boolean
        isolationLevel: 0 | 1
      },
    )
    connect(): Promise<void>
    disconnect(): Promise<void>
    isConnected(): boolean
    refreshMetadata(): Promise<void>
    refreshMetadataIfNecessary(): Promise<void>
    removeBroker(of: { host: string; port: number }): void
    addMultipleTargetTopics(topics: readonly string[]): Promise<void>
    findTopicPartitionMetadata(topic: string): PartitionMetadata[]
    findBroker(node: { nodeId: string }): Promise<InnerBroker>
    findControllerBroker(): Promise<InnerBroker>
    findGroupCoordinator(of: CoordinatorOf): Promise<InnerBroker>
    findLeaderForPartitions(topic: string, partitions: readonly number[]): Record<string, number[]>
  }
}
