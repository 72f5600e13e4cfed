/**
 * The engine: the tasks of one process over one log. It knows no clock of its own, no file and no socket; those come in.
 *
 *   open      writes the first command of a new log, or refuses another configuration than the log was started with
 *   restore   every task from its checkpoint and the journal
 *   follow    until stopped, or to the end of the log: all tasks, or those that a group assigns
 */
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RiskModel } from '../models/risk/riskModel.ts'
import type { Profile } from '../streams/profile.ts'
import { activate } from './activation.ts'
import { atMost } from './atMost.ts'
import { auditOf } from './audit.ts'
import type { Explanation } from './enterprise/score/explanation.ts'
import { EnterpriseTask } from './enterprise/task.ts'
import { ForewarnError } from './errors.ts'
import { isPassing, TaskHost } from './fold/host.ts'
import type { Membership } from './fold/membership.ts'
import { allThrough, endBeatOf } from './fold/progress.ts'
import { configOf } from './fold/restore.ts'
import { TaskRunner } from './fold/runner.ts'
import { closingBy, follow, supervise } from './fold/supervise.ts'
import type { FoldTask } from './fold/task.ts'
import { Turns } from './fold/turns.ts'
import { foldVersion } from './fold/version.ts'
import { drawHashSeed } from './hashSeed.ts'
import { foldedAgainMax, hourMs, partingMsMax, untilEndPatienceMs } from './limits.ts'
import type { Log } from './log/port.ts'
import { type TaskId, taskName, tasksOf } from './log/tasks.ts'
import type { Listener, Notice } from './notices.ts'
import { RunningTasks } from './running.ts'
import { WatchTask } from './watch/task.ts'

export type EngineOptions = {
  log: Log
  profile: Profile
  model: RiskModel | null
  beatMs: number
  slackMs: number
  /** So far the log time of live records may lead the clock, in milliseconds. */
  aheadMsMax?: number | undefined
  checkpointEveryMs: number
  epochRecordsMax?: number | undefined
  /** Fold what the log holds now and stop; otherwise follow it. */
  untilEnd: boolean
  /** Which tasks this process runs, where several share the log; all of them otherwise. */
  membership?: Membership | undefined
  /** As of `restoreTask`: what `forewarn upgrade` may do unasked is any number. */
  foldedAgainMax?: number | undefined
  /** Check what tasks say against what they read, beat by beat (src/audit.ts). */
  audited?: boolean | undefined
  now: () => number
  listener: Listener
  signal: AbortSignal
}

export type Engine = {
  /** The last beat that the watch has folded, if it runs here. */
  watchedThrough(): number | undefined
  /** The profile in force. */
  profile(): Profile
  /** What is known of an enterprise whose task runs here. @throws ForewarnError as RunningTasks. */
  explain(id: string): Promise<Explanation>
  /** Runs to the end of the log, or until the signal. */
  follow(): Promise<void>
  /** Writes both checkpoints of every task that this process has alone, as it is now. */
  keep(): Promise<void>
}

/** Restores every task that this process has alone. FW_CONFIG_CHANGED when the log was started with another profile, beat or model. */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  const { log, profile, beatMs, membership, listener } = options
  checkBeat(beatMs, profile)
  const begunWith = await activate(options)
  const partitions = log.partitions('risk-events')
  const running = new RunningTasks({ beatMs, partitions })
  const restored = restorer(options)
  let watch: TaskRunner | undefined
  const open = async (task: TaskId): Promise<TaskRunner> => {
    const { model } = options
    if (task.kind === 'watch') {
      watch = await restored(
        (heard) => new WatchTask({ profile, model, begunWith, foldVersion, beatMs, partitions, listener: heard }),
      )
      return watch
    }
    const { partition } = task
    const setting = { profile, model, begunWith, beatMs, partition, partitions, hashSeed: drawHashSeed() }
    return running.take(
      partition,
      restored((heard) => new EnterpriseTask({ ...setting, listener: heard })),
    )
  }
  const engine = {
    profile: (): Profile => running.profile ?? profile,
    watchedThrough: (): number | undefined => watch?.foldedThrough,
    explain: (id: string): Promise<Explanation> => running.explain(id),
  }
  if (membership !== undefined)
    return { ...engine, follow: () => followAsMember(options, membership, open), keep: async () => {} }
  const tasks = tasksOf(partitions)
  listener({ kind: 'TasksAssigned', tasks: tasks.map(taskName) })
  const runners: TaskRunner[] = []
  for (const task of tasks) runners.push(await open(task))
  return {
    ...engine,
    follow: () => followAll(options, runners),
    keep: async () => {
      for (const runner of [...runners, ...runners]) await runner.checkpoint('anyway')
    },
  }
}

/** Takes a task over and restores it; the task is made with the ear that it is to tell. */
function restorer(
  options: EngineOptions,
): <T extends FoldTask>(make: (heard: Listener) => T) => Promise<TaskRunner<T>> {
  const { log, profile, model, beatMs, checkpointEveryMs, epochRecordsMax, untilEnd, now, listener, signal } = options
  const partitions = log.partitions('risk-events')
  const turns = new Turns(now)
  const config = configOf({ profile: profile.hash, beatMs, model: model?.hash ?? null, partitions })
  return async (make) => {
    // Log lines, counters and totals hear of a beat when it is committed: one folded again was told, one given up never was.
    let restoring = true
    const held: Notice[] = []
    const hold: Listener = (notice) => {
      if (!restoring) held.push(notice)
    }
    function* tellHeld(): Iterable<void> {
      for (const notice of held.splice(0)) {
        listener(notice)
        yield
      }
    }
    const task = make(hold)
    const runner = await TaskRunner.open(task, {
      log,
      beatMs,
      foldVersion,
      config,
      checkpointEveryMs,
      epochRecordsMax,
      now,
      turns,
      listener,
      tellHeld,
      signal,
      foldedAgainMax: options.foldedAgainMax ?? foldedAgainMax,
      fullPatienceMs: untilEnd ? untilEndPatienceMs : undefined,
      audit: options.audited === true ? auditOf(task) : undefined,
    })
    await runner.restore()
    restoring = false
    return runner
  }
}

async function followAll(options: EngineOptions, runners: readonly TaskRunner[]): Promise<void> {
  const { log, beatMs, untilEnd } = options
  const endBeat = untilEnd ? await endBeatOf(log, beatMs) : undefined
  if (untilEnd && endBeat === undefined) return
  await supervise(runners, { ...options, endBeat, pollMs: pollMsOf(beatMs) })
}

/** Runs the tasks that the group assigns; leaves it after the last checkpoint, so that nobody takes a task over while it is written. */
async function followAsMember(
  options: EngineOptions,
  membership: Membership,
  open: (task: TaskId) => Promise<TaskRunner>,
): Promise<void> {
  const { log, beatMs, untilEnd, listener, signal } = options
  const endBeat = untilEnd ? await endBeatOf(log, beatMs) : undefined
  if (untilEnd && endBeat === undefined) return
  const closing = closingBy({ ...options, endBeat })
  const host = new TaskHost({
    open,
    follow: (runner, stopped) => follow(runner, closing, { log, endBeat, pollMs: pollMsOf(beatMs), signal: stopped }),
    listener,
  })
  const leaving = new AbortController()
  const member = membership.join((tasks) => host.assign(tasks), leaving.signal)
  try {
    await Promise.race([member, host.failure, endBeat === undefined ? aborted(signal) : untilThrough(options, endBeat)])
    await Promise.race([host.stop('calmly'), host.failure])
  } finally {
    await atMost(partingMsMax, host.stop('as they are')) // after a failure the other tasks would go on
    leaving.abort()
    await atMost(partingMsMax, member)
  }
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort')
}

/**
 * Resolves when every task of the log is through the beat, or at the signal. Somebody waits for this end: a log that stays away is told,
 * while a process that follows its log waits for it for ever.
 */
async function untilThrough({ log, now, signal }: EngineOptions, endBeat: number): Promise<void> {
  let reachedMs = now()
  while (!signal.aborted) {
    try {
      const through = await atMost(untilEndPatienceMs, allThrough(log, endBeat))
      if (through === undefined) throw new ForewarnError('FW_LOG_UNAVAILABLE', [log.name, 'it does not answer'])
      if (through) return
      reachedMs = now()
    } catch (error) {
      if (!isPassing(error) || now() - reachedMs >= untilEndPatienceMs) throw error
    }
    await sleep(pollMsMax, undefined, { signal }).catch(() => {})
  }
}

const pollMsMax = 100

/** How often the log is looked at: often enough that a beat is not closed much later than it could be. */
const pollMsOf = (beatMs: number): number => Math.max(10, Math.min(pollMsMax, Math.floor(beatMs / 2)))

/** @throws ForewarnError FW_USAGE when beats of this length would not divide hours and ticks. */
export function checkBeat(beatMs: number, { calendar }: Profile): void {
  if (!Number.isSafeInteger(beatMs) || beatMs < 1 || hourMs % beatMs !== 0)
    throw new ForewarnError('FW_USAGE', [`--beat-ms must divide the hour; ${beatMs} does not.`])
  if (calendar.endMs(0) % beatMs !== 0)
    throw new ForewarnError('FW_USAGE', [
      `--beat-ms ${beatMs} does not divide the profile's UTC offset; a tick would end within a beat.`,
    ])
}
