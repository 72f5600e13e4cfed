/** Live folding in memory by a clock that the test sets: tasks over a log, stepped by hand, killed and begun again. */

import { fateRowsIn } from '../../src/columns/fateRows.ts'
import { unpacked } from '../../src/columns/packedRecords.ts'
import { EnterpriseTask } from '../../src/enterprise/task.ts'
import { replayedBeats } from '../../src/fold/replay.ts'
import { TaskRunner } from '../../src/fold/runner.ts'
import { closingBy } from '../../src/fold/supervise.ts'
import type { FoldTask } from '../../src/fold/task.ts'
import { foldVersion } from '../../src/fold/version.ts'
import { openEmbeddedLog } from '../../src/log/embedded/embeddedLog.ts'
import type { Log, NewRecord, Output } from '../../src/log/port.ts'
import { recordsOf } from '../../src/log/recordsOf.ts'
import { type TaskId, taskNumber, tasksOf } from '../../src/log/tasks.ts'
import type { Notice } from '../../src/notices.ts'
import { WatchTask } from '../../src/watch/task.ts'
import { type TopicName, topicFlow, topicNames } from '../../streams/topics.ts'
import type { FoldSetting } from './fold.ts'
import { asRead } from './parts.ts'
import { savedState } from './state.ts'

export type LiveOptions = FoldSetting & {
  startMs: number
  aheadMsMax?: number
  slackMs?: number
  /** One that stamps nothing itself; a log in memory otherwise. */
  log?: Log
}

export class LiveFold {
  readonly log: Log
  readonly notices: Notice[] = []
  nowMs: number
  runners: TaskRunner[] = []
  readonly #options: LiveOptions
  #closing: ReturnType<typeof closingBy>

  static async begin(options: LiveOptions): Promise<LiveFold> {
    let live: LiveFold | undefined
    const now = (): number => live?.nowMs ?? options.startMs
    const { partitions = 1, aheadMsMax } = options
    const log = options.log ?? (await openEmbeddedLog({ path: ':memory:', mode: 'write', partitions, now, aheadMsMax }))
    live = new LiveFold(log, options)
    await live.restart()
    return live
  }

  private constructor(log: Log, options: LiveOptions) {
    this.log = log
    this.nowMs = options.startMs
    this.#options = options
    this.#closing = this.#newClosing()
  }

  /** As a process that was killed and started again: only what is in the log is left. */
  async restart(): Promise<void> {
    this.#closing = this.#newClosing()
    this.runners = []
    for (const id of tasksOf(this.log.partitions('risk-events'))) {
      const runner = await TaskRunner.open(this.newTask(id), { ...this.#runnerOptions(), now: () => this.nowMs })
      await runner.restore()
      this.runners.push(runner)
    }
  }

  /** Every task once, as far as it comes. */
  async step(): Promise<void> {
    for (const runner of this.runners) while (await runner.step(await this.#closing(runner)));
  }

  /** Steps while time passes, so many times. */
  async pass(steps: number, stepMs: number): Promise<void> {
    for (let at = 0; at < steps; at++) {
      this.nowMs += stepMs
      await this.step()
    }
  }

  newTask(id: TaskId): FoldTask {
    const { profile, model, beatMs = 1_000, partitions = 1 } = this.#options
    const listener = (notice: Notice): void => void this.notices.push(notice)
    if (id.kind === 'watch') return new WatchTask({ profile, model, foldVersion, beatMs, partitions, listener })
    return new EnterpriseTask({
      profile,
      model,
      beatMs,
      partition: id.partition,
      partitions,
      hashSeed: [0, 0],
      listener,
    })
  }

  told<K extends Notice['kind']>(kind: K): Extract<Notice, { kind: K }>[] {
    return this.notices.filter((one): one is Extract<Notice, { kind: K }> => one.kind === kind)
  }

  #newClosing(): ReturnType<typeof closingBy> {
    const { slackMs = 0, aheadMsMax } = this.#options
    const listener = (notice: Notice): void => void this.notices.push(notice)
    return closingBy({
      log: this.log,
      endBeat: undefined,
      slackMs,
      aheadMsMax,
      now: () => this.nowMs,
      listener,
    })
  }

  #runnerOptions() {
    const { beatMs = 1_000 } = this.#options
    const listener = (notice: Notice): void => void this.notices.push(notice)
    return {
      log: this.log,
      beatMs,
      foldVersion,
      config: 'live',
      checkpointEveryMs: Number.POSITIVE_INFINITY,
      listener,
    }
  }
}

export type Replayed = { saved: Buffer; outputs: string[] }

/** A task that folds what its journal says, from the start: its state, and all that it says, by place. */
export async function replayed(live: LiveFold, id: TaskId, beatMs = 1_000): Promise<Replayed> {
  const task = live.newTask(id)
  const said = new Sayings()
  const emit = ({ topic, partition, record }: Output): void => said.add(topic, partition, record)
  for await (const { beat, records } of replayedBeats(live.log, task, beatMs)) task.fold(beat, records, emit)
  return { saved: savedState(task), outputs: said.byPlace() }
}

/** What the log has of a task: topics and partitions that it alone writes. */
export async function saidIn(log: Log, id: TaskId): Promise<string[]> {
  const partitions = log.partitions('risk-events')
  const said = new Sayings()
  for (const topic of topicNames) {
    if (topicFlow(topic) === 'in' || topic === 'journal') continue
    const partition = writtenBy(topic, id, log.partitions(topic), partitions)
    if (partition === undefined) continue
    for await (const { key, value, timeMs } of recordsOf(log, topic, partition))
      said.add(topic, partition, { key, value, timeMs })
  }
  return said.byPlace()
}

/** Lines of what was said, place by place, in the order in which it was said there; how many beats share a record is no part of it. */
class Sayings {
  readonly #lines = new Map<string, string[]>()

  add(topic: TopicName, partition: number, record: NewRecord): void {
    const place = `${topic}#${partition}`
    const lines = this.#lines.get(place) ?? []
    this.#lines.set(place, lines)
    for (const line of linesOf(topic, record)) lines.push(`${place} ${record.key} ${line}`)
  }

  byPlace(): string[] {
    return [...this.#lines.keys()].sort().flatMap((place) => this.#lines.get(place) ?? [])
  }
}

function linesOf(topic: TopicName, record: NewRecord): string[] {
  const text = (value: Uint8Array): string => Buffer.from(value).toString('base64')
  if (topic === 'cell-parts') return unpacked(asRead(record)).map(({ timeMs, value }) => `${timeMs} ${text(value)}`)
  if (topic === 'fates')
    return [...fateRowsIn(record)].map(
      ({ topic: input, beat, timeMs, hash, fate, code }) => `${input} ${beat} ${timeMs} ${text(hash)} ${fate} ${code}`,
    )
  return [text(record.value)]
}

/** Topics of which each enterprise task writes its own partition. */
const enterpriseTopics: readonly TopicName[] = [
  'scores',
  'shadow-scores',
  'enterprise-alerts',
  'contradictions',
  'contributions',
  'cell-parts',
]

function writtenBy(topic: TopicName, id: TaskId, width: number, partitions: number): number | undefined {
  if (width === tasksOf(partitions).length) return taskNumber(id, partitions)
  const isEnterprises = enterpriseTopics.includes(topic)
  if (id.kind === 'watch') return isEnterprises ? undefined : 0
  return isEnterprises ? id.partition : undefined
}
