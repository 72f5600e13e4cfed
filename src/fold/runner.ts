/**
 * The runner drives one task: restore, re-fold what the journal has after the checkpoint, then beat after closed beat, in epochs
 * that commit outputs and journal entry together. It owns time and I/O; the task inside it is pure.
 *
 *   new ──► restoring ──► folding ⇄ committing ──► (every so often) checkpointing ──► folding
 */

import type { Audit } from '../audit.ts'
import { ForewarnError } from '../errors.ts'
import { epochBeatsMax, epochOutputBytesMax, epochRecordsMax, fetchBytes, partEveryMs, secondMs } from '../limits.ts'
import type { Log, Output, TaskLog } from '../log/port.ts'
import { taskName, taskNumber } from '../log/tasks.ts'
import type { Listener } from '../notices.ts'
import { recordsByName } from './beatRecords.ts'
import { type WrittenPages, writeCheckpoint } from './checkpoints.ts'
import { type Closing, completeThrough, latestIn } from './closing.ts'
import { msSince } from './foldClock.ts'
import type { InputQueue } from './inputQueue.ts'
import { InputsTold } from './inputsTold.ts'
import { JournalEntry } from './journal.ts'
import { earliestBeat, LeaderThrough, standsAt } from './progress.ts'
import { Questions } from './questions.ts'
import { restoreTask } from './restore.ts'
import type { Emit, FoldTask } from './task.ts'
import { Turns } from './turns.ts'

export type RunnerOptions = {
  log: Log
  beatMs: number
  foldVersion: number
  /** Hash of profile, beat and model: a checkpoint of another configuration is not used. */
  config: string
  checkpointEveryMs: number
  /** An epoch ends with the beat that reaches so many records. */
  epochRecordsMax?: number | undefined
  /** Milliseconds since 1970; the runner's clock. */
  now: () => number
  /** Shared by all tasks of the process. */
  turns?: Turns
  listener: Listener
  /** Tells what the task has said in the beats that are committed now, slice by slice. */
  tellHeld?: () => Iterable<void>
  /** Asks for the end: an epoch that a full disk refuses is no longer waited for. */
  signal?: AbortSignal
  /** As of `restoreTask`. */
  foldedAgainMax?: number | undefined
  /** How long a full disk is waited for, in milliseconds; for ever unless given. */
  fullPatienceMs?: number | undefined
  /** Checks each live epoch against what the task read and said. */
  audit?: Audit | undefined
}

type Epoch = {
  journal: JournalEntry
  beatSeconds: number[]
  outputs: Output[]
  outputBytes: number
  records: number
  /** Of their values. */
  bytes: number
}

export class TaskRunner<T extends FoldTask = FoldTask> {
  readonly task: T
  readonly name: string
  readonly #options: RunnerOptions
  readonly #taskLog: TaskLog
  #queues: InputQueue[] = []
  /** Tasks that lead inputs of this one. */
  #leaders: LeaderThrough[] = []
  #lastBeat: number | undefined
  #lastPartMs = 0
  #checkpointedMs = 0
  #checkpointedBeat: number | undefined
  #nextSlot = 0
  readonly #writtenPages: WrittenPages = new Map()
  /** The latest log time that counted when what is in the queues was fetched. */
  #latestMs = Number.POSITIVE_INFINITY
  #fullSinceMs: number | undefined
  /** An epoch was folded and given up: the state is ahead of the journal, and must not be kept. */
  #ahead = false
  readonly #questions: Questions
  readonly #turns: Turns
  readonly #inputsTold: InputsTold

  /** Takes the task over in the log; an earlier holder is fenced from here on. */
  static async open<T extends FoldTask>(task: T, options: RunnerOptions): Promise<TaskRunner<T>> {
    return new TaskRunner(task, await options.log.openTask(task.id), options)
  }

  private constructor(task: T, taskLog: TaskLog, options: RunnerOptions) {
    this.task = task
    this.name = taskName(task.id)
    this.#taskLog = taskLog
    this.#options = options
    this.#questions = new Questions(this.name)
    this.#turns = options.turns ?? new Turns(options.now)
    this.#inputsTold = new InputsTold(this.name, options)
  }

  /** The last beat folded. */
  get foldedThrough(): number | undefined {
    return this.#lastBeat
  }

  /** Its end, milliseconds since 1970; -Infinity before the first. */
  get foldedEndMs(): number {
    return this.#lastBeat === undefined ? Number.NEGATIVE_INFINITY : (this.#lastBeat + 1) * this.#options.beatMs
  }

  /** What the task knows, asked when its state is that of its journal. @throws as Questions. */
  ask<A>(answer: () => A): Promise<A> {
    return this.#questions.ask(answer)
  }

  /** Whether the task was let go of. */
  get over(): boolean {
    return this.#questions.over
  }

  /** Newest good checkpoint, then the journal's beats after it, without output. */
  async restore(): Promise<void> {
    const { log, beatMs, listener, now } = this.#options
    const startedMs = now()
    listener({ kind: 'Restoring', task: this.name, endMs: await standsAt(log, this.task.id, beatMs) })
    const restored = await restoreTask(this.task, this.#taskLog, { ...this.#options, turns: this.#turns })
    const { checkpoint, queues, beat } = restored
    this.#queues = queues
    this.#leaders = leadersOf(this.task, this.#options.log)
    this.#lastBeat = beat
    this.#checkpointedBeat = checkpoint?.asWritten === true ? checkpoint.beat : undefined
    if (checkpoint) this.#nextSlot = 1 - checkpoint.slot
    this.#checkpointedMs = now() - this.#headStartMs()
    this.#lastPartMs = now()
    listener({
      kind: 'Restored',
      task: this.name,
      fromBeat: checkpoint?.beat,
      beatsReplayed: restored.beatsReplayed,
      seconds: (now() - startedMs) / 1_000,
    })
    this.#questions.turn('settled')
  }

  /**
   * Folds closed beats until the epoch is full or none is left, and commits it. Returns whether anything was committed.
   * `closing` tells what closes a beat; `ends` are looked up here, so `closing.lookMs` must not be later than the call.
   */
  async step(closing: Closing): Promise<boolean> {
    this.#fetchAnew(closing)
    const reach = await this.#reach()
    const ends = await this.#lookUpEnds()
    const recordsMax = this.#options.epochRecordsMax ?? epochRecordsMax
    const journal = new JournalEntry(this.#queues.length)
    const epoch: Epoch = { journal, beatSeconds: [], outputs: [], outputBytes: 0, records: 0, bytes: 0 }
    let closed: number | undefined
    while (epoch.records < recordsMax && journal.length < epochBeatsMax && epoch.outputBytes < epochOutputBytesMax) {
      if (closed === undefined || this.#lacks(ends)) {
        await this.#fill(ends, closing)
        closed = this.#closedThrough(closing, ends, reach)
      }
      const beat = this.#nextBeat(closing, closed)
      if (beat === undefined) break
      const rest = this.#foldLive(beat, epoch)
      if (rest !== undefined) await rest
    }
    this.#inputsTold.tell(this.#queues, { ends, closing, foldedEndMs: this.foldedEndMs })
    if (journal.length === 0) return false
    await this.#endEpoch(epoch)
    return this.#commit(epoch)
  }

  /** Resolves when the server and the other tasks of the process have had their turn. */
  giveWay(): Promise<void> {
    return this.#turns.next()
  }

  /** Lets go of the task in the log. */
  close(): Promise<void> {
    this.#questions.turn('over')
    return this.#taskLog.close()
  }

  /** Writes a checkpoint when one is due, when asked to (at a calm end), or `anyway`: though one of this beat is there. On a full disk the one before stands, and the next try is when due. */
  async checkpoint(now: 'when due' | 'now' | 'anyway'): Promise<void> {
    const { foldVersion, config, checkpointEveryMs, listener } = this.#options
    const due = msSince(this.#checkpointedMs, this.#options.now()) >= checkpointEveryMs
    if (
      this.#ahead ||
      this.#lastBeat === undefined ||
      (now !== 'anyway' && this.#lastBeat === this.#checkpointedBeat) ||
      (now === 'when due' && !due)
    )
      return
    const head = {
      foldVersion,
      config,
      beat: this.#lastBeat,
      journal: await this.#taskLog.journalEnd(),
      positions: this.#queues.map(({ position }) => position),
      maxTimesMs: this.#queues.map(({ foldedMaxTimeMs }) =>
        Number.isFinite(foldedMaxTimeMs) ? foldedMaxTimeMs : null,
      ),
    }
    const written = await this.#unlessFull(() =>
      writeCheckpoint(this.task, this.#taskLog, this.#nextSlot, head, {
        listener,
        now: this.#options.now,
        written: this.#writtenPages,
      }),
    )
    this.#checkpointedMs = this.#options.now()
    if (!written) return
    this.#nextSlot = 1 - this.#nextSlot
    this.#checkpointedBeat = this.#lastBeat
  }

  /** What tasks write is looked up first: it tells that every command and artefact of its beat is in the log by now. */
  async #lookUpEnds(): Promise<number[]> {
    const endOf = async ({ input }: InputQueue): Promise<number> =>
      (await this.#options.log.range(input.topic, input.partition)).end
    const ends: number[] = []
    for (const written of [true, false]) {
      const looks = this.#queues.map(async (queue, at) => {
        if ((queue.input.closedBy === 'writers') === written) ends[at] = await endOf(queue)
      })
      await Promise.all(looks)
    }
    return ends
  }

  /** How far the leaders of its inputs let the task go. A leader's journal tells what the input holds: it is looked up before the input's end. */
  async #reach(): Promise<number> {
    const { log, beatMs } = this.#options
    let reach = Number.POSITIVE_INFINITY
    for (const leader of this.#leaders) {
      if (this.task.reach === undefined) continue
      let through = await leader.now()
      if (through === undefined) {
        const first = await earliestBeat(log, beatMs)
        if (first === undefined) return Number.NEGATIVE_INFINITY
        through = first - 1
      }
      reach = Math.min(reach, this.task.reach(through))
    }
    return reach
  }

  /** Tasks that began together write their checkpoints one after another: together they would all stand still for as long as all take. */
  #headStartMs(): number {
    const { log, checkpointEveryMs } = this.#options
    if (!Number.isFinite(checkpointEveryMs)) return 0
    const number = taskNumber(this.task.id, log.partitions('risk-events'))
    return (checkpointEveryMs * number) / log.partitions('journal')
  }

  /** Less may lead now than when it was fetched: after a replay, when an import has ended, or when the clock was set back. */
  #fetchAnew({ latest }: Closing): void {
    const latestMs = latest?.records ?? Number.POSITIVE_INFINITY
    if (latestMs < this.#latestMs) for (const queue of this.#queues) queue.rewind()
    this.#latestMs = latestMs
  }

  /** Whether an input has to be read on before the next beat can be told. */
  #lacks(ends: readonly number[]): boolean {
    for (let at = 0; at < this.#queues.length; at++) if (this.#queues[at].lacks(ends[at])) return true
    return false
  }

  /** Every input is read on until it holds records of a later beat than its first, or its end; what rides along, to its end. */
  async #fill(ends: readonly number[], { latest }: Closing): Promise<void> {
    for (const [at, queue] of this.#queues.entries()) {
      const latestMs = latestIn(queue.input.topic, latest)
      while (queue.lacks(ends[at])) {
        await queue.fetch(fetchBytes, latestMs)
        if (this.#turns.over) await this.#turns.next()
      }
    }
  }

  /** The last beat that is closed by what was fetched. */
  #closedThrough(closing: Closing, ends: readonly number[], reach: number): number {
    const { beatMs } = this.#options
    const through = this.#queues.map((queue, at) => {
      const { lastBeat, input } = queue
      return completeThrough(
        { readToEnd: queue.readTo(ends[at]), lastBeat, closedBy: input.closedBy, reach },
        closing,
        beatMs,
      )
    })
    return Math.min(...through)
  }

  /** The next beat to fold: the earliest with a record or with the end of a tick, if it is closed; or an empty one, to say how far we are. */
  #nextBeat(closing: Closing, limit: number): number | undefined {
    if (!Number.isFinite(limit)) return undefined
    const after = this.#lastBeat
    let withRecords = Number.POSITIVE_INFINITY
    for (const queue of this.#queues)
      if (queue.leader === undefined) withRecords = Math.min(withRecords, queue.headBeat ?? withRecords)
    const tickEnd = after === undefined ? undefined : this.task.nextTickEnd(after)
    const next = Math.max(
      Math.min(withRecords, tickEnd ?? Number.POSITIVE_INFINITY),
      after === undefined ? Number.NEGATIVE_INFINITY : after + 1,
    )
    if (next <= limit) return next
    // Its leader waits for a task that is led: it speaks before its first record too.
    const behind = after === undefined ? this.#queues.some(({ leader }) => leader !== undefined) : after < limit
    const speaks =
      closing.by === 'end' ||
      closing.by === 'mark' ||
      (closing.by === 'clock' && msSince(this.#lastPartMs, this.#options.now()) >= partEveryMs)
    return behind && speaks ? limit : undefined
  }

  /** Folds a beat. To be waited for is what is left of it when the turn is over. */
  #foldLive(beat: number, epoch: Epoch): Promise<void> | undefined {
    this.#questions.turn('ahead')
    const { id, inputs } = this.task
    const begunMs = this.#options.now()
    const taken = this.#queues.map((queue) => (queue.leader === undefined ? queue.takeThrough(beat) : queue.takeAll()))
    const records = recordsByName(id, inputs, taken)
    const note = (): void => {
      this.#options.audit?.beat(beat, records)
      for (const one of taken) {
        epoch.records += one.length
        for (const { value } of one) epoch.bytes += value.length
      }
      epoch.journal.add(beat, this.#queues)
      this.#lastBeat = beat
      this.#lastPartMs = this.#options.now()
      epoch.beatSeconds.push(Math.max(0, this.#lastPartMs - begunMs) / secondMs)
    }
    const rest = this.#turns.work(this.task.foldInSlices(beat, records, into(epoch, beat * this.#options.beatMs)))
    if (rest !== undefined) return rest.then(note)
    note()
    return undefined
  }

  async #endEpoch(epoch: Epoch): Promise<void> {
    await this.#turns.work(this.task.endEpoch(into(epoch, epoch.journal.lastBeat * this.#options.beatMs)))
    this.#options.audit?.epoch(epoch.outputs)
  }

  /** Whether the epoch is in the log. A full disk is waited out: the epoch is whole in memory, and nothing of it is in the log. */
  async #commit({ journal, beatSeconds, outputs, records, bytes }: Epoch): Promise<boolean> {
    const { beatMs, now, listener, tellHeld, signal } = this.#options
    const { lastBeat, length: beats } = journal
    listener({ kind: 'EpochCommitting', task: this.name, beats, lastBeat })
    const epoch = { outputs, journal: journal.encode(), timeMs: lastBeat * beatMs }
    let begunMs = now()
    while (!(await this.#unlessFull(() => this.#taskLog.commit(epoch)))) {
      this.#ahead = signal?.aborted === true // the next start folds it
      if (this.#ahead) return false
      await new Promise((resolve) => setTimeout(resolve, 1_000))
      begunMs = now()
    }
    this.#questions.turn('settled')
    if (tellHeld !== undefined) await this.#turns.work(tellHeld())
    const counts = { beats, beatSeconds, records, bytes, outputs: outputs.length }
    const seconds = (now() - begunMs) / 1_000
    listener({ kind: 'EpochCommitted', task: this.name, lastBeat, endMs: (lastBeat + 1) * beatMs, ...counts, seconds })
    return true
  }

  /** Whether the log took it. A full disk is told once, and thrown when it stays full for longer than it is waited for. */
  async #unlessFull(write: () => Promise<void>): Promise<boolean> {
    const { now, listener, fullPatienceMs = Number.POSITIVE_INFINITY } = this.#options
    try {
      await write()
      this.#fullSinceMs = undefined
      return true
    } catch (error) {
      if (!(error instanceof ForewarnError) || error.code !== 'FW_LOG_FULL') throw error
      if (this.#fullSinceMs === undefined)
        listener({ kind: 'CommitRefused', task: this.name, code: error.code, message: error.message })
      this.#fullSinceMs ??= now()
      if (now() - this.#fullSinceMs >= fullPatienceMs) throw error
      return false
    }
  }
}

/** Each once, with the inputs that it leads. */
function leadersOf({ inputs }: FoldTask, log: Log): LeaderThrough[] {
  const led = inputs.flatMap(({ topic, partition, closedBy }) =>
    typeof closedBy === 'object' ? [{ topic, partition, leader: closedBy.leader }] : [],
  )
  return [...Map.groupBy(led, ({ leader }) => taskName(leader)).values()].map(
    (some) => new LeaderThrough(log, some[0].leader, some),
  )
}

/** What a task says goes into the epoch, with the time that it gives, or else of its beat. */
function into(epoch: Epoch, timeMs: number): Emit {
  return ({ topic, partition, record }) => {
    epoch.outputs.push({ topic, partition, record: { ...record, timeMs: record.timeMs ?? timeMs } })
    epoch.outputBytes += record.value.length
  }
}
