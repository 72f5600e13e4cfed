/**
 * Membership by a consumer group of Kafka, and nothing else of it: the consumer reads no record. The group subscribes to the journal,
 * which has one partition a task; the member that is given a partition runs its task. Fencing, not the group, keeps two from writing one.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Assigner, AssignerProtocol, type PartitionAssigner } from 'kafkajs'
import { z } from 'zod'
import { type TopicPrefixes, wireName } from '../../../streams/topics.ts'
import { ForewarnError, messageOf } from '../../errors.ts'
import type { Membership } from '../../fold/membership.ts'
import { jsonOf } from '../../json.ts'
import type { Listener } from '../../notices.ts'
import { type TaskId, tasksOf } from '../tasks.ts'
import { assignTasks } from './assignment.ts'
import { type KafkaConnection, kafkaClient, logName } from './connection.ts'
import { coordinatorFault } from './coordinator.ts'
import { kafkaFault, missingRight } from './faults.ts'

export type MembersOptions = {
  connection: KafkaConnection
  prefixes: TopicPrefixes
  /** Number of partitions of the inputs. */
  partitions: number
  /** A member that is silent for so long is out, and its tasks go to others. */
  sessionMs: number
  listener: Listener
}

const Runs = z.array(z.int())
const rejoinMs = 250
const { MemberAssignment, MemberMetadata } = AssignerProtocol

export function kafkaMembers(options: MembersOptions): Membership {
  return {
    async join(assigned, signal) {
      const joined = new JoinedGroup(options, assigned)
      while (!signal.aborted) {
        await joined.session(signal)
        if (!signal.aborted) await sleep(rejoinMs, undefined, { signal }).catch(() => {})
      }
    },
  }
}

class JoinedGroup {
  readonly #options: MembersOptions
  readonly #assigned: (tasks: readonly TaskId[]) => void
  readonly #topic: string
  #runs: number[] = []
  #joined = false

  constructor(options: MembersOptions, assigned: (tasks: readonly TaskId[]) => void) {
    this.#options = options
    this.#assigned = assigned
    this.#topic = wireName('journal', options.prefixes)
  }

  /** One life of a consumer: until the signal, or until kafkajs has given it up. @throws ForewarnError FW_KAFKA_REFUSED before the first. */
  async session(signal: AbortSignal): Promise<void> {
    const { connection, prefixes, sessionMs, listener } = this.#options
    const consumer = kafkaClient(connection).consumer({
      groupId: prefixes.output,
      partitionAssigners: [this.#assigner],
      sessionTimeout: sessionMs,
      rebalanceTimeout: sessionMs,
      heartbeatInterval: Math.max(100, Math.min(500, Math.floor(sessionMs / 6))),
      maxWaitTimeInMs: 200,
      retry: { restartOnFailure: async () => false }, // kafkajs restarts even one that was disconnected meanwhile
      allowAutoTopicCreation: false,
    })
    const ended = Promise.withResolvers<void>()
    ended.promise.catch(() => {}) // it may crash before anybody waits
    const stop = (): void => ended.resolve()
    signal.addEventListener('abort', stop, { once: true })
    consumer.on(consumer.events.CRASH, ({ payload }) => ended.reject(payload.error))
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      consumer.pause([{ topic: this.#topic }]) // before the first fetch: the group is for membership alone
      this.#take(payload.memberAssignment[this.#topic] ?? [])
    })
    try {
      await consumer.connect()
      await consumer.subscribe({ topics: [this.#topic] })
      await consumer.run({ autoCommit: false, eachBatch: async () => {} })
      await ended.promise
    } catch (error) {
      const why = await coordinatorFault(connection, error, { kind: 'group', id: prefixes.output })
      const right = `Read on the group ${prefixes.output}`
      const fault = kafkaFault(missingRight(why, logName(connection), right), logName(connection))
      if (!this.#joined && fault instanceof ForewarnError && fault.code === 'FW_KAFKA_REFUSED') throw fault
      listener({ kind: 'GroupLost', why: messageOf(fault), joined: this.#joined })
    } finally {
      signal.removeEventListener('abort', stop)
      await consumer.disconnect().catch(() => {}) // leaves at once, so that others need not wait for the session to run out
    }
  }

  #take(runs: number[]): void {
    this.#runs = runs
    this.#joined = true
    const { partitions, listener } = this.#options
    const all = tasksOf(partitions)
    const tasks = runs.map((number) => all[number])
    listener({ kind: 'GroupJoined', tasks: tasks.length })
    this.#assigned(tasks)
  }

  #assigner: PartitionAssigner = (): Assigner => ({
    name: 'forewarn-sticky',
    version: 1,
    assign: async ({ members }) => {
      const known = members.map(({ memberId, memberMetadata }) => ({ id: memberId, runs: runsOf(memberMetadata) }))
      return [...assignTasks(known, tasksOf(this.#options.partitions).length)].map(([memberId, tasks]) => ({
        memberId,
        memberAssignment: MemberAssignment.encode({
          version: 1,
          assignment: { [this.#topic]: tasks },
          userData: Buffer.alloc(0),
        }),
      }))
    },
    protocol: ({ topics }) => ({
      name: 'forewarn-sticky',
      metadata: MemberMetadata.encode({ version: 1, topics, userData: Buffer.from(JSON.stringify(this.#runs)) }),
    }),
  })
}

/** What a member says it runs; a member that says nothing readable runs nothing. */
function runsOf(metadata: Buffer): number[] {
  try {
    return Runs.parse(jsonOf(MemberMetadata.decode(metadata)?.userData ?? Buffer.from('[]')))
  } catch {
    return []
  }
}
