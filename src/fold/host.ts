/**
 * The tasks that one process of several runs: each lives from the moment it is assigned until it is taken away. A task that loses its
 * log, or is fenced, throws its state away and begins anew from checkpoint and journal; the others go on meanwhile.
 *
 *   assigned ──► opening ──► restoring ──► folding ──► released
 *                  ▲                          │
 *                  └──── fenced, no log ◄─────┘
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { ForewarnError } from '../errors.ts'
import { taskRetryMs } from '../limits.ts'
import { type TaskId, taskName } from '../log/tasks.ts'
import type { Listener } from '../notices.ts'
import type { TaskRunner } from './runner.ts'

export type TaskHostOptions = {
  /** Takes the task over and restores it. */
  open: (task: TaskId) => Promise<TaskRunner>
  /** Folds until the signal, or until there is nothing left to fold. */
  follow: (runner: TaskRunner, signal: AbortSignal) => Promise<void>
  listener: Listener
}

type Life = { stop: AbortController; over: Promise<void> }

export class TaskHost {
  readonly #options: TaskHostOptions
  readonly #lives = new Map<string, Life>()
  #stopped = false
  readonly #failure = Promise.withResolvers<never>()

  constructor(options: TaskHostOptions) {
    this.#options = options
    this.failure.catch(() => {}) // whoever waits for it hears of it
  }

  /** Rejects when a task failed in a way that beginning anew does not mend. */
  get failure(): Promise<never> {
    return this.#failure.promise
  }

  /** From now on these tasks and no others; those that stay are not disturbed. */
  assign(tasks: readonly TaskId[]): void {
    if (this.#stopped) return
    const wanted = new Map(tasks.map((task) => [taskName(task), task]))
    this.#options.listener({ kind: 'TasksAssigned', tasks: [...wanted.keys()] })
    for (const [name, { stop }] of this.#lives) if (!wanted.has(name)) stop.abort('as they are')
    for (const [name, task] of wanted) {
      const before = this.#lives.get(name)
      if (before !== undefined && !before.stop.signal.aborted) continue
      const stop = new AbortController()
      const over = (before?.over ?? Promise.resolve()).then(() => this.#live(task, stop.signal))
      this.#lives.set(name, { stop, over: over.catch((error: unknown) => this.#failure.reject(error)) })
    }
  }

  /** Ends all tasks: calmly, each with a checkpoint, or as they are. Whatever was ending already ends as it was told to. */
  async stop(how: 'calmly' | 'as they are'): Promise<void> {
    this.#stopped = true
    for (const { stop } of this.#lives.values()) stop.abort(how)
    await Promise.all([...this.#lives.values()].map(({ over }) => over))
  }

  async #live(task: TaskId, signal: AbortSignal): Promise<void> {
    const name = taskName(task)
    while (!signal.aborted) {
      const again = await this.#liveOnce(task, signal)
      if (!again) break
      await sleep(taskRetryMs, undefined, { signal }).catch(() => {})
    }
    this.#options.listener({ kind: 'TaskReleased', task: name })
  }

  /** Whether the task is to begin anew. */
  async #liveOnce(task: TaskId, signal: AbortSignal): Promise<boolean> {
    const { open, follow, listener } = this.#options
    let runner: TaskRunner | undefined
    try {
      runner = await open(task)
      await follow(runner, signal)
      if (!signal.aborted || signal.reason === 'calmly') await runner.checkpoint('now') // a successor would fence it
      return false
    } catch (error) {
      if (!isPassing(error)) throw error
      if (!signal.aborted)
        listener({ kind: 'TaskLost', task: taskName(task), code: error.code, message: error.message })
      return true
    } finally {
      await runner?.close()
    }
  }
}

/** Whether it passes by itself: beginning anew mends it. */
export function isPassing(error: unknown): error is ForewarnError {
  return error instanceof ForewarnError && (error.code === 'FW_TASK_FENCED' || error.code === 'FW_LOG_UNAVAILABLE')
}
