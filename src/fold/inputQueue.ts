/** One input of a task: records fetched and not yet folded, each with the beat to which its log time puts it. */
import type { Log, LogRecord } from '../log/port.ts'
import type { TaskId } from '../log/tasks.ts'
import type { Input } from '../log/topology.ts'

export class InputQueue {
  readonly input: Input
  readonly #log: Log
  readonly #beatMs: number
  #records: LogRecord[] = []
  #beats: number[] = []
  #head = 0
  /** Where the next fetch begins. */
  #fetchFrom: number
  /** Offset after the last record that was taken. */
  position: number
  /** Largest log time seen: `knownAt` is a running maximum (docs/fold.md rule 1). */
  maxTimeMs: number
  /** The same of the records already taken: none counts for more than the beat that it joined. */
  foldedMaxTimeMs: number
  /** Records that joined a later beat than their own log time says. */
  regressions = 0
  /** Records that joined an earlier beat than their own log time says: it led the clock too far. */
  leads = 0

  constructor(log: Log, input: Input, beatMs: number, position: number, maxTimeMs: number) {
    this.#log = log
    this.input = input
    this.#beatMs = beatMs
    this.position = position
    this.#fetchFrom = position
    this.maxTimeMs = maxTimeMs
    this.foldedMaxTimeMs = maxTimeMs
  }

  /** The task that leads the input, whose records belong to no beat and ride along. */
  get leader(): TaskId | undefined {
    const { closedBy } = this.input
    return typeof closedBy === 'object' ? closedBy.leader : undefined
  }

  get length(): number {
    return this.#records.length - this.#head
  }

  /** The beat of the first record waiting. */
  get headBeat(): number | undefined {
    return this.#head < this.#beats.length ? this.#beats[this.#head] : undefined
  }

  /** The beat of the latest record seen. */
  get lastBeat(): number {
    return this.#beatOf(this.maxTimeMs)
  }

  /** How many records up to an end that was looked up are not taken yet; marks of transactions that were not read yet count too. */
  waiting(end: number): number {
    return this.length + Math.max(0, end - this.#fetchFrom)
  }

  readTo(end: number): boolean {
    return this.#fetchFrom >= end
  }

  /** A record later than `latestMs` counts as known then. */
  async fetch(bytes: number, latestMs: number): Promise<void> {
    const { records, next } = await this.#log.read(this.input.topic, this.input.partition, this.#fetchFrom, bytes)
    this.#compact()
    for (const record of records) {
      this.maxTimeMs = Math.max(this.maxTimeMs, Math.min(record.timeMs, latestMs))
      this.#records.push(record)
      this.#beats.push(this.lastBeat)
    }
    this.#fetchFrom = next
  }

  /** Forgets what was fetched and not taken: it is read again, as the clock stands then. */
  rewind(): void {
    this.#records = []
    this.#beats = []
    this.#head = 0
    this.#fetchFrom = this.position
    this.maxTimeMs = this.foldedMaxTimeMs
  }

  /** All records of beats up to and with `beat`. One of an earlier, already folded beat joins this one. */
  takeThrough(beat: number): readonly LogRecord[] {
    let end = this.#head
    while (end < this.#beats.length && this.#beats[end] <= beat) {
      const own = this.#beatOf(this.#records[end].timeMs)
      if (own < beat) this.regressions++
      if (own > beat) this.leads++
      end++
    }
    return this.#take(end, beat)
  }

  /** All records that were fetched, of whatever beat. */
  takeAll(): readonly LogRecord[] {
    return this.#take(this.#records.length, Number.POSITIVE_INFINITY)
  }

  /** All records before an offset, which must have been fetched: those of a beat that the journal has. */
  takeBefore(offset: number, beat: number): readonly LogRecord[] {
    let end = this.#head
    while (end < this.#records.length && this.#records[end].offset < offset) end++
    return this.#take(end, beat)
  }

  #take(end: number, beat: number): readonly LogRecord[] {
    if (end === this.#head) return none
    const taken = this.#records.slice(this.#head, end)
    const lastMs = (beat + 1) * this.#beatMs - 1
    for (const { timeMs } of taken) this.foldedMaxTimeMs = Math.max(this.foldedMaxTimeMs, Math.min(timeMs, lastMs))
    this.#head = end
    this.position = taken[taken.length - 1].offset + 1
    return taken
  }

  #beatOf(timeMs: number): number {
    return Math.floor(timeMs / this.#beatMs)
  }

  #compact(): void {
    if (this.#head === 0) return
    this.#records = this.#records.slice(this.#head)
    this.#beats = this.#beats.slice(this.#head)
    this.#head = 0
  }
}

const none: readonly LogRecord[] = []
