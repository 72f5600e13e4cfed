/** Each task has a loop of its own: while one waits for the log, the others fold. On one thread, until stopped or at the end of the log. */

import { aheadMsMaxDefault, importSilenceMs } from '../limits.ts'
import type { Log } from '../log/port.ts'
import type { Listener } from '../notices.ts'
import { type Closing, latestOf } from './closing.ts'
import { FoldClock } from './foldClock.ts'
import { ImportState } from './imports.ts'
import type { TaskRunner } from './runner.ts'

export type SuperviseOptions = {
  log: Log
  slackMs: number
  /** So far the log time of live records may lead the clock, in milliseconds. */
  aheadMsMax?: number | undefined
  /** The last beat to fold: `--until-end`. Undefined: follow the log. */
  endBeat: number | undefined
  /** How often at least the log is looked at, in milliseconds. */
  pollMs: number
  now: () => number
  listener: Listener
  signal: AbortSignal
}

/** Runs all tasks until the signal, or until every one has folded the end beat, each to a checkpoint; the first error ends all of them. */
export async function supervise(runners: readonly TaskRunner[], options: SuperviseOptions): Promise<void> {
  const failed = new AbortController()
  const signal = AbortSignal.any([options.signal, failed.signal])
  const closing = closingBy(options)
  const loops = runners.map((runner) =>
    follow(runner, closing, { ...options, signal })
      .then(() => runner.checkpoint('now'))
      .catch((error: unknown) => {
        failed.abort()
        throw error
      }),
  )
  const ended = await Promise.allSettled(loops)
  for (const loop of ended) if (loop.status === 'rejected') throw loop.reason
}

/** One task, beat after closed beat, until the signal or the end beat; a checkpoint whenever due. */
export async function follow(
  runner: TaskRunner,
  closing: (runner: TaskRunner) => Promise<Closing>,
  { log, endBeat, pollMs, signal }: Pick<SuperviseOptions, 'log' | 'endBeat' | 'pollMs' | 'signal'>,
): Promise<void> {
  while (!signal.aborted && !isThrough(runner, endBeat)) {
    const progressed = await runner.step(await closing(runner))
    await runner.checkpoint('when due')
    await runner.giveWay()
    if (!progressed && !isThrough(runner, endBeat)) await log.changed(pollMs)
  }
}

function isThrough({ foldedThrough }: TaskRunner, endBeat: number | undefined): boolean {
  return endBeat !== undefined && foldedThrough !== undefined && foldedThrough >= endBeat
}

/** What closes the beats of a task, looked up anew for each step. */
export function closingBy(
  options: Pick<SuperviseOptions, 'log' | 'endBeat' | 'now' | 'slackMs' | 'aheadMsMax' | 'listener'>,
): (runner: TaskRunner) => Promise<Closing> {
  const { log, endBeat, now, slackMs, aheadMsMax = aheadMsMaxDefault } = options
  const imports = new ImportState(log)
  const seen = importSeen(imports, options)
  const silence = importSilence(imports, options)
  const clock = new FoldClock(now)
  return async ({ task, foldedEndMs }) => {
    const goesByWriters = task.inputs.some(({ closedBy }) => closedBy === 'writers')
    if (endBeat !== undefined) return goesByWriters ? { by: 'writers' } : { by: 'end', beat: endBeat }
    await imports.read()
    seen()
    silence()
    if (imports.open !== undefined)
      return goesByWriters ? { by: 'writers' } : { by: 'mark', throughMs: imports.open.markedMs }
    const latest = latestOf(now(), aheadMsMax, imports.importedMs)
    if (goesByWriters) return { by: 'writers', latest }
    const lookMs = Math.max(clock.read(foldedEndMs + slackMs), imports.importedMs + slackMs)
    return { by: 'clock', lookMs, slackMs, latest }
  }
}

/** Inside an import log time is the source's: whoever watches how far results lie behind the clock has to know. */
function importSeen(imports: ImportState, { listener }: Pick<SuperviseOptions, 'listener'>): () => void {
  let wasOpen = false
  return () => {
    const open = imports.open !== undefined
    if (open !== wasOpen) listener({ kind: 'ImportSeen', open })
    wasOpen = open
  }
}

/** No mark for a minute inside an import is an alarm: the importer may be dead, and every beat waits for it. */
function importSilence(
  imports: ImportState,
  { now, listener }: Pick<SuperviseOptions, 'now' | 'listener'>,
): () => void {
  let seen = { through: imports.open?.markedMs, atMs: now() }
  return () => {
    const { open } = imports
    if (open !== undefined && open.markedMs === seen.through && now() >= seen.atMs) {
      if (now() - seen.atMs < importSilenceMs) return
      listener({ kind: 'ImportSilent', seconds: (now() - seen.atMs) / 1_000 })
    }
    seen = { through: open?.markedMs, atMs: now() }
  }
}
