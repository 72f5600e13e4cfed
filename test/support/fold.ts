import { logOver } from './logs.ts'
/** Runs the whole fold in memory over given records, and reads back what it said. */

import type { RiskModel } from '../../models/risk/riskModel.ts'
import { auditOf } from '../../src/audit.ts'
import { EnterpriseTask } from '../../src/enterprise/task.ts'
import { greatestBeat } from '../../src/fold/progress.ts'
import { configOf } from '../../src/fold/restore.ts'
import { TaskRunner } from '../../src/fold/runner.ts'
import { supervise } from '../../src/fold/supervise.ts'
import type { FoldTask } from '../../src/fold/task.ts'
import { foldVersion } from '../../src/fold/version.ts'
import { type Digest, digest } from '../../src/log/digest.ts'
import { openEmbeddedLog } from '../../src/log/embedded/embeddedLog.ts'
import type { Log } from '../../src/log/port.ts'
import { recordsOf } from '../../src/log/recordsOf.ts'
import type { Notice } from '../../src/notices.ts'
import { WatchTask } from '../../src/watch/task.ts'
import { partitionOf } from '../../streams/partition.ts'
import type { Profile } from '../../streams/profile.ts'
import { type FoldedTopic, isRecordTopic, type TopicName } from '../../streams/topics.ts'

/** A value is an object that becomes JSON, or text or bytes that are sent as they are. */
export type TestRecord = {
  topic: FoldedTopic
  key: string | null
  timeMs: number
  value: object | string | Uint8Array
}

export type FoldSetting = { profile: Profile; model: RiskModel | null; beatMs?: number; partitions?: number }

export async function memoryLog(partitions = 1): Promise<Log> {
  return openEmbeddedLog({ path: ':memory:', mode: 'write', partitions, now: () => 0 })
}

/** Appends records in the given order, each to the partition of its key. */
export async function append(log: Log, records: readonly TestRecord[]): Promise<void> {
  for (const { topic, key, timeMs, value } of records) {
    await log.append(topic, partitionFor(log, topic, key), [{ key, timeMs, value: bytesOf(value) }])
  }
}

export function partitionFor(log: Log, topic: TestRecord['topic'], key: string | null): number {
  return !isRecordTopic(topic) || key === null ? 0 : partitionOf(key, log.partitions(topic))
}

export function bytesOf(value: TestRecord['value']): Uint8Array {
  if (value instanceof Uint8Array) return value
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))
}

type Tasks = { enterprises: EnterpriseTask[]; watch: WatchTask }

/** Opens every task of the log, restores it and hands out the runners, the watch's last. */
export async function openTasks(
  log: Log,
  setting: FoldSetting,
  listener: (notice: Notice) => void = () => {},
): Promise<Tasks & { runners: TaskRunner<EnterpriseTask>[]; watchRunner: TaskRunner }> {
  const { profile, model, beatMs = 1_000 } = setting
  const partitions = log.partitions('risk-events')
  const enterprises = Array.from(
    { length: partitions },
    (_, partition) => new EnterpriseTask({ profile, model, beatMs, partition, partitions, hashSeed: [0, 0], listener }),
  )
  const watch = new WatchTask({ profile, model, foldVersion, beatMs, partitions, listener })
  const options = {
    log,
    beatMs,
    foldVersion,
    config: configOf({ profile: profile.hash, beatMs, model: model?.hash ?? null, partitions }),
    checkpointEveryMs: Number.POSITIVE_INFINITY,
    now: () => 0,
    listener,
  }
  const opened = async <T extends FoldTask>(task: T): Promise<TaskRunner<T>> => {
    const runner = await TaskRunner.open(task, { ...options, audit: auditOf(task) })
    await runner.restore()
    return runner
  }
  const runners: TaskRunner<EnterpriseTask>[] = []
  for (const task of enterprises) runners.push(await opened(task))
  const watchRunner = await opened(watch)
  return { enterprises, watch, runners, watchRunner }
}

/** Opens every task of the log and folds to its end. */
export async function foldToEnd(
  log: Log,
  setting: FoldSetting,
  listener: (notice: Notice) => void = () => {},
): Promise<Tasks> {
  const { enterprises, watch, runners, watchRunner } = await openTasks(log, setting, listener)
  const signal = new AbortController().signal
  const endBeat = await greatestBeat(log, setting.beatMs ?? 1_000)
  await supervise([...runners, watchRunner], {
    log,
    slackMs: 0,
    endBeat,
    pollMs: 1,
    now: () => 0,
    listener,
    signal,
  })
  return { enterprises, watch }
}

/** Folds through a beat: the enterprise tasks go no further ahead of the watch than they may. */
export async function stepAll(runners: readonly TaskRunner[], watchRunner: TaskRunner, beat: number): Promise<void> {
  for (let moves = true; moves; ) {
    moves = false
    for (const runner of runners) while (await runner.step({ by: 'end', beat })) moves = true
    while (await watchRunner.step({ by: 'writers' })) moves = true
  }
}

/** One session of a run: new tasks over the log, restored, folded through each of some beats in epochs of their own. */
export type Session = { throughBeats: readonly number[]; checkpoint: boolean }

export async function foldInSessions(
  log: Log,
  setting: FoldSetting,
  sessions: readonly Session[],
  listener: (notice: Notice) => void = () => {},
): Promise<Tasks> {
  let last: Tasks | undefined
  for (const { throughBeats, checkpoint } of sessions) {
    const { runners, watchRunner, ...tasks } = await openTasks(log, setting, listener)
    for (const beat of throughBeats) {
      await stepAll(runners, watchRunner, beat)
    }
    if (checkpoint) for (const runner of [...runners, watchRunner]) await runner.checkpoint('now')
    last = tasks
  }
  if (last === undefined) throw new Error('no sessions')
  return last
}

/** The same log, which hands out no more than so many records at a time, one size after the other. */
export function inSmallBatches(log: Log, sizes: readonly number[]): Log {
  let turn = 0
  return logOver(log, {
    read: async (topic, partition, from, bytesMax) => {
      const { records, next } = await log.read(topic, partition, from, bytesMax)
      const size = sizes[turn++ % sizes.length]
      if (records.length <= size) return { records, next }
      return { records: records.slice(0, size), next: records[size].offset }
    },
  })
}

export async function foldRecords(
  records: readonly TestRecord[],
  setting: FoldSetting,
): Promise<{ log: Log; digest: Digest; enterprises: EnterpriseTask[]; watch: WatchTask }> {
  const log = await memoryLog(setting.partitions)
  await append(log, records)
  const tasks = await foldToEnd(log, setting)
  return { log, digest: await digest(log), ...tasks }
}

/** All records of a topic as JSON, partition after partition. */
export async function readJson(log: Log, topic: TopicName): Promise<unknown[]> {
  const found: unknown[] = []
  for (let partition = 0; partition < log.partitions(topic); partition++) {
    for await (const record of recordsOf(log, topic, partition))
      found.push(JSON.parse(Buffer.from(record.value).toString('utf8')))
  }
  return found
}
