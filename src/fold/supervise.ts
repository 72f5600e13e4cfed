/** Drives the tasks of one process in turn, on one thread: whoever has a closed beat folds an epoch; when nobody has, wait for the log. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { importSilenceMs } from '../limits.ts'
import type { Log } from '../log/port.ts'
import type { Tell } from '../notices.ts'
import type { Closing } from './closing.ts'
import { ImportState } from './imports.ts'
import type { TaskRunner } from './runner.ts'

export type SuperviseOptions = {
  log: Log
  slackMs: number
  /** The last beat to fold: `--until-end`. Undefined: follow the log. */
  endBeat: number | undefined
  /** How often at least the log is looked at, in milliseconds. */
  pollMs: number
  now: () => number
  tell: Tell
  signal: AbortSignal
}

/** Runs until the signal, or until every task has folded the end beat; then each task writes a checkpoint. */
export async function supervise(
  enterprises: readonly TaskRunner[],
  watch: TaskRunner,
  options: SuperviseOptions,
): Promise<void> {
  const { log, endBeat, signal } = options
  const imports = new ImportState(log)
  const silence = importSilence(imports, options)
  const tasks = [...enterprises, watch]
  while (!signal.aborted) {
    let progressed = false
    await imports.read()
    silence()
    for (const task of tasks) {
      const closing: Closing = task === watch ? { by: 'parts' } : closingNow(imports, options)
      if (await task.step(closing)) progressed = true
      await task.checkpoint('when due')
      await nextTurn() // the server of this process gets its turn
    }
    if (endBeat !== undefined && !progressed) break
    if (!progressed) await log.changed(options.pollMs)
  }
  for (const task of tasks) await task.checkpoint('now')
}

function closingNow(imports: ImportState, { endBeat, now, slackMs }: SuperviseOptions): Closing {
  if (endBeat !== undefined) return { by: 'end', beat: endBeat }
  return imports.open ? { by: 'mark', throughMs: imports.throughMs } : { by: 'clock', lookMs: now(), slackMs }
}

/** No mark for a minute inside an import is an alarm: the importer may be dead, and every beat waits for it. */
function importSilence(imports: ImportState, { now, tell }: SuperviseOptions): () => void {
  let seen = { through: imports.throughMs, atMs: now() }
  return () => {
    if (!imports.open || imports.throughMs !== seen.through) seen = { through: imports.throughMs, atMs: now() }
    else if (now() - seen.atMs >= importSilenceMs) {
      tell({ kind: 'ImportSilent', seconds: (now() - seen.atMs) / 1_000 })
      seen = { through: imports.throughMs, atMs: now() }
    }
  }
}

/** The beat of the greatest log time in the inputs; undefined for an empty log. An import's last mark counts too. */
export async function greatestBeat(log: Log, beatMs: number): Promise<number | undefined> {
  let greatestMs = Number.NEGATIVE_INFINITY
  for (const topic of ['commands', 'enterprises', 'credit-grades', 'risk-events'] as const) {
    for (let partition = 0; partition < log.partitions(topic); partition++) {
      const { start, end } = await log.range(topic, partition)
      if (end === start) continue
      const { records } = await log.read(topic, partition, end - 1, 1)
      for (const { timeMs } of records) greatestMs = Math.max(greatestMs, timeMs)
    }
  }
  return Number.isFinite(greatestMs) ? Math.floor(greatestMs / beatMs) : undefined
}
