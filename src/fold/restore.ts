/** A task as its log has it: the newest good checkpoint, then the journal's beats after it, without output. */
import { createHash } from 'node:crypto'
import { ForewarnError } from '../errors.ts'
import { secondMs } from '../limits.ts'
import type { KeptTask, Log } from '../log/port.ts'
import { taskName } from '../log/tasks.ts'
import type { Listener } from '../notices.ts'
import { recordsByName } from './beatRecords.ts'
import { loadCheckpoint } from './checkpoints.ts'
import { msSince } from './foldClock.ts'
import { InputQueue } from './inputQueue.ts'
import { decodeEntry } from './journal.ts'
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
}

export type Restored = {
  /** One an input, where the next beat goes on. */
  queues: InputQueue[]
  /** The last beat folded. */
  beat: number | undefined
  checkpoint: { slot: number; beat: number } | undefined
  beatsReplayed: number
}

/** Hash of what a fold is configured with: a checkpoint of another configuration is not used. */
export function configOf(of: { profile: string; beatMs: number; model: string | null; partitions: number }): string {
  const { profile, beatMs, model, partitions } = of
  return createHash('sha256')
    .update(`${profile} ${beatMs} ${model ?? 'none'} ${partitions}`)
    .digest('hex')
}

/** @throws ForewarnError FW_LOG_TRUNCATED when the log no longer reaches back to where the task stands. */
export async function restoreTask(task: FoldTask, kept: KeptTask, options: RestoreTaskOptions): Promise<Restored> {
  const { log, beatMs, turns } = options
  const loaded = await loadCheckpoint(task, kept, {
    ...options,
    refold: (parts, end) => refold(log, task, parts, { beatMs, end, turns }),
  })
  const queues: InputQueue[] = []
  for (const [at, input] of task.inputs.entries()) {
    const { start } = await log.range(input.topic, input.partition)
    const position = loaded?.manifest.positions[at] ?? 0
    if (start > position) throw new ForewarnError('FW_LOG_TRUNCATED', [log.name, position])
    const maxTimeMs = loaded?.manifest.maxTimesMs[at] ?? Number.NEGATIVE_INFINITY
    queues.push(new InputQueue(log, input, beatMs, { position, beat: loaded?.manifest.beat, maxTimeMs }))
  }
  const checkpoint = loaded && { slot: loaded.slot, beat: loaded.manifest.beat }
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
