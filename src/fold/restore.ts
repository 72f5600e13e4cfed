/** A task as its log has it: the newest good checkpoint, then the journal's beats after it, without output. */
import { createHash } from 'node:crypto'
import { ForewarnError } from '../errors.ts'
import { secondMs } from '../limits.ts'
import type { KeptTask, Log } from '../log/port.ts'
import { taskName } from '../log/tasks.ts'
import type { Listener } from '../notices.ts'
import { recordsByName } from './beatRecords.ts'
import { hasOlder, loadCheckpoint } from './checkpoints.ts'
import { msSince } from './foldClock.ts'
import { InputQueue } from './inputQueue.ts'
import { decodeEntry } from './journal.ts'
import { lastFolded } from './progress.ts'
import { refold, takenBefore } from './replay.ts'
import type { FoldTask } from './task.ts'
import type { Turns } from './turns.ts'

export type RestoreTaskOptions = {
  log: Log
  beatMs: number
  foldVersion: number
  config: string
  listener: Listener
  turns: Turns
  /** Milliseconds since 1970. */
  now: () => number
  /** A log whose checkpoints are of an earlier version is folded again when it has at most so many records; any number unless given. */
  foldedAgainMax?: number | undefined
}

export type Restored = {
  /** One an input, where the next beat goes on. */
  queues: InputQueue[]
  /** The last beat folded. */
  beat: number | undefined
  checkpoint: { slot: number; beat: number; asWritten: boolean } | undefined
  beatsReplayed: number
}

/** Hash of what a fold is configured with: a checkpoint of another configuration is not used. */
export function configOf(of: { profile: string; beatMs: number; model: string | null; partitions: number }): string {
  const { profile, beatMs, model, partitions } = of
  return createHash('sha256')
    .update(`${profile} ${beatMs} ${model ?? 'none'} ${partitions}`)
    .digest('hex')
}

/**
 * @throws ForewarnError FW_LOG_TRUNCATED when the log no longer reaches back to where the task stands; FW_UPGRADE_NEEDED when more of it
 * would be folded again than is allowed.
 */
export async function restoreTask(task: FoldTask, kept: KeptTask, options: RestoreTaskOptions): Promise<Restored> {
  const { log, beatMs, turns } = options
  const starts = await Promise.all(
    task.inputs.map(async ({ topic, partition }) => (await log.range(topic, partition)).start),
  )
  const loaded = await loadCheckpoint(task, kept, {
    ...options,
    migrates: starts.some((start) => start > 0), // what was pruned cannot be folded again
    refold: (parts, end) => refold(log, task, parts, { beatMs, end, turns }),
  })
  if (loaded === undefined) await checkFoldedAgain(task, kept, starts, options)
  const queues: InputQueue[] = []
  for (const [at, input] of task.inputs.entries()) {
    const position = loaded?.manifest.positions[at] ?? 0
    if (starts[at] > position) throw new ForewarnError('FW_LOG_TRUNCATED', [log.name, position])
    const maxTimeMs = loaded?.manifest.maxTimesMs[at] ?? Number.NEGATIVE_INFINITY
    queues.push(new InputQueue(log, input, beatMs, { position, beat: loaded?.manifest.beat, maxTimeMs }))
  }
  const checkpoint = loaded && { slot: loaded.slot, beat: loaded.manifest.beat, asWritten: loaded.asWritten }
  const restored: Restored = { queues, beat: checkpoint?.beat, checkpoint, beatsReplayed: 0 }
  const from = loaded?.manifest.journal ?? 0
  const told = progressOf(task, from, await kept.journalEnd(), options)
  for await (const { offset, entry } of kept.journal(from)) {
    told.at(offset)
    for (const folded of decodeEntry(entry)) {
      const records = recordsByName(task.id, task.inputs, await takenBefore(queues, folded, turns))
      await turns.work(task.foldInSlices(folded.beat, records, ignore))
      restored.beat = folded.beat
      restored.beatsReplayed++
    }
    await turns.work(task.endEpoch(ignore))
  }
  told.end()
  return restored
}

/** Years are not folded a second time unasked. */
async function checkFoldedAgain(
  task: FoldTask,
  kept: KeptTask,
  starts: readonly number[],
  { log, foldVersion, foldedAgainMax = Number.POSITIVE_INFINITY }: RestoreTaskOptions,
): Promise<void> {
  if (!(await hasOlder(kept, foldVersion))) return
  const records = await recordsFolded(log, task, starts)
  if (records > foldedAgainMax) throw new ForewarnError('FW_UPGRADE_NEEDED', [log.name, records, taskName(task.id)])
}

/** Records of its inputs that a task has folded, as far as the log holds them. */
export async function recordsFolded(
  log: Log,
  { id }: Pick<FoldTask, 'id'>,
  starts: readonly number[],
): Promise<number> {
  const cuts = (await lastFolded(log, id))?.cuts ?? []
  return cuts.reduce((sum, cut, at) => sum + Math.max(0, cut - (starts[at] ?? 0)), 0)
}

/** How far the journal is folded again, once a second and at its end. */
function progressOf(
  task: FoldTask,
  from: number,
  end: number,
  { listener, now }: Pick<RestoreTaskOptions, 'listener' | 'now'>,
): { at: (offset: number) => void; end: () => void } {
  const tell = (at: number): void =>
    listener({ kind: 'RestoreProgressed', task: taskName(task.id), done: at - from, of: end - from })
  let toldMs = Number.NEGATIVE_INFINITY
  return {
    at(offset) {
      if (msSince(toldMs, now()) < secondMs) return
      toldMs = now()
      tell(offset)
    },
    end: () => tell(end),
  }
}

function ignore(): void {}
