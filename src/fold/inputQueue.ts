/** One input of a task: records fetched and not yet folded, each with the beat to which its log time puts it. */
import { unpacked } from '../columns/packedRecords.ts'
import { fetchBytes } from '../limits.ts'
import type { Log, LogRecord } from '../log/port.ts'
import type { TaskId } from '../log/tasks.ts'
import type { Input } from '../log/topology.ts'

export class InputQueue {
  readonly input: Input
  /** The task that leads the input, whose records belong to no beat and ride along. */
  readonly leader: TaskId | undefined
  readonly #log: Log
  readonly #beatMs: number
  #records: LogRecord[] = []
  #beats: number[] = []
  #head = 0
  /** Where the next fetch begins. */
  #fetchFrom: number
  /** Offset after the last record that was taken; of a packed one that was taken in part, its own. */
  position: number
  /** The beat through which records were taken: of a packed record those up to it. */
  #takenBeat: number
  /** Largest log time seen: `knownAt` is a running maximum (docs/fold.md rule 1). */
  maxTimeMs: number
  /** The same of the records already taken: none counts for more than the beat that it joined. */
  foldedMaxTimeMs: number
  /** Records that joined a later beat than their own log time says. */
  regressions = 0
  /** Records that joined an earlier beat than their own log time says: it led the clock too far. */
  leads = 0

  /** `from`: where it stands, and the beat through which records were taken before. */
  constructor(
    log: Log,
    input: Input,
    beatMs: number,
    from: { position: number; beat?: number | undefined; maxTimeMs: number },
  ) {
    const { position, beat = Number.NEGATIVE_INFINITY, maxTimeMs } = from
    this.#log = log
    this.input = input
    this.leader = typeof input.closedBy === 'object' ? input.closedBy.leader : undefined
    this.#beatMs = beatMs
    this.position = position
    this.#takenBeat = beat
    this.#fetchFrom = position
    this.maxTimeMs = maxTimeMs
    this.foldedMaxTimeMs = maxTimeMs
  }

  /** Whether its records are packed: tasks write it, many beats in one record. */
  get #isPacked(): boolean {
    return this.input.closedBy === 'writers'
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

  /** Whether it has to be read on, up to an end, before it can show what its first beat is and that it holds all of it. */
  lacks(end: number): boolean {
    if (this.readTo(end)) return false
    return this.leader !== undefined || this.length === 0 || this.lastBeat === this.headBeat
  }

  /** A record later than `latestMs` counts as known then. */
  async fetch(bytes: number, latestMs: number): Promise<void> {
    const { records, next } = await this.#log.read(this.input.topic, this.input.partition, this.#fetchFrom, bytes)
    this.#compact()
    for (const record of this.#isPacked ? records.flatMap((one) => this.#notTaken(one)) : records) {
      this.maxTimeMs = Math.max(this.maxTimeMs, Math.min(record.timeMs, latestMs))
      this.#records.push(record)
      this.#beats.push(this.lastBeat)
    }
    this.#fetchFrom = next
  }

  /** Fetches all records before an offset that the journal has, and a packed one that begins there if it is in the log. */
  async fetchThrough(cut: number, giveWay: () => Promise<void> = async () => {}): Promise<void> {
    const { topic, partition } = this.input
    const isWanted = async (): Promise<boolean> =>
      !this.readTo(cut) ||
      (this.#isPacked && this.#fetchFrom === cut && (await this.#log.range(topic, partition)).end > cut)
    while (await isWanted()) {
      await this.fetch(fetchBytes, Number.POSITIVE_INFINITY)
      await giveWay()
    }
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
    const isBefore = (at: number): boolean =>
      this.#records[at].offset < offset ||
      (this.#isPacked && this.#records[at].offset === offset && this.#beats[at] <= beat)
    let end = this.#head
    while (end < this.#records.length && isBefore(end)) end++
    return this.#take(end, beat)
  }

  /** The records in a packed one that were not taken before. */
  #notTaken(record: LogRecord): readonly LogRecord[] {
    const all = unpacked(record)
    return record.offset === this.position ? all.filter(({ timeMs }) => this.#beatOf(timeMs) > this.#takenBeat) : all
  }

  #take(end: number, beat: number): readonly LogRecord[] {
    if (end === this.#head) return none
    const taken = this.#records.slice(this.#head, end)
    const lastMs = (beat + 1) * this.#beatMs - 1
    for (const { timeMs } of taken) this.foldedMaxTimeMs = Math.max(this.foldedMaxTimeMs, Math.min(timeMs, lastMs))
    this.#head = end
    const { offset } = taken[taken.length - 1]
    this.position = this.#records[end]?.offset === offset ? offset : offset + 1
    this.#takenBeat = beat
    if (2 * end >= this.#records.length) this.#compact() // an input that is read to its end may not be fetched again for long
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
